"""How alike two texts are: the share of five-word runs that they have in common.

Finding the like ones among many goes by MinHash and bands (Broder 1997; Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, chapter 3): two texts with four fifths of their runs in common
share a band in 999 of 1,000 cases, two with a fifth in 25.
"""

from __future__ import annotations

import hashlib
import re
import zlib

import numpy as np

RUN_WORDS = 5
SAME_STORY = 0.8  # agency copy with another first line still has this much in common
BANDS, _ROWS = 16, 4
_PRIME = np.uint64((1 << 31) - 1)
_RANDOM = np.random.default_rng(20_230_302)  # any seed, as long as it stays
_A, _B = _RANDOM.integers(1, int(_PRIME), (2, BANDS * _ROWS, 1), dtype=np.uint64)
_WORD = re.compile(r"\w+")


def runs(text: str) -> frozenset[int]:
    """Checksums of the runs of five words in a text, whatever their case and punctuation."""
    words = _WORD.findall(text.casefold())
    return frozenset(
        zlib.crc32(" ".join(words[at : at + RUN_WORDS]).encode("utf-8", "replace"))
        for at in range(len(words) - RUN_WORDS + 1)
    )


def bands(found: frozenset[int]) -> list[int]:
    """`BANDS` numbers below 2**56, one of which two like texts are all but sure to share.

    Empty for a text of under five words, which is like nothing.
    """
    if not found:
        return []
    values = np.fromiter(found, dtype=np.uint64, count=len(found)) % _PRIME
    least = ((_A * values[None, :] + _B) % _PRIME).min(axis=1).reshape(BANDS, _ROWS)
    return [
        int.from_bytes(hashlib.blake2b(row.tobytes(), digest_size=7).digest(), "big")
        for row in least
    ]


def alike(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of runs in common (Jaccard), 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0
