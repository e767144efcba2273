"""Our geocoders keep geopy's contract; the chain asks in order and takes no failure for a miss."""

from __future__ import annotations

import contextlib
import inspect

import pytest
from geopy.exc import GeocoderQueryError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders.base import Geocoder

from geo.errors import BadQueryError, ProviderError
from geo.geocoding.cache import CachedGeocoder
from geo.geocoding.chain import ChainGeocoder
from geo.geocoding.gazetteer import GazetteerGeocoder
from geo.geocoding.nominatim import NominatimGeocoder, spelled_out
from tests.geocoders import LYON, Scripted, Shelf, cached


def test_gazetteer_answers_with_the_most_prominent_or_all_or_none():
    geocoder = GazetteerGeocoder(Shelf())
    assert geocoder.geocode(" PARIS ").address == "Paris, Île-de-France, FR"
    assert [at.raw["country"] for at in geocoder.geocode("Paris", exactly_one=False)] == [
        "FR",
        "US",
    ]
    assert geocoder.geocode("Atlantis") is None
    assert geocoder.geocode("Atlantis", exactly_one=False) is None


def test_gazetteer_keeps_to_country_and_region():
    geocoder = GazetteerGeocoder(Shelf())
    assert geocoder.geocode("Paris", country="US").raw["id"] == "gn:2"
    assert geocoder.geocode("Paris", admin1="US-TX").raw["id"] == "gn:2"
    assert geocoder.geocode("Paris", country="DE") is None


def test_a_place_on_the_equator_is_found():
    assert GazetteerGeocoder(Shelf()).geocode("Null").point[:2] == (0.0, 0.0)


@pytest.mark.parametrize("query", ["", "  ", None, 7, b"Paris"])
def test_what_is_no_name_is_refused_by_every_geocoder(query):
    for geocoder in (GazetteerGeocoder(Shelf()), ChainGeocoder([("x", Scripted(LYON))])):
        with pytest.raises(BadQueryError):
            geocoder.geocode(query)


def test_reverse_takes_geopys_points_and_says_how_far():
    geocoder = GazetteerGeocoder(Shelf())
    for point in ("48.9, 2.3", (48.9, 2.3), [48.9, 2.3]):
        found = geocoder.reverse(point)
        assert found.raw["name"] == "Paris"
        assert found.raw["distance_km"] == pytest.approx(5.18, abs=0.01)
    assert geocoder.reverse((10, 10)) is None
    assert [at.raw["id"] for at in geocoder.reverse((48.9, 2.3), exactly_one=False)] == ["gn:1"]
    for nonsense in ("somewhere", (95, 0), None):
        with pytest.raises(BadQueryError):
            geocoder.reverse(nonsense)


@pytest.mark.parametrize(
    "geocoder_class", [GazetteerGeocoder, NominatimGeocoder, CachedGeocoder, ChainGeocoder]
)
def test_each_geocoder_has_geopys_signature(geocoder_class):
    assert issubclass(geocoder_class, Geocoder)
    for method in (geocoder_class.geocode, geocoder_class.reverse):
        parameters = list(inspect.signature(method).parameters.values())
        assert [p.name for p in parameters[:4]] == ["self", "query", "exactly_one", "timeout"]
        assert parameters[2].default is True
        assert all(p.kind is p.KEYWORD_ONLY for p in parameters[2:4])


def test_geopys_rate_limiter_accepts_ours():
    geocoder = ChainGeocoder([("gazetteer", GazetteerGeocoder(Shelf()))])
    geocode = RateLimiter(geocoder.geocode, swallow_exceptions=False, max_retries=0)
    assert geocode("Paris").raw["id"] == "gn:1"
    with pytest.raises(GeocoderQueryError):
        geocode("")
    failing = RateLimiter(
        Scripted(ProviderError("down")).geocode,
        swallow_exceptions=True,
        max_retries=1,
        error_wait_seconds=0.01,
    )
    assert failing("Paris") is None  # it knows our error as one of geopy's


def test_the_real_gazetteer_answers_through_geopy(settings):
    from geo.gazetteer import index

    geocoder = GazetteerGeocoder(index.open_gazetteer(settings))
    bakhmut = geocoder.geocode("Bakhmut", country="UA")
    assert bakhmut.point[:2] == pytest.approx((48.59, 38.0), abs=0.02)
    assert bakhmut.raw["admin1"] == "UA-14"
    assert geocoder.geocode("Paris", country="US", admin1="Texas").raw["admin1"] == "US-TX"
    assert geocoder.reverse((46.64, 32.61)).raw["name"] == "Kherson"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Merida, Venezuela", "VE"),
        ("Georgia, USA", "US-GA"),
        ("Georgia, US-GA", "US-GA"),
        ("Salem, OR", "US-OR"),
        ("Leon, Guanajuato, Mexico", "MX-GUA"),
        ("Vancouver, CA", "CA-BC"),
        ("Merida, Atlantis", None),
        ("Merida" + ", Mexico" * 2_000, None),
    ],
)
def test_what_stands_behind_a_comma_holds_the_name(settings, query, found):
    from geo.gazetteer import index

    with contextlib.closing(index.open_gazetteer(settings)) as gazetteer:
        location = GazetteerGeocoder(gazetteer).geocode(query)
    if found is None:
        assert location is None
    else:
        assert found in (location.raw["country"], location.raw["admin1"])


def test_a_provider_that_fails_is_passed_over_but_not_taken_for_a_miss():
    down = Scripted(ProviderError("down"))
    knows, knows_not = Scripted(LYON), Scripted(None)
    assert ChainGeocoder([("a", down), ("b", knows)]).ask("Lyon") == (LYON, "b")
    with pytest.raises(ProviderError, match="down"):
        ChainGeocoder([("a", down), ("b", knows_not)]).geocode("Lyon")
    assert ChainGeocoder([("a", knows_not)]).geocode("Lyon") is None
    assert ChainGeocoder([("a", knows_not), ("b", knows)]).ask_reverse((45, 4)) == (LYON, "b")


def test_any_geopy_geocoder_can_follow_and_gets_codes_spelled_out():
    plain = Scripted(LYON)
    chain = ChainGeocoder([("gazetteer", GazetteerGeocoder(Shelf())), ("other", cached(plain))])
    assert chain.ask("Pisky", country="UA", admin1="UA-14").provider == "other"
    assert plain.asked == ["Pisky, Donetska oblast, Ukraine"]
    assert spelled_out("Pisky", "Utopia", "Old Region") == "Pisky, Old Region, Utopia"
