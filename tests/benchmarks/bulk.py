"""Reading many articles into a store: by this process alone, and by two workers."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from geo import pipeline
from geo.gazetteer import index
from geo.settings import Settings
from tests.benchmarks.measure import Result
from tests.benchmarks.reading import articles

ARTICLES = 800  # so many that starting the workers does not count


def run(settings: Settings) -> Iterator[Result]:
    """The same file into two empty stores; starting the workers is part of it."""
    if not index.is_ready(settings):
        index.build(settings)
    read, source = articles(settings)
    with tempfile.TemporaryDirectory(prefix="dateline-bulk-") as folder:
        path = Path(folder) / "corpus.jsonl"
        with path.open("w", encoding="utf-8") as lines:
            for n in range(ARTICLES):  # a number makes each copy an article of its own
                text = f"{read[n % len(read)].text}\n\n{n}"
                lines.write(json.dumps({"text": text, "date": "2023-03-02"}) + "\n")
        alone_s = 0.0
        for workers in (1, 2):
            own = dataclasses.replace(settings, local_dir=Path(folder) / f"by {workers}")
            began = time.perf_counter()
            report = pipeline.ingest_paths([path], own, workers=workers)
            seconds = time.perf_counter() - began
            assert report.saved == ARTICLES, report.failed[:3]
            alone_s = alone_s or seconds
            yield Result(
                name=f"articles read and saved, {workers} worker{'s' * (workers > 1)}",
                value=ARTICLES / seconds,
                unit="per s",
                runs=1,
                note=f"{ARTICLES} articles: {source}" if workers == 1 else "",
                against="1 worker" if workers > 1 else "",
                ratio=alone_s / seconds if workers > 1 else None,
            )
