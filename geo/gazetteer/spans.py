"""Middle and size of an area on the globe, also of one that lies across the antimeridian."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_GRID = 24  # points each way that sample an area for its radius
_MOST = 0.9  # the share of the area that the radius holds
_EARTH_RADIUS_KM = 6371.009  # mean radius, the value geopy.distance uses


class Centre(NamedTuple):
    """A point inside an area [degrees WGS84], and the radius that holds nine tenths of it [km]."""

    lat: float
    lon: float
    radius_km: float


def unwrapped(area: BaseGeometry) -> BaseGeometry:
    """The same area in one piece where it is cut at the antimeridian (longitudes up to 360)."""
    west, _, east, _ = area.bounds
    if east - west <= 180:
        return area
    parts = shapely.get_parts(area)
    moved = [
        shapely.transform(part, lambda xy: xy + (360.0, 0.0)) if part.bounds[2] <= 0 else part
        for part in parts
    ]
    one = shapely.union_all(moved)  # without the cut, which is no border
    return one if one.bounds[2] - one.bounds[0] < east - west else area


def centre_of(area: BaseGeometry) -> Centre:
    """The centroid where it lies inside, else a point on the surface.

    The centroid is taken on Lambert's cylindrical equal-area map, so that a tall region at high
    latitude is not pulled towards the pole.
    """
    whole = unwrapped(area)
    equal = shapely.transform(
        whole, lambda xy: np.column_stack([xy[:, 0], np.rad2deg(np.sin(np.deg2rad(xy[:, 1])))])
    )
    middle = equal.centroid
    lat = math.degrees(math.asin(max(-1.0, min(1.0, math.radians(middle.y)))))
    point = shapely.Point(middle.x, lat)
    if not whole.contains(point):
        largest = max(shapely.get_parts(whole), key=lambda part: part.area)
        point = shapely.point_on_surface(largest)
    lon = (point.x + 180) % 360 - 180
    return Centre(round(point.y, 4), round(lon, 4), _radius_km(whole, point.y, point.x))


def _radius_km(area: BaseGeometry, lat: float, lon: float) -> float:
    west, south, east, north = area.bounds
    lons, lats = np.meshgrid(np.linspace(west, east, _GRID), np.linspace(south, north, _GRID))
    inside = shapely.contains_xy(area, lons.ravel(), lats.ravel())
    corners = shapely.get_coordinates(area)
    if inside.sum() >= 8:
        corners = np.column_stack([lons.ravel()[inside], lats.ravel()[inside]])
    lat1, lat2 = math.radians(lat), np.deg2rad(corners[:, 1])
    h = (
        np.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * np.cos(lat2) * np.sin(np.deg2rad(corners[:, 0] - lon) / 2) ** 2
    )
    away = 2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1)))
    order = np.argsort(away)
    weight = np.cumsum(np.cos(lat2[order]))  # a grid in degrees is denser towards the poles
    return round(max(1.0, float(away[order][np.searchsorted(weight, _MOST * weight[-1])])), 1)
