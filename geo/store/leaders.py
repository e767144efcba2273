"""Groups that never chain: every member was compared with the group's leader itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def lead_in_blocks(
    block: Array, rank: Array, alike: Callable[[Array, Array], Array], *, most: int
) -> Array:
    """The leader of each item, where only items of one block can be alike.

    In order of rank, an item joins the first leader of its block that it is like, and leads a
    group of its own where there is none. All blocks take a step at once.

    block, rank : (n,) integers.  alike : positions of leaders and of items beside them -> mask.
    most : groups of one block; items beyond lead themselves. Returns (n,) positions.
    """
    leader = np.arange(len(block))
    waiting = np.lexsort((rank, block))
    for _ in range(most):
        if not len(waiting):
            break
        of = block[waiting]
        starts = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))
        first = np.repeat(waiting[starts], np.diff(np.append(starts, len(waiting))))
        joins = alike(first, waiting)
        joins[starts] = True
        leader[waiting[joins]] = first[joins]
        waiting = waiting[~joins]
    return leader


def lead_in_pairs(one: Array, other: Array, rank: Array) -> Array:
    """The same where `one` and `other` hold the positions of every pair that is alike, once.

    rank : (n,) integers, all different. Returns (n,) positions.
    """
    low = np.where(rank[one] < rank[other], one, other)
    high = np.where(rank[one] < rank[other], other, one)
    waiting = np.ones(len(rank), dtype=bool)
    leads = np.zeros(len(rank), dtype=bool)
    a, b = low, high
    while len(a):
        behind = np.zeros(len(rank), dtype=bool)
        behind[b] = True
        found = waiting & ~behind  # no open question stands before these
        leads |= found
        waiting &= ~found
        waiting[b[found[a]]] = False
        still = waiting[a] & waiting[b]
        a, b = a[still], b[still]
    leads |= waiting
    leader = np.arange(len(rank))
    by_rank = np.argsort(rank)
    best = np.full(len(rank), len(rank))
    led = leads[low]
    np.minimum.at(best, high[led], rank[low[led]])
    joins = ~leads & (best < len(rank))
    leader[joins] = by_rank[best[joins]]
    return leader
