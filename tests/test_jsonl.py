"""JSON Lines in and out: order, numbering, broken lines, bounded memory, whole files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from geo.commands import jsonl
from geo.commands.common import UsageError, json_line, printable
from geo.errors import DataError

LIMIT = 1000


def run(folder: Path, content: bytes, handle: Any = None, limit: int = LIMIT) -> Any:
    """The output lines and the report of a conversion that numbers its records."""
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_bytes(content)
    report = jsonl.convert(
        str(source),
        str(target),
        handle or (lambda number, record: {"n": number, **record}),
        lambda number, record, reason: {"n": number, "error": reason},
        max_line_bytes=limit,
        label="test",
    )
    lines = target.read_bytes().split(b"\n")
    assert lines.pop() == b""  # the file ends with a line's end
    assert not list(folder.glob("*.part"))
    return [json.loads(line) for line in lines], report


def test_order_and_numbers_follow_the_input(tmp_path: Path) -> None:
    out, report = run(tmp_path, b"".join(b'{"v": %d}\n' % i for i in range(500)))
    assert [(line["n"], line["v"]) for line in out] == [(i + 1, i) for i in range(500)]
    assert (report.lines, report.status) == (500, 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON"),
        (b"[1]", "not a JSON object but a list"),
        (b"null", "not a JSON object but a NoneType"),
        (b'{"v": NaN}', "NaN is no JSON number"),
        (b'{"v": "\xff"}', "not UTF-8 at byte 7"),
        (b"[" * 900, "not JSON"),
        (b'{"v": ' + b"9" * 900 + b"}", None),
        (b"   ", "the line is blank"),
        (b'{"v": "' + b"x" * 2000 + b'"}', "longer than 1000 bytes; DATELINE_MAX_FILE_BYTES"),
    ],
)
def test_a_broken_line_costs_only_itself(tmp_path: Path, line: bytes, reason: str | None) -> None:
    out, report = run(tmp_path, b'{"v": 1}\n' + line + b'\n{"v": 3}\n')
    assert [entry["n"] for entry in out] == [1, 2, 3]
    assert [out[0]["v"], out[2]["v"]] == [1, 3]
    if reason is None:
        assert report.status == 0
    else:
        assert reason in out[1]["error"]
        assert report.failed == [(2, out[1]["error"])]
        assert report.status == 1


def test_ten_thousand_brackets_are_no_crash(tmp_path: Path) -> None:
    out, _ = run(tmp_path, b"[" * 100_000 + b"\n{}\n", limit=1_000_000)
    assert "error" in out[0]
    assert "error" not in out[1]


def test_byte_order_marks_and_windows_line_ends_are_no_errors(tmp_path: Path) -> None:
    out, report = run(tmp_path, b'\xef\xbb\xbf{"v": 1}\r\n\xef\xbb\xbf{"v": 2}\r\n')
    assert [line["v"] for line in out] == [1, 2]
    assert report.status == 0


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    out, _ = run(tmp_path, '{"v": "a\u2028b\u0085c"}\n'.encode())
    assert out == [{"n": 1, "v": "a\u2028b\u0085c"}]


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n\n", b"\n  \n"])
def test_blank_lines_at_the_end_are_the_end(tmp_path: Path, end: bytes) -> None:
    out, report = run(tmp_path, b'{"v": 1}' + end)
    assert out == [{"n": 1, "v": 1}]
    assert report.status == 0


def test_blank_lines_between_keep_the_lines_aligned(tmp_path: Path) -> None:
    out, report = run(tmp_path, b'\n\n{"v": 3}\n')
    assert [line["n"] for line in out] == [1, 2, 3]
    assert [number for number, _ in report.failed] == [1, 2]


def test_an_empty_file_gives_an_empty_file(tmp_path: Path) -> None:
    assert run(tmp_path, b"")[0] == []


def test_lone_surrogates_survive(tmp_path: Path) -> None:
    out, _ = run(tmp_path, rb'{"v": "\ud83d \ud83d\ude00"}' + b"\n")
    assert out[0]["v"] == "\ud83d \U0001f600"


def test_names_stay_readable_in_the_output() -> None:
    assert json_line({"name": "Бахмут"}) == '{"name": "Бахмут"}'.encode()


def test_an_error_of_ours_or_a_defect_in_one_document_costs_only_that(tmp_path: Path) -> None:
    def handle(number: int, record: dict[str, Any]) -> dict[str, Any]:
        if number == 1:
            raise DataError("too long")
        if number == 2:
            raise KeyError("defect")
        return record

    out, report = run(tmp_path, b"{}\n{}\n{}\n", handle)
    assert out[0]["error"] == "too long"
    assert re.fullmatch(r"could not be read \(KeyError at test_jsonl.py:\d+\)", out[1]["error"])
    assert out[2] == {}
    assert [number for number, _ in report.failed] == [1, 2]


def test_the_output_may_be_the_input(tmp_path: Path) -> None:
    path = tmp_path / "same.jsonl"
    path.write_bytes(b'{"v": 1}\n{"v": 2}\n')
    jsonl.convert(
        str(path), str(path), lambda n, r: {"n": n, **r}, lambda n, r, e: {},
        max_line_bytes=LIMIT, label="test",
    )  # fmt: skip
    assert [json.loads(line)["n"] for line in path.read_text().splitlines()] == [1, 2]


def test_a_failure_halfway_leaves_the_old_output_alone(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("old")

    def handle(number: int, record: dict[str, Any]) -> dict[str, Any]:
        raise SystemExit

    with pytest.raises(SystemExit):
        run(tmp_path, b"{}\n", handle)
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("which", ["source", "target"])
def test_a_file_that_cannot_be_opened_is_wrong_usage(tmp_path: Path, which: str) -> None:
    good = tmp_path / "good.jsonl"
    good.write_text("{}\n")
    missing = str(tmp_path / "no" / "such.jsonl")
    source, target = (missing, str(good)) if which == "source" else (str(good), missing)
    with pytest.raises(UsageError, match="such.jsonl cannot be (read|written): No such file"):
        jsonl.convert(
            source, target, lambda n, r: r, lambda n, r, e: r, max_line_bytes=LIMIT, label="test"
        )


def test_failures_are_named_and_the_rest_counted(capsys: pytest.CaptureFixture[str]) -> None:
    report = jsonl.Report(lines=100, failed=[(n, "the line is blank") for n in range(1, 31)])
    jsonl.summarise(report, "out.jsonl")
    err = capsys.readouterr().err
    assert "line 20: the line is blank" in err
    assert "line 21:" not in err
    assert "and 10 more" in err
    assert "70 of 100 lines read; written to out.jsonl" in err


def test_messages_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[31mb\u202ec\nd") == "a?[31mb?c\nd"
