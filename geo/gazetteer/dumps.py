"""Read GeoNames files that a user adds: country dumps and alternate names, zipped or not.

Every line is checked by itself; one that cannot be used is counted with its reason, and the rest
goes in. What the index needs of the others is kept as a packed text file (see
`geo.gazetteer.added`). Columns: https://download.geonames.org/export/dump/readme.txt
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import IO

from geo.errors import DataError, LimitError
from geo.gazetteer.features import feature_of
from geo.settings import Settings

Progress = Callable[[float, str], None]
Cells = list[str]

PLACES, NAMES = "places", "names"
DUMP_COLUMNS, NAME_COLUMNS = 19, (10, 8)  # older alternate names lack the last two columns
FORMAT = 1  # of the kept rows; raise it when they change
_MAX_LINE_BYTES = 200_000  # the longest in GeoNames, with all its other names, has some 20,000
_MAX_ID = 100_000_000  # GeoNames counts 13 million
_MAX_PEOPLE = 100_000_000  # in one settlement
_LINES_JUDGED = 50  # that tell which kind of file it is
_LINES_NAMED = 60  # stretches of lines that a report names for each reason
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d*)?", re.ASCII)
_OUTSIDE = re.compile(r"[^\w.-]+")  # what a file name here does without
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Not names but codes, links and sounds. Source: the readme of alternateNamesV2.
_NO_LANGUAGES = frozenset(
    {"link", "wkdt", "post", "iata", "icao", "faac", "tcid", "unlc", "phon", "abbr", "piny"}
)
_MEMBERS_BESIDE = frozenset({"readme.txt", "iso-languagecodes.txt"})


class BadLineError(Exception):
    """A line cannot be used; the message is the reason, the same for every line like it."""


@dataclass(slots=True)
class Report:
    """What became of a file. `left_out` maps each reason to the numbers of its lines, from 1."""

    name: str
    kind: str  # PLACES or NAMES
    rows: int = 0  # kept
    unused: int = 0  # sound, but of a kind, a language or a place that the gazetteer has no use for
    sha256: str = ""  # of the unpacked file
    left_out: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def lines_left_out(self) -> int:
        return sum(len(lines) for lines in self.left_out.values())

    def complaints(self) -> list[str]:
        """One line for each reason: how many lines, and which."""
        return [
            f"{len(lines):,} left out, {reason}: {line_ranges(lines)}"
            for reason, lines in sorted(self.left_out.items(), key=lambda item: -len(item[1]))
        ]


def line_ranges(lines: list[int]) -> str:
    """Line numbers in order, as `line 3` or `lines 3-5, 9`."""
    stretches: list[list[int]] = []
    for number in lines:
        if stretches and number == stretches[-1][1] + 1:
            stretches[-1][1] = number
        else:
            stretches.append([number, number])
    shown = [f"{a}" if a == b else f"{a}-{b}" for a, b in stretches[:_LINES_NAMED]]
    rest = sum(b - a + 1 for a, b in stretches[_LINES_NAMED:])
    word = "line" if len(lines) == 1 else "lines"
    return f"{word} {', '.join(shown)}" + (f" and {rest:,} more" if rest else "")


class IdSet:
    """Whole numbers seen, one bit each: 13 million GeoNames ids in 2 MB."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> bool:
        """Remember a number; False where it was there already."""
        at, bit = number >> 3, 1 << (number & 7)
        if at >= len(self._bits):
            self._bits.extend(bytes(at + 1 - len(self._bits)))
        new = not self._bits[at] & bit
        self._bits[at] |= bit
        return new


# -- the two kinds of rows ------------------------------------------------------------------


def place_row(cells: Cells) -> Cells | None:
    """geonameid, kind, name, lat, lon, country, admin1 code, population, other names (commas).

    None for a place of no use. Raises BadLineError.
    """
    geonameid, name, other = _id(cells[0]), cells[1].strip(), cells[3]
    lat, lon = _degrees("latitude", cells[4], 90), _degrees("longitude", cells[5], 180)
    country, people = cells[8].strip(), _people(cells[14])
    if not name or _CONTROL.search(name):
        raise BadLineError("no name" if not name else "control characters in the name")
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise BadLineError("the country is no two-letter code")
    feature = feature_of(cells[6].strip(), cells[7].strip())
    if feature is None:
        return None
    names = ",".join(part for one in other.split(",") if (part := _CONTROL.sub("", one).strip()))
    code = cells[10].strip()
    return [str(geonameid), feature.kind, name, lat, lon, country, code, str(people), names]


def name_row(cells: Cells) -> Cells | None:
    """geonameid, name, and `p` (preferred English name), `h` (historic, colloquial) or nothing.

    None for what is no name. Raises BadLineError.
    """
    _id(cells[0])
    geonameid, language, name = _id(cells[1]), cells[2].strip(), cells[3].strip()
    if not name or _CONTROL.search(name):
        raise BadLineError("no name" if not name else "control characters in the name")
    flags = [cell.strip() for cell in cells[4:8]]
    if any(flag not in ("", "0", "1") for flag in flags):
        raise BadLineError("a mark that is neither empty nor 1")
    if language in _NO_LANGUAGES:
        return None
    preferred, _, colloquial, historic = (flag == "1" for flag in flags)
    mark = "h" if historic or colloquial else "p" if preferred and language == "en" else ""
    return [str(geonameid), name, mark]


def _id(cell: str) -> int:
    text = cell.strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= _MAX_ID):
        raise BadLineError("the id is no whole number above 0")
    return int(text)


def _degrees(what: str, cell: str, most: int) -> str:
    text = cell.strip()
    if not _NUMBER.fullmatch(text) or abs(float(text)) > most:
        raise BadLineError(f"the {what} is no number from -{most} to {most}")
    return f"{float(text):.5f}"


def _people(cell: str) -> int:
    text = cell.strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text[:12]) <= _MAX_PEOPLE):
        raise BadLineError("the population is no whole number from 0 on")
    return int(text)


# -- a whole file ---------------------------------------------------------------------------


def convert(
    source: Path,
    target: Path,
    settings: Settings,
    *,
    wanted: Callable[[], frozenset[int]],
    progress: Progress | None = None,
) -> Report:
    """Check a GeoNames file line by line and write what the index needs of it to `target` (gzip).

    wanted: the ids whose alternate names are of use; asked only for such files. The last line
    written holds the facts of `Report`, so that a file without it is known to be incomplete.
    Raises DataError where the file cannot be read or no line of it is sound, LimitError.
    """
    tell = progress or (lambda done, label: None)
    digest, seen = hashlib.sha256(), IdSet()
    with _lines(source, settings) as lines, _packed(target) as out:
        first = list(islice(lines, _LINES_JUDGED))
        report = Report(
            name=_OUTSIDE.sub("_", source.stem), kind=_kind([line for _, line, _ in first], source)
        )
        known = wanted() if report.kind == NAMES else frozenset()
        for number, line, done in chain(first, lines):
            digest.update(line)
            if number % 5000 == 1:
                tell(done, f"reading {source.name}")
            if number > settings.max_gazetteer_rows:
                raise LimitError(
                    f"{source.name} has more than {settings.max_gazetteer_rows:,} lines; "
                    "DATELINE_MAX_GAZETTEER_ROWS raises the limit"
                )
            if not line.strip():
                continue
            try:
                row = _row(line, report.kind, seen)
            except BadLineError as error:
                report.left_out[str(error)].append(number)
                continue
            if row is None or (report.kind == NAMES and int(row[0]) not in known):
                report.unused += 1
                continue
            out.write(("\t".join(row) + "\n").encode())
            report.rows += 1
        if not report.rows and not report.unused:
            raise DataError(f"{source.name} has no line that can be used; {report.complaints()[0]}")
        report.sha256 = digest.hexdigest()
        facts = {"format": FORMAT, "kind": report.kind, "rows": report.rows}
        out.write(("#" + json.dumps({**facts, "sha256": report.sha256}) + "\n").encode())
    return report


def _kind(lines: list[bytes], source: Path) -> str:
    """What the first lines are by their columns; some of them may be short."""
    columns = [line.count(b"\t") + 1 for line in lines if line.strip()]
    if not columns:
        raise DataError(f"{source.name} is empty")
    as_places = columns.count(DUMP_COLUMNS)
    as_names = sum(count in NAME_COLUMNS for count in columns)
    if not as_places and not as_names:
        raise DataError(
            f"{source.name} is no GeoNames file: its first line has {_columns(columns[0])} parted "
            f"by tabs; a country dump has {DUMP_COLUMNS}, alternate names have {NAME_COLUMNS[0]}"
        )
    return PLACES if as_places >= as_names else NAMES


def _row(line: bytes, kind: str, seen: IdSet) -> Cells | None:
    if len(line) > _MAX_LINE_BYTES:
        raise BadLineError(f"longer than {_MAX_LINE_BYTES:,} bytes")
    try:
        cells = line.decode("utf-8").rstrip("\r\n").split("\t")
    except UnicodeDecodeError as error:
        raise BadLineError("not UTF-8") from error
    columns = (DUMP_COLUMNS,) if kind == PLACES else NAME_COLUMNS
    if len(cells) not in columns:
        raise BadLineError(f"{_columns(len(cells))}, not {columns[0]}")
    row = place_row(cells) if kind == PLACES else name_row(cells)
    if not seen.add(_id(cells[0])):
        raise BadLineError("its id was on an earlier line")
    return row


def _columns(count: int) -> str:
    return f"{count} column{'s' if count != 1 else ''}"


@contextmanager
def _packed(target: Path) -> Iterator[IO[bytes]]:
    """A gzip file that is the same for the same rows: no name and no time inside."""
    with (
        target.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as packed,
    ):
        yield packed  # type: ignore[misc]


@contextmanager
def _lines(source: Path, settings: Settings) -> Iterator[Iterator[tuple[int, bytes, float]]]:
    """Line number from 1, the line, and the share of the file that is read."""
    try:
        with source.open("rb") as raw:
            if raw.read(4) == b"PK\x03\x04":
                with zipfile.ZipFile(source) as archive:
                    member = _member(archive, source)
                    with archive.open(member) as unpacked:
                        yield _numbered(unpacked, member.file_size, source, settings)
                return
            raw.seek(0)
            yield _numbered(raw, source.stat().st_size, source, settings)
    except OSError as error:
        raise DataError(
            f"{source.name} cannot be read or kept: {error.strerror or error}"
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{source.name} is a damaged or locked zip file: {error}") from error


def _member(archive: zipfile.ZipFile, source: Path) -> zipfile.ZipInfo:
    """The table in a zip: the text file named as the zip is, or the only one there is."""
    texts = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(".txt")
        and Path(info.filename).name.lower() not in _MEMBERS_BESIDE
    ]
    named = [info for info in texts if Path(info.filename).stem == source.stem] or texts
    if len(named) != 1:
        raise DataError(
            f"{source.name} holds {len(texts)} text files; unpack it and add the one that is meant"
        )
    return named[0]


def _numbered(
    lines: IO[bytes], size: int, source: Path, settings: Settings
) -> Iterator[tuple[int, bytes, float]]:
    read, number = 0, 0
    while line := lines.readline(_MAX_LINE_BYTES + 1):
        number += 1
        read += len(line)
        while not line.endswith(b"\n") and (rest := lines.readline(_MAX_LINE_BYTES)):
            read += len(rest)
            if read > settings.max_gazetteer_bytes or rest.endswith(b"\n"):
                break
        if read > settings.max_gazetteer_bytes:
            raise LimitError(
                f"{source.name} has more than {settings.max_gazetteer_bytes:,} bytes unpacked; "
                "DATELINE_MAX_GAZETTEER_BYTES raises the limit"
            )
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        yield number, line, read / (size or 1)
