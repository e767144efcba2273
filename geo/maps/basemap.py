"""The constant part of the map: equal arguments and equal script on every run, so it never reloads.

Everything that changes is the layer of `geo.maps.layers`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import folium
from branca.element import MacroElement
from folium.template import Template

from geo.maps.assets import STATIC, have_assets
from geo.maps.clusters import MAX_ZOOM
from geo.maps.origins import CDN_ORIGINS

LEAFLET_CDN = f"{CDN_ORIGINS[0]}/npm/leaflet@1.9.4/dist"
SCRIPTS = ("labels.js", "dateline.js")  # ours, in loading order

# From streamlit-folium's frame, /component/<name>/index.html, to the files Streamlit serves. Being
# relative it also holds under server.baseUrlPath.
FRAME_TO_STATIC = "../../app/static"


@dataclass(frozen=True, slots=True)
class Assets:
    """Addresses, seen from the map's frame, of the scripts and styles, in loading order."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]


def local_assets(static: Path = STATIC) -> Assets | None:
    """The map's files on this machine, or None where one is missing: it would blank the map."""
    if not have_assets(static):
        return None
    return Assets(
        scripts=tuple(_address(name, static) for name in ("vendor/leaflet.js", *SCRIPTS)),
        styles=(_address("vendor/leaflet.css", static), _address("dateline.css", static)),
    )


def cdn_assets(static: Path = STATIC) -> Assets:
    """The same with Leaflet from the CDN, for a reader who chose that; tiles are its land."""
    return Assets(
        scripts=(f"{LEAFLET_CDN}/leaflet.js", *(_address(name, static) for name in SCRIPTS)),
        styles=(f"{LEAFLET_CDN}/leaflet.css", _address("dateline.css", static)),
    )


def _address(name: str, static: Path) -> str:
    stamp = (static / name).stat().st_mtime_ns
    return f"{FRAME_TO_STATIC}/{name}?v={_digest(static / name, stamp)}"


@lru_cache(maxsize=32)
def _digest(path: Path, stamp: int) -> str:
    """Eight hex digits of the content: a browser keeps a file until it changes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


class _Start(MacroElement):
    """Calls `dateline.start` once, when the map has been made."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            dateline.start({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"


def base_map(assets: Assets) -> folium.Map:
    """A new map that renders to the same script each time; theme, tiles and data are no part."""
    view = folium.Map(
        location=(30.0, 15.0),
        zoom_start=2,
        tiles=None,
        zoom_control=False,  # dateline.js adds one with words of its own
        min_zoom=2,
        max_zoom=MAX_ZOOM,
        max_bounds=True,
        min_lon=-540,
        max_lon=540,
        world_copy_jump=True,
        max_bounds_viscosity=0.8,
        zoom_snap=1,
    )
    view.default_js = [(f"script{n}", url) for n, url in enumerate(assets.scripts)]
    view.default_css = [(f"style{n}", url) for n, url in enumerate(assets.styles)]
    view.add_child(_Start())
    return view
