"""Reading by several processes: the same as one by one, whatever becomes of the processes."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from geo import pipeline
from geo.errors import WorkerError
from geo.model import Article
from geo.pipeline.crews import (
    BATCH_ARTICLES,
    Batch,
    Here,
    Item,
    Lost,
    Outcome,
    Result,
    Unread,
    read_all,
    read_batch,
    read_each,
)
from geo.pipeline.local_crew import LocalCrew
from geo.settings import ROOT, Settings
from geo.sources.corpus import Entry
from geo.store import Store, open_store, schema
from geo.store.rows import rows_of
from tests import postgres as server
from tests.engines import counted, differences
from tests.readings import reading

MANY = 160  # ten batches
VERY_MANY = 2_000  # of which both databases must count the same; `make bench-large` has 100,000
START_S = 60.0


def corpus(path: Path, articles: int = MANY) -> Path:
    """A file of so many different short reports, and one line that is none."""
    towns = ("Kherson", "Bakhmut", "Kharkiv", "Odesa", "Kramatorsk")
    with path.open("w") as lines:
        for n in range(articles):
            town = towns[n % len(towns)]
            text = f"Shelling hit {town} on Wednesday, killing {n + 2} people, officials said."
            lines.write(json.dumps({"id": n, "text": text, "date": "2023-03-02"}) + "\n")
        lines.write("no JSON\n")
    return path


def kept(store: Store) -> list[tuple[str, str, str]]:
    """Id, digest and reader of every article in the store, and so of all that was read of them."""
    table = schema.article.c
    with store.database.reading() as connection:
        rows = connection.execute(sa.select(table.id, table.digest, table.reader))
        return sorted((row.id, row.digest, row.reader) for row in rows)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus."""
    return corpus(tmp_path_factory.mktemp("corpus") / "corpus.jsonl")


@pytest.fixture(scope="module")
def one_by_one(
    settings: Settings, file: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, str, str]]:
    """What this process alone reads out of the corpus."""
    own = dataclasses.replace(settings, local_dir=tmp_path_factory.mktemp("alone"))
    report = pipeline.ingest_paths([file], own)
    assert (report.saved, len(report.failed)) == (MANY, 1)
    with open_store(own) as store:
        return kept(store)


def test_two_processes_read_the_same_as_one(
    settings: Settings, own: Settings, file: Path, one_by_one: list[tuple[str, str, str]]
) -> None:
    local_settings = dataclasses.replace(
        settings, local_dir=own.local_dir, database_url=own.database_url
    )
    steps: list[tuple[float, str]] = []
    report = pipeline.ingest_paths(
        [file],
        local_settings,
        progress=lambda done, label: steps.append((done, label)),
        workers=2,
    )
    assert (report.saved, report.unchanged) == (MANY, 0)
    assert report.failed == [(file, f"line {MANY + 1}: not JSON: Expecting value at character 1")]
    with open_store(local_settings) as store:
        assert kept(store) == one_by_one
    shares = [done for done, _ in steps]
    assert shares == sorted(shares)
    assert shares[-2] == pytest.approx(1.0)
    assert steps[-2][1].startswith(f"{MANY + 1} articles, ")
    again = pipeline.ingest_paths([file], local_settings, workers=2)
    assert (again.saved, again.unchanged, len(again.failed)) == (0, MANY, 1)


class Remembering(Here):
    """Reads in batches, and what it has read once for one database it knows for the other."""

    batch_articles = BATCH_ARTICLES

    def __init__(self, reader: pipeline.Reader) -> None:
        super().__init__(reader)
        self.known: dict[str, Outcome] = {}

    def finished(self) -> list[tuple[Batch, Result]]:
        found: list[tuple[Batch, Result]] = []
        for batch in self._batches:
            new = [article for article in batch.articles if article.id not in self.known]
            outcomes = read_each(self._reader, new)
            self.known |= {one.id: read for one, read in zip(new, outcomes, strict=True)}
            found.append((batch, [self.known[article.id] for article in batch.articles]))
        self._batches = []
        return found


def test_two_thousand_articles_count_the_same_in_both_databases(
    settings: Settings, tmp_path: Path, postgres: server.Postgres
) -> None:
    file = corpus(tmp_path / "corpus.jsonl", VERY_MANY)
    reader = pipeline.open_reader(settings)
    crew = Remembering(reader)
    counts = []
    for name, url in (("sqlite", ""), ("postgresql", postgres.emptied())):
        own = dataclasses.replace(settings, local_dir=tmp_path / name, database_url=url)
        with open_store(own) as store:
            report = pipeline.ingest([file], reader, store, own, crew=crew)
            assert (report.saved, report.unchanged, len(report.failed)) == (VERY_MANY, 0, 1)
            counts.append(counted(store, own))
    reader.gazetteer.close()
    assert counts[0]["rows of article"] == counts[0]["rows of event"] == VERY_MANY
    assert differences(*counts) == {}
    with open_store(own) as store:  # one article less would be seen
        store.delete_article(next(iter(crew.known)))
        assert {"rows of article", "articles.article_id", "reports by type", "in all"} <= set(
            differences(counts[0], counted(store, own))
        )


def test_a_killed_worker_loses_nothing(
    local_settings: Settings, file: Path, one_by_one: list[tuple[str, str, str]]
) -> None:
    reader = pipeline.open_reader(local_settings)
    crew = LocalCrew(local_settings, reader.version, 2)
    killed: list[int] = []

    def kill_one(done: float, label: str) -> None:
        if done > 0.2 and not killed:
            (pid,) = crew._workers[0].executor._processes
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    with open_store(local_settings) as store:
        report = pipeline.ingest(
            [file], reader, store, local_settings,
            progress=kill_one, crew=crew,
        )  # fmt: skip
        assert (report.saved, report.unchanged, len(report.failed)) == (MANY, 0, 1)
        assert kept(store) == one_by_one
    assert killed
    assert not psutil.pid_exists(killed[0])
    crew.close()
    reader.gazetteer.close()


def deadly(settings: Settings, version: str, articles: Sequence[Article]) -> list[Outcome]:
    """A worker's work, where a report from Odesa ends the process."""
    if any("Odesa" in article.text for article in articles):
        os.kill(os.getpid(), signal.SIGKILL)
    return read_batch(settings, version, articles)


def test_an_article_that_kills_its_workers_is_named_and_the_rest_go_on(
    local_settings: Settings, tmp_path: Path
) -> None:
    reader = pipeline.open_reader(local_settings)
    crew = LocalCrew(local_settings, reader.version, 2, deadly)
    with open_store(local_settings) as store:
        report = pipeline.ingest(
            [corpus(tmp_path / "corpus.jsonl", 8)], reader, store, local_settings, crew=crew
        )
        assert report.saved == 7
        assert {reason for _, reason in report.failed} == {
            "line 4: the process that read it died each time it was tried",
            "line 9: not JSON: Expecting value at character 1",
        }
    crew.close()
    reader.gazetteer.close()


def test_another_version_of_the_reader_is_refused(settings: Settings) -> None:
    crew = LocalCrew(settings, "another", 1)
    crew.submit(batch("Kyiv"))
    with pytest.raises(WorkerError, match="version .*, this one another: both need the same"):
        crew.finished()
    crew.close()


def test_kill_dash_nine_leaves_whole_articles_and_no_process(
    local_settings: Settings, file: Path, one_by_one: list[tuple[str, str, str]]
) -> None:
    command = [sys.executable, "-m", "geo", "ingest", str(file)]
    env = {
        **os.environ,
        "DATELINE_LOCAL_DIR": str(local_settings.local_dir),
        "DATELINE_CACHE_DIR": str(local_settings.cache_dir),
    }
    process = subprocess.Popen([*command, "--workers", "2"], cwd=ROOT, env=env)
    with open_store(local_settings) as store:
        give_up = time.monotonic() + START_S
        while len(kept(store)) < 10 and time.monotonic() < give_up:
            assert process.poll() is None, "it was to be killed before it was done"
            time.sleep(0.01)
        workers = psutil.Process(process.pid).children(recursive=True)
        assert len(workers) >= 2
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(workers, timeout=20)
        assert not alive
        before = kept(store)
        assert 10 <= len(before) < MANY
        assert set(before) < set(one_by_one)
        done = subprocess.run(
            [*command, "--json"], cwd=ROOT, env=env, capture_output=True, check=False
        )
        report = json.loads(done.stdout)
        assert (report["saved"], report["unchanged"]) == (MANY - len(before), len(before))
        assert kept(store) == one_by_one


# --- who reads what, with workers that are told what to do -------------------------------------


def batch(*texts: str) -> Batch:
    """Articles of these texts."""
    made = [Article.of(text) for text in texts]
    entry = Entry(Path("x"), "", 1.0, lambda: made[0])
    return Batch(tuple(Item(entry, one) for one in made))


class Scripted:
    """A crew whose workers die of certain texts, and that notes what it was given."""

    batch_articles = BATCH_ARTICLES
    window = 3

    def __init__(self, *deadly: str, also: Sequence[str] = ()) -> None:
        self.deadly, self.once = set(deadly), list(also)
        self.given: list[list[str]] = []
        self.under_way: list[Batch] = []
        self.most = 0

    def submit(self, one: Batch) -> None:
        self.given.append([article.text for article in one.articles])
        self.under_way.append(one)
        self.most = max(self.most, len(self.under_way))

    def finished(self) -> list[tuple[Batch, Result]]:
        one = self.under_way.pop(0)
        texts = [article.text for article in one.articles]
        for text in texts:
            if text in self.once:
                self.once.remove(text)
                return [(one, Lost(deaths=1))]
        if self.deadly & set(texts):
            return [(one, Lost(deaths=1))]
        made = [rows_of(dataclasses.replace(reading(), article=a)) for a in one.articles]
        return [(one, made)]

    def close(self) -> None:
        """Nothing to let go."""


def outcomes(crew: Scripted | Here, batches: Iterator[Batch]) -> dict[str, Outcome]:
    """What became of each text; each comes back once."""
    found = [one for read in read_all(batches, crew) for one in read]
    named = {item.article.text: outcome for item, outcome in found}
    assert len(named) == len(found)
    return named


def test_only_the_article_to_blame_is_given_up() -> None:
    crew = Scripted("bad", also=["unlucky"])
    found = outcomes(crew, iter([batch("a", "bad", "b"), batch("unlucky", "c"), batch("d")]))
    assert set(found) == {"a", "bad", "b", "unlucky", "c", "d"}
    assert [text for text, one in found.items() if isinstance(one, Unread)] == ["bad"]
    assert crew.given.count(["bad"]) == 2
    assert ["a", "bad", "b"] in crew.given
    assert ["a"] in crew.given


def test_no_more_is_taken_than_the_window_holds() -> None:
    taken = 0

    def endless() -> Iterator[Batch]:
        nonlocal taken
        while True:
            taken += 1
            yield batch(f"article {taken}")

    crew = Scripted()
    found = read_all(endless(), crew)
    for done in range(1, 50):
        next(found)
        assert taken <= done + crew.window
    assert crew.most == crew.window


def test_workers_that_die_of_everything_end_it() -> None:
    class Dying(Scripted):
        def finished(self) -> list[tuple[Batch, Result]]:
            return [(self.under_way.pop(0), Lost(deaths=0))]

    with pytest.raises(WorkerError, match="workers died and read nothing"):
        outcomes(Dying(), iter([batch("a"), batch("b")]))
