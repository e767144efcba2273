"""Which of GeoNames' feature codes become places here, of what kind, and how exact their point is.

Source of the codes: https://www.geonames.org/export/codes.html. What news does not name as a place
(boundary markers, wells, hotels, roads) is left out, and so are administrative units, which have
their own layers.
"""

from __future__ import annotations

from typing import NamedTuple


class Feature(NamedTuple):
    """A kind of place: its usual radius in km, and its rank (about log10 of people) in the index.

    The ranks lie below those of data/places.csv: a brook that shares its name with a known river
    comes second.
    """

    kind: str
    precision_km: float
    rank: float


SETTLEMENT = Feature("settlement", 1.0, 2.0)  # the rank of a place whose population is not given
_NO_LONGER = frozenset({"PPLH", "PPLCH"})  # historical; abandoned and destroyed ones stay in news

_FEATURES = {
    Feature("river", 30.0, 2.4): "STM STMI STMA STMD CNL CNLN WAD ESTY",
    Feature("lake", 5.0, 2.4): "LK LKS LKN LKI LKC LKO RSV RSVI LGN LGNS",
    Feature("sea", 10.0, 2.4): "BAY BAYS GULF SD FJD FJDS INLT HBR BGHT SEA",
    Feature("strait", 10.0, 2.4): "STRT CHNM NRWS",
    Feature("mountain", 3.0, 2.4): "MT PK HLL VLC",
    Feature("mountains", 20.0, 2.6): "MTS HLLS PKS RDGE",
    Feature("island", 5.0, 2.6): "ISL ISLS ATOL ISLET",
    Feature("desert", 50.0, 2.6): "DSRT",
    Feature("region", 20.0, 2.4): "PEN PLN PLAT VAL DLTA CST RGN RGNE OAS",
    Feature("site", 2.0, 2.4): (
        # spots: transport, power, industry, armed forces, prisons and camps, health, worship
        "AIRP AIRB AIRF AIRQ AIRT AIRH BDG BDGQ TNL TNLRD TNLRR RSTN FY PSTB PSTC PSTP "
        "DAM DAMQ PS PSH PSN OILR OILT DPOF MFG MFGM MN MNC MNAU MNFE MNCU MNN CTRA CTRS DCKY "
        "BRKS INSM FT PRN PRNJ CMP CMPRF CMPLA CMPMN CMPO HSP MSTY CSTL PAL MUS STDM UNIV "
        # areas and natural sites
        "MILB NVB PRT INDS OILF GASF RES RESN RESW RESV PRK FRST CAPE PASS FLLS ZNB LTER BTL"
    ),
}
_BY_CODE = {code: feature for feature, codes in _FEATURES.items() for code in codes.split()}


def feature_of(feature_class: str, code: str) -> Feature | None:
    """The kind of place that a GeoNames row is, None where it is none that news names."""
    if feature_class == "P":
        return None if code in _NO_LONGER else SETTLEMENT
    if feature_class == "A" and code not in ("ZNB", "LTER"):
        return None
    return _BY_CODE.get(code)


def of_kind(kind: str) -> Feature:
    """The feature of a kind that `feature_of` gave. Raises KeyError for any other word."""
    return _BY_KIND[kind]


_BY_KIND = {feature.kind: feature for feature in (SETTLEMENT, *_FEATURES)}
