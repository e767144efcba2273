"""Folders that are watched, files of other kinds, and links from the command line."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

from geo import cli
from geo.commands import watch as command
from geo.errors import DataError
from geo.pipeline.desk import Desk
from geo.pipeline.watch import Watch
from geo.settings import Settings
from geo.store import Store, open_store
from tests.test_pipeline import Scripted
from tests.web_server import serving

STORY = "Market hit in {0}\n\nShelling hit a market in {0} on Wednesday and killed three people."


@pytest.fixture
def store(own: Settings) -> Iterator[Store]:
    with open_store(own) as opened:
        yield opened


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(local_dir=tmp_path / "local")


@pytest.fixture
def desk(own: Settings, store: Store) -> Iterator[Desk]:
    with Desk(own, Scripted(), store) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inbox" / "deep").mkdir(parents=True)
    return tmp_path / "inbox"


def titles(store: Store) -> list[str]:
    return sorted(article.title.rpartition(" ")[2] for article in store.articles())


def write(path: Path, place: str) -> None:
    path.write_text(STORY.format(place) + f" {place} has seen no such day for a long time." * 3)


def test_a_file_is_read_once_it_has_stopped_growing(
    desk: Desk, store: Store, folder: Path
) -> None:
    watch = Watch(desk, folder)
    write(folder / "a.txt", "Kherson")
    assert watch.look().saved == 0
    with (folder / "a.txt").open("a") as file:
        file.write(" More is being written.")
    assert watch.look().saved == 0  # it has grown since
    assert watch.look().saved == 1
    assert watch.look().saved == 0
    write(folder / "deep" / "b.txt", "Odesa")
    assert [watch.look().saved, watch.look().saved] == [0, 1]
    assert titles(store) == ["Kherson", "Odesa"]


def test_a_changed_file_is_read_again_and_a_failure_named_once(
    desk: Desk, folder: Path, own: Settings
) -> None:
    write(folder / "a.txt", "Kherson")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7")
    (folder / "film.mp4").write_bytes(b"\0\0\0")
    watch = Watch(desk, folder)
    watch.look()
    first = watch.look()
    assert first.saved == 1
    assert sorted(name for name, _ in first.failed) == ["bad.pdf", "film.mp4"]
    write(folder / "a.txt", "Odesa")
    watch.look()
    second = watch.look()
    assert (second.saved, second.failed) == (1, [])
    again = Watch(desk, folder)  # another process, later
    again.look()
    assert not again.look().outcomes
    assert again.look().failed == []


def test_what_is_not_finished_or_leads_elsewhere_is_left_alone(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    write(tmp_path / "secret.txt", "Moscow")
    os.symlink(tmp_path / "secret.txt", folder / "link.txt")
    os.mkfifo(folder / "pipe.txt")
    for name in (".hidden.txt", "~$report.docx", "a.txt.part", "b.crdownload"):
        write(folder / name, "Lviv")
    watch = Watch(desk, folder)
    watch.look()
    found = watch.look()
    assert (found.saved, found.failed) == (0, [])


def test_a_mistake_of_ours_in_one_file_does_not_lose_the_others(
    desk: Desk, folder: Path
) -> None:
    write(folder / "a trap.txt", "trap")
    write(folder / "b.txt", "Odesa")
    watch = Watch(desk, folder)
    watch.look()
    found = watch.look()
    assert found.saved == 1
    ((name, reason),) = found.failed
    assert name == "a trap.txt"
    assert reason.startswith("could not be read (RecursionError at ")


def test_only_a_folder_is_watched(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no folder"):
        Watch(desk, tmp_path / "gone")
    assert cli.main(["watch", str(tmp_path / "gone")]) == cli.USAGE


def test_watch_once_and_ingest_of_links_and_files_of_other_kinds(
    local_settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(command, "LOOK_S", 0.05)
    write(folder / "a.txt", "Kherson")
    assert cli.main(["watch", str(folder), "--once", "--json"]) == cli.DONE
    assert json.loads(capsys.readouterr().out) == {"saved": 1, "unchanged": 0, "failed": []}

    written = docx.Document()
    written.add_paragraph("Police fired tear gas at protesters in Lviv on Tuesday.")
    written.save(str(folder / "lviv.docx"))
    with zipfile.ZipFile(folder / "night.zip", "w") as packed:
        packed.writestr("good.txt", "Fire in Sumy\n\nA drone struck a depot in Sumy on Monday.")
        packed.writestr("bad.pdf", b"%PDF-1.7")
    with serving() as server:
        monkeypatch.setenv("DATELINE_FETCH_HOSTS", server.host)
        links = [server.url("/page"), server.url("/moved"), server.url("/private/page"),
                 "http://127.0.0.1:1/"]  # fmt: skip
        paths = [folder / "lviv.docx", folder / "night.zip"]
        status = cli.main(["ingest", *links, *map(str, paths), "--date", "2023-05-04", "--json"])
    assert status == cli.FAILED
    report = json.loads(capsys.readouterr().out)
    assert (report["saved"], report["unchanged"]) == (3, 1)
    failed = {one["path"]: one["error"] for one in report["failed"]}
    assert set(failed) == {str(folder / "night.zip"), links[2], links[3]}
    assert "bad.pdf" in failed[str(folder / "night.zip")]
    with open_store(local_settings) as store:
        days = {article.title[:13]: str(article.published) for article in store.articles()}
    assert days["Market shelle"] == "2023-05-03"  # the page's own day
    assert days["Fire in Sumy"] == "2023-05-04"
