"""Timing: the median of several runs, beside what it is compared with."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of the table. `ratio` compares it with the line named `against`, same run."""

    name: str
    value: float
    unit: str
    runs: int
    note: str = ""
    against: str = ""
    ratio: float | None = None


def median_s(action: Callable[[], object], *, runs: int, warm_up: int = 1) -> float:
    """Median seconds of `runs` calls, after `warm_up` calls that do not count."""
    for _ in range(warm_up):
        action()
    times = []
    gc.collect()
    for _ in range(runs):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def table(results: Sequence[Result]) -> str:
    """The results as aligned text."""
    rows = [("what", "measured", "", "runs", "compared")]
    for one in results:
        ratio = f"{one.ratio:,.1f} x {one.against}" if one.ratio is not None else ""
        value = f"{one.value:,.0f}" if one.value >= 100 else f"{one.value:.3g}"
        rows.append((one.name, value, one.unit, str(one.runs), ratio))
        if one.note:
            rows.append((f"  ({one.note})", "", "", "", ""))
    notes = {row[0] for row in rows if row[0].startswith("  (")}
    widths = [max(len(row[i]) for row in rows if row[0] not in notes) for i in range(5)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1]), row[2].ljust(widths[2]),
                 row[3].rjust(widths[3]), row[4]]  # fmt: skip
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
