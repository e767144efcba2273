"""What every importer yields, and the checks that all of them share."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd

from geo.codebook import Codebook
from geo.model import DatasetKind, DatePrecision, RowError, stable_id
from geo.sources.datasets.tables import CONTENT_CHARS, Chunk, Table

Array = np.ndarray[Any, Any]

MOST_PEOPLE = 2_000_000_000  # a larger count of dead is a slip of the pen
FIRST_YEAR, YEARS_AHEAD = 1800, 5  # what a day outside of these is, is a slip or a blank
POINT_KM, NEAR_KM, REGION_KM, COUNTRY_KM = 5.0, 25.0, 100.0, 500.0

EVENT_COLUMNS = (
    "event_id", "external_id", "line", "type", "subtype", "status", "date_start", "date_end",
    "date_precision", "date_reason", "actors", "claimed_by", "instrument", "fatalities_low",
    "fatalities_high", "injured_low", "injured_high", "notes",
    "source", "url", "confidence",
)  # fmt: skip
PEOPLE = ("fatalities_low", "fatalities_high", "injured_low", "injured_high")
LOCATION_COLUMNS = (
    "event", "role", "name", "kind", "lat", "lon", "precision_km", "country", "admin1", "admin2",
    "country_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coded:
    """A chunk of a data set in our terms, its places not yet looked up in the gazetteer.

    events : `EVENT_COLUMNS`, typed as `geo.model.ReportedRows` says
    locations : event [row of `events`], role, name, kind, lat, lon [degrees, NaN for nowhere],
        precision_km [km], country, admin1, admin2 [names or codes as the data set has them],
        country_name [what it calls the country beside a code for it, or nothing]
    """

    events: pd.DataFrame
    locations: pd.DataFrame
    errors: tuple[RowError, ...]
    rows: int


class Importer(Protocol):
    """One kind of data set: what it is called, and how its rows are read."""

    kind: DatasetKind
    title: str
    licence: str

    def columns(self, table: Table) -> Sequence[str]:
        """The columns read of a table. Raises MissingColumnError."""
        ...

    def read(self, chunk: Chunk, codebook: Codebook) -> Coded:
        """Rows in our terms."""
        ...


@dataclass
class Rows:
    """Columns being made of a chunk, with the reason why a row cannot be used, if any."""

    chunk: Chunk
    frame: pd.DataFrame = field(init=False)
    reasons: Array = field(init=False)

    def __post_init__(self) -> None:
        text = [name for name in self.chunk.frame.columns if name != "line"]
        stripped = {name: self.chunk.frame[name].str.strip() for name in text}
        self.frame = pd.DataFrame(stripped, index=self.chunk.frame.index)
        self.reasons = np.full(len(self.frame), "", dtype=object)

    def __len__(self) -> int:
        return len(self.frame)

    def text(self, name: str) -> pd.Series:
        """A column of text, without spaces around it; empty where the table has none."""
        if name in self.frame:
            return self.frame[name]
        return pd.Series("", index=self.frame.index, dtype="str")

    def refuse(self, rows: Any, reason: Callable[[int], str]) -> None:
        """Refuse the rows of a mask, each with its reason; the first reason stands."""
        for row in np.flatnonzero(np.asarray(rows, dtype=bool) & (self.reasons == "")):
            self.reasons[row] = reason(int(row))

    def people(self, name: str) -> Array:
        """A column of counts of people, NaN for none. Others, and parts of people, are refused."""
        values = self.number(name, 0, MOST_PEOPLE, optional=True)
        text, parts = self.text(name), np.nan_to_num(values) % 1 != 0
        self.refuse(parts, lambda row: f"{name} {text.iloc[row]} is no whole number")
        return np.where(parts, np.nan, values)

    def number(self, name: str, least: float, most: float, *, optional: bool = False) -> Array:
        """A column of numbers within limits, NaN for none. Others are refused."""
        text = self.text(name)
        values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
        empty = (text == "").to_numpy()
        wrong = ~(np.isfinite(values) & (values >= least) & (values <= most))
        wrong &= ~empty if optional else True
        self.refuse(wrong, lambda row: _no_number(name, text.iloc[row], least, most))
        return np.where(wrong | empty, np.nan, values)

    def code(self, name: str, known: Mapping[str, Any]) -> pd.Series:
        """What each code of a column stands for; rows with other codes are refused."""
        text = self.text(name)
        found = text.map(known)
        self.refuse(
            found.isna(), lambda row: f"{name} {text.iloc[row]!r} is none of {', '.join(known)}"
        )
        return found

    def point(self, lat_name: str, lon_name: str, *, optional: bool = False) -> tuple[Array, Array]:
        """Latitudes and longitudes in degrees; rows out of range are refused."""
        lat = pd.to_numeric(self.text(lat_name), errors="coerce").to_numpy(dtype=float)
        lon = pd.to_numeric(self.text(lon_name), errors="coerce").to_numpy(dtype=float)
        swapped = (np.abs(lat) > 90) & (np.abs(lat) <= 180) & (np.abs(lon) <= 90)
        self.refuse(
            swapped,
            lambda row: (
                f"{lat_name} {lat[row]:g} is out of range; it looks swapped with "
                f"{lon_name} {lon[row]:g}"
            ),
        )
        self.refuse(
            (lat == 0) & (lon == 0),
            lambda _: f"{lat_name} 0, {lon_name} 0 stands for an unknown place, in the open sea",
        )
        before = self.reasons.copy()
        self.number(lat_name, -90, 90)
        self.number(lon_name, -180, 180)
        if optional:
            nowhere = ((self.text(lat_name) == "") & (self.text(lon_name) == "")).to_numpy()
            self.reasons[nowhere] = before[nowhere]
        return lat, lon

    def dates(self, name: str) -> Array:
        """A column of days as datetime64[D]; rows whose day cannot be read are refused."""
        text = self.text(name)
        codes, unique = pd.factorize(text)
        known = [day_of(str(value)) for value in unique]
        days = np.array([np.datetime64(day, "D") if day else np.datetime64("NaT") for day in known],
                        dtype="datetime64[D]")[codes]  # fmt: skip
        self.refuse(
            np.isnat(days),
            lambda row: (
                f"{name} {text.iloc[row]!r} is no date such as 2022-03-01, "
                "01 March 2022 or 01-Mar-22"
            ),
        )
        first, last = (np.datetime64(f"{year}-01-01") for year in (FIRST_YEAR, _year_after()))
        self.refuse(
            (days < first) | (days >= last),
            lambda row: (
                f"{name} {text.iloc[row]!r} is no day of news: it lies before {FIRST_YEAR} or more "
                f"than {YEARS_AHEAD} years ahead"
            ),
        )
        return days

    def done(self, events: Mapping[str, Any], locations: Mapping[str, Any], kind: str) -> Coded:
        """The rows that can be used, in our columns, and the errors of the others."""
        blank = (self.frame == "").all(axis=1).to_numpy() if len(self) else np.zeros(0, dtype=bool)
        self.reasons[blank] = "blank"
        good = self.reasons == ""
        table = pd.DataFrame(
            {
                "line": self.chunk.frame["line"], "status": "occurred", "date_reason": "",
                "url": "", "confidence": 1.0, "claimed_by": "", "instrument": "",
                "injured_low": np.nan, "injured_high": np.nan, **events,
            },
            index=self.frame.index,
        )[good].reset_index(drop=True)  # fmt: skip
        if "event_id" not in table:
            ids = table["external_id"].to_numpy(dtype=object)
            table["event_id"] = [stable_id("event", kind, number) for number in ids]
        for name in ("date_start", "date_end"):
            table[name] = table[name].astype("datetime64[s]")
        for name in PEOPLE:
            table[name] = table[name].astype("Float64").round().astype("Int32")
        places = pd.DataFrame({"role": "location", "admin2": "", "country_name": "", **locations},
                              index=self.frame.index)[good].reset_index(drop=True)  # fmt: skip
        places.insert(0, "event", np.arange(len(places)))
        places = places[places["lat"].notna()]
        return Coded(
            table[list(EVENT_COLUMNS)],
            places[list(LOCATION_COLUMNS)].reset_index(drop=True),
            (*self.chunk.errors, *self._errors(~good & ~blank)),
            self.chunk.rows,
        )

    def _errors(self, bad: Array) -> Iterator[RowError]:
        at = np.flatnonzero(bad)
        names, lines = self.frame.columns, self.chunk.frame["line"].to_numpy()[at]
        cells = self.frame.iloc[at].to_numpy(dtype=object)
        for row, line, values in zip(at, lines, cells, strict=True):
            content = "; ".join(f"{n}={v}" for n, v in zip(names, values, strict=True) if v)
            yield RowError(int(line), str(self.reasons[row]), content[:CONTENT_CHARS])


def _year_after() -> int:
    return date.today().year + YEARS_AHEAD + 1


def _no_number(name: str, text: str, least: float, most: float) -> str:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number != number or not text.isascii():
        return f"{name} {text!r} is no number" if text else f"{name} is empty"
    return f"{name} {text} is out of range ({least:,.0f} to {most:,.0f})"


_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_AMERICAN = re.compile(r"\A([A-Za-z]{3,9})\.? (\d\d?),? (\d{4})\Z")
_NAMED = re.compile(r"(\d\d?)[ -]([A-Za-z]{3,9})\.?[ -](\d{4}|\d\d)")


def day_of(text: str) -> date | None:
    """A day written as `2022-03-01`, `20220301`, `01 March 2022`, `March 1, 2022` or `01-Mar-22`;
    None for others.

    A year of two digits lies between 1970 and 2069. `03/04/2022` is two days at once, so none.
    """
    try:
        if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(*(int(part) for part in match.groups()))
        if match := _NAMED.fullmatch(_AMERICAN.sub(r"\2 \1 \3", text)):
            day, month, year = match.groups()
            number = _MONTHS.get(month[:3].lower(), 0)
            short = int(year) if len(year) == 4 else (2000 if int(year) < 70 else 1900) + int(year)
            return date(short, number, int(day))
    except ValueError:
        return None
    return None


def span(days: Array, precisions: pd.Series) -> tuple[Array, Array]:
    """First and last day of what each day stands for: itself, its week (from Monday), month or
    year. days : datetime64[D]; precisions : DatePrecision, of one row each."""
    first, last = days.copy(), days.copy()
    one = np.timedelta64(1, "D")
    week = (precisions == "week").to_numpy()
    # 1 January 1970 was a Thursday.
    monday = days - ((days.astype("int64") + 3) % 7).astype("timedelta64[D]")
    first[week], last[week] = monday[week], monday[week] + 6 * one
    units: tuple[tuple[DatePrecision, str], ...] = (("month", "M"), ("year", "Y"))
    for name, unit in units:
        here = (precisions == name).to_numpy()
        start = days[here].astype(f"datetime64[{unit}]")
        first[here] = start.astype("datetime64[D]")
        last[here] = (start + 1).astype("datetime64[D]") - one
    return first, last


def actors_json(*columns: pd.Series) -> list[str]:
    """A JSON list of the names of each row; columns are taken in order, empty ones left out."""
    known: dict[tuple[str, ...], str] = {}
    found = []
    cells = (column.to_numpy(dtype=object) for column in columns)
    for names in zip(*cells, strict=True):
        if names not in known:
            known[names] = json.dumps(list(dict.fromkeys(filter(None, names))))
        found.append(known[names])
    return found


def without_tags(chunk: Chunk) -> Chunk:
    """Without the row of HXL tags, which stands in the line under the header."""
    first = chunk.frame.iloc[:1]
    texts = first.drop(columns="line").iloc[0].to_list() if len(first) else []
    tagged = any(texts) and all(text == "" or text.startswith("#") for text in texts)
    if not tagged or first["line"].iloc[0] != 2:
        return chunk
    return Chunk(chunk.frame[1:].reset_index(drop=True), chunk.errors, chunk.rows)
