"""The store: articles with everything read from them, and the geocode cache."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo.store.store import Store, open_store

__all__ = ["Store", "open_store"]


def __getattr__(name: str) -> Any:
    """Import the database only where it is asked for: who makes rows alone starts at once."""
    if name not in __all__:
        raise AttributeError(name)
    from geo.store import store

    return getattr(store, name)
