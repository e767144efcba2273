"""What README.md and docs/ say is true: settings, commands, make targets, files and links."""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import shlex
from pathlib import Path

import pytest

from geo.cli import parser
from geo.settings import ROOT, Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def subcommands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands below a parser, by name."""
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def documented_default(value: object) -> str:
    """A default as the README writes it: relative to the checkout or to the home directory."""
    if isinstance(value, Path):
        if value.is_relative_to(ROOT):
            return value.relative_to(ROOT).as_posix()
        return "~/.cache/dateline"
    return str(value)


def test_the_settings_table_is_complete_and_true() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)` )?\| (.*?) \|$", README, re.MULTILINE)
    expected = [
        (entry.metadata["env"], documented_default(entry.default), entry.metadata["meaning"])
        for entry in dataclasses.fields(Settings)
    ]
    assert rows == expected


def test_every_command_is_in_the_readme_and_in_the_docs() -> None:
    documented = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    table = README[README.index("## Command line") : README.index("## Privacy")]
    for name in subcommands(parser()):
        assert f"`{name}" in table
        assert re.search(rf"^## .*\b{name}\b", documented, re.MULTILINE), name


def test_every_command_line_shown_is_understood() -> None:
    """Each `python -m geo ...` in a code block, and each `command ...` in the docs, parses."""
    shown = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        shown += re.findall(r"python -m geo ((?!COMMAND)[^`#\n]+)", text)
        names = "|".join(subcommands(parser()))
        shown += re.findall(rf"`((?:{names}) [^`]*)`", text)
    assert len(shown) > 15
    for line in shown:
        line = re.sub(r"\bLAT LON\b", "48.59 38.0", line.rstrip(" .")).replace("...", "")
        try:
            parser().parse_args(shlex.split(line))
        except SystemExit:
            pytest.fail(f"the documentation shows a command that is wrong: {line!r}")


def test_every_make_target_and_variable_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9]*):", MAKEFILE, re.MULTILINE))
    for path in DOCUMENTS:
        code = re.findall(r"```.*?```|`[^`\n]+`", path.read_text(encoding="utf-8"), re.DOTALL)
        for line in "\n".join(code).splitlines():
            if found := re.match(r"`?make ([a-z]\w*)((?: [A-Z]+=\S+)*)", line.strip()):
                assert found.group(1) in targets
                for variable in re.findall(r"([A-Z]+)=", found.group(2)):
                    assert f"{variable} ?=" in MAKEFILE


def test_make_help_names_every_target_a_reader_may_want() -> None:
    shown = set(re.findall(r'@echo "make (\w+)', MAKEFILE))
    assert shown == {"run", "setup", "test", "lint", "bench", "clean"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_tree_in_the_readme_names_what_is_there() -> None:
    block = re.search(r"## Where things live\n\n```\n(.*?)```", README, re.DOTALL)
    assert block
    for line in block.group(1).splitlines():
        indented = line.startswith("  ")
        if line.startswith("   "):
            continue
        for name in re.split(r"\s{3,}", line.strip())[0].split():
            folder = ROOT / "geo" if indented else ROOT
            if name == "data/local/":  # made by the first run
                continue
            assert (folder / name).exists() or (folder / f"{name}.py").exists(), name


def test_settings_shown_in_the_docs_exist() -> None:
    known = {entry.metadata["env"] for entry in dataclasses.fields(Settings)}
    for path in DOCUMENTS:
        shown = set(re.findall(r"`(DATELINE_[A-Z_]+|DATABASE_URL)`", path.read_text("utf-8")))
        assert shown <= known


def test_requirements_are_exact_pins() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-scale.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][^ ;]*(; .+)?", line), line


def test_ci_runs_the_documented_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")
    assert os.access(script, os.X_OK)
