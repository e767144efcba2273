"""Run every benchmark, print one table, and write it to tests/benchmarks/results/.

Times differ from machine to machine, so what counts is each pair and its ratio, taken in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from geo.settings import Settings
from tests.benchmarks import (
    browser,
    bulk,
    drawing,
    engines,
    feeds,
    geocoding,
    importing,
    pages,
    quality,
    queries,
    reading,
)
from tests.benchmarks.measure import Result, chart, markdown, table, told

RESULTS = Path(__file__).parent / "results"
PARTS: dict[str, Callable[[Settings], Iterator[Result]]] = {
    "reading": reading.run,
    "quality": quality.run,
    "pages": pages.run,
    "feeds": feeds.run,
    "geocoding": geocoding.run,
    "drawing": drawing.run,
    "bulk": bulk.run,
    "browser": browser.run,
}
# What takes minutes, and runs only where it is named (`make bench-large`).
LARGE: dict[str, Callable[[Settings], Iterator[Result]]] = {
    "importing": importing.run,
    "queries": queries.run,
    "engines": engines.run,
    "engines-rows": engines.run_rows,
    "browser-large": browser.run_large,
    "browser-largest": browser.run_largest,
}
PACKAGES = ("streamlit", "folium", "streamlit-folium", "geopy", "pandas", "SQLAlchemy")


def main() -> int:
    """Measure the parts that are named, or all that take less than a minute or two."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    known = PARTS | LARGE
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(known)}")
    parts = parser.parse_args().parts or list(PARTS)
    if unknown := set(parts) - set(known):
        parser.error(f"no part {sorted(unknown)[0]!r}; there are {', '.join(known)}")
    results: list[Result] = []
    failed = []
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        settings = replace(Settings.from_env(), local_dir=Path(folder), database_url="")
        for part in parts:
            print(f"measuring {part} ...", file=sys.stderr, flush=True)
            try:
                for one in known[part](settings):
                    results.append(one)
                    print(f"  {told(one)}", file=sys.stderr, flush=True)
            except KeyboardInterrupt:
                failed.append(part)
                break
            except Exception:  # the other parts are worth having all the same
                traceback.print_exc()
                failed.append(part)
    if failed:
        print(f"not measured to the end: {', '.join(failed)}", file=sys.stderr)
    print(table(results))
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    record = {
        "when": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "results": [asdict(result) for result in results],
    }
    path = RESULTS / f"{now:%Y-%m-%d-%H%M%S}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(markdown(results), encoding="utf-8")
    path.with_suffix(".svg").write_text(chart(results), encoding="utf-8")
    print(f"\nwritten to {path}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
