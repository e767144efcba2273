"""What every correction on a page shares: the signature, the dry run in words, and applying it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from geo.errors import GeoError
from geo.store import corrections
from geo.store.corrections import Correction, Effect
from geo.store.snapshot import Snapshot
from pages import common, strings, undo, whole_page

WHO = "corrector"  # kept for the session
MAX_CHARS = 500
PAIRS_TOLD = 3
Follow = Callable[[], None] | None
_TO_CLOSE = "box-to-close"


def sign(key: str) -> tuple[str, str]:
    """Fields for who corrects, which the session keeps, and why; what they say."""
    st.session_state.setdefault(WHO, common.settings().user)
    who_key = f"{key}-who"
    st.session_state.setdefault(who_key, st.session_state[WHO])
    why = st.text_input(strings.WHY, key=f"{key}-why", max_chars=MAX_CHARS,
                        placeholder=strings.WHY_HINT)  # fmt: skip
    who = st.text_input(strings.WHO, key=who_key, max_chars=MAX_CHARS, placeholder=strings.WHO_HINT)
    st.session_state[WHO] = who
    return who.strip(), why.strip()


def latest() -> str:
    """When the newest correction was made: the next one is made after it."""
    ledger = common.store().corrections()
    return ledger[-1].made if ledger else ""


def offer(
    new: Correction | None,
    snapshot: Snapshot,
    key: str,
    names: Mapping[str, str] | None = None,
    *,
    box: str = "",
    done: Follow = None,
    undone: Follow = None,
) -> None:
    """The dry run in words, and the button that applies it: both in sight however long the form.

    names : of places not on the map.  box : key of the popover that this closes with.
    done, undone : lead the reader to what has changed, and back to it as it was.
    """
    effect = None
    if new is not None:
        try:
            effect = common.store().foresee(new)
        except GeoError as error:
            common.show_error(error)
    said = strings.ACT_CHOOSE if effect is None else words(effect, snapshot, new, names)
    can = effect is not None and (not effect.is_empty or (new and new.kind == "merge"))
    with st.container(horizontal=True, vertical_alignment="center", key=f"act-foot-{key}"):
        st.html(f'<p class="dl-note" role="status"><bdi>{common.safe(said, 600)}</bdi></p>')
        st.button(strings.APPLY, key=f"{key}-apply", type="primary" if can else "secondary",
                  disabled=not can, on_click=act, args=(new, said, box, done, undone))  # fmt: skip


def act(new: Correction, said: str, box: str, done: Follow, undone: Follow) -> None:
    """A button's callback: apply a correction; the bar at the foot then offers to undo it."""
    whole_page.ask()  # counts and the bar lie outside the fragment of the form
    try:
        common.store().correct(new)
    except GeoError as error:
        undo.fail(error)
        return
    st.session_state[_TO_CLOSE] = box
    if done:
        done()
    undo.offer(said, partial(take_back, new, undone))


def take_back(one: Correction, undone: Follow = None) -> None:
    """Undo a correction of the ledger, by another one. Raises what the store raises."""
    common.store().correct(
        corrections.correction(
            "undo", {"correction": one.id}, who=st.session_state.get(WHO, ""), after=latest()
        )
    )
    if undone:
        undone()


def form_box(label: str, icon: str | None, key: str) -> PopoverContainer:
    """A popover for a form that `offer` ends; shut once that is done, since it covers the map."""
    if st.session_state.get(_TO_CLOSE) == key:
        del st.session_state[_TO_CLOSE]
        st.session_state[key] = False
    return st.popover(label, icon=icon, on_change="rerun", key=key)


# -- in words -----------------------------------------------------------------------------------


def words(
    effect: Effect,
    snapshot: Snapshot,
    new: Correction | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    """What a correction changes, in a sentence or two."""
    if new is not None and new.kind == "merge":
        return strings.ACT_MERGE
    if effect.deleted or effect.restored:
        return _articles(effect, snapshot)
    if effect.is_empty:
        return strings.ACT_NOTHING
    if effect.reviewed and not effect.moves:
        review = strings.REVIEWS.get(str(new.change.get("review")), "") if new else ""
        number = common.plural(len(effect.reviewed), *strings.EVENTS)
        return strings.ACT_REVIEW.format(n=number, review=review) if review else \
            strings.ACT_REVIEWS.format(n=number)  # fmt: skip
    known = dict(names or {}) | _names(snapshot, {one for pair in effect.moves for one in pair})
    where = common.plural(len(effect.articles), *strings.ARTICLES) if effect.articles else ""
    parts = []
    for (old, reached), n in list(effect.moves.items())[:PAIRS_TOLD]:
        one, many = (
            strings.ACT_CONFIRMED if old == reached else strings.ACT_LEFT if not reached
            else strings.ACT_CAME if not old else strings.ACT_MOVED
        )  # fmt: skip
        events = common.plural(n, *strings.EVENTS)
        events = strings.ACT_IN.format(what=events, where=where) if where else events
        parts.append((one if n == 1 else many).format(
            what=events, old=known.get(old, old), new=known.get(reached, reached)
        ))  # fmt: skip
    if len(effect.moves) > PAIRS_TOLD:
        parts.append(strings.ACT_MORE.format(n=len(effect.moves) - PAIRS_TOLD))
    if effect.mentions:
        mentions = common.plural(effect.mentions, *strings.MENTIONS)
        parts.append(strings.ACT_MENTIONS.format(n=mentions, where=where))
    return " ".join(parts)


def _articles(effect: Effect, snapshot: Snapshot) -> str:
    if effect.restored:
        n = len(effect.restored)
        told = strings.ACT_RESTORED[n > 1]
        return told.format(n=common.plural(n, *strings.ARTICLES))
    articles = snapshot.articles
    rows = articles.index[articles["article_id"].isin(effect.deleted)]
    return strings.ACT_DELETED[len(effect.deleted) > 1].format(
        n=common.plural(len(effect.deleted), *strings.ARTICLES),
        events=common.plural(int(snapshot.events["article"].isin(rows).sum()), *strings.EVENTS),
        mentions=common.plural(int(articles["mentions"].iloc[rows].sum()), *strings.MENTIONS),
    )


def _names(snapshot: Snapshot, place_ids: set[str]) -> dict[str, str]:
    """`Pisky, Lviv`, for places on the map."""
    found = snapshot.places[snapshot.places["place_id"].isin(place_ids - {""})]
    return {str(place.place_id): place_name(str(place.name), str(place.admin1_name))
            for place in found.itertuples()}  # fmt: skip


def place_name(*parts: str) -> str:
    """A place with its region."""
    told: Sequence[str] = [part for part in dict.fromkeys(parts) if part]
    return ", ".join(told)
