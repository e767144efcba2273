"""`reverse LAT LON`: the settlements nearest to a point."""

from __future__ import annotations

import argparse

from geo.commands.common import (
    Commands,
    UsageError,
    describe,
    place_fields,
    print_json,
    ready_gazetteer,
    say,
)
from geo.errors import BadQueryError
from geo.settings import Settings


def add_parser(commands: Commands) -> None:
    """Declare `reverse`."""
    command = commands.add_parser("reverse", help="the settlement nearest to a point")
    command.add_argument("lat", type=float, metavar="LAT", help="latitude in degrees, -90 to 90")
    command.add_argument("lon", type=float, metavar="LON", help="longitude in degrees, -180 to 180")
    command.add_argument("--limit", type=int, default=1, help="how many to list (default 1)")
    command.add_argument(
        "--max-km", type=float, default=50.0, help="how far away at most (default 50)"
    )
    command.add_argument("--json", action="store_true", help="print a JSON list")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the nearest settlements with their distance; finding none is an answer too."""
    if arguments.limit < 1 or not 0 < arguments.max_km <= 20_100:
        raise UsageError("--limit must be at least 1, and --max-km above 0 and at most 20100")
    gazetteer = ready_gazetteer(settings)
    try:
        found = gazetteer.nearest(
            arguments.lat, arguments.lon, limit=arguments.limit, max_km=arguments.max_km
        )
    except BadQueryError as error:
        raise UsageError(str(error)) from error
    if arguments.json:
        print_json([{**place_fields(place), "distance_km": km} for place, km in found])
    elif not found:
        say(f"no settlement within {arguments.max_km:g} km")
    else:
        for place, km in found:
            print(f"{describe(place)}, {km:.1f} km away")
    return 0
