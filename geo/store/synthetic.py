"""Made-up events in any number, to measure with. Nothing here is read or written anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.model import DATE_PRECISIONS, ROLES, STATUSES
from geo.store.columns import Snapshot, assemble, coded
from geo.store.corrections import UNREVIEWED

REVISION = -1  # of no store
TITLE = "Synthetic"
_FIRST_DAY, _DAYS = np.datetime64("2022-02-24", "s"), 1_100
# Boxes to put places in: country, its name, regions, south, west, north, east [degrees].
_COUNTRIES = (
    ("UA", "Ukraine", ("UA-14", "UA-63", "UA-65", "UA-23", "UA-09"), 46.0, 23.0, 51.5, 39.5),
    ("SD", "Sudan", ("SD-KH", "SD-DN", "SD-GZ"), 10.0, 23.0, 20.0, 36.0),
    ("MM", "Myanmar", ("MM-03", "MM-13", "MM-16"), 16.0, 94.0, 25.0, 99.0),
)
_STATUS_SHARES = (0.7, 0.15, 0.05, 0.08, 0.02)  # of STATUSES
_PRECISION_SHARES = (0.8, 0.07, 0.06, 0.0075, 0.0625)  # of DATE_PRECISIONS: the last is unknown
_ACTORS = ("", "Army", "Rebels", "Army; Rebels", "Police", "Police; Protesters", "Protesters")
_PRECISION_DAYS = np.array([0, 6, 29, 364, 0])


def synthetic(
    n: int, types: Sequence[str], *, n_places: int = 2_000, n_articles: int = 1, seed: int = 7
) -> Snapshot:
    """A snapshot of `n` events by chance, the same for the same numbers.

    types : names of event types, drawn alike. A few places have most of the events, nine places of
    ten lie in the first country, one event of eight has a second location, one of 16 no date, and
    every article is called Synthetic.
    """
    random = np.random.default_rng(seed)
    n_places, n_articles = max(1, n_places), max(1, n_articles)
    country = random.choice(len(_COUNTRIES), n_places, p=(0.9, 0.05, 0.05))
    box = np.array([entry[3:] for entry in _COUNTRIES])[country]
    admin1 = [
        _COUNTRIES[code][2][int(draw * len(_COUNTRIES[code][2]))]
        for code, draw in zip(country, random.random(n_places), strict=True)
    ]
    weights = 1 / np.arange(1, n_places + 1) ** 0.8
    at = random.choice(n_places, n, p=weights / weights.sum())
    second = np.flatnonzero(random.random(n) < 1 / 8)
    precision = random.choice(len(DATE_PRECISIONS), n, p=_PRECISION_SHARES)
    start = _FIRST_DAY + random.integers(0, _DAYS, n) * np.timedelta64(86_400, "s")
    end = start + _PRECISION_DAYS[precision] * np.timedelta64(86_400, "s")
    dated = precision != DATE_PRECISIONS.index("unknown")
    never = np.datetime64("NaT", "s")
    deaths = np.where(random.random(n) < 0.2, random.geometric(0.2, n), 0)
    known_deaths = [int(number) or None for number in deaths]
    return assemble(
        REVISION,
        types,
        families={},
        events={
            "event_id": [f"synthetic{row:07d}" for row in range(n)],
            "article": random.integers(0, n_articles, n),
            "type": coded(random.integers(0, len(types), n), types),
            "subtype": coded(np.zeros(n, dtype=int), ["Other"]),
            "status": coded(random.choice(len(STATUSES), n, p=_STATUS_SHARES), STATUSES),
            "date_precision": coded(precision, DATE_PRECISIONS),
            "date_start": np.where(dated, start, never),
            "date_end": np.where(dated, end, never),
            "confidence": random.random(n),
            "fatalities_low": known_deaths,
            "fatalities_high": known_deaths,
            "review": coded(np.zeros(n, dtype=int), [UNREVIEWED]),
            "actors": coded(random.integers(0, len(_ACTORS), n), _ACTORS),
        },
        places={
            "place_id": [f"synthetic:{row}" for row in range(n_places)],
            "name": [f"Synthetic {row}" for row in range(n_places)],
            "kind": ["settlement"] * n_places,
            "lat": random.uniform(box[:, 0], box[:, 2]),
            "lon": random.uniform(box[:, 1], box[:, 3]),
            "country": [_COUNTRIES[code][0] for code in country],
            "country_name": [_COUNTRIES[code][1] for code in country],
            "admin1": admin1,
            "admin1_name": [f"Synthetic region {code}" for code in admin1],
            "precision_km": np.full(n_places, 5.0),
            "population": np.full(n_places, 1_000),
            "source": ["synthetic"] * n_places,
            "crosses": [()] * n_places,
        },
        event_places={
            "event": np.concatenate([np.arange(n), second]),
            "place": np.concatenate([at, random.integers(0, n_places, len(second))]),
            "role": coded(np.zeros(n + len(second), dtype=int), ROLES),
            "confidence": np.ones(n + len(second)),
        },
        articles={
            "article_id": [f"synthetic{row}" for row in range(n_articles)],
            "title": [TITLE] * n_articles,
            "publisher": [""] * n_articles,
            "published": [None] * n_articles,
            "url": [""] * n_articles,
        },
        mentions={
            name: [] for name in ("article", "place", "start", "end", "surface", "form",
                                  "confidence")
        },
    )  # fmt: skip
