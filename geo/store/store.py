"""`Store`: one object over the database, shared by every thread of a process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select, update

from geo.model import Article, Reading
from geo.settings import Settings
from geo.store import cache, reads, schema, writes
from geo.store.database import open_engine, reading, writing


def open_store(settings: Settings) -> Store:
    """The store of these settings, its tables made where they are missing.

    Raises StoreError where the database cannot be opened.
    """
    return Store(open_engine(settings.database))


class Store:
    """Articles, mentions, events, places, and what geocoders answered.

    Every write is one transaction; every method raises StoreError when the database refuses.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._counts = cache.Counts()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def revision(self) -> int:
        """A number that moves with every change of articles or what was read from them."""
        with reading(self.engine) as connection:
            return int(
                connection.scalar(
                    select(schema.counter.c.value).where(schema.counter.c.name == "revision")
                )
                or 0
            )

    # -- articles ---------------------------------------------------------------------------

    def save(self, read: Reading, reader: str = "") -> bool:
        """Save an article with everything read from it; False where it was there already.

        `reader` is the version of what read it: the same article read by another version replaces
        the earlier reading in one transaction. Saving the same twice changes nothing.
        """
        with writing(self.engine) as connection:
            changed = writes.save(connection, read, reader)
            if changed:
                _move_on(connection)
            return changed

    def delete_article(self, article_id: str) -> bool:
        """Delete an article with everything read from it; False where it is not there."""
        with writing(self.engine) as connection:
            deleted = writes.delete_article(connection, article_id)
            if deleted:
                _move_on(connection)
            return deleted

    def article(self, article_id: str) -> Article | None:
        """One article with its text, or None."""
        with reading(self.engine) as connection:
            return reads.article(connection, article_id)

    def reader_of(self, article_id: str) -> str | None:
        """Version of what read the article, or None where it is not there."""
        with reading(self.engine) as connection:
            return connection.scalar(
                select(schema.article.c.reader).where(schema.article.c.id == article_id)
            )

    def articles(self) -> list[Article]:
        """Every article without its text, newest first."""
        with reading(self.engine) as connection:
            return reads.articles(connection)

    def mentions(self, article_id: str) -> list[dict[str, Any]]:
        """The article's mentions in order: start, end, surface, form, place_id, candidates, ..."""
        with reading(self.engine) as connection:
            return reads.mentions(connection, article_id)

    def event_details(self, event_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Events in the order asked, each with its sentence, spans in it, places and source."""
        with reading(self.engine) as connection:
            return reads.event_details(connection, event_ids)

    def search(self, words: str) -> set[str]:
        """Ids of events whose sentence or article title holds every word (or its beginning)."""
        with reading(self.engine) as connection:
            return reads.search(connection, words)

    # -- geocode cache ------------------------------------------------------------------------

    def get(self, provider: str, version: str, query: str) -> str | None:
        """The body kept for a question, or None where there is none or it has expired."""
        with reading(self.engine) as connection:
            body = cache.get(connection, provider, version, query)
        self._counts.count(hit=body is not None)
        return body

    def put(
        self, provider: str, version: str, query: str, body: str, expires: datetime | None
    ) -> None:
        """Keep a body, replacing what was there."""
        with writing(self.engine) as connection:
            cache.put(connection, provider, version, query, body, expires)

    def forget(self, provider: str, query: str) -> None:
        """Drop an entry in every version."""
        table = schema.geocode_cache
        with writing(self.engine) as connection:
            connection.execute(
                delete(table).where(table.c.provider == provider, table.c.query == query)
            )

    def stats(self) -> dict[str, int]:
        """What the cache holds, and how often it helped since this process began."""
        with reading(self.engine) as connection:
            return {**cache.held(connection), **self._counts.as_dict()}

    def cache_entries(self, limit: int = 500) -> list[dict[str, Any]]:
        """The newest entries: provider, version, query, body, saved, expires."""
        with reading(self.engine) as connection:
            return cache.entries(connection, limit)

    cache_stats = stats
    cache_forget = forget


def _move_on(connection: Any) -> None:
    table = schema.counter
    connection.execute(
        update(table).where(table.c.name == "revision").values(value=table.c.value + 1)
    )
