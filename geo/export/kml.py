"""KML 2.2 (OGC 07-147r2), for Google Earth and other viewers of places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from geo.export.records import COLUMNS, Record, Told, locations, plain

# Characters that XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(records: Iterable[Told]) -> bytes:
    """One Placemark per event: its name, its days, every column as ExtendedData, its points.

    An event without a place has no geometry, one with several a MultiGeometry.
    """
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Dateline</name>'
    ]
    parts += [_placemark(record, places) for record, places in records]
    parts.append("</Document></kml>\n")
    return "".join(parts).encode("utf-8")


def _text(value: object) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", str(plain(value))))


def _placemark(record: Record, places: list[Record]) -> str:
    points = [
        f"<Point><coordinates>{place['lon']},{place['lat']}</coordinates></Point>"
        for place in locations(places)
    ]
    days = "".join(
        f"<{tag}>{_text(record[name])}</{tag}>"
        for tag, name in (("begin", "date_start"), ("end", "date_end"))
        if record[name] is not None
    )
    data = "".join(
        f"<Data name={quoteattr(name)}><value>{_text(record[name])}</value></Data>"
        for name in COLUMNS
        if record[name] not in (None, "")
    )
    where = f", {record['places']}" if record["places"] else ""
    geometry = "".join(points)
    if len(points) > 1:
        geometry = f"<MultiGeometry>{geometry}</MultiGeometry>"
    return (
        f'<Placemark id="event-{_text(record["event_id"])}">'
        f"<name>{_text(record['subtype'] + where)}</name>"
        f"<description>{_text(record['sentence'])}</description>"
        f"{f'<TimeSpan>{days}</TimeSpan>' if days else ''}"
        f"<ExtendedData>{data}</ExtendedData>{geometry}</Placemark>\n"
    )
