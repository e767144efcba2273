"""The sidebar's filters: where, what, how sure, when, words. Each lives in the address bar."""

from __future__ import annotations

from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, date

import streamlit as st

from geo import query
from geo.model import STATUSES
from geo.query import EventFilter
from geo.store.corrections import REVIEWS
from geo.store.snapshot import Snapshot
from pages import browser, chronicle, common, strings, views, whats_new
from pages.style import page_css

# Widget key = name in the address bar; event types have a key each, their slug.
COUNTRY, REGION, STATUS, FROM, TO, WORDS = "country", "region", "status", "from", "to", "words"
CONFIDENCE, CERTAINTY, PRECISION = "confidence", "certainty", "precision"
REVIEW, SOURCE = "review", "source"
PLACE, ARTICLE, EVENT = "place", "article", "event"  # chosen things, written by the pages
PLAYING = "playing"  # whether the period moves on by itself: see pages.playback
PENDING = "pending-period"  # first and last day that the next run is to show
TILES = "online-tiles"  # never in the address bar: a link must not turn requests on
MAX_WORDS = 200
PAGES = (strings.PAGE_MAP, strings.PAGE_EVENTS)  # the pages that have the filters


def type_keys() -> list[str]:
    """Widget keys of the event types, in the codebook's order."""
    return [kind.slug for kind in common.codebook().types]


def reset() -> None:
    """Back to everything; a button's callback."""
    for key in (COUNTRY, FROM, TO):
        st.session_state[key] = None
    for key in (REGION, STATUS, REVIEW, PRECISION, SOURCE):
        st.session_state[key] = []
    st.session_state[WORDS] = ""
    st.session_state[CONFIDENCE] = st.session_state[CERTAINTY] = 0.0
    for key in type_keys():
        st.session_state[key] = False
    st.session_state["chosen"] = None
    st.session_state[PLAYING] = False
    st.session_state[whats_new.ONLY_NEW] = False


def keys() -> list[str]:
    """Widget keys of all filters."""
    own = [COUNTRY, REGION, STATUS, REVIEW, CONFIDENCE, CERTAINTY, PRECISION, FROM, TO, WORDS]
    return [*own, SOURCE, *type_keys(), views.UNIT, views.TERMS]


def regions_asked_for() -> list[str]:
    """Ids of the places that the map is to show: the regions chosen, else the country, if any."""
    state = st.session_state
    codes = list(state.get(REGION) or []) or [code for code in (state.get(COUNTRY),) if code]
    return [f"iso:{code}" for code in codes]


def address_is_behind() -> bool:
    """Whether a filter was set or cleared in this run by something other than its own widget."""
    own = [COUNTRY, REGION, STATUS, REVIEW, PRECISION, FROM, TO, WORDS, SOURCE, *type_keys()]
    return any(bool(st.session_state.get(key)) != (key in st.query_params) for key in own)


def _restore() -> None:
    """On another page than the last, set the filters anew: Streamlit drops them now and then.

    It does so where the last page did not show them, or was left before it had settled.
    """
    page = st.session_state.get("page")
    if st.session_state.get("filters-page") == page:
        return
    browser.keep_from_address()
    st.session_state["filters-page"] = page
    for key, value in st.session_state.get("filters", {}).items():
        if key not in st.query_params:
            st.session_state[key] = value


def sidebar(snapshot: Snapshot) -> EventFilter:
    """Draw the filters and return what they say."""
    _restore()
    asked = {} if "filters" in st.session_state else _asked_for()
    with st.sidebar:
        countries, regions = _where(snapshot)
        what = st.container(gap="xsmall", key="types")
        first, last = _when(snapshot)
        text_ids = _words()
        statuses = _status()
        reviews = _reviews()
        precisions = _precisions()
        # Without a value of their own, which Streamlit would complain of where `_restore` set one.
        confidence = st.slider(
            strings.CONFIDENCE_LEAST, 0.0, 1.0, step=0.05, key=CONFIDENCE, bind="query-params"
        )
        certainty = st.slider(
            strings.CERTAINTY_LEAST, 0.0, 1.0, step=0.05, key=CERTAINTY, bind="query-params",
            help=strings.CERTAINTY_HELP,
        )  # fmt: skip
        sources = _sources(snapshot)
        others = EventFilter(
            countries=countries,
            admin1s=regions,
            statuses=statuses,
            reviews=reviews,
            date_from=first,
            date_to=last,
            text_event_ids=text_ids,
            min_confidence=confidence,
            precisions=precisions,
            min_place_confidence=certainty,
            newer_than=whats_new.newer_than(snapshot),
            sources=sources,
        )
        with what:
            types = _types(snapshot, others)
        chronicle.included(snapshot)
        _foot()
        browser.keep_history()
    st.session_state["filters"] = {
        key: st.session_state[key] for key in keys() if key in st.session_state
    }
    if asked:
        st.session_state["left-out"] = (_not_taken(asked, snapshot), st.session_state["filters"])
    return replace(others, types=types)


def _asked_for() -> dict[str, list[str]]:
    """What the address says of filters, before a widget has dropped what it does not know."""
    said = {key: st.query_params.get_all(key) for key in (*keys(), PLACE)}
    nothing = ("", "0", "0.0", "0.00", "false")
    told = {key: [v for v in values if v not in nothing] for key, values in said.items()}
    return {key: values for key, values in told.items() if values}


def _not_taken(asked: dict[str, list[str]], snapshot: Snapshot) -> list[str]:
    """Of what was asked for, as `name=value`, what no filter has taken."""
    left_out = []
    for key, values in asked.items():
        if key == PLACE:
            taken = int(snapshot.places["place_id"].isin(values).any())
        else:
            value = st.session_state.get(key)
            taken = len(value) if isinstance(value, list) else int(bool(value))
        if taken < len(values):
            left_out.append(f"{key}={', '.join(values)}")
    return left_out


def say_left_out() -> None:
    """Say what the address asked for and nobody knows here, until a filter is changed."""
    left_out, then = st.session_state.get("left-out", ([], None))
    if left_out and st.session_state["filters"] == then:
        named = ", ".join(common.label(one, 60) for one in left_out)
        st.warning(strings.LEFT_OUT.format(named=named), icon=":material/link_off:")


def style() -> None:
    """The page's style sheet, for the theme in force."""
    st.html(page_css(common.codebook(), dark=common.is_dark()))


def _head(text: str) -> None:
    st.html(f'<div class="dl-head">{common.safe(text)}</div>')


def _where(snapshot: Snapshot) -> tuple[tuple[str, ...], tuple[str, ...]]:
    _head(strings.WHERE)
    options = query.region_options(snapshot)
    names = {code: entry.name for code, entry in options.items()}
    country = st.selectbox(
        strings.COUNTRY, sorted(names, key=lambda code: names[code]), index=None, key=COUNTRY,
        format_func=lambda code: names.get(code, code), placeholder=strings.COUNTRY_ANY,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    inside = _regions(options, country)
    regions = st.multiselect(
        strings.REGION, sorted(inside, key=lambda iso: inside[iso]), key=REGION,
        format_func=lambda iso: inside.get(iso, iso), placeholder=strings.REGION_ANY,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    return ((country,) if country else ()), tuple(regions)


def _regions(options: dict[str, query.Country], country: str | None) -> dict[str, str]:
    """Regions to choose from, by code: those of the country, else all, each with its country.

    Always with its country: the address names them by these words, and must mean the same wherever
    it is opened.
    """
    return {
        iso: f"{name}, {entry.name}"
        for code, entry in options.items()
        for iso, name in entry.admin1s.items()
        if country not in options or code == country
    }


def _types(snapshot: Snapshot, others: EventFilter) -> tuple[str, ...]:
    """A row per type with the count that the other filters leave; none ticked means all."""
    _head(strings.WHAT)
    views.terms_selector()
    counts = query.counts_by_type(snapshot, others, views.unit())
    names = views.type_names()
    ticked = []
    for kind in common.codebook().types:
        # The label is what screen readers say, markdown and all, so it is plain text: the one space
        # that can stretch (U+2005 cannot) puts the count on the right (see pages.style).
        name = common.label(names[kind.name]).replace(" ", "\u2005")
        label = f"{name} {int(counts.get(kind.name, 0)):,}"
        if st.checkbox(label, key=kind.slug, bind="query-params", width="stretch"):
            ticked.append(kind.name)
    chosen = replace(others, types=tuple(ticked))
    if said := views.untranslated(snapshot, query.select(snapshot, chosen)):
        st.html(f'<p class="dl-muted">{common.safe(said)}</p>')
    return tuple(ticked)


def _status() -> tuple[str, ...]:
    _head(strings.HOW_SURE)
    return tuple(
        st.multiselect(
            strings.STATUS, STATUSES, key=STATUS, placeholder=strings.STATUS_ANY,
            format_func=lambda status: strings.STATUSES.get(status, status),
            bind="query-params", label_visibility="collapsed",
        )
    )  # fmt: skip


def _reviews() -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            strings.REVIEW_FILTER, REVIEWS, key=REVIEW, placeholder=strings.REVIEW_ANY,
            format_func=lambda name: strings.REVIEWS[name], bind="query-params",
            label_visibility="collapsed",
        )
    )  # fmt: skip


def _precisions() -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            strings.PRECISION, query.PRECISIONS, key=PRECISION, placeholder=strings.PRECISION_ANY,
            format_func=lambda name: strings.PRECISIONS[name], bind="query-params",
            label_visibility="collapsed",
        )
    )  # fmt: skip


def _sources(snapshot: Snapshot) -> tuple[str, ...]:
    names = query.source_options(snapshot)
    return tuple(
        st.multiselect(
            strings.SOURCE, sorted(names, key=lambda one: names[one].casefold()), key=SOURCE,
            format_func=lambda one: names.get(one, one), placeholder=strings.SOURCE_ANY,
            bind="query-params", label_visibility="collapsed",
        )
    )  # fmt: skip


def _when(snapshot: Snapshot) -> tuple[date | None, date | None]:
    _head(strings.WHEN)
    pending = st.session_state.pop(PENDING, None)
    if pending:  # playing goes on: see pages.playback
        st.session_state[FROM], st.session_state[TO] = pending
    low, high = query.period(snapshot) or (date(2000, 1, 1), date.today())
    least, most = selectable(low, high)
    first, last = (
        st.date_input(
            name, None, key=key, format="YYYY-MM-DD", bind="query-params", min_value=least,
            max_value=most,
        )  # fmt: skip
        for name, key in ((strings.DATE_FROM, FROM), (strings.DATE_TO, TO))
    )
    if first and last and first > last:  # the same days, told from the other end
        return last, first
    return first, last


def selectable(low: date, high: date) -> tuple[date, date]:
    """First and last day that can be chosen, ten years beyond what there is, where those exist."""
    return (
        date(max(low.year - 10, MINYEAR), 1, 1),
        date(min(high.year + 10, MAXYEAR), 12, 31),
    )


def _words() -> frozenset[str] | None:
    words = st.text_input(
        strings.WORDS_LABEL, key=WORDS, placeholder=strings.WORDS_HINT, max_chars=MAX_WORDS,
        bind="query-params", label_visibility="collapsed", icon=":material/search:",
    )  # fmt: skip
    if not words or not words.strip():
        return None
    return frozenset(common.store().search(words))


def _foot() -> None:
    with st.container(horizontal=True, gap="small", key="foot"):
        st.button(strings.RESET, on_click=reset, key="reset", width="stretch")
        browser.copy_link()


def takes_events_away(chosen: EventFilter) -> bool:
    """Whether any filter leaves out events, not only places that are less sure."""
    return replace(chosen, min_place_confidence=0.0) != EventFilter()


def stated(snapshot: Snapshot, chosen: EventFilter) -> list[tuple[str, str]]:
    """Each filter in force, by name and value in a reader's words."""
    options = query.region_options(snapshot)
    countries = [options[code].name if code in options else code for code in chosen.countries]
    regions = {iso: name for entry in options.values() for iso, name in entry.admin1s.items()}
    names, reporters = views.type_names(), query.source_options(snapshot)
    listed = {
        strings.COUNTRY: countries,
        strings.REGION: [regions.get(iso, iso) for iso in chosen.admin1s],
        strings.WHAT: [names.get(name, name) for name in chosen.types],
        strings.STATUS: [strings.STATUSES.get(name, name) for name in chosen.statuses],
        strings.PRECISION: [strings.PRECISIONS[name] for name in chosen.precisions],
        strings.SOURCE: [reporters.get(one, one) for one in chosen.sources],
        strings.DATE_FROM: [chosen.date_from.isoformat()] if chosen.date_from else [],
        strings.DATE_TO: [chosen.date_to.isoformat()] if chosen.date_to else [],
        strings.WORDS_LABEL: (
            [str(st.session_state.get(WORDS, ""))] if chosen.text_event_ids is not None else []
        ),
        strings.CONFIDENCE_LEAST: (
            [f"{chosen.min_confidence:.2f}"] if chosen.min_confidence else []
        ),
        strings.CERTAINTY_LEAST: (
            [f"{chosen.min_place_confidence:.2f}"] if chosen.min_place_confidence else []
        ),
    }
    return [(name, ", ".join(values)) for name, values in listed.items() if values]
