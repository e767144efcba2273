"""How fast articles are read: places and events, by the same `read` that the dashboard uses."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from geo.gazetteer import index
from geo.model import Article
from geo.pipeline import open_reader
from geo.settings import ROOT, Settings
from geo.sources.text import load_article
from tests.benchmarks.measure import Result, median_s

CORPUS_FILE = "trnews.jsonl"


def articles(settings: Settings) -> tuple[list[Article], str]:
    """What is read, and its name: the corpus where there is one, else the project's own texts."""
    folder = os.environ.get("DATELINE_CORPUS")
    if folder:
        with open(Path(folder) / CORPUS_FILE, encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line in lines if line.strip()]
        return [Article.of(text) for text in texts], CORPUS_FILE
    found = [
        load_article(path, None, settings)
        for path in sorted((ROOT / "data" / "articles").glob("*.md"))
    ]
    for path in sorted((ROOT / "tests" / "gold").glob("*.jsonl")):
        with open(path, encoding="utf-8") as lines:
            found += [Article.of(json.loads(line)["text"]) for line in lines if line.strip()]
    return found, "the project's own texts"


def run(settings: Settings) -> Iterator[Result]:
    """Opening the reader, then reading all articles once."""
    if not index.is_ready(settings):
        index.build(settings)
    read, source = articles(settings)
    began = time.perf_counter()
    reader = open_reader(settings)
    reader(read[0])
    yield Result(
        name="reader opened, first article read",
        value=1000 * (time.perf_counter() - began),
        unit="ms",
        runs=1,
    )
    characters = sum(len(article.text) for article in read)
    # The first pass meets each name for the first time; later ones find it in memory.
    first_s = median_s(lambda: [reader(article) for article in read], runs=1, warm_up=0)
    again_s = median_s(lambda: [reader(article) for article in read], runs=2, warm_up=0)
    what = f"{len(read)} articles, {characters:,} characters: {source}"
    yield Result(name="articles parsed", value=len(read) / first_s, unit="per s", runs=1, note=what)
    yield Result(
        name="articles parsed, names known",
        value=len(read) / again_s,
        unit="per s",
        runs=2,
        against="the first pass",
        ratio=first_s / again_s,
    )
