"""What geopy takes for a point, read strictly."""

from __future__ import annotations

from typing import Any

from geopy.point import Point

from geo.errors import BadQueryError


def as_point(query: Any) -> Point:
    """A geopy Point from a Point, (latitude, longitude), or text such as "48.59, 38.0".

    Raises BadQueryError for anything else, and for a latitude beyond a pole, about which geopy
    only warns before it fails.
    """
    try:
        if isinstance(query, str) and query.strip():
            return Point(query)
        if isinstance(query, Point | list | tuple) and len(tuple(query)) >= 2:
            numbers = [float(number) for number in tuple(query)[:2]]
            if abs(numbers[0]) <= 90:
                return Point(*numbers)
    except (ValueError, TypeError, UserWarning) as error:
        raise BadQueryError(f"no such point: {query!r}") from error
    raise BadQueryError(f"no such point: {query!r}")
