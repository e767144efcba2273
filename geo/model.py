"""The records that travel from an article to the map. All frozen, all with stable ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["name", "demonym", "metonym", "nested", "misspelt"]
Role = Literal["location", "target", "origin"]
Status = Literal["occurred", "ongoing", "planned", "claimed", "denied"]
DatePrecision = Literal["day", "week", "month", "year", "unknown"]
DatasetKind = Literal["acled", "ucdp-ged", "gdelt", "viina", "geojson", "table"]
DatasetState = Literal["in progress", "complete", "removed"]

FORMS: tuple[Form, ...] = ("name", "demonym", "metonym", "nested", "misspelt")
ROLES: tuple[Role, ...] = ("location", "target", "origin")
STATUSES: tuple[Status, ...] = ("occurred", "ongoing", "planned", "claimed", "denied")
DATE_PRECISIONS: tuple[DatePrecision, ...] = ("day", "week", "month", "year", "unknown")
DATASET_KINDS: tuple[DatasetKind, ...] = (
    "acled", "ucdp-ged", "gdelt", "viina", "geojson", "table",
)  # fmt: skip

# Kinds that are drawn as what they are, not as a point.
AREA_KINDS = frozenset({"country", "admin1", "admin2", "region", "sea", "continent"})
LINE_KINDS = frozenset({"river"})


def stable_id(*parts: object) -> str:
    """Sixteen hex digits that depend on the parts alone (SHA-256, fields parted by U+001F)."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One text to read. Offsets of everything read from it count characters of `text`."""

    id: str
    title: str
    text: str
    url: str = ""
    publisher: str = ""
    published: date | None = None
    retrieved: datetime | None = field(default=None, compare=False)  # when, not what
    language: str = "en"
    licence: str = ""
    country: str = ""  # ISO 3166-1 alpha-2: where the outlet is at home, where known
    note: str = ""  # e.g. that it was written as a sample, and what it rests on

    @classmethod
    def of(
        cls,
        text: str,
        *,
        title: str = "",
        published: date | None = None,
        url: str = "",
        **more: object,
    ) -> Article:
        """An article whose id is the hash of its content (title, text, date, link)."""
        return cls(
            id=stable_id("article", title, text, published, url),
            title=title,
            text=text,
            published=published,
            url=url,
            **more,  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One row of the gazetteer.

    `id` is `gn:713174` (GeoNames), `iso:UA`, `iso:UA-14` (ISO 3166), `a2:...` or `dl:...`
    (data/places.csv). `lat`, `lon` in degrees WGS84; `precision_km` is how far off the point may
    be from what the name means (the radius of an area). `crosses` lists the admin1 (ISO 3166-2) or
    countries (alpha-2) that a river, sea or macro-region touches.
    """

    id: str
    name: str
    kind: str
    lat: float
    lon: float
    country: str = ""
    admin1: str = ""  # ISO 3166-2
    admin1_name: str = ""
    admin2: str = ""
    population: int = 0
    precision_km: float = 5.0
    source: str = ""
    crosses: tuple[str, ...] = ()

    @property
    def is_point(self) -> bool:
        """Whether a single marker is an honest picture of the place."""
        return self.kind not in AREA_KINDS and self.kind not in LINE_KINDS


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that a name may mean, with its score 0..1 and what spoke for it."""

    place: Place
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stretch of text that names a place. `place` is None where it could not be located."""

    start: int
    end: int
    surface: str
    form: Form
    place: Place | None
    confidence: float
    method: str
    candidates: tuple[Candidate, ...] = ()  # best first; the chosen one too

    @property
    def runner_up(self) -> Candidate | None:
        """The best candidate that was not chosen."""
        chosen = self.place.id if self.place else None
        return next((c for c in self.candidates if c.place.id != chosen), None)


@dataclass(frozen=True, slots=True)
class EventPlace:
    """Where an event happened: `mention` is an index into the reading's mentions."""

    mention: int
    role: Role
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, is going on, is planned, claimed or denied.

    `start`, `end`: the sentence; `trigger_start`, `trigger_end`: the word that says so.
    `date_start`, `date_end` are inclusive days. `fatalities_*` and `injured_*` are None where the
    text is silent.
    """

    type: str
    subtype: str
    status: Status
    start: int
    end: int
    trigger_start: int
    trigger_end: int
    date_start: date | None = None
    date_end: date | None = None
    date_precision: DatePrecision = "unknown"
    date_reason: str = ""  # how the date was resolved: the phrase, or the article's date
    places: tuple[EventPlace, ...] = ()
    actors: tuple[str, ...] = ()
    claimed_by: str = ""
    fatalities_low: int | None = None
    fatalities_high: int | None = None
    injured_low: int | None = None
    injured_high: int | None = None
    instrument: str = ""
    confidence: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything read out of one article; `events` has the main event first.

    `english` is False where the text looks like another language, of which little is read.
    """

    article: Article
    sentences: tuple[tuple[int, int], ...]
    mentions: tuple[Mention, ...]
    events: tuple[Event, ...]
    english: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A table of events that others coded, imported whole: every event of it is one of its rows.

    `digest` is the SHA-256 of the file. Of the `rows_read` so far, `rows_failed` could not be used
    and `rows_known` told of events that were in the store already. Readers see the events of a
    data set that is complete.
    """

    id: str
    kind: DatasetKind
    name: str
    filename: str
    digest: str
    licence: str = ""  # how its publisher wants it to be named, and on what terms
    imported: datetime | None = field(default=None, compare=False)
    rows_read: int = 0
    rows_failed: int = 0
    rows_known: int = 0
    state: DatasetState = "in progress"


@dataclass(frozen=True, slots=True)
class RowError:
    """A row of a data set that could not be used: its line in the file, why, and what it held."""

    line: int
    reason: str
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRows:
    """A chunk of a data set, as columns, since a data set may have a million rows.

    events : event_id, external_id, line [of the file], type, subtype, status, date_start, date_end
        [datetime64[s], inclusive days, NaT for unknown], date_precision, date_reason, actors
        [JSON list of names], claimed_by, instrument, fatalities_low, fatalities_high, injured_low,
        injured_high [persons, Int32], notes, words [of the notes, as `geo.store.words` has them,
        parted by spaces], source [who reported it], url, confidence [0..1]; no missing value but in
        dates and counts of persons
    links : event [row of `events`], place [index into `places`], role
    rows : how many rows of the file this is made of, those in `errors` included
    """

    events: pd.DataFrame
    links: pd.DataFrame
    places: Sequence[Place]
    errors: Sequence[RowError] = ()
    rows: int
