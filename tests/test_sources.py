"""Files become articles, whatever they hold, or say plainly why not."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DataError, LimitError, NotTextError
from geo.model import Article
from geo.settings import Settings
from geo.sources.text import decode, load_article, plain
from tests.articles import PUBLISHED, SAMPLE

SETTINGS = Settings()


def article(path: Path, content: str | bytes, published: date | None = None) -> Article:
    """What is read from a file of that content."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_article(path, published, SETTINGS)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_article_is_of_is_refused(day: str, tmp_path: Path) -> None:
    """One article of the year 1 would stretch every time line beyond use."""
    with pytest.raises(DataError, match="between 1700-01-01 and 2199-12-31"):
        article(tmp_path / "a.md", f"---\npublished: {day}\n---\nKherson was shelled.")
    with pytest.raises(DataError, match="between 1700-01-01 and 2199-12-31"):
        article(tmp_path / "a.txt", "Kherson was shelled.", date.fromisoformat(day))


def test_the_text_of_a_txt_file_is_the_whole_file_and_its_title_the_first_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\r\nA day in May\r\nKherson was shelled.\r\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    read = load_article(path, PUBLISHED, SETTINGS)
    assert read.text == "\nA day in May\nKherson was shelled.\n"
    assert (read.title, read.published, read.language) == ("A day in May", PUBLISHED, "en")
    assert read.retrieved == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert read == load_article(path, PUBLISHED, SETTINGS)
    assert read.id != load_article(path, None, SETTINGS).id


def test_front_matter_tells_what_is_known_of_a_markdown_file(tmp_path: Path) -> None:
    read = article(
        tmp_path / "a.md",
        "---\ntitle: 'A day: in May'\npublished: 2023-05-09T08:00:00Z\npublisher: Example\n"
        "language: uk\nlicence: CC0-1.0\ncountry: ua\nurl: https://example.org/a\nsample: true\n"
        "note: >-\n  Made\n  up.\nfacts:\n  - one\n  - two\n---\n\n# Kherson\n\nIt was shelled.\n",
        PUBLISHED,
    )
    assert read.text == "# Kherson\n\nIt was shelled."
    assert (read.title, read.published) == ("A day: in May", date(2023, 5, 9))
    assert (read.publisher, read.language, read.licence) == ("Example", "uk", "CC0-1.0")
    assert (read.country, read.url) == ("UA", "https://example.org/a")
    assert read.note == "Made up.\n\nRests on:\n- one\n- two"


def test_a_markdown_file_without_front_matter_is_titled_by_its_heading(tmp_path: Path) -> None:
    read = article(tmp_path / "a.MD", "# Kherson\n\n---\nIt was shelled.\n---\n", PUBLISHED)
    assert (read.title, read.published) == ("Kherson", PUBLISHED)
    assert read.text.endswith("---\n")
    assert article(tmp_path / "b.md", "---\n---\nKherson").title == "Kherson"


def test_the_shipped_sample_says_that_it_is_one() -> None:
    read = load_article(SAMPLE, None, SETTINGS)
    assert read.published == PUBLISHED
    assert "sample" in read.note
    assert "Rests on:" in read.note
    assert read.text.startswith("Ukrainian troops")


@pytest.mark.parametrize(
    "raw",
    [
        "Łódź, Київ – “so”".encode(),
        b"\xef\xbb\xbf" + "Łódź, Київ – “so”".encode(),
        "Łódź, Київ – “so”".encode("utf-16"),
        b"\xfe\xff" + "Łódź, Київ – “so”".encode("utf-16-be"),
        "Łódź, Київ – “so”".encode("utf-32"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 big end first", "utf-32"],
)
def test_unicode_is_read_in_every_form(raw: bytes) -> None:
    assert decode(raw, "a.txt") == "Łódź, Київ – “so”"


def test_english_of_older_windows_is_read() -> None:
    text = "“It’s over,” he said in the café – twice."
    assert decode(text.encode("cp1252"), "a.txt") == text


@pytest.mark.parametrize(
    "raw",
    [
        bytes(range(256)) * 10,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        "Російські війська обстріляли Херсон".encode("cp1251"),
        "Bahmut \x81".encode("latin-1"),
        b"\xff\xfeA",
        b"plain\x00" * 50,
    ],
    ids=["every byte", "picture", "Windows-1251", "no such character", "half", "zeros"],
)
def test_what_is_no_text_is_refused_rather_than_guessed(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(NotTextError, match=r"^a\.txt is no text"):
        article(tmp_path / "a.txt", raw)


def test_stray_control_characters_become_spaces_and_move_nothing(tmp_path: Path) -> None:
    text = "Kherson\x00was\x1b shelled. " * 2 + "The town lies on the river. " * 200
    read = article(tmp_path / "a.txt", text)
    assert read.text == text.replace("\x00", " ").replace("\x1b", " ")
    assert plain("a\ud83d\tb\x7f\n") == "a\ufffd\tb \n"


@pytest.mark.parametrize("content", ["", " \n\t\n", "\ufeff", "---\ntitle: x\n---\n"])
def test_a_file_without_text_is_said_to_be_so(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError, match=r"a\.md holds no text"):
        article(tmp_path / "a.md", content)


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("title: [unclosed", "line 3: the front matter is no YAML"),
        ("- a\n- b", "must be lines like"),
        ("title:\n  a: b", "title must be text"),
        ("title: [a, b]", "title must be text"),
        ("published: yesterday", "published must be a date like 2023-03-02, not 'yesterday'"),
        ("published: 2023-02-30", "published must be a date"),
        ("country: Ukraine", "country must be an ISO 3166-1 alpha-2 code"),
        ("facts: one", "facts must be a list of lines"),
        ("facts: [[one]]", "facts must be a list of lines"),
        ("title: &a x\ntitle2: *b", "is no YAML"),
        ("x: " + "[" * 20_000, "the front matter is"),
    ],
)
def test_bad_front_matter_is_named(tmp_path: Path, matter: str, reason: str) -> None:
    with pytest.raises(DataError) as caught:
        article(tmp_path / "a.md", f"---\n{matter}\n---\nKherson was shelled.")
    assert str(caught.value).startswith("a.md")
    assert reason in str(caught.value)


def test_front_matter_makes_nothing_but_text(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    read = article(tmp_path / "a.md", f"---\n{bomb}title: 12\nlicence: yes\n---\nKherson.")
    assert (read.title, read.licence) == ("12", "yes")
    with pytest.raises(DataError):
        article(tmp_path / "b.md", "---\ntitle: !!python/name:os.system\n  x: y\n---\nKherson.")


def test_limits_name_the_setting_that_raises_them(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Kherson was shelled.")
    small = dataclasses.replace(SETTINGS, max_file_bytes=19)
    with pytest.raises(LimitError, match=r"a\.txt .* 19 bytes; DATELINE_MAX_FILE_BYTES"):
        load_article(path, None, small)
    assert load_article(path, None, dataclasses.replace(SETTINGS, max_file_bytes=20)).text
    with pytest.raises(LimitError, match="DATELINE_MAX_ARTICLE_CHARS"):
        load_article(path, None, dataclasses.replace(SETTINGS, max_article_chars=19))
    with pytest.raises(LimitError, match="front matter"):
        article(tmp_path / "a.md", "---\ntitle: " + "x" * 70_000 + "\n---\nKherson.")


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.txt cannot be read: No such file"):
        load_article(tmp_path / "gone.txt", None, SETTINGS)
    with pytest.raises(DataError, match=r"a\.pdf is neither \.txt nor \.md"):
        article(tmp_path / "a.pdf", "%PDF")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(DataError, match=r"folder\.txt is not a file"):
        load_article(tmp_path / "folder.txt", None, SETTINGS)
    if hasattr(os, "mkfifo"):  # opening one would wait for a writer for ever
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(DataError, match=r"pipe\.txt is not a file"):
            load_article(tmp_path / "pipe.txt", None, SETTINGS)


def test_a_word_of_a_megabyte_is_read_and_the_title_stays_short(tmp_path: Path) -> None:
    read = article(tmp_path / "a.txt", "x" * 1_000_000)
    assert (len(read.text), len(read.title)) == (1_000_000, 300)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_are_refused(raw: bytes) -> None:
    with contextlib.suppress(NotTextError):
        text = decode(raw, "a.txt")
        text.encode("utf-8")
        assert "\x00" not in text
        assert "\r" not in text


@given(st.text(alphabet=st.characters(categories=None)))
def test_plain_text_keeps_its_length_and_can_be_stored(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert "\x00" not in shown
    shown.encode("utf-8")
    assert plain(shown) == shown
