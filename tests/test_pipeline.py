"""Files into the store: the good ones saved, the bad ones named, known ones left alone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from geo import pipeline
from geo.errors import DataError, GazetteerError, StoreError
from geo.model import Article, Reading
from geo.pipeline import crews
from geo.settings import Settings
from geo.sources.documents.opening import SUFFIXES
from geo.store import Store, open_store
from tests.readings import reading


class Scripted:
    """A reader that finds what the hand-made reading holds, and counts what it is asked."""

    def __init__(self, version: str = "1") -> None:
        self.version = version
        self.read: list[str] = []

    def __call__(self, article: Article) -> Reading:
        self.read.append(article.title)
        if "trap" in article.text:
            raise RecursionError("too deep")
        made = reading()
        return dataclasses.replace(made, article=article)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with an empty local directory."""
    return Settings(local_dir=tmp_path / "local")


@pytest.fixture
def store(own: Settings) -> Iterator[Store]:
    """An empty store."""
    with open_store(own) as opened:
        yield opened


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder with two articles, one of them deeper down, and things that are none."""
    folder = tmp_path / "inbox"
    (folder / "deep").mkdir(parents=True)
    (folder / "b.txt").write_text(reading().article.text)
    (folder / "deep" / "a.md").write_text("---\ntitle: Deep\n---\n" + reading().article.text)
    (folder / "notes.doc").write_bytes(b"%PDF")
    return folder


def test_files_and_folders_are_read_and_saved(store: Store, own: Settings, inbox: Path) -> None:
    steps: list[tuple[float, str]] = []
    reader = Scripted()
    report = pipeline.ingest(
        [inbox],
        reader,
        store,
        own,
        date(2023, 3, 2),
        lambda done, label: steps.append((done, label)),
    )
    assert (report.saved, report.unchanged, report.failed) == (2, 0, [])
    assert {article.published for article in store.articles()} == {date(2023, 3, 2)}
    labels = [label.partition(",")[0] for _, label in steps]
    assert labels == ["reading", "1 articles", "2 articles", "done"]
    shares = [done for done, _ in steps]
    assert 0.0 == shares[0] < 0.4 < shares[1] < shares[2] == shares[3] == 1.0


def test_what_is_known_is_not_read_again(store: Store, own: Settings, inbox: Path) -> None:
    reader = Scripted()
    pipeline.ingest([inbox], reader, store, own)
    revision = store.revision()
    report = pipeline.ingest([inbox], reader, store, own)
    assert (report.saved, report.unchanged) == (0, 2)
    assert len(reader.read) == 2
    assert store.revision() == revision


def test_a_newer_reader_reads_again_and_saves_what_changed(
    store: Store, own: Settings, inbox: Path
) -> None:
    pipeline.ingest([inbox], Scripted("1"), store, own)
    newer = Scripted("2")
    report = pipeline.ingest([inbox], newer, store, own)
    assert (report.saved, report.unchanged, len(newer.read)) == (0, 2, 2)
    assert pipeline.ingest([inbox], newer, store, own).unchanged == 2
    assert len(newer.read) == 2


def test_a_corrected_source_note_is_taken_over(store: Store, own: Settings, inbox: Path) -> None:
    reader, path = Scripted(), inbox / "deep" / "a.md"
    pipeline.ingest([path], reader, store, own)
    path.write_text(path.read_text().replace("---\ntitle", "---\npublisher: Example\ntitle"))
    assert pipeline.ingest([path], reader, store, own).saved == 1
    assert [article.publisher for article in store.articles()] == ["Example"]


def test_each_failure_is_named_and_the_rest_go_on(
    store: Store, own: Settings, inbox: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (inbox / "a binary.txt").write_bytes(bytes(range(256)) * 4)
    (inbox / "c trap.txt").write_text("A trap for the reader.")
    (inbox / "empty.md").write_text("")
    (tmp_path / "bare").mkdir()
    named = [tmp_path / "gone.txt", inbox, tmp_path / "bare", inbox / "b.txt", inbox / "notes.doc"]
    report = pipeline.ingest(named, Scripted(), store, own)
    assert report.saved == 2
    reasons = {path.name: reason for path, reason in report.failed}
    # The line of code, never the message: it may quote the article.
    assert re.fullmatch(
        r"could not be read \(RecursionError at test_pipeline.py:\d+\)", reasons.pop("c trap.txt")
    )
    assert reasons == {
        "gone.txt": "gone.txt cannot be read: No such file or directory",
        "a binary.txt": "a binary.txt is no text in UTF-8; save it as UTF-8",
        "empty.md": "empty.md holds no text",
        "bare": f"the folder holds no file that is read ({' '.join(SUFFIXES)})",
        "notes.doc": f"notes.doc is of a kind that is not read; these are: {' '.join(SUFFIXES)}",
    }
    assert "c trap.txt" in caplog.text
    assert len(store.articles()) == 2


def test_a_store_that_fails_is_named_for_each_file(
    store: Store, own: Settings, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> bool:
        raise StoreError("the disk is full")

    monkeypatch.setattr(store, "save_rows", full)
    report = pipeline.ingest([inbox], Scripted(), store, own)
    assert [reason for _, reason in report.failed] == ["the disk is full"] * 2


def test_an_article_that_cannot_be_saved_costs_its_batch_nothing(
    store: Store, own: Settings, inbox: Path
) -> None:
    class Batched(crews.Here):
        batch_articles = 16

    class Broken(Scripted):
        def __call__(self, article: Article) -> Reading:
            read = super().__call__(article)
            if article.text.startswith("Unsure"):
                unsure = dataclasses.replace(reading().mentions[0], confidence=None)  # type: ignore[arg-type]
                return dataclasses.replace(read, mentions=(unsure,), events=())
            return read

    (inbox / "a unsure.txt").write_text("Unsure of everything.")
    broken = Broken()
    report = pipeline.ingest([inbox], broken, store, own, crew=Batched(broken))
    assert report.saved == 2
    assert [path.name for path, _ in report.failed] == ["a unsure.txt"]
    assert "confidence" in report.failed[0][1]
    assert store.counts()["articles"] == 2


def test_an_interruption_keeps_the_articles_before_it(
    store: Store, own: Settings, inbox: Path
) -> None:
    class Interrupted(Scripted):
        def __call__(self, article: Article) -> Reading:
            if self.read:
                raise KeyboardInterrupt
            return super().__call__(article)

    with pytest.raises(KeyboardInterrupt):
        pipeline.ingest([inbox], Interrupted(), store, own)
    assert len(store.articles()) == 1


def test_without_a_gazetteer_nothing_is_read(own: Settings, inbox: Path, tmp_path: Path) -> None:
    bare = dataclasses.replace(own, cache_dir=tmp_path / "no cache")
    with pytest.raises(GazetteerError):
        pipeline.ingest_paths([inbox], bare)


def test_without_a_sample_that_is_said(own: Settings, tmp_path: Path) -> None:
    bare = dataclasses.replace(own, data_dir=tmp_path / "no data")
    with pytest.raises(DataError, match="no article in"):
        pipeline.ensure_sample(bare)


# --- with the real reader ---------------------------------------------------------------------


def test_the_sample_is_read_into_an_empty_store_and_left_alone_in_another(
    local_settings: Settings,
) -> None:
    report = pipeline.ensure_sample(local_settings)
    assert (report.saved, report.failed) == (len(pipeline.sample_paths(local_settings)), [])
    assert pipeline.ensure_sample(local_settings) == pipeline.IngestReport()
    with open_store(local_settings) as store:
        (article,) = store.articles()
        assert article.title.startswith("Bakhmut")
        assert any(m["place_id"] == "gn:713174" for m in store.mentions(article.id))
        assert store.search("Bakhmut")
        assert store.revision() == 1


def test_reading_the_same_again_changes_nothing(local_settings: Settings) -> None:
    paths = pipeline.sample_paths(local_settings)
    first = pipeline.ingest_paths(paths, local_settings)
    again = pipeline.ingest_paths(paths, local_settings)
    assert (first.saved, again.saved, again.unchanged) == (1, 0, 1)


def test_the_version_of_a_reader_follows_what_it_reads_by(
    local_settings: Settings, tmp_path: Path
) -> None:
    def version(settings: Settings) -> str:
        reader = pipeline.open_reader(settings)
        reader.gazetteer.close()
        return reader.version

    base = version(local_settings)
    assert version(local_settings) == base
    assert version(dataclasses.replace(local_settings, min_confidence=0.5)) != base
    changed = tmp_path / "codebook.yaml"
    changed.write_bytes(local_settings.codebook.read_bytes() + b"\n# changed\n")
    assert version(dataclasses.replace(local_settings, codebook=changed)) != base
