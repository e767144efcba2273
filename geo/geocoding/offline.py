"""A geopy adapter for geocoders that never leave the machine."""

from __future__ import annotations

from typing import Any

from geopy.adapters import BaseSyncAdapter

from geo.errors import ProviderError


class OfflineAdapter(BaseSyncAdapter):
    """Refuses every request, so that a mistake cannot send anything."""

    def get_text(self, url: str, *, timeout: Any, headers: Any) -> str:
        raise ProviderError("this geocoder never goes online")

    get_json = get_text
