"""CSV with a row of HXL tags under its header (hxlstandard.org, 1.1), as humanitarians share data.

Core tags where the standard has one; `#event` and `#meta` with attributes for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

from geo.export import comma_separated
from geo.export.records import COLUMNS, Told

TAGS = {
    "event_id": "#event+id",
    "incident_id": "#event+incident+id",
    "type": "#event+type",
    "subtype": "#event+subtype",
    "status": "#status+event",
    "date_start": "#date+start",
    "date_end": "#date+end",
    "date_precision": "#date+precision",
    "date_reason": "#date+reason",
    "places": "#loc+name",
    "lat": "#geo+lat",
    "lon": "#geo+lon",
    "place_kind": "#loc+type",
    "precision_km": "#geo+precision+km",
    "is_centroid": "#geo+centroid",
    "country": "#country+code+iso2",
    "admin1": "#adm1+name",
    "admin1_code": "#adm1+code",
    "targets": "#loc+target+name",
    "origins": "#loc+origin+name",
    "actors": "#group+actor+name",
    "claimed_by": "#group+claimant+name",
    "instrument": "#cause+instrument",
    "fatalities_low": "#affected+killed+min",
    "fatalities_high": "#affected+killed+max",
    "injured_low": "#affected+injured+min",
    "injured_high": "#affected+injured+max",
    "confidence": "#event+confidence",
    "review": "#status+review",
    "sentence": "#description+event",
    "article_id": "#meta+article+id",
    "article_title": "#meta+article+title",
    "publisher": "#org+publisher+name",
    "published": "#date+published",
    "url": "#meta+url",
    "dataset": "#meta+dataset+name",
    "licence": "#meta+licence",
    "external_id": "#meta+dataset+id",
    "source": "#meta+source",
    "acled_type": "#event+type+acled",
    "ucdp_type": "#event+type+ucdp+code",
    "cameo_root": "#event+type+cameo+code",
    "not_translated": "#meta+untranslated",
    "place_list": "#loc+json",
}


def write(records: Iterable[Told]) -> bytes:
    """The CSV of `geo.export.comma_separated` with its tags."""
    return comma_separated.write(records, [[TAGS[name] for name in COLUMNS]])
