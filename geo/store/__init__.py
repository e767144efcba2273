"""The store: articles with everything read from them, and the geocode cache."""

from geo.store.store import Store, open_store

__all__ = ["Store", "open_store"]
