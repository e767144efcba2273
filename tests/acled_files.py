"""Files in ACLED's two column forms, with rows that this project made up.

Ids begin with SYN, the source is "Synthetic" and every note says that no such event happened, so
that no row can be taken for ACLED's.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

_CURRENT = """event_id_cnty event_date year time_precision disorder_type event_type sub_event_type
actor1 assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region
country admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes
fatalities tags timestamp"""
_OLD = """data_id iso event_id_cnty event_id_no_cnty event_date year time_precision event_type
sub_event_type actor1 assoc_actor_1 inter1 actor2 assoc_actor_2 inter2 interaction region country
admin1 admin2 admin3 location latitude longitude geo_precision source source_scale notes fatalities
timestamp iso3"""
CURRENT, OLD = _CURRENT.split(), _OLD.split()
KINDS = (
    ("Battles", "Armed clash"),
    ("Explosions/Remote violence", "Shelling/artillery/missile attack"),
    ("Explosions/Remote violence", "Air/drone strike"),
    ("Violence against civilians", "Attack"),
    ("Protests", "Peaceful protest"),
    ("Strategic developments", "Arrests"),
)


def acled_row(number: int = 1, **more: object) -> dict[str, object]:
    """One row with all columns of both forms, at Bakhmut on 1 March 2023."""
    return {
        "data_id": 9_000_000 + number, "event_id_cnty": f"SYN{number}", "event_id_no_cnty": number,
        "event_date": "2023-03-01", "year": 2023, "time_precision": 1,
        "disorder_type": "Political violence", "event_type": "Battles",
        "sub_event_type": "Armed clash", "actor1": "Synthetic Forces A", "assoc_actor_1": "",
        "inter1": "State forces", "actor2": "Synthetic Forces B", "assoc_actor_2": "",
        "inter2": "Rebel group", "interaction": "State forces-Rebel group",
        "civilian_targeting": "", "iso": 804, "iso3": "UKR", "region": "Europe",
        "country": "Ukraine", "admin1": "Donetsk", "admin2": "Bakhmutskyi", "admin3": "",
        "location": "Bakhmut", "latitude": 48.5956, "longitude": 37.9999, "geo_precision": 1,
        "source": "Synthetic", "source_scale": "Other",
        "notes": f"Synthetic row {number}: no such event happened. [size=no report]",
        "fatalities": 2, "tags": "", "timestamp": 1_700_000_000,
    } | more  # fmt: skip


def write_rows(
    path: Path, rows: Iterable[dict[str, Any]], columns: Iterable[str] = CURRENT, *,
    delimiter: str = ",", encoding: str = "utf-8",
) -> Path:  # fmt: skip
    """Write rows as a file with a header; columns that a row lacks are empty."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(
            file, list(columns), delimiter=delimiter, extrasaction="ignore", restval=""
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def many_rows(n: int, *, n_places: int = 20_000, seed: int = 7) -> Iterator[dict[str, Any]]:
    """`n` rows by chance, the same for the same numbers, at made-up villages in Ukraine's box."""
    random = np.random.default_rng(seed)
    lat, lon = random.uniform(47, 51, n_places), random.uniform(30, 39, n_places)
    place = random.integers(0, n_places, n)
    kind, day = random.integers(0, len(KINDS), n), random.integers(0, 1_000, n)
    deaths = np.where(random.random(n) < 0.2, random.geometric(0.2, n), 0)
    days = (np.datetime64("2022-02-24") + np.arange(1_000)).astype(str)
    precise = random.choice(["1", "2"], n_places, p=(0.8, 0.2))
    for row in range(n):
        at = place[row]
        yield acled_row(
            row + 1, event_date=days[day[row]], event_type=KINDS[kind[row]][0],
            sub_event_type=KINDS[kind[row]][1], location=f"Synthetic village {at}",
            latitude=f"{lat[at]:.4f}", longitude=f"{lon[at]:.4f}", geo_precision=precise[at],
            fatalities=deaths[row],
            notes=f"Synthetic row {row + 1}: on {days[day[row]]}, forces that do not exist shelled "
            f"village {at}, which does not exist either. No such event happened. [size=no report]",
        )  # fmt: skip
