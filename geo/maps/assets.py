"""Front-end assets: Leaflet and the basemap, turned from npm packages into files in static/.

`python -m geo.maps.assets` after `npm ci` writes static/vendor/ and static/generated/. Outlines of
regions are written later, one small file per country, when a country first has something to show.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pycountry
import shapely

from geo.errors import DataError
from geo.gazetteer.gazetteer import Gazetteer
from geo.gazetteer.outlines import Outlines
from geo.model import stable_id
from geo.settings import ROOT, Settings

STATIC = ROOT / "static"
NODE_MODULES = ROOT / "node_modules"
FETCH_COMMAND = "npm ci --ignore-scripts && python -m geo.maps.assets"

# Degrees: how far a simplified line may run from the surveyed one, and the step it is rounded to.
OVERVIEW = ("countries-50m.json", "basemap.js", 0.03, 0.01)
DETAIL = ("countries-10m.json", "basemap-detail.js", 0.006, 0.002)
OUTLINE_TOLERANCE_DEG, OUTLINE_STEP_DEG = 0.006, 0.002
TOWN_STEP_DEG = 0.001
LEAST_OF_WORLD = 400_000  # people of a town that is named outside the countries with events
TOWNS_VERSION = 1  # raise it with every change of the files of towns

# Natural Earth draws these without an ISO code; GeoNames counts them to these countries.
UNCODED = {
    "Kosovo": "XK", "N. Cyprus": "CY", "Cyprus U.N. Buffer Zone": "CY", "Somaliland": "SO",
    "Baikonur": "KZ", "USNB Guantanamo Bay": "CU", "Dhekelia": "GB", "Akrotiri": "GB",
    "Indian Ocean Ter.": "AU", "Coral Sea Is.": "AU", "Clipperton I.": "FR",
}  # fmt: skip
SAFE_ID = re.compile(r"[A-Za-z0-9:.\-]{1,48}")
_COUNTRY_ID = re.compile(r"iso:[A-Z]{2}")
CRIMEA = (45.3, 34.4)  # lat, lon of a point inside the ring that is moved to Ukraine

Progress = Callable[[float, str], None]
Topology = dict[str, Any]


def build_assets(
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    node_modules: Path = NODE_MODULES,
    static: Path = STATIC,
) -> list[Path]:
    """Write Leaflet and the two basemaps; return the files written.

    `progress(done 0..1, label)`. Raises DataError, naming the command, where npm has not run.
    """
    report = progress or (lambda done, label: None)
    leaflet, atlas = node_modules / "leaflet" / "dist", node_modules / "world-atlas"
    if not (leaflet / "leaflet.js").is_file() or not (atlas / OVERVIEW[0]).is_file():
        raise DataError(f"{node_modules} lacks leaflet or world-atlas; run: {FETCH_COMMAND}")
    vendor, generated = static / "vendor", static / "generated"
    vendor.mkdir(parents=True, exist_ok=True)
    generated.mkdir(parents=True, exist_ok=True)
    written = []
    report(0.0, "Leaflet")
    for name in ("leaflet.js", "leaflet.css"):
        text = (leaflet / name).read_text(encoding="utf-8")
        # The source map is not shipped, and a browser with its tools open would ask for it.
        text = "\n".join(x for x in text.splitlines() if not x.startswith("//# sourceMapping"))
        written.append(_write(vendor / name, text + "\n"))
    shutil.copyfile(node_modules / "leaflet" / "LICENSE", vendor / "leaflet.LICENSE.txt")
    for share, (source, target, tolerance, step) in ((0.1, OVERVIEW), (0.4, DETAIL)):
        report(share, target)
        topology = json.loads((atlas / source).read_text(encoding="utf-8"))
        compact = compact_topology(topology, tolerance_deg=tolerance, step_deg=step)
        level = int(source == DETAIL[0])
        body = json.dumps(compact, separators=(",", ":"))
        written.append(_write(generated / target, f"dateline.basemap({level},{body});\n"))
    report(1.0, "done")
    return written


def _write(path: Path, text: str) -> Path:
    """Write through a neighbour, so that a browser never reads half a file."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
    return path


def compact_topology(topology: Topology, *, tolerance_deg: float, step_deg: float) -> Topology:
    """Simplify a world-atlas TopoJSON and key its countries by ISO alpha-2.

    Returns `{"step": degrees, "arcs": [[lon, lat, dlon, dlat, ...] in steps], "countries":
    [[alpha2, [[ring of arc numbers, ...], ...]], ...]}`; a reversed arc is `~number`, as in
    TopoJSON. Shared borders stay shared, since arcs are simplified, not rings.
    """
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in topology["arcs"]]
    countries: dict[str, list[list[list[int]]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        polygons = geometry.get("arcs")
        if polygons is None:  # a country without land at this scale
            continue
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        countries.setdefault(_alpha2(geometry), []).extend(polygons)
    _return_crimea(countries, arcs)
    lines = shapely.simplify([shapely.LineString(arc) for arc in arcs], tolerance_deg)
    return {
        "step": step_deg,
        "arcs": [_deltas(shapely.get_coordinates(line), step_deg) for line in lines],
        "countries": sorted(countries.items()),
    }


def _alpha2(geometry: Mapping[str, Any]) -> str:
    found = pycountry.countries.get(numeric=str(geometry.get("id", "")).zfill(3))
    return found.alpha_2 if found else UNCODED.get(geometry["properties"]["name"], "")


def _return_crimea(countries: dict[str, list[list[list[int]]]], arcs: list[Any]) -> None:
    """Move Crimea's ring to Ukraine, as in GeoNames and UN General Assembly resolution 68/262."""
    point = shapely.Point(CRIMEA[1], CRIMEA[0])

    def holds(polygon: list[list[int]]) -> bool:
        ring = np.concatenate([arcs[n] if n >= 0 else arcs[~n][::-1] for n in polygon[0]])
        return bool(shapely.Polygon(ring).contains(point))

    russia = countries.get("RU", [])
    for polygon in [p for p in russia if holds(p)]:
        russia.remove(polygon)
        countries.setdefault("UA", []).append(polygon)


def _deltas(lon_lat: np.ndarray[Any, Any], step_deg: float) -> list[int]:
    """Flat list of steps: the first point, then differences; points that round alike are one."""
    steps = np.rint(lon_lat / step_deg).astype(np.int64)
    keep = np.ones(len(steps), dtype=bool)
    keep[1:] = np.any(steps[1:] != steps[:-1], axis=1)
    if keep.sum() < 2 <= len(steps):
        keep[-1] = True
    steps = steps[keep]
    steps[1:] -= steps[:-1].copy()
    flat: list[int] = steps.reshape(-1).tolist()
    return flat


def encode_shape(geometry: Mapping[str, Any], *, border: bool = False) -> dict[str, Any] | None:
    """GeoJSON geometry (lon, lat) -> `{"l": layer, "p": [[deltas, ...], ...]}`.

    Layer 0 is an area, drawn where a mark asks for it; 1 a river and 2 a border between regions,
    drawn always.
    """
    shape = shapely.simplify(shapely.geometry.shape(dict(geometry)), OUTLINE_TOLERANCE_DEG)
    parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
    areas = [part for part in parts if part.geom_type == "Polygon"]
    lines = [part for part in parts if part.geom_type == "LineString"]
    if areas:
        rings = [
            [
                _deltas(shapely.get_coordinates(ring), OUTLINE_STEP_DEG)
                for ring in (area.exterior, *area.interiors)
            ]
            for area in areas
        ]
        return {"l": 0, "p": rings}
    if lines:
        coordinates = (shapely.get_coordinates(line) for line in lines)
        layer = 2 if border else 1
        return {"l": layer, "p": [[_deltas(c, OUTLINE_STEP_DEG)] for c in coordinates]}
    return None


def write_outlines(
    name: str, shapes: Mapping[str, dict[str, Any] | None], *, static: Path = STATIC
) -> str | None:
    """Write one file of encoded outlines by id; return its name without `.js`.

    None where there is nothing to draw or the folder cannot be written to.
    """
    known = {key: shape for key, shape in shapes.items() if shape is not None}
    if not known:
        return None
    data = {"step": OUTLINE_STEP_DEG, "shapes": known}
    # The content's hash is part of the name, so that a browser never shows an old file.
    return _hand_over("outlines", f"{name}-{stable_id(_compact(data))[:8]}", data, static)


def _compact(data: Mapping[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True, sort_keys=True)


def _hand_over(reader: str, name: str, data: Mapping[str, Any], static: Path) -> str | None:
    """Write a file that hands data to a function of dateline.js, where there is none; its name."""
    target = static / "generated" / "outlines" / f"{name}.js"
    if not target.is_file():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, f'dateline.{reader}("{name}",{_compact(data)});\n')
        except OSError:
            return None
    return name


def town_files(
    gazetteer: Gazetteer, countries: Iterable[str], *, static: Path = STATIC
) -> list[str]:
    """Towns to find one's way by: those of each country (alpha-2), and the large ones anywhere."""
    version = stable_id(TOWNS_VERSION, gazetteer.version)[:8]
    wanted = list(countries)
    names = {country: f"towns-{country or 'world'}-{version}" for country in ("", *wanted)}
    folder = static / "generated" / "outlines"
    if all((folder / f"{name}.js").is_file() for name in names.values()):
        return list(names.values())  # without asking the gazetteer, which takes a second
    towns: dict[str, list[list[Any]]] = {country: [] for country in names}
    for town, weight in gazetteer.towns(wanted, LEAST_OF_WORLD):
        at = (round(degrees / TOWN_STEP_DEG) for degrees in (town.lat, town.lon))
        told = [town.name, *at, round(weight / 1000)]
        if weight >= LEAST_OF_WORLD:
            towns[""].append(told)
        if town.country in towns:
            towns[town.country].append(told)
    written = [
        _hand_over("towns", name, {"step": TOWN_STEP_DEG, "towns": towns[country]}, static)
        for country, name in names.items()
    ]
    return [name for name in written if name]


def border_file(outlines: Outlines, country: str, *, static: Path = STATIC) -> str | None:
    """The borders between the regions of a country (alpha-2), as an outline file."""
    lines = outlines.basemap_admin1(tolerance_km=1.0, countries=[country])["features"]
    shapes = {
        f"{line['id']}.borders": encode_shape(line["geometry"], border=True) for line in lines
    }
    return write_outlines(country, shapes, static=static)


def shape_file(
    outlines: Outlines, name: str, place_ids: Iterable[str], *, static: Path = STATIC
) -> str | None:
    """The outlines of these places; countries are left out, since the basemap has them."""
    shapes = {}
    for place_id in sorted(set(place_ids)):
        geometry = None if _COUNTRY_ID.fullmatch(place_id) else outlines.geometry(place_id)
        if geometry is not None:
            shapes[shape_key(place_id)] = encode_shape(geometry)
    return write_outlines(name, shapes, static=static)


def river_file(outlines: Outlines, *, static: Path = STATIC) -> str | None:
    """Every river that has a line; they belong to the basemap."""
    return shape_file(outlines, "rivers", outlines.river_ids(), static=static)


def shape_key(place_id: str) -> str:
    """The key of a place's outline in outline files and basemap: `UA`, `UA-65`, `dl:dnipro`."""
    key = place_id.removeprefix("iso:")
    return key if SAFE_ID.fullmatch(key) else stable_id(key)


def have_assets(static: Path = STATIC) -> bool:
    """Whether the map can be drawn without a network: one missing script blanks all of it."""
    needed = ("vendor/leaflet.js", "vendor/leaflet.css", "generated/basemap.js")
    return all((static / name).is_file() for name in needed)


def main() -> int:
    """Command line: write the assets, say what was written."""
    try:
        written = build_assets(progress=lambda done, label: print(f"{done:4.0%} {label}"))
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    for path in written:
        print(f"{path.relative_to(ROOT)} {path.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
