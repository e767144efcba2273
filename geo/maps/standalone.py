"""A map in one file: events, land and scripts in a single page that opens without a network.

The page is written here by a template of our own: words are escaped as HTML, data stands as JSON
in a block that is never run, and the page's policy lets nothing load and no other script run.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from geo import query
from geo.codebook import Codebook
from geo.errors import DataError, LimitError
from geo.maps import clusters, layers
from geo.maps.assets import FETCH_COMMAND, STATIC, have_assets
from geo.maps.basemap import SCRIPTS
from geo.query import Rows
from geo.store.snapshot import Snapshot

MIME, ENDING = "text/html", ".html"
MAX_ZOOM = 12  # beyond it the simplified land tells nothing
_ZOOMS = range(2, MAX_ZOOM + 1)
_FIELDS = (
    "subtype", "status", "date_start", "date_end", "date_precision", "date_reason", "places",
    "claimed_by", "fatalities_low", "fatalities_high", "confidence", "review", "sentence",
    "article_title", "publisher", "published", "url", "dataset", "licence", "external_id",
)  # fmt: skip
_ENDS_SCRIPT = re.compile(r"</script|<!--", re.IGNORECASE)
_PICTURE = re.compile(r"url\([^)]*\)")
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>$title</title>
<style>$style</style>
</head>
<body>
<div id="map_div"></div>
<main id="panel" tabindex="-1"></main>
<script type="application/json" id="data">$data</script>
$scripts
</body>
</html>
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the page says of itself, and how it looks.

    filters : name and value of each filter in force. box : what to open on, None for where most
    events are. unit : what the marks count. outline_files : names, without `.js`, of the files in
    static/generated/outlines to draw.
    """

    title: str
    made: date
    filters: Sequence[tuple[str, str]] = ()
    box: clusters.Bounds | None = None
    dark: bool = False
    unit: query.Unit = "reports"
    outline_files: Sequence[str] = ()


def write(
    snapshot: Snapshot,
    rows: Rows,
    told: Iterable[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]],
    codebook: Codebook,
    sheet: Sheet,
    *,
    max_events: int,
    max_features: int = 500,
    geometry: layers.Geometry | None = None,
    static: Path = STATIC,
) -> bytes:
    """The page as UTF-8.

    rows : events, the first to be listed first. told : what `geo.export.records` tells of each of
    them. geometry : outline of a place, to keep tags inside. Raises LimitError above `max_events`,
    DataError where the map's scripts are missing.
    """
    if len(rows) > max_events:
        raise LimitError(
            f"a map in one file holds {max_events:,} events, these are {len(rows):,}: filter, or "
            "raise DATELINE_MAX_MAP_FILE_EVENTS"
        )
    if not have_assets(static):
        raise DataError(f"the map's scripts are missing from {static}; run: {FETCH_COMMAND}")
    data = _data(snapshot, rows, told, codebook, sheet, max_features, geometry)
    files = ["vendor/leaflet.js", *SCRIPTS, "generated/basemap.js"]
    files += [f"generated/outlines/{name}.js" for name in sheet.outline_files]
    scripts = [_script(static / name) for name in [*files, "standalone.js"]]
    styles = [
        (static / name).read_text(encoding="utf-8")
        for name in ("vendor/leaflet.css", "dateline.css", "standalone.css")
    ]
    page = _PAGE.substitute(
        policy=html.escape(_policy(scripts)),
        title=html.escape(sheet.title),
        style=_PICTURE.sub("none", "\n".join(styles)),  # pictures that this map never shows
        data=_json(data),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )
    return page.encode("utf-8")


def _script(path: Path) -> str:
    """A script of ours or Leaflet's, which must not end the element it stands in."""
    text = path.read_text(encoding="utf-8")
    if _ENDS_SCRIPT.search(text):
        raise DataError(f"{path} holds `</script` or `<!--`, so it cannot stand in a page")
    return text


def _policy(scripts: Sequence[str]) -> str:
    """A Content-Security-Policy that runs these scripts alone and loads nothing."""
    digests = [
        base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        for script in scripts
    ]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


def _json(data: object) -> str:
    """JSON that an HTML parser takes for nothing but text."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _data(
    snapshot: Snapshot,
    rows: Rows,
    told: Iterable[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]],
    codebook: Codebook,
    sheet: Sheet,
    max_features: int,
    geometry: layers.Geometry | None,
) -> dict[str, Any]:
    """What standalone.js shows: the sheet, types, places, events, and a drawing for each zoom."""
    counted = query.place_counts(snapshot, rows, sheet.unit)
    at = counted["place"].to_numpy(dtype=int)
    places = snapshot.places.iloc[at]
    number = {str(place_id): n for n, place_id in enumerate(places["place_id"])}
    types = [kind.name for kind in codebook.types]
    counts = counted.reindex(columns=types, fill_value=0).to_numpy()
    of_row = {int(row): n for n, row in enumerate(at)}
    drawings = {}
    for zoom in _ZOOMS:
        drawing = layers.draw(
            snapshot.places, at, counts, codebook,
            layers.MapView(zoom=zoom, dark=sheet.dark, unit=sheet.unit),
            focus=_focus(places), max_features=max_features, geometry=geometry,
        )  # fmt: skip
        members = {
            feature: [of_row[row] for row in behind] for feature, behind in drawing.members.items()
        }
        drawings[zoom] = {
            "layer": drawing.data, "members": members, "hidden": drawing.not_drawn
        }  # fmt: skip
    return {
        "title": sheet.title,
        "made": sheet.made.isoformat(),
        "filters": [list(pair) for pair in sheet.filters],
        "box": list(sheet.box or _box(places, counted["count"].to_numpy(dtype=int))),
        "zooms": [_ZOOMS[0], MAX_ZOOM],
        "types": [
            [kind.name, kind.colour_dark if sheet.dark else kind.colour_light]
            for kind in codebook.types
        ],
        "places": [
            [str(place.name), str(place.kind), str(place.admin1_name), str(place.country_name)]
            for place in places.itertuples()
        ],
        "events": [_event(record, where, number, types) for record, where in told],
        "fields": list(_FIELDS),
        "drawings": drawings,
    }


def _event(
    record: Mapping[str, Any],
    where: Sequence[Mapping[str, Any]],
    number: Mapping[str, int],
    types: Sequence[str],
) -> list[Any]:
    """Type, numbers of its places on the map, and the values of `_FIELDS`."""
    kind = str(record["type"])
    on_map = {
        number[place["place_id"]]
        for place in where
        if place["role"] == "location" and place["place_id"] in number
    }
    values = [record[name] for name in _FIELDS]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return [types.index(kind) if kind in types else kind, sorted(on_map), *plain]


def _focus(places: Any) -> list[str]:
    return sorted({str(code) for code in places["country"] if code})


def _box(places: Any, events: clusters.Array) -> clusters.Bounds:
    """South, west, north, east of where most of the events are; the world where there are none."""
    lat, lon = places["lat"].to_numpy(dtype=float), places["lon"].to_numpy(dtype=float)
    near = ~places["kind"].astype(str).isin(["country", "continent"]).to_numpy()
    if near.any():
        lat, lon, events = lat[near], lon[near], events[near]
    if not len(lat):
        return clusters.Bounds(-50.0, -120.0, 70.0, 150.0)
    bulk = clusters.bulk(lat, lon, events)
    edges = np.min(lat[bulk]), np.min(lon[bulk]), np.max(lat[bulk]), np.max(lon[bulk])
    return clusters.Bounds(*(round(float(edge), 4) for edge in edges))
