"""The same articles into SQLite and into PostgreSQL, and then the same million rows.

Each into a store of its own by the command that a user has; then everything is counted in both, and
every count must be equal. PostgreSQL is started as the tests start it, so it does not wait for the
disk; nor does SQLite.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geo.gazetteer import index
from geo.pipeline import chronicle_paths
from geo.settings import ROOT, Settings
from geo.sources.text import load_article
from geo.store import open_store
from geo.store.columns import TABLES, Snapshot
from geo.store.snapshot import load_snapshot
from tests import postgres
from tests.benchmarks.filling import fill
from tests.benchmarks.measure import Result
from tests.engines import counted, differences
from tests.readings import reading

ARTICLES, EVENTS, WORKERS = 100_000, 1_000_000, 2
_FIRST, _DAYS = date(2022, 1, 1), 1_500
_COUNT = re.compile(r"(?<![\d,./-])\d{1,3}(?![\d,./-])")  # of people; no year and no date


def run(settings: Settings, articles: int = ARTICLES) -> Iterator[Result]:
    """Read the articles into both, count in both."""
    if not index.is_ready(settings):
        index.build(settings)
    path = settings.local_dir / "varied.jsonl"
    write_articles(path, articles, settings)
    note = f"{articles:,} articles of {path.stat().st_size / articles:.0f} bytes, none the same"
    counts: dict[str, dict[str, object]] = {}
    seconds: dict[str, float] = {}
    with postgres.running() as server:
        for engine, own in _engines(settings, server, "articles").items():
            began = time.perf_counter()
            _ingest(path, own, articles)
            seconds[engine] = time.perf_counter() - began
            yield _result(f"articles into {engine}, {WORKERS} workers", engine, seconds,
                          articles / seconds[engine], "per s", note)  # fmt: skip
            with open_store(own) as store:
                counts[engine] = counted(store, own)
                _say(f"{engine}: {counts[engine]['in all']}")
                began = time.perf_counter()
                problems = store.check()
                assert not problems, problems
            yield Result(name=f"  checked whole, {engine}", value=time.perf_counter() - began,
                         unit="s", runs=1)  # fmt: skip
    other = differences(*counts.values())
    assert not other, other
    yield Result(name="  counts that are equal in both", value=len(counts["SQLite"]), unit="",
                 runs=1, note=str(counts["SQLite"]["in all"]))  # fmt: skip


def run_rows(settings: Settings, events: int = EVENTS) -> Iterator[Result]:
    """Made-up rows into both, then the snapshot: from the database, and from its file."""
    loaded: dict[str, Snapshot] = {}
    with postgres.running() as server:
        own_of = _engines(settings, server, "rows")
        steps: dict[str, Callable[[Settings], Snapshot | None]] = {
            f"{events:,} rows saved": lambda own: fill(own, events),
            "  snapshot from the database": _load,
            "  snapshot from its file": _load,
        }
        for name, step in steps.items():
            seconds: dict[str, float] = {}
            for engine, own in own_of.items():
                began = time.perf_counter()
                found = step(own)
                seconds[engine] = time.perf_counter() - began
                if found is not None:
                    loaded[engine] = found
                yield _result(f"{name}, {engine}", engine, seconds, seconds[engine], "s", "")
            if loaded:
                _assert_same(*loaded.values())
        seconds = {}
        for engine, own in own_of.items():
            with open_store(own) as store:
                store.save(reading())
                began = time.perf_counter()
                loaded[engine] = load_snapshot(store, own, loaded[engine])
                seconds[engine] = time.perf_counter() - began
            name = f"  snapshot brought up to date with one article, {engine}"
            yield _result(name, engine, seconds, seconds[engine], "s", "")
        _assert_same(*loaded.values())


def write_articles(path: Path, articles: int, settings: Settings) -> None:
    """The shipped chronicle again and again, other counts of people in it and another day."""
    texts = [load_article(one, None, settings) for one in chronicle_paths(settings)]
    by_chance = random.Random(11)
    with path.open("w", encoding="utf-8") as lines:
        for n in range(articles):
            article = texts[n % len(texts)]
            text = _COUNT.sub(lambda _: str(by_chance.randrange(2, 90)), article.text)
            day = _FIRST + timedelta(days=by_chance.randrange(_DAYS))
            record = {
                "id": n, "title": f"{article.title} ({n})", "text": f"{text}\n\nReport {n}.",
                "date": day.isoformat(), "publisher": f"Synthetic {n % 40}",
            }  # fmt: skip
            lines.write(json.dumps(record) + "\n")


def _engines(settings: Settings, server: postgres.Postgres, name: str) -> dict[str, Settings]:
    folder = settings.local_dir / name
    return {
        "SQLite": replace(settings, local_dir=folder / "sqlite", database_url=""),
        "PostgreSQL": replace(
            settings, local_dir=folder / "postgresql", database_url=server.emptied()
        ),
    }


def _ingest(path: Path, own: Settings, articles: int) -> None:
    environment = {
        **os.environ, "DATELINE_LOCAL_DIR": str(own.local_dir), "DATABASE_URL": own.database_url,
        "DATELINE_CACHE_DIR": str(own.cache_dir),
    }  # fmt: skip
    command = [sys.executable, "-m", "geo", "ingest", str(path), "--workers", str(WORKERS)]
    done = subprocess.run(
        [*command, "--json"], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    report = json.loads(done.stdout)
    assert (report["saved"], report["unchanged"], report["failed"]) == (articles, 0, [])


def _load(own: Settings) -> Snapshot:
    with open_store(own) as store:
        return load_snapshot(store, own)


def _assert_same(one: Snapshot, other: Snapshot) -> None:
    for name in TABLES:
        assert getattr(one, name).equals(getattr(other, name)), name


def _result(
    name: str, engine: str, seconds: dict[str, float], value: float, unit: str, note: str
) -> Result:
    """A line of the table; PostgreSQL's tells how many times as long as SQLite it takes."""
    ratio = None if engine == "SQLite" else seconds[engine] / seconds["SQLite"]
    _say(f"{name}: {seconds[engine]:,.1f} s" + (f", {ratio:.2f} x SQLite" if ratio else ""))
    return Result(name=name, value=value, unit=unit, runs=1, note=note if ratio is None else "",
                  against="as long as SQLite" if ratio else "", ratio=ratio)  # fmt: skip


def _say(line: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)
