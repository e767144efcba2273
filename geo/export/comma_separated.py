"""CSV, for spreadsheets and for `import`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from geo.export.records import COLUMNS, Told, cell


def write(records: Iterable[Told], more_heads: Sequence[Sequence[str]] = ()) -> bytes:
    """One row per event, columns as in COLUMNS, under `more_heads` where there are some.

    UTF-8 with a byte order mark, which spreadsheets need to tell it. The point is that of the
    first location, as read; `place_list` holds all places as JSON. Text that a spreadsheet would
    run as a formula begins with an apostrophe.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(more_heads)
    for record, _ in records:
        writer.writerow([cell(record[name]) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")
