"""What the commands share: messages, progress, JSON, and a gazetteer that is ready."""

from __future__ import annotations

import argparse
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from tqdm import tqdm

from geo.settings import Settings

if TYPE_CHECKING:
    from geo.gazetteer.gazetteer import Gazetteer
    from geo.model import Place

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_LAYOUT = "{desc:<40.40} {percentage:3.0f}% |{bar}| {elapsed}, {remaining} left"
PROGRESS_AFTER_S = 1.0  # anything that takes longer shows a progress bar


class UsageError(Exception):
    """The command was called wrongly: exit status 2."""


def printable(text: str) -> str:
    """The text without control characters: a file name must not steer the terminal."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs") else "?"
        for char in text
    )


def say(message: str) -> None:
    """One message on standard error, above a progress bar if one is running."""
    tqdm.write(printable(message), file=sys.stderr)


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json_line(value).decode("utf-8") + "\n")


def json_line(value: object) -> bytes:
    """One line of JSON in UTF-8, without the line's end.

    Lone surrogates (half of a pair, as some scrapers write them) have no UTF-8; such a line is
    written in ASCII with escapes, so that nothing is lost.
    """
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value).encode("ascii")


def bar(label: str, **more: Any) -> tqdm[Any]:
    """A progress bar on standard error; shows itself after a second, and only on a terminal."""
    more = {"delay": PROGRESS_AFTER_S, "disable": None, "leave": False, **more}
    return tqdm(desc=label, file=sys.stderr, **more)


@contextmanager
def progress() -> Iterator[Callable[[float, str], None]]:
    """A `progress(done 0..1, label)` that moves a bar, which shows itself after a second."""
    began = time.monotonic()
    shown: list[tqdm[Any]] = []

    def update(done: float, label: str) -> None:
        if not shown:
            if time.monotonic() - began < PROGRESS_AFTER_S:
                return
            shown.append(
                tqdm(
                    total=1.0,
                    file=sys.stderr,
                    disable=None,
                    leave=False,
                    bar_format=_LAYOUT,
                    smoothing=0,
                )  # fmt: skip
            )
            if not shown[0].disable:
                shown[0].start_t -= PROGRESS_AFTER_S
        shown[0].n = min(done, 1.0)
        shown[0].set_description(label, refresh=False)
        shown[0].update(0)  # draws the bar, unless it has just been drawn

    try:
        yield update
    finally:
        for one in shown:
            one.close()


def ready_gazetteer(settings: Settings) -> Gazetteer:
    """The gazetteer, its index built first where it is missing, stale or damaged."""
    from geo.gazetteer import index

    if not index.is_ready(settings):
        build_index(settings)
    return index.open_gazetteer(settings)


def build_index(settings: Settings) -> None:
    """Build the gazetteer index, with a progress bar on a terminal and two lines elsewhere."""
    from geo.gazetteer import index

    say("Building the gazetteer index (once; under a minute) ...")
    with progress() as update:
        path = index.build(settings, update)
    say(f"The gazetteer index is ready: {path}")


def build_outlines(settings: Settings) -> None:
    """Build the outlines of regions unless they are there.

    Only the map needs them, and only npm brings the land they are cut to: without it this says so.
    """
    from geo.errors import GazetteerError
    from geo.gazetteer import regions

    if regions.outlines_ready(settings):
        return
    try:
        with progress() as update:
            regions.build_outlines(settings, progress=update)
    except GazetteerError as error:
        say(f"Region outlines are left out: {error}")


def iso_date(text: str) -> date:
    """An argparse type: `2023-03-02`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date; write it as year-month-day, e.g. 2023-03-02"
        ) from None


def place_fields(place: Place | None) -> dict[str, object]:
    """What the command line says of a place; every value null where the place is None."""
    if place is None:
        return dict.fromkeys(("lat", "lon", "name", "kind", "country", "admin1"))
    return {
        "lat": round(place.lat, 5),
        "lon": round(place.lon, 5),
        "name": place.name,
        "kind": place.kind,
        "country": place.country or None,
        "admin1": place.admin1_name or None,
    }


def describe(place: Place) -> str:
    """A place in one line: `Bakhmut, Donetsk, UA (settlement) 48.59441 38.00044`."""
    region = place.admin1_name if place.kind != "admin1" else ""
    where = ", ".join(part for part in (place.name, region, place.country) if part)
    return f"{where} ({place.kind}) {place.lat:.5f} {place.lon:.5f}"
