"""Fetching GeoNames files, from a server on this machine: whole, resumed, and refused."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo.cli import main
from geo.errors import BadQueryError, DownloadError, GeoError, LimitError, SettingsError
from geo.gazetteer import added, download, index
from geo.settings import Settings
from tests.geonames_files import FIRST_ID, Server, place, running, write_zip

ROWS = 3_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    lines = [place(FIRST_ID + n, f"Selo {n * 7919 % 10_007}", lat=f"{n / 50:.3f}")
             for n in range(ROWS)]  # fmt: skip
    with running() as one:
        one.files["UA.zip"] = write_zip(tmp_path / "UA.zip", *lines).read_bytes()
        one.files["alternatenames/UA.zip"] = one.files["UA.zip"]
        yield one


@pytest.fixture
def online(local_settings: Settings, server: Server) -> Settings:
    return dataclasses.replace(local_settings, gazetteer_url=server.url)


@pytest.fixture
def fetch(online: Settings) -> Callable[..., Path]:
    return lambda what="UA": download.fetch(online, what, pause_s=0.0)


def downloads(settings: Settings) -> set[str]:
    return {path.name for path in (settings.local_dir / "gazetteer" / "downloads").iterdir()}


def test_a_file_comes_whole_with_progress(online: Settings, server: Server) -> None:
    seen: list[tuple[float, str]] = []
    path = download.fetch(online, "UA", lambda done, label: seen.append((done, label)))
    assert path.read_bytes() == server.files["UA.zip"]
    assert downloads(online) == {"UA.zip"}
    assert server.asked == [("/export/dump/UA.zip", "", "")]
    assert seen[-1] == (1.0, "fetching UA")
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_names_of_a_country_have_a_file_of_their_own(fetch: Callable[..., Path]) -> None:
    assert fetch("alternatenames/UA").name == "alternatenames-UA.zip"


def test_a_broken_download_goes_on_where_it_broke(
    fetch: Callable[..., Path], server: Server
) -> None:
    size = len(server.files["UA.zip"])
    server.break_after = [10_000, 5_000]
    assert fetch().read_bytes() == server.files["UA.zip"]
    assert [asked[1:] for asked in server.asked] == [
        ("", ""), ("bytes=10000-", '"one"'), ("bytes=15000-", '"one"'),
    ]  # fmt: skip
    assert size > 15_000


def test_a_later_call_resumes_an_earlier_one(
    fetch: Callable[..., Path], server: Server, online: Settings
) -> None:
    server.break_after = [2_000, 1_000, 1_000, 1_000]
    with pytest.raises(DownloadError, match=r"after 5,000 of [\d,]+ bytes.*same command resumes"):
        fetch()
    assert downloads(online) == {"UA.zip.part", "UA.zip.mark"}
    assert fetch().read_bytes() == server.files["UA.zip"]
    assert server.asked[-1][1] == "bytes=5000-"


def test_a_file_that_changed_meanwhile_begins_again(
    fetch: Callable[..., Path], server: Server
) -> None:
    server.break_after = [4_000] * 4
    with pytest.raises(DownloadError):
        fetch()
    server.mark = '"two"'
    assert fetch().read_bytes() == server.files["UA.zip"]
    assert server.asked[-1][1:] == ("bytes=16000-", '"one"')  # answered with the whole file


def test_a_part_longer_than_the_file_is_dropped(
    fetch: Callable[..., Path], server: Server, online: Settings
) -> None:
    folder = online.local_dir / "gazetteer" / "downloads"
    folder.mkdir(parents=True)
    (folder / "UA.zip.part").write_bytes(b"x" * (len(server.files["UA.zip"]) + 5))
    (folder / "UA.zip.mark").write_text('"one"')
    assert fetch().read_bytes() == server.files["UA.zip"]


@pytest.mark.parametrize("how", ["no mark", "weak mark", "no ranges"])
def test_where_nothing_can_be_resumed_it_begins_again(
    fetch: Callable[..., Path], server: Server, how: str
) -> None:
    server.mark = {"no mark": "", "weak mark": 'W/"one"', "no ranges": '"one"'}[how]
    server.ranges = how != "no ranges"
    server.break_after = [7_000]
    assert fetch().read_bytes() == server.files["UA.zip"]
    assert len(server.asked) == 2
    assert (server.asked[1][1] == "") == (how != "no ranges")  # only a sure mark asks for the rest


def test_a_wrong_part_is_refused(fetch: Callable[..., Path], server: Server) -> None:
    server.break_after, server.shift = [6_000], 10
    with pytest.raises(DownloadError, match="another part"):
        fetch()


def test_a_busy_server_is_asked_again(fetch: Callable[..., Path], server: Server) -> None:
    server.statuses = [503, 429]
    assert fetch().read_bytes() == server.files["UA.zip"]
    server.statuses = [503] * 10
    with pytest.raises(DownloadError, match="answers 503"):
        fetch()
    assert len(server.asked) == 3 + 4


def test_a_file_without_a_stated_length_is_checked_by_its_end(
    fetch: Callable[..., Path], server: Server
) -> None:
    server.sized = False
    assert fetch().read_bytes() == server.files["UA.zip"]
    server.break_after = [9_000]
    with pytest.raises(DownloadError, match="no zip file"):
        fetch()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"gazetteer_url": "file:///etc"}, SettingsError, "DATELINE_GAZETTEER_URL"),
        ({"gazetteer_url": "nonsense"}, SettingsError, "DATELINE_GAZETTEER_URL"),
        ({"gazetteer_url": "http://127.0.0.1:9"}, DownloadError, "cannot be reached"),
        ({"max_gazetteer_bytes": 3_000}, LimitError, "DATELINE_MAX_GAZETTEER_BYTES"),
        ({"gazetteer_download_s": 1e-9}, DownloadError, "DATELINE_GAZETTEER_DOWNLOAD_S"),
    ],
)
def test_settings_bound_what_is_fetched(
    online: Settings, change: dict[str, object], error: type[GeoError], message: str
) -> None:
    with pytest.raises(error, match=message):
        download.fetch(dataclasses.replace(online, **change), "UA", pause_s=0.0)  # type: ignore[arg-type]


def test_a_limit_holds_where_no_length_is_stated(online: Settings, server: Server) -> None:
    server.sized = False
    with pytest.raises(LimitError, match="DATELINE_MAX_GAZETTEER_BYTES"):
        download.fetch(dataclasses.replace(online, max_gazetteer_bytes=3_000), "UA")


def test_an_unknown_file_is_said_to_be_unknown(fetch: Callable[..., Path], server: Server) -> None:
    with pytest.raises(DownloadError, match="404.*is the code right"):
        fetch("XX")
    assert len(server.asked) == 1


@pytest.mark.parametrize("what", ["ua", "../../etc/passwd", "UA.zip", "", "UKR", "cities500"])
def test_only_names_of_geonames_files_are_asked_for(
    fetch: Callable[..., Path], server: Server, what: str
) -> None:
    with pytest.raises(BadQueryError, match="two-letter code"):
        fetch(what)
    assert server.asked == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/UA.zip"])
def test_a_redirect_leads_to_the_web_only(
    fetch: Callable[..., Path], server: Server, target: str
) -> None:
    server.redirect = target
    with pytest.raises(DownloadError):
        fetch()


def test_redirects_in_a_ring_end(fetch: Callable[..., Path], server: Server) -> None:
    server.redirect = f"{server.url}/UA.zip"
    with pytest.raises(DownloadError):
        fetch()
    assert len(server.asked) < 10


def test_a_page_instead_of_a_zip_is_dropped(
    fetch: Callable[..., Path], server: Server, online: Settings
) -> None:
    server.files["UA.zip"] = b"<html>Log in to this network first</html>"
    with pytest.raises(DownloadError, match="no zip file"):
        fetch()
    assert not list((online.local_dir / "gazetteer" / "downloads").glob("*.part"))


def test_the_command_fetches_adds_and_tidies_up(
    online: Settings, server: Server, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("DATELINE_GAZETTEER_URL", server.url)
    built: list[str] = []
    monkeypatch.setattr(index, "is_ready", lambda settings: False)
    monkeypatch.setattr(
        index, "build", lambda settings, progress: built.append(index.version(settings))
    )
    assert main(["gazetteer", "add", "--download", "UA", "--download", "XX"]) == 1
    assert "XX" in capsys.readouterr().err
    (one,) = added.kept(online)
    assert (one.name, added.rows_kept(one)) == ("UA", ROWS)
    assert downloads(online) == set()
    assert len(built) == 1
    assert main(["gazetteer", "add", "--download", "UA"]) == 0
    assert "as before" in capsys.readouterr().err


def test_nothing_is_fetched_without_being_asked(
    online: Settings, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_GAZETTEER_URL", server.url)
    monkeypatch.setattr(index, "is_ready", lambda settings: True)
    monkeypatch.setattr(index, "is_sound", lambda settings: True)
    assert main(["gazetteer", "add", str(tmp_path / "UA.zip")]) == 0
    assert main(["gazetteer", "build"]) in (0, 1)
    assert server.asked == []
