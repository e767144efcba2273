"""Timing: the median of several runs, beside what it is compared with."""

from __future__ import annotations

import gc
import html
import math
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


def told(one: Result) -> str:
    """A result in a line."""
    ratio = f", {one.ratio:,.2g} x {one.against}" if one.ratio is not None else ""
    return f"{one.name}: {one.value:,.4g} {one.unit}{ratio} {f'({one.note})' if one.note else ''}"


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


def markdown(results: Sequence[Result]) -> str:
    """The results as a table in Markdown."""
    lines = ["| what | measured | runs | compared | besides |", "|---|---|---|---|---|"]
    for one in results:
        ratio = f"{one.ratio:,.2g} x {one.against}" if one.ratio is not None else ""
        cells = (one.name.strip(), f"{one.value:,.4g} {one.unit}", str(one.runs), ratio, one.note)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


LABEL_PX, BAR_PX, ROW_PX, DECADES = 420, 300, 20, 6


def chart(results: Sequence[Result]) -> str:
    """Every time as a bar (SVG), on a scale that begins at 0.1 ms: ten times is a step further."""
    to_ms = {"ms": 1.0, "s": 1000.0}
    times = [(one.name.strip(), one.value * to_ms[one.unit]) for one in results
             if one.unit in to_ms]  # fmt: skip
    rows = []
    for n, (name, ms) in enumerate(times):
        length = BAR_PX * min(1.0, max(0.0, (math.log10(max(ms, 0.1)) + 1) / DECADES))
        y = ROW_PX * n
        said = f"{ms / 1000:,.3g} s" if ms >= 1000 else f"{ms:,.3g} ms"
        rows.append(
            f'<text x="{LABEL_PX - 8}" y="{y + 14}" text-anchor="end">{html.escape(name)}</text>'
            f'<rect x="{LABEL_PX}" y="{y + 4}" width="{length:.0f}" height="12" fill="#4477aa"/>'
            f'<text x="{LABEL_PX + length + 6:.0f}" y="{y + 14}">{said}</text>'
        )
    width, height = LABEL_PX + BAR_PX + 90, ROW_PX * len(times) + 4
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(rows)}</svg>\n"
    )
