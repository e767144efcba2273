"""`feeds add | remove | list | import | export | run`: what is followed, and reading it."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geo.commands.common import Commands, UsageError, print_json, progress, ready_gazetteer, say
from geo.errors import DataError, DownloadError
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.pipeline.feeds import FeedReport

LOOK_S = 30.0  # how often the loop looks for feeds that others have added


def add_parser(commands: Commands) -> None:
    """Declare `feeds` and what it can do."""
    command = commands.add_parser("feeds", help="follow RSS, Atom and JSON feeds")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="follow feeds")
    adding.add_argument("urls", nargs="+", metavar="URL")
    adding.set_defaults(run=add)
    removing = actions.add_parser("remove", help="follow feeds no longer; their articles stay")
    removing.add_argument("urls", nargs="+", metavar="URL")
    removing.set_defaults(run=remove)
    listing = actions.add_parser("list", help="every feed and how it is doing")
    listing.add_argument("--json", action="store_true", help="print one JSON list")
    listing.set_defaults(run=show)
    importing = actions.add_parser("import", help="follow the feeds of an OPML file")
    importing.add_argument("file", metavar="FILE", type=Path)
    importing.set_defaults(run=import_opml)
    exporting = actions.add_parser("export", help="write the feeds as OPML to standard output")
    exporting.set_defaults(run=export_opml)
    running = actions.add_parser("run", help="read what is new, again and again")
    running.add_argument("--once", action="store_true", help="look at what is due now, then end")
    running.add_argument("--json", action="store_true", help="print each run's report as JSON")
    running.set_defaults(run=run)


def add(arguments: argparse.Namespace, settings: Settings) -> int:
    """Follow each feed; the good ones are kept even where others are refused."""
    from geo.sources.web.addresses import target_of
    from geo.store import open_store
    from geo.store.feeds import Feeds

    failed = 0
    with open_store(settings) as store:
        for url in arguments.urls:
            try:
                target_of(url, settings)
            except DownloadError as error:
                say(f"{url}: {error}")
                failed += 1
                continue
            new = Feeds(store.database).add(url, "", time.time())
            say(f"{url}: {'followed from now on' if new else 'is followed already'}")
    return 1 if failed else 0


def remove(arguments: argparse.Namespace, settings: Settings) -> int:
    """Follow the feeds no longer."""
    from geo.store import open_store
    from geo.store.feeds import Feeds

    failed = 0
    with open_store(settings) as store:
        for url in arguments.urls:
            gone = Feeds(store.database).remove(url)
            say(f"{url}: {'no longer followed' if gone else 'was not followed'}")
            failed += not gone
    return 1 if failed else 0


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """Every feed with its health."""
    from geo.store import open_store
    from geo.store.feeds import Feeds

    with open_store(settings) as store:
        health = Feeds(store.database).health(time.time())
    if arguments.json:
        print_json([
            {"url": one.feed.url, "title": one.feed.title, "failures": one.feed.failures,
             "last_success": _iso(one.feed.last_success), "last_error": one.feed.last_error,
             "waiting": one.waiting, "read": one.read, "failed": one.failed,
             "articles_a_day": round(one.articles_a_day, 2),
             "places_a_day": round(one.places_a_day, 2)}
            for one in health
        ])  # fmt: skip
        return 0
    for one in health:
        last = _iso(one.feed.last_success) or "never"
        print(f"{one.feed.title or one.feed.url}\n  {one.feed.url}")
        print(
            f"  last read {last}; {one.read} read, {one.waiting} waiting, {one.failed} given up; "
            f"{one.articles_a_day:.1f} articles and {one.places_a_day:.1f} places a day"
        )
        if one.feed.last_error:
            print(f"  failing, attempts: {one.feed.failures}; {one.feed.last_error}")
    if not health:
        say("no feed is followed; add one: python -m geo feeds add URL")
    return 0


def import_opml(arguments: argparse.Namespace, settings: Settings) -> int:
    """Follow every feed that an OPML file names."""
    from geo.sources.feeds import opml
    from geo.store import open_store
    from geo.store.feeds import Feeds

    try:
        raw = arguments.file.read_bytes()
    except OSError as error:
        raise DataError(f"{arguments.file} cannot be read: {error.strerror or error}") from error
    listed = opml.read(raw, arguments.file.name, settings)
    with open_store(settings) as store:
        feeds = Feeds(store.database)
        new = sum(feeds.add(one.url, one.title, time.time()) for one in listed)
    say(f"{new} feeds followed from now on, {len(listed) - new} were already")
    return 0


def export_opml(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write every feed as OPML."""
    from geo.sources.feeds import opml
    from geo.store import open_store
    from geo.store.feeds import Feeds

    with open_store(settings) as store:
        listed = [opml.Subscription(one.url, one.title) for one in Feeds(store.database).all()]
    sys.stdout.buffer.write(opml.write(listed) + b"\n")
    return 0


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read the feeds once, or until Ctrl-C. Exit status 1 where anything failed (with `--once`)."""
    from geo.pipeline import feeds, open_reader
    from geo.pipeline.desk import Desk
    from geo.store import open_store
    from geo.store.feeds import Feeds

    ready_gazetteer(settings).close()
    reader = open_reader(settings)
    try:
        with open_store(settings) as store, Desk(settings, reader, store, processes=2) as desk:
            if not Feeds(store.database).all():
                raise UsageError("no feed is followed; add one: python -m geo feeds add URL")
            while True:
                try:
                    with progress() as update:
                        report = feeds.run(desk, update)
                except feeds.BusyError as error:
                    if arguments.once:
                        raise
                    say(f"{error}; trying again in {LOOK_S:g} s")
                    time.sleep(LOOK_S)
                    continue
                _say(report, as_json=arguments.json)
                if arguments.once:
                    return 1 if report.failed else 0
                due = Feeds(store.database).next_due()
                time.sleep(min(LOOK_S, max(1.0, (due or 0.0) - time.time())))
    finally:
        reader.gazetteer.close()


def _say(report: FeedReport, *, as_json: bool) -> None:
    if not report.asked and not report.saved and not report.failed:
        return
    for address, reason in report.failed:
        say(reason if address in reason else f"{address}: {reason}")
    if as_json:
        print_json({
            "asked": report.asked, "unchanged": report.unchanged, "new": report.new,
            "saved": report.saved, "copies": report.copies,
            "failed": [{"address": address, "error": why} for address, why in report.failed],
        })  # fmt: skip
    else:
        say(
            f"{report.asked} feeds asked, {report.unchanged} unchanged; {report.new} new entries; "
            f"{report.saved} saved, {report.copies} known already, {len(report.failed)} failed"
        )


def _iso(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat("T", "minutes")
