"""What people put right: the record of it, and what it does to what was read. Pure functions.

What is shown is what was read with every correction in force applied to it, in the order made.
Each works on what those before it have left, so that the last word on a mention holds.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from geo.errors import DataError
from geo.model import Place, stable_id

Kind = Literal["place", "event-place", "review", "merge", "delete", "undo"]
Review = Literal["unreviewed", "confirmed", "disputed", "rejected"]

REVIEWS: tuple[Review, ...] = ("unreviewed", "confirmed", "disputed", "rejected")
UNREVIEWED: Review = "unreviewed"
SURE = 1.0  # the confidence of a place that a person chose
# Kind -> what its target holds; what may be left empty ends in `?`.
_TARGETS: dict[str, tuple[str, ...]] = {
    "place": ("place?", "surface?", "article?"),
    "event-place": ("event", "place"),
    "review": ("event",),
    "merge": ("event", "other"),
    "delete": ("article",),
    "undo": ("correction",),
}
_CHANGES = {"place": "place", "event-place": "place", "review": "review"}
_MADE = "%Y-%m-%dT%H:%M:%S.%fZ"  # of one width, so that texts sort as moments do


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One row of the ledger, which is only ever added to. `made` is in UTC, `YYYY-MM-DDThh:mm...Z`.

    kind     | target                                           | change
    `place`  | what is at `place` ("" for what is not located), named `surface`, in `article`
             |                                                  | `place`: a gazetteer row, or None
    `event-place` | the locations of `event` at `place`         | the same
    `review` | `event`                                          | `review`: one of REVIEWS
    `merge`  | `event` and `other` are one happening            |
    `delete` | `article` with all that was read from it         |
    `undo`   | `correction`: the id of an earlier one           |
    Ids are the stable ones. `surface` and `article` narrow a move where they are not empty. None
    for a place says that the words name none.
    """

    id: str
    made: str
    who: str
    why: str
    kind: Kind
    target: Mapping[str, str]
    change: Mapping[str, Any] = field(default_factory=dict)

    @property
    def to(self) -> Place | None:
        """Where this one moves things."""
        row = self.change.get("place")
        return None if row is None else Place(**{**row, "crosses": tuple(row["crosses"])})


def correction(
    kind: Kind,
    target: Mapping[str, str],
    change: Mapping[str, Any] | None = None,
    *,
    who: str = "",
    why: str = "",
    after: str = "",
) -> Correction:
    """A new correction, made now, and in any case later than `after`.

    Raises DataError for one that says nothing that can be done.
    """
    made = datetime.now(UTC).strftime(_MADE)
    if made <= after:
        made = (datetime.strptime(after, _MADE) + timedelta(microseconds=1)).strftime(_MADE)
    told = {"made": made, "who": who, "why": why, "kind": kind, "target": dict(target),
            "change": dict(change or {})}  # fmt: skip
    return from_record(told | {"id": _id(told)})


def place_change(place: Place | None) -> dict[str, Any]:
    """The `change` that moves to a place."""
    if place is None:
        return {"place": None}
    row = {entry.name: getattr(place, entry.name) for entry in fields(Place)}
    return {"place": {**row, "crosses": list(place.crosses)}}


def record(one: Correction) -> dict[str, Any]:
    """A correction as JSON has it."""
    return {entry.name: getattr(one, entry.name) for entry in fields(Correction)}


def _id(told: Mapping[str, Any]) -> str:
    parts = (json.dumps(told[name], sort_keys=True) for name in ("target", "change"))
    return stable_id("correction", told["made"], told["who"], told["why"], told["kind"], *parts)


def from_record(told: object) -> Correction:
    """The correction that a line of JSON tells. Raises DataError, which says what is wrong."""
    names = [entry.name for entry in fields(Correction)]
    if not isinstance(told, dict) or sorted(told) != sorted(names):
        raise DataError(f"a correction has the fields {', '.join(names)}")
    texts = [told[name] for name in ("id", "made", "who", "why", "kind")]
    if not all(isinstance(text, str) and _storable(text) for text in texts):
        raise DataError("id, made, who, why and kind of a correction are texts")
    target, change = told["target"], told["change"]
    wanted = _TARGETS.get(told["kind"])
    if wanted is None:
        raise DataError(f"there is no kind of correction {told['kind']!r}: {', '.join(_TARGETS)}")
    if not isinstance(target, dict) or sorted(target) != sorted(n.rstrip("?") for n in wanted):
        raise DataError(f"the target of a {told['kind']} names {', '.join(wanted)}")
    for name in wanted:
        value = target[name.rstrip("?")]
        if not isinstance(value, str) or not _storable(value) or not (value or "?" in name):
            raise DataError(f"{name.rstrip('?')} of a {told['kind']} is a text that is not empty")
    if told["kind"] == "place" and not target["place"] and not target["surface"]:
        raise DataError("a move of what is not located names the words (surface) that it is about")
    if told["kind"] == "merge" and target["event"] == target["other"]:
        raise DataError("an event is the same happening as itself already")
    holds = _CHANGES.get(told["kind"])
    if not isinstance(change, dict) or list(change) != ([holds] if holds else []):
        raise DataError(f"the change of a {told['kind']} holds {holds or 'nothing'}")
    if holds == "review" and change["review"] not in REVIEWS:
        raise DataError(f"a review is one of {', '.join(REVIEWS)}")
    if holds == "place" and change["place"] is not None:
        _check_place(change["place"])
    try:
        datetime.strptime(told["made"], _MADE)
    except ValueError as error:
        raise DataError(f"{told['made']!r} is no moment; write 2024-05-01T12:00:00.000000Z") \
            from error  # fmt: skip
    if told["id"] != _id(told):
        raise DataError(f"the id {told['id']!r} is not of what the correction says")
    return Correction(**told)


def from_lines(content: bytes, name: str) -> list[Correction]:
    """The corrections of a file of JSON Lines. Raises DataError, which names file and line."""
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(from_record(json.loads(line)))
        except (ValueError, RecursionError) as error:  # DataError is one, too
            raise DataError(f"{name}, line {number}: {error}") from error
    return found


def to_lines(ledger: Sequence[Correction]) -> bytes:
    """The same file."""
    return b"".join(
        json.dumps(record(one), ensure_ascii=False).encode("utf-8") + b"\n" for one in ledger
    )


def _storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _check_place(row: object) -> None:
    kinds = {entry.name: entry.type for entry in fields(Place)}
    if not isinstance(row, dict) or sorted(row) != sorted(kinds):
        raise DataError(f"a place has the fields {', '.join(kinds)}")
    numbers = {"lat": 90.0, "lon": 180.0, "precision_km": 50_000.0, "population": 2.0**62}
    for name, value in row.items():
        if name == "crosses":
            right = isinstance(value, list) and all(isinstance(code, str) for code in value)
        elif name in numbers:
            right = isinstance(value, int | float) and not isinstance(value, bool)
            right = right and abs(value) <= numbers[name]
            right = right and (name in ("lat", "lon") or value >= 0)
            right = right and (name != "population" or isinstance(value, int))
        else:
            right = isinstance(value, str) and _storable(value)
        if not right or (name in ("id", "name", "kind") and not value):
            raise DataError(f"{name} of a place cannot be {value!r}")


# -- which are in force -------------------------------------------------------------------------


def in_order(ledger: Collection[Correction]) -> list[Correction]:
    """By the moment made: the same in every store that holds the same ledger."""
    return sorted(ledger, key=lambda one: (one.made, one.id))


def active(ledger: Collection[Correction]) -> list[Correction]:
    """Those in force, in order; an undo takes one out, the undo of an undo brings it back."""
    undone: set[str] = set()
    kept = []
    for one in reversed(in_order(ledger)):
        if one.id in undone:
            continue
        if one.kind == "undo":
            undone.add(one.target["correction"])
        else:
            kept.append(one)
    return kept[::-1]


# -- what they do -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Put:
    """Where a mention stands, or a place of an event: id of a place, "" for not located.

    `touched` is whether a correction had a word in it.
    """

    place: str
    confidence: float
    touched: bool = False


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A mention that may be moved; `article` and `surface` say what a correction narrows by."""

    article: str
    surface: str
    put: Put


@dataclass(frozen=True, slots=True)
class Located:
    """A place of an event. `surface` is empty where no text names it; `article` for a data set."""

    event: str
    article: str
    surface: str
    role: str
    put: Put


@dataclass(frozen=True, slots=True)
class State:
    """What corrections work on, by key in the store; reviews by id of the event."""

    mentions: Mapping[int, Mentioned]
    links: Mapping[int, Located]
    reviews: Mapping[str, str]


def apply(state: State, one: Correction) -> State:
    """The state after one correction."""
    target = one.target
    if one.kind == "review":
        if target["event"] not in state.reviews:
            return state
        return replace(state, reviews={**state.reviews, target["event"]: one.change["review"]})
    if one.kind not in ("place", "event-place"):
        return state
    to = one.to

    # What is shown nowhere keeps how sure the reader was of it.
    def moved(put: Put) -> Put:
        return Put(to.id, SURE, True) if to else Put("", put.confidence, True)

    def meant(item: Mentioned | Located) -> bool:
        return (
            item.put.place == target["place"]
            and target["surface"] in ("", item.surface)
            and target["article"] in ("", item.article)
        )

    if one.kind == "event-place":
        return replace(state, links={
            key: replace(link, put=moved(link.put))
            if link.event == target["event"] and link.role == "location"
            and link.put.place == target["place"] else link
            for key, link in state.links.items()
        })  # fmt: skip
    return replace(
        state,
        mentions={
            key: replace(item, put=moved(item.put)) if meant(item) else item
            for key, item in state.mentions.items()
        },
        links={
            key: replace(link, put=moved(link.put)) if meant(link) else link
            for key, link in state.links.items()
        },
    )


def apply_all(state: State, corrections: Sequence[Correction]) -> State:
    """The state after several, in the order given."""
    for one in corrections:
        state = apply(state, one)
    return state


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would do, or did: ids of what is touched, and where from and where to.

    moves : (place left, place reached) -> events of which a location moves; "" is no place.
    """

    mentions: int = 0
    events: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    moves: Mapping[tuple[str, str], int] = field(default_factory=dict)
    reviewed: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    restored: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be another."""
        return self == Effect()


def effect(before: State, after: State) -> Effect:
    """What is different between two states of the same things."""
    mentions = [
        after.mentions[key] for key, item in before.mentions.items()
        if item.put != after.mentions[key].put
    ]  # fmt: skip
    links = [
        (link, after.links[key]) for key, link in before.links.items()
        if link.put != after.links[key].put
    ]  # fmt: skip
    reviewed = {e for e, review in before.reviews.items() if review != after.reviews[e]}
    moved: dict[tuple[str, str], set[str]] = {}
    for old, new in links:
        moved.setdefault((old.put.place, new.put.place), set()).add(old.event)
    articles = {item.article for item in mentions} | {old.article for old, _ in links}
    return Effect(
        mentions=len(mentions),
        events=frozenset({old.event for old, _ in links} | reviewed),
        articles=frozenset(articles - {""}),
        moves={pair: len(events) for pair, events in moved.items()},
        reviewed=frozenset(reviewed),
    )
