"""Nominatim, the geocoder of OpenStreetMap: off unless the user has said who asks.

Policy: https://operations.osmfoundation.org/policies/nominatim/ (one request a second at most, one
at a time, a user agent that names the application, results kept). API:
https://nominatim.org/release-docs/latest/api/Search/
"""

from __future__ import annotations

import http.client
import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, build_opener

import pycountry
from geopy.adapters import AdapterHTTPError, URLLibAdapter, get_retry_after
from geopy.exc import GeocoderParseError, GeocoderTimedOut, GeopyError
from geopy.geocoders import Nominatim
from geopy.geocoders.base import DEFAULT_SENTINEL
from geopy.location import Location

from geo.errors import BadQueryError, GeoError, ProviderError, SettingsError
from geo.geocoding.limits import SharedLimit
from geo.geocoding.points import as_point
from geo.model import Candidate, Place
from geo.settings import Settings

MAX_ANSWER_BYTES = 2_000_000
_KINDS = {"state": "admin1", "county": "admin2", "province": "admin1", "water": "lake"}
_SETTLEMENTS = {"city", "town", "village", "hamlet", "municipality", "suburb", "isolated_dwelling"}
_ISO_3166_2 = re.compile(r"^[A-Z]{2}-[A-Z0-9]{1,3}$")
_MOST_RESULTS = 10
_BUSY_PAUSE_S = 10.0  # after a 429 or 503 that does not say how long to wait


class NominatimGeocoder(Nominatim):
    """geopy's Nominatim with one rate limit for the machine, and errors of our tree.

    Raises SettingsError where no user agent is set or the address is none. Every failure of a
    request is a ProviderError with `retry_after_s` where the server said how long to wait; the
    pause then holds for every process. An answer that is not what the API promises is a failure,
    never a miss.
    """

    def __init__(self, settings: Settings, *, max_wait_s: float = 30.0) -> None:
        if not settings.nominatim_user_agent.strip():
            raise SettingsError(
                "the online geocoder is off: set DATELINE_NOMINATIM_USER_AGENT to a name and an "
                "address under which the provider can reach you"
            )
        address = urlsplit(settings.nominatim_url)
        if address.scheme not in ("http", "https") or not address.netloc:
            raise SettingsError(f"DATELINE_NOMINATIM_URL={settings.nominatim_url!r} is no address")
        try:
            super().__init__(
                user_agent=settings.nominatim_user_agent.strip(),
                domain=address.netloc + address.path.rstrip("/"),
                scheme=address.scheme,
                timeout=settings.nominatim_timeout_s,
                adapter_factory=BoundedAdapter,
            )
        except GeopyError as error:  # a sample user agent, which the policy forbids
            raise SettingsError(f"DATELINE_NOMINATIM_USER_AGENT: {error}") from error
        self._limit = SharedLimit(
            settings.local_dir / "nominatim.next", settings.nominatim_interval_s, max_wait_s
        )

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        country: str | None = None,
        admin1: str | None = None,
        language: str = "en",
    ) -> Location | list[Location] | None:
        """The best answer, up to ten as a list, or None where Nominatim knows none.

        country: alpha-2 code or name; admin1: ISO 3166-2 code or name. With codes, answers outside
        are dropped. Raises BadQueryError for empty text, ProviderError.
        """
        if not query or (isinstance(query, str) and not query.strip()):
            raise BadQueryError(f"cannot look up {query!r}")
        code = admin1.upper() if admin1 and _ISO_3166_2.match(admin1.upper()) else ""
        alpha2 = code[:2] or (country if country and re.fullmatch("[A-Za-z]{2}", country) else "")
        if isinstance(query, str):
            query = spelled_out(query, "" if alpha2 else country, admin1)
        ask = super().geocode
        found = self._ask(
            lambda: ask(
                query,
                exactly_one=False,
                limit=1 if exactly_one and not code else _MOST_RESULTS,
                timeout=timeout,
                addressdetails=True,
                language=language,
                country_codes=alpha2.lower() or None,
            )
        )
        found = [at for at in found or [] if not code or _within(at.raw, code)]
        if not found:
            return None
        return found[0] if exactly_one else found

    def reverse(
        self,
        query: Any,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,
        language: str = "en",
        zoom: int | None = None,
    ) -> Location | list[Location] | None:
        """What is at a point, or None. Raises BadQueryError for what is no point, ProviderError."""
        point = as_point(query)
        ask = super().reverse
        return self._ask(
            lambda: ask(
                point, exactly_one=exactly_one, timeout=timeout, language=language, zoom=zoom
            )
        )

    def _ask(self, request: Callable[[], Any]) -> Any:
        with self._limit.turn():
            try:
                return request()
            except GeoError:
                raise
            except (GeopyError, OSError, http.client.HTTPException, ValueError, LookupError,
                    TypeError, RecursionError) as error:  # fmt: skip
                retry_after_s = _retry_after_s(error)
                if retry_after_s is not None:
                    self._limit.pause(retry_after_s)
                said = " ".join(str(error).split())[:200] or type(error).__name__
                raise ProviderError(f"Nominatim: {said}", retry_after_s) from error

    def _parse_json(self, places: Any, exactly_one: bool) -> Any:
        """geopy's, but strict: an answer of another shape is an error and not a miss."""
        if isinstance(places, Mapping):
            if places.get("error") == "Unable to geocode":
                return None
            if "error" in places:
                raise GeocoderParseError(f"the server says {places['error']!r}")
            found = [_location(places)]
        elif isinstance(places, list):
            found = [_location(place) for place in places]
        else:
            raise GeocoderParseError("the answer is neither a place nor a list of places")
        if not found:
            return None
        return found[0] if exactly_one else found


def open_nominatim(settings: Settings) -> NominatimGeocoder | None:
    """The online geocoder, or None where the user has not turned it on."""
    return NominatimGeocoder(settings) if settings.nominatim_user_agent.strip() else None


def candidate_of(location: Any) -> Candidate:
    """A geopy Location from Nominatim as a candidate; its importance (0 to 1) is its score."""
    raw = location.raw
    address = raw.get("address") or {}
    kind = str(raw.get("addresstype") or raw.get("type") or "place")
    region = str(address.get("ISO3166-2-lvl4", ""))
    place = Place(
        id=f"osm:{raw['osm_type']}/{raw['osm_id']}"
        if raw.get("osm_type") and raw.get("osm_id")
        else f"osm:{location.latitude:.5f},{location.longitude:.5f}",
        name=str(raw.get("name") or location.address.split(",")[0]),
        kind=_KINDS.get(kind, "settlement" if kind in _SETTLEMENTS else kind),
        lat=location.latitude,
        lon=location.longitude,
        country=str(address.get("country_code") or region[:2]).upper(),
        admin1=region,
        admin1_name=str(address.get("state", "")),
        source="OpenStreetMap, by Nominatim",
    )
    score = min(1.0, max(0.0, float(raw.get("importance") or 0.0)))
    return Candidate(place, score, ("answered by Nominatim",))


def spelled_out(query: str, country: str | None, admin1: str | None) -> str:
    """One line for a geocoder that takes no codes: "Pisky, Donetska oblast, Ukraine"."""
    parts = [query.strip()]
    if admin1:
        subdivisions: Any = pycountry.subdivisions  # its class is not annotated
        region = subdivisions.get(code=admin1.upper())
        parts.append(region.name if region else admin1)
    if country:
        state = pycountry.countries.get(alpha_2=country.upper())
        parts.append(state.name if state else country)
    return ", ".join(parts)


def _within(raw: Mapping[str, Any], code: str) -> bool:
    """Whether an answer lies in a region; one that does not say counts as inside."""
    address = raw.get("address")
    address = address if isinstance(address, Mapping) else {}
    said = [value for key, value in address.items() if str(key).startswith("ISO3166-2")]
    return not said or code in said


def _location(place: Any) -> Location:
    if not isinstance(place, Mapping):
        raise GeocoderParseError("a place in the answer is no object")
    lat, lon = float(place["lat"]), float(place["lon"])
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise GeocoderParseError(f"the answer lies at {place['lat']!r}, {place['lon']!r}")
    return Location(str(place.get("display_name") or ""), (lat, lon), dict(place))


def _retry_after_s(error: BaseException) -> float | None:
    """Seconds that the server asks to wait, or our own where it is busy and does not say."""
    cause = error.__cause__
    if not isinstance(cause, AdapterHTTPError) or cause.status_code not in (429, 503):
        return None
    said = get_retry_after(cause.headers or {})
    return float(said) if said is not None and said > 0 else _BUSY_PAUSE_S


class _NoRedirect(HTTPRedirectHandler):
    """Nominatim does not redirect; following one would ask a server that nobody agreed to."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class BoundedAdapter(URLLibAdapter):
    """urllib with a limit on the whole answer: its size, and the time it takes to arrive.

    geopy's default adapter repeats requests by itself, beneath any rate limit; this one asks once.
    """

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        handlers = [HTTPSHandler(context=ssl_context), _NoRedirect()]
        if proxies is not None:  # None: those of the environment, as in geopy
            handlers.append(ProxyHandler(proxies))
        self.urlopen = build_opener(*handlers).open
        self._call = threading.local()

    def get_text(self, url: str, *, timeout: float | None, headers: Mapping[str, str]) -> str:
        self._call.until = math.inf if timeout is None else time.monotonic() + timeout
        return str(super().get_text(url, timeout=timeout, headers=headers))

    def _decode_page(self, page: Any) -> str:
        body = bytearray()
        with page:
            while chunk := page.read1(65_536):
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise GeocoderParseError(f"the answer is over {MAX_ANSWER_BYTES} bytes")
                if time.monotonic() > self._call.until:
                    raise GeocoderTimedOut("the answer takes too long to arrive")
            expected = page.headers.get("Content-Length")
        if expected is not None and expected.isdigit() and len(body) < int(expected):
            raise GeocoderParseError("the server hung up in the middle of its answer")
        return body.decode("utf-8")
