"""When what has failed may be tried again, also where the clock has been set back since."""

from __future__ import annotations

import sqlalchemy as sa

LONGEST_S = 2 * 86_400.0  # more than any pause between two tries


def is_due(table: sa.Table, now: float) -> sa.ColumnElement[bool]:
    """Whether a row with `due` [s since 1970] and `attempts` may be tried now.

    Its time has come, it never was tried, or its time lies further ahead than any pause: then
    another clock reckoned it.
    """
    c = table.c
    return sa.or_(c.due <= now, c.attempts == 0, c.due > now + LONGEST_S)
