"""What English words are like: how often capitalised, and in whose company they stand.

Source: `spacy-lookups-data` (MIT): case-sensitive log probabilities and Brown clusters of a million
words. A Brown cluster holds words that stand in the same contexts, so the share of a cluster's
words that are well-known cities, given names or surnames says what an unlisted member is likely
to be. Nothing here is fitted to a corpus of marked-up places.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

_LEAST_LOG_PROBABILITY = -17.5  # rarer words have no dependable cluster
_MEMBERS_JUDGED = 300  # the most frequent members of a cluster speak for it


@dataclass(frozen=True, slots=True)
class Word:
    """How a lower-cased word behaves in English text.

    `capital` is log P(capitalised) - log P(lower case): above 0 for names, below for words.
    `place`, `given`, `surname` are shares (0..1) of its cluster's frequent words that are such.
    """

    capital: float
    place: float
    given: float
    surname: float


def _table(name: str) -> dict[str, float]:
    packed = resources.files("spacy_lookups_data").joinpath("data", f"{name}.json.gz").read_bytes()
    table: dict[str, float] = json.loads(gzip.decompress(packed))
    return table


def words(
    place_names: set[str], given_names: set[str], surnames: set[str]
) -> Iterator[tuple[str, Word]]:
    """Yield (lower-cased word, Word) for every word of letters that occurs capitalised.

    `place_names`, `given_names`, `surnames` are lower-cased single words that are surely such.
    """
    log_probability = _table("en_lexeme_prob")
    cluster_of = _table("en_lexeme_cluster")
    capitalised = {
        word: log_p
        for word, log_p in log_probability.items()
        if log_p > _LEAST_LOG_PROBABILITY and word.isalpha() and word[0].isupper()
        and word[1:].islower()
    }  # fmt: skip
    members: dict[float, list[tuple[float, str]]] = defaultdict(list)
    for word, log_p in capitalised.items():
        cluster = cluster_of.get(word, 0)
        if cluster:  # cluster 0 holds everything that was not clustered
            members[cluster].append((log_p, word.lower()))
    shares: dict[float, tuple[float, float, float]] = {}
    for cluster, rows in members.items():
        frequent = [word for _, word in sorted(rows, reverse=True)[:_MEMBERS_JUDGED]]
        total = len(frequent) + 2  # two unknown members, so that a tiny cluster proves little
        shares[cluster] = (
            sum(word in place_names for word in frequent) / total,
            sum(word in given_names for word in frequent) / total,
            sum(word in surnames for word in frequent) / total,
        )
    for word, log_p in capitalised.items():
        lower = word.lower()
        place, given, surname = shares.get(cluster_of.get(word, 0), (0.0, 0.0, 0.0))
        capital = log_p - log_probability.get(lower, -20.0)
        yield lower, Word(round(capital, 1), round(place, 2), round(given, 2), round(surname, 2))
