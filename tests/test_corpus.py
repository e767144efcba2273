"""Files of many articles: the same articles from JSON Lines and Parquet, within limits."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.errors import GeoError
from geo.model import Article
from geo.pipeline.inputs import entries, files
from geo.settings import Settings
from geo.sources import corpus
from geo.sources.documents.apart import Apart

DAY = date(2023, 3, 2)
RECORDS: list[dict[str, Any]] = [
    {"text": "Shelling hit Kherson on Wednesday.", "id": "a", "title": "Kherson",
     "date": "2023-03-01", "url": "https://example.org/1", "publisher": "Example",
     "country": "ua", "language": "en", "colour": "ignored"},
    {"text": "Fighting went on near Bakhmut."},
    {"text": "   "},
]  # fmt: skip


def read(path: Path, settings: Settings) -> tuple[list[Article], list[str]]:
    """The articles of a file, and what was said of the others."""
    articles, reasons = [], []
    for entry in corpus.entries(path, DAY, settings):
        try:
            articles.append(entry.load())
        except GeoError as error:
            reasons.append(f"{entry.where}: {error}")
    return articles, reasons


def json_lines(path: Path, records: list[Any]) -> Path:
    """A file of one object a line; texts are written as they are."""
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_json_lines_and_parquet_give_the_same_articles(tmp_path: Path) -> None:
    settings = Settings()
    lines, reasons = read(json_lines(tmp_path / "a.jsonl", RECORDS), settings)
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "a.parquet")
    rows, same_reasons = read(tmp_path / "a.parquet", settings)
    assert rows == lines
    first, second = lines
    assert (first.title, first.published, first.publisher) == (
        "Kherson",
        date(2023, 3, 1),
        "Example",
    )
    assert (first.url, first.country, first.language) == ("https://example.org/1", "UA", "en")
    assert (second.title, second.published) == ("Fighting went on near Bakhmut.", DAY)
    assert reasons == ["line 3: the article: its text is empty"]
    assert same_reasons == ["row 3: the article: its text is empty"]


@pytest.mark.parametrize("value", [date(2023, 3, 1), datetime(2023, 3, 1, 23, 59), "2023-03-01"])
def test_a_date_column_may_hold_days_moments_or_text(tmp_path: Path, value: object) -> None:
    pq.write_table(pa.table({"Body": ["Kyiv"], "Date": [value]}), tmp_path / "a.parquet")
    (article,), _ = read(tmp_path / "a.parquet", Settings())
    assert article.published == date(2023, 3, 1)


def test_each_bad_line_is_named_and_costs_only_itself(tmp_path: Path) -> None:
    settings = dataclasses.replace(Settings(), max_file_bytes=200, max_article_chars=50)
    path = json_lines(
        tmp_path / "a.jsonl",
        ["nonsense", {"id": 7}, {"text": "x" * 60, "id": "long"}, {"text": "y" * 300},
         {"text": "Kyiv"}],
    )  # fmt: skip
    articles, reasons = read(path, settings)
    assert [article.text for article in articles] == ["Kyiv"]
    assert reasons == [
        "line 1: not JSON: Expecting value at character 1",
        "line 2: article '7': has no column of text (one called text, body or content)",
        "line 3: article 'long' has 60 characters, more than 50; DATELINE_MAX_ARTICLE_CHARS raises "
        "the limit",
        "line 4: longer than 200 bytes; DATELINE_MAX_FILE_BYTES raises the limit",
    ]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_rows_beyond_the_limit_are_left_out_and_that_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "jsonl":
        json_lines(path, RECORDS)
    else:
        pq.write_table(pa.Table.from_pylist(RECORDS), path)
    articles, reasons = read(path, dataclasses.replace(Settings(), max_documents=1))
    assert len(articles) == 1
    assert reasons == [
        f": a.{kind} has more than 1 articles; the rest was left out; "
        "DATELINE_MAX_DOCUMENTS raises the limit"
    ]


def test_a_table_without_text_or_that_is_none_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"title": ["Kyiv"]}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet", Settings()) == (
        [], [": a.parquet: missing column(s) text; the table has title"]
    )  # fmt: skip
    (tmp_path / "b.parquet").write_bytes(b"PAR1 and no more")
    (reason,) = read(tmp_path / "b.parquet", Settings())[1]
    assert reason.startswith(": b.parquet cannot be read as Parquet: ")
    (reason,) = read(tmp_path / "gone.parquet", Settings())[1]
    assert reason.startswith(": gone.parquet cannot be read: ")
    (reason,) = read(tmp_path / "gone.jsonl", Settings())[1]
    assert reason == ": gone.jsonl cannot be read: No such file or directory"


def test_a_table_damaged_midway_gives_what_comes_before(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    many = {"text": [f"Article {n} from Kyiv. " * 20 for n in range(4000)]}
    pq.write_table(pa.table(many), path, row_group_size=1000, compression="zstd")
    raw = bytearray(path.read_bytes())
    chunk = pq.ParquetFile(path).metadata.row_group(2).column(0)
    raw[chunk.dictionary_page_offset : chunk.dictionary_page_offset + 200] = b"\xff" * 200
    path.write_bytes(raw)
    articles, reasons = read(path, Settings())
    assert 2000 - 64 <= len(articles) <= 2000
    assert len(reasons) == 1
    assert "a.parquet cannot be read" in reasons[0]


def test_patterns_are_resolved_where_the_shell_did_not(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl", "c.parquet", "deep/d.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    failed: list[tuple[Path, str]] = []
    found = files([tmp_path / "*.jsonl", tmp_path / "**/*.jsonl", tmp_path / "*.csv"], failed)
    assert [path.name for path in found] == ["a.jsonl", "b.jsonl", "d.jsonl"]
    assert failed == [(tmp_path / "*.csv", "no file has such a name")]


def test_a_file_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    """Never the whole corpus: the third entry is taken before the file's bad end is reached."""
    path = json_lines(tmp_path / "a.jsonl", [RECORDS[0]] * 100_000)
    several = entries([path, tmp_path / "gone.txt"], None, Settings(), Apart(Settings()))
    first = [next(several).where for _ in range(3)]
    assert first == ["line 1", "line 2", "line 3"]
    assert several.gi_frame is not None  # type: ignore[attr-defined]
