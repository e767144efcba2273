"""The tray of mentions that are not on the map: named, but not certain enough to place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from geo.errors import GeoError
from geo.query import Mask, Rows
from geo.store.snapshot import Snapshot
from pages import acts, common, correct_place, details, selection, strings, whole_page

STEP = 6  # mentions shown at first, and with each "show more"
CHOICES = 4  # candidates listed for each
CONTEXT_CHARS = 90
_ANSWERS, _SHOWN, _PUTTING = "online-answers", "tray-shown", "tray-putting"
_TITLE = "tray-title"


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that a mention may mean. `place_id` is empty where the gazetteer does not hold it."""

    name: str
    lat: float
    lon: float
    note: str  # its score, or who says so
    place_id: str = ""


@st.fragment
def show(snapshot: Snapshot, events: Rows | None = None) -> None:
    """A button with the count; what it opens lists them with their text and their candidates.

    events : those that filters leave, of whose articles alone the mentions are told; None for all.
    """
    whole_page.rerun_if_asked()
    told = _told(snapshot, events)
    count = int(np.count_nonzero(told))
    rows = np.flatnonzero(told & (snapshot.mentions["place"].to_numpy() < 0))
    if not count:
        return
    title = strings.LOCATED_OF.format(shown=f"{count - len(rows):,}", n=f"{count:,}")
    if st.session_state.get(_TITLE) != title:  # to Streamlit a popover of its own, once open or not
        st.session_state[_TITLE], st.session_state["tray"] = title, False
    tray = acts.form_box(title, None, "tray")
    if not tray.open:
        return
    with tray:
        if events is not None:
            st.caption(strings.NOT_ON_MAP_OF)
        if not len(rows):
            st.caption(strings.NOT_ON_MAP_NONE)
            return
        st.html(
            f'<p class="dl-title" role="heading" aria-level="2">'
            f"{common.safe(common.plural(len(rows), *strings.NOT_ON_MAP))}</p>"
            f'<p class="dl-muted">{common.safe(strings.NOT_ON_MAP_WHY)}</p>'
        )
        online = _online_note()
        shown = int(st.session_state.get(_SHOWN, STEP))
        for mention in unlocated(snapshot, rows[:shown]):
            st.html(details.unlocated(mention))
            _choices(mention, choices(mention))
            _put(snapshot, mention)
            if online:
                _look_up(mention)
        if len(rows) > shown:
            st.button(strings.SHOW_MORE.format(n=min(STEP, len(rows) - shown)), key="tray-more",
                      on_click=_more, args=(shown,))  # fmt: skip


def _told(snapshot: Snapshot, events: Rows | None) -> Mask:
    """Which mentions stand in the articles of these events."""
    if events is None:
        return np.ones(len(snapshot.mentions), dtype=bool)
    articles: Mask = np.zeros(len(snapshot.articles) + 1, dtype=bool)
    articles[snapshot.events["article"].to_numpy()[events]] = True
    articles[-1] = False  # row -1: of a data set, which has no text
    found: Mask = articles[snapshot.mentions["article"].to_numpy()]
    return found


def _more(shown: int) -> None:
    st.session_state[_SHOWN] = shown + STEP


def unlocated(snapshot: Snapshot, rows: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    """Mentions (rows of the snapshot's) as stored, with the text round them."""
    found: list[dict[str, Any]] = []
    table = snapshot.mentions.iloc[rows]
    for article_row, named in table.groupby("article", sort=False):
        entry = snapshot.articles.iloc[int(article_row)]
        article = common.store().article(str(entry["article_id"]))
        if article is None:  # deleted by another process since the snapshot was taken
            continue
        spans = set(zip(named["start"].tolist(), named["end"].tolist(), strict=True))
        for mention in common.store().mentions(article.id):
            if (mention["start"], mention["end"]) not in spans:
                continue
            text, start, end = around(article.text, mention["start"], mention["end"])
            found.append({**mention, "sentence": text, "start": start, "end": end,
                          "title": article.title, "article_id": article.id})  # fmt: skip
    return found


# -- candidates -------------------------------------------------------------------------------


def choices(mention: Mapping[str, Any]) -> list[Choice]:
    """What a mention may mean: the reader's candidates, then what an online geocoder answered."""
    known = [
        Choice(
            name=details.candidate_name(entry), lat=float(entry["lat"]), lon=float(entry["lon"]),
            note=f"{entry['lat']:.2f}, {entry['lon']:.2f} · {float(entry['score']):.2f}",
            place_id=str(entry.get("place_id") or ""),
        )
        for entry in list(mention.get("candidates") or ())[:CHOICES]
    ]  # fmt: skip
    answers = st.session_state.get(_ANSWERS, {}).get(str(mention["surface"]))
    return known + (list(answers) if isinstance(answers, list) else [])


def _choices(mention: Mapping[str, Any], found: Sequence[Choice]) -> None:
    """A button for each candidate, which shows where it lies."""
    for n, choice in enumerate(found):
        st.button(
            f"{common.label(choice.name, 90)} · {common.label(choice.note)}",
            key=f"choice-{mention['id']}-{n}", icon=":material/location_searching:",
            help=strings.CHOICE_HELP, on_click=selection.look_at, args=(choice.lat, choice.lon),
            width="stretch",
        )  # fmt: skip


def _put(snapshot: Snapshot, mention: Mapping[str, Any]) -> None:
    """A button that opens and shuts the form in which the place is chosen; one form at a time.

    It stays while the form is open: the keyboard goes on from it into the form.
    """
    mention_id, surface = str(mention["id"]), str(mention["surface"])
    is_open = st.session_state.get(_PUTTING) == mention_id
    st.button(strings.PUT_HERE, key=f"put-{mention_id}", type="tertiary",
              icon=f":material/{'keyboard_arrow_up' if is_open else 'edit_location_alt'}:",
              on_click=_open, args=("" if is_open else mention_id,))  # fmt: skip
    if not is_open:
        return
    article = str(mention["article_id"])
    scopes = {
        ("article", article): strings.SCOPE_ARTICLE.format(title=mention["title"]),
        correct_place.EVERYWHERE: strings.SCOPE_WORDS.format(surface=surface),
    }
    with st.container(border=True):
        correct_place.form(snapshot, "", surface, [mention], scopes, key=f"put-{mention_id}",
                           surface=surface, box="tray")  # fmt: skip


def _open(mention_id: str) -> None:
    """A button's callback."""
    st.session_state[_PUTTING] = mention_id


# -- online -----------------------------------------------------------------------------------


def _online_note() -> bool:
    """Whether names can be looked up online; where not, say which setting allows it."""
    try:
        online = common.online_geocoder()
    except GeoError as error:
        common.show_error(error)
        return False
    if online is None:
        st.caption(strings.ONLINE_OFF)
    return online is not None


def _look_up(mention: Mapping[str, Any]) -> None:
    """A button that asks the online geocoder for one name, and what became of it."""
    name = str(mention["surface"])
    answers = st.session_state.setdefault(_ANSWERS, {})
    if name not in answers:
        st.button(
            strings.ONLINE_ASK, key=f"online-{mention['id']}", icon=":material/travel_explore:",
            on_click=_keep_answer, args=(name,),
            help=strings.ONLINE_HELP.format(
                name=common.label(name), url=common.label(common.settings().nominatim_url)
            ),
        )  # fmt: skip
        return
    found = answers[name]
    if isinstance(found, str):
        st.warning(common.label(found, 300))
        st.button(strings.ONLINE_AGAIN, key=f"again-{mention['id']}", on_click=_keep_answer,
                  args=(name,))  # fmt: skip
    else:
        st.caption(strings.ONLINE_FOUND if found else strings.ONLINE_NONE)


def _keep_answer(name: str) -> None:
    """A button's callback."""
    st.session_state[_ANSWERS][name] = ask(name)


def ask(name: str) -> list[Choice] | str:
    """What the online geocoder knows of a name, or in words why it could not be asked."""
    try:
        found = common.online_geocoder().geocode(name, exactly_one=False)
    except GeoError as error:
        return str(error)
    provider = strings.ONLINE_PROVIDER
    return [
        Choice(str(at.address), float(at.latitude), float(at.longitude), provider)
        for at in (found or [])[:CHOICES]
    ]


# -- the text round a mention -----------------------------------------------------------------
def around(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The text round a mention, cut at spaces, and where in it the mention stands."""
    first = max(0, start - CONTEXT_CHARS)
    last = min(len(text), end + CONTEXT_CHARS)
    line = text.rfind("\n", first, start)
    if line >= 0:
        first = line + 1
    elif first:
        first = max(first, text.find(" ", first, start) + 1)
    line = text.find("\n", end, last)
    if line >= 0:
        last = line
    elif last < len(text):
        space = text.rfind(" ", end, last)
        last = space if space > 0 else last
    return text[first:last], start - first, end - first
