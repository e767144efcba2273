"""Logs say what went wrong, for people or machines, and never a word of what was read."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo import logs, pipeline
from geo.errors import SettingsError
from geo.model import Article, Reading
from geo.settings import Settings
from geo.store import open_store
from tests.readings import reading

MARKER = "Zxqv the secret sentence"


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Put back the log of `geo` as it was."""
    log = logging.getLogger("geo")
    before = log.handlers[:], log.level, log.propagate
    yield
    log.handlers[:], log.level, log.propagate = before[0], before[1], before[2]


class Quoting:
    """A reader whose mistakes quote the article."""

    version = "1"

    def __call__(self, article: Article) -> Reading:
        raise ValueError(f"cannot read {article.text!r}")


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_log_holds_a_sentence_of_an_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    settings = Settings(local_dir=tmp_path / "local", log_format=form, log_level="debug")
    logs.configure(settings)
    path = tmp_path / "a.txt"
    path.write_text(MARKER)
    with open_store(settings) as store:
        report = pipeline.ingest([path], Quoting(), store, settings)
    try:
        try:
            raise KeyError(MARKER)
        except KeyError as error:
            raise ValueError(reading().article.text + MARKER) from error
    except ValueError:
        logging.getLogger("geo.test").exception("while reading %s", path.name)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "KeyError" in said
    assert "test_logs.py" in said
    assert "a.txt" in said
    assert MARKER not in said + str(report.failed)


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"))
    logging.getLogger("geo.store").warning("two\nlines")
    logging.getLogger("geo.store").info("below the level")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == (
        "WARNING",
        "geo.store",
        "two\nlines",
    )


def test_an_unknown_form_or_level_is_refused() -> None:
    with pytest.raises(SettingsError, match="DATELINE_LOG_FORMAT='xml' must be one of text, json"):
        Settings.from_env({"DATELINE_LOG_FORMAT": "xml"})
