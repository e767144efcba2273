"""One module for each command of `python -m geo`.

Each has `add_parser(commands)`, which declares its arguments, and `run(arguments, settings)`,
which returns the exit status. Heavy imports stand inside `run`, so that `--help` and
`gazetteer build` on a ready index answer at once.
"""

from geo.commands import (
    corrections,
    datasets,
    db,
    export,
    feeds,
    gazetteer,
    geocode,
    geocode_queue,
    ingest,
    parse,
    reverse,
    watch,
)

COMMANDS = (
    ingest, watch, feeds, datasets, parse, geocode, geocode_queue, reverse, corrections,
    export, gazetteer, db,
)  # fmt: skip
