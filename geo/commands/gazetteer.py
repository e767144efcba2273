"""`gazetteer build | add | remove | info`: the index of places that everything is looked up in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from geo.commands.common import (
    Commands,
    UsageError,
    build_index,
    build_outlines,
    print_json,
    progress,
    say,
)
from geo.errors import GazetteerError, GeoError, SettingsError
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.gazetteer.dumps import Report


def add_parser(commands: Commands) -> None:
    """Declare `gazetteer` and what it can do."""
    command = commands.add_parser("gazetteer", help="build the index of places, add to it, ...")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    building = actions.add_parser("build", help="build the index where it is missing or damaged")
    building.add_argument("--force", action="store_true", help="build it even where it is sound")
    building.set_defaults(run=build)
    adding = actions.add_parser("add", help="take in GeoNames files, then build the index")
    adding.add_argument(
        "files", nargs="*", metavar="FILE", help="a country dump or alternate names, .txt or .zip"
    )
    adding.add_argument(
        "--download",
        action="append",
        default=[],
        metavar="CODE",
        help="fetch it from GeoNames: UA, alternatenames/UA, allCountries or alternateNamesV2",
    )
    adding.add_argument("--json", action="store_true", help="print one JSON object")
    adding.set_defaults(run=add)
    removing = actions.add_parser("remove", help="take out what was added")
    removing.add_argument("names", nargs="+", metavar="NAME", help="as `info` lists it, e.g. UA")
    removing.set_defaults(run=remove)
    describing = actions.add_parser("info", help="what the index holds, and where it is")
    describing.add_argument("--json", action="store_true", help="print one JSON object")
    describing.set_defaults(run=info)


def build(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build the index unless a sound one is there, and the outlines of regions beside it."""
    from geo.gazetteer import index

    if arguments.force:
        index.index_path(settings).unlink(missing_ok=True)
    if index.is_sound(settings):
        index.tidy(settings)
        say(f"The gazetteer index is ready: {index.index_path(settings)}")
    else:
        build_index(settings)
    build_outlines(settings)
    return 0


def add(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take in each file, say what was left out of it and why, and build the index once."""
    from geo.gazetteer import download, index

    if not arguments.files and not arguments.download:
        raise UsageError("give a FILE, or --download CODE")
    failed: list[dict[str, str]] = []
    reports: list[Report] = []
    # Country dumps first, in any order of writing: alternate names are kept for known places only.
    for what in sorted(arguments.download, key=lambda code: code.startswith("alternate")):
        try:
            with progress() as update:
                path = download.fetch(settings, what, update)
            try:
                reports.append(_keep(settings, path))
            finally:
                path.unlink(missing_ok=True)
        except SettingsError:
            raise
        except GeoError as error:
            say(f"{what}: {error}")
            failed.append({"file": what, "error": str(error)})
    for name in arguments.files:
        try:
            reports.append(_keep(settings, Path(name)))
        except GeoError as error:
            say(f"{name}: {error}")
            failed.append({"file": name, "error": str(error)})
    if reports and not index.is_ready(settings):
        build_index(settings)
    if arguments.json:
        print_json({"added": [_facts(report) for report in reports], "failed": failed})
    return 1 if failed or any(report.left_out for report in reports) else 0


def _keep(settings: Settings, path: Path) -> Report:
    from geo.gazetteer import added

    with progress() as update:
        report, changed = added.keep(settings, path, update)
    unused = f", {report.unused:,} of no use here" if report.unused else ""
    say(f"{path.name}: {report.rows:,} {report.kind} {'added' if changed else 'as before'}{unused}")
    for complaint in report.complaints():
        say(f"{path.name}: {complaint}")
    return report


def _facts(report: Report) -> dict[str, object]:
    return {
        "name": report.name,
        "kind": report.kind,
        "rows": report.rows,
        "unused": report.unused,
        "sha256": report.sha256,
        "left_out": [
            {"reason": reason, "lines": lines} for reason, lines in report.left_out.items()
        ],
    }


def remove(arguments: argparse.Namespace, settings: Settings) -> int:
    """Take out what was added under these names, and build the index without it."""
    from geo.gazetteer import added, index

    unknown = [name for name in arguments.names if not added.remove(settings, name)]
    for name in unknown:
        say(f"nothing was added under the name {name!r}; `gazetteer info` lists what was")
    if len(unknown) < len(arguments.names) and not index.is_ready(settings):
        build_index(settings)
    return 1 if unknown else 0


def info(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print version, counts and place of the index, and what was added; never builds it."""
    from geo.gazetteer import index

    gazetteer = index.open_gazetteer(settings)
    facts: dict[str, int | str] = {**gazetteer.info(), "path": str(index.index_path(settings))}
    gazetteer.close()
    files = _added(settings)
    if arguments.json:
        print_json({**facts, "added": files})
        return 0
    for key, value in facts.items():
        print(f"{key:<18} {value}")
    for one in files:
        what = one.get("error") or f"{one['rows']:,} {one['kind']}, SHA-256 {one['sha256']}"
        print(f"{'added':<18} {one['name']}: {what}")
    return 0


def _added(settings: Settings) -> list[dict[str, object]]:
    from geo.gazetteer import added

    files: list[dict[str, object]] = []
    for one in added.kept(settings):
        facts: dict[str, object] = {"name": one.name, "kind": one.kind, "sha256": one.sha256}
        try:
            facts["rows"] = added.rows_kept(one)
        except GazetteerError as error:
            facts["error"] = str(error)
        files.append(facts)
    return files
