"""Feeds that are followed, and what became of each entry in them. Times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from geo.model import stable_id
from geo.store import schema
from geo.store.database import Database
from geo.store.waits import is_due
from geo.store.writes import chunks

WAITING, READ, FAILED = "waiting", "read", "failed"
DAY_S = 86_400.0
HEALTH_DAYS = 7

_feed, _entry = schema.feed, schema.feed_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedFeed:
    """A feed as it stands in the store; `last_error` is empty where the last attempt went well."""

    key: int
    url: str
    title: str
    added: float
    etag: str
    last_modified: str
    due: float
    failures: int
    last_tried: float | None
    last_success: float | None
    last_error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How a feed is doing: counts of its entries, and means of the last `HEALTH_DAYS` days."""

    feed: FollowedFeed
    waiting: int
    read: int
    failed: int
    articles_a_day: float
    places_a_day: float
    errors: tuple[str, ...]  # the latest of its entries


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry as a feed gave it."""

    id: str
    url: str
    title: str
    published: date | None
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEntry(NewEntry):
    """An entry to be read. `attempts` is how often that was tried."""

    key: int
    feed_url: str
    feed_title: str
    attempts: int


@dataclass(frozen=True, slots=True)
class RemovedFeed:
    """All that the store held of a feed, to undo its removal: rows by column."""

    feed: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]


class Feeds:
    """The feeds of a store. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, url: str, title: str, now: float) -> bool:
        """Follow a feed from now on; False where it is followed already."""
        with self._database.writing() as connection:
            if connection.scalar(sa.select(_feed.c.key).where(_feed.c.url == url)) is not None:
                return False
            connection.execute(
                _feed.insert().values(
                    id=stable_id("feed", url), url=url, title=title, added=now, etag="",
                    last_modified="", due=now, failures=0, last_error="",
                )
            )  # fmt: skip
            return True

    def remove(self, url: str) -> RemovedFeed | None:
        """Follow a feed no longer; its articles stay. None where it was not followed."""
        with self._database.writing() as connection:
            of_url = sa.select(_feed).where(_feed.c.url == url)
            found = connection.execute(of_url).mappings().first()
            if found is None:
                return None
            of_feed = sa.select(_entry).where(_entry.c.feed_key == found["key"])
            entries = connection.execute(of_feed).mappings().all()
            connection.execute(_feed.delete().where(_feed.c.key == found["key"]))
            return RemovedFeed(dict(found), tuple(dict(one) for one in entries))

    def restore(self, removed: RemovedFeed) -> bool:
        """Follow a removed feed again as if nothing had been; False where it is followed again."""
        with self._database.writing() as connection:
            url = removed.feed["url"]
            if connection.scalar(sa.select(_feed.c.key).where(_feed.c.url == url)) is not None:
                return False
            made = connection.execute(_feed.insert().values(_without_keys(removed.feed)))
            (key,) = made.inserted_primary_key or (None,)
            rows = [{**_without_keys(one), "feed_key": key} for one in removed.entries]
            if rows:
                connection.execute(_entry.insert(), rows)
            return True

    def all(self) -> list[FollowedFeed]:
        """Every feed, in order of title and address."""
        with self._database.reading() as connection:
            return self._feeds(connection, sa.true())

    def due(self, now: float) -> list[FollowedFeed]:
        """Feeds that may be asked now, the longest due first.

        Those that were asked later than now are among them: the clock has been set back since.
        """
        asked = sa.func.coalesce(_feed.c.last_tried, _feed.c.added)
        wanted = sa.or_(_feed.c.due <= now, asked > now)
        with self._database.reading() as connection:
            return sorted(self._feeds(connection, wanted), key=lambda one: one.due)

    def next_due(self) -> float | None:
        """When the next feed or entry may be asked, None where there is nothing to ask."""
        with self._database.reading() as connection:
            moments = [
                connection.scalar(sa.select(sa.func.min(_feed.c.due))),
                connection.scalar(
                    sa.select(sa.func.min(_entry.c.due)).where(_entry.c.state == WAITING)
                ),
            ]
        return min((moment for moment in moments if moment is not None), default=None)

    @staticmethod
    def _feeds(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> list[FollowedFeed]:
        columns = [_feed.c[name] for name in FollowedFeed.__slots__]
        query = sa.select(*columns).where(wanted).order_by(_feed.c.title, _feed.c.url)
        return [FollowedFeed(**row) for row in connection.execute(query).mappings()]

    def fetched(
        self, feed: FollowedFeed, entries: Sequence[NewEntry], *, title: str, etag: str,
        last_modified: str, now: float, due: float,
    ) -> int:  # fmt: skip
        """Note a good answer and the entries in it that are new; return how many.

        Nothing is noted of a feed that was removed while it was asked.
        """
        ids = {stable_id("entry", feed.url, entry.id): entry for entry in entries}
        with self._database.writing() as connection:
            if connection.scalar(sa.select(_feed.c.id).where(_feed.c.key == feed.key)) is None:
                return 0
            known: set[str] = set()
            for part in chunks(list(ids)):
                there = sa.select(_entry.c.id).where(_entry.c.id.in_(part))
                known |= set(connection.scalars(there))
            rows = [
                {"id": entry_id, "feed_key": feed.key, "url": entry.url, "title": entry.title,
                 "published": entry.published, "content": entry.content, "state": WAITING,
                 "attempts": 0, "due": now, "error": "", "article_id": "", "seen": now}
                for entry_id, entry in ids.items() if entry_id not in known
            ]  # fmt: skip
            if rows:
                connection.execute(_entry.insert(), rows)
            connection.execute(
                _feed.update().where(_feed.c.key == feed.key).values(
                    title=title or feed.title, etag=etag, last_modified=last_modified, due=due,
                    failures=0, last_tried=now, last_success=now, last_error="",
                )
            )  # fmt: skip
            return len(rows)

    def failed(self, feed: FollowedFeed, error: str, *, now: float, due: float) -> None:
        """Note that a feed could not be had."""
        with self._database.writing() as connection:
            connection.execute(
                _feed.update().where(_feed.c.key == feed.key).values(
                    due=due, failures=feed.failures + 1, last_tried=now, last_error=error
                )
            )  # fmt: skip

    def waiting(self, now: float, limit: int) -> list[WaitingEntry]:
        """Entries that may be read now, the oldest first."""
        query = (
            sa.select(
                _entry.c.key, _entry.c.id, _entry.c.url, _entry.c.title, _entry.c.published,
                _entry.c.content, _entry.c.attempts, _feed.c.url.label("feed_url"),
                _feed.c.title.label("feed_title"),
            )
            .join(_feed, _feed.c.key == _entry.c.feed_key)
            .where(_entry.c.state == WAITING, is_due(_entry, now))
            .order_by(_entry.c.due, _entry.c.key)
            .limit(limit)
        )  # fmt: skip
        with self._database.reading() as connection:
            return [WaitingEntry(**row) for row in connection.execute(query).mappings()]

    def entry_read(self, key: int, article_id: str) -> None:
        """An entry has become an article, or was found to be one that is known."""
        # The text stands in the article now, and need not stand here too.
        self._entry(key, state=READ, article_id=article_id, error="", content="")

    def entry_failed(self, entry: WaitingEntry, error: str, due: float | None) -> None:
        """An entry could not be read; it is tried again when due, never where that is None."""
        again = {"state": FAILED} if due is None else {"due": due}
        self._entry(entry.key, attempts=entry.attempts + 1, error=error, **again)

    def _entry(self, key: int, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(_entry.update().where(_entry.c.key == key).values(**values))

    def health(self, now: float) -> list[FeedHealth]:
        """How every feed is doing."""
        since = now - HEALTH_DAYS * DAY_S
        counted = sa.select(_entry.c.feed_key, _entry.c.state, sa.func.count()).group_by(
            _entry.c.feed_key, _entry.c.state
        )
        recent = sa.and_(_entry.c.state == READ, _entry.c.seen >= since)
        articles = (
            sa.select(_entry.c.feed_key, sa.func.count(sa.distinct(_entry.c.article_id)))
            .where(recent)
            .group_by(_entry.c.feed_key)
        )
        places = (
            sa.select(_entry.c.feed_key, sa.func.count(sa.distinct(schema.mention.c.place_key)))
            .join(schema.article, schema.article.c.id == _entry.c.article_id)
            .join(schema.mention, schema.mention.c.article_key == schema.article.c.key)
            .where(recent)
            .group_by(_entry.c.feed_key)
        )
        errors = (
            sa.select(_entry.c.feed_key, _entry.c.url, _entry.c.error)
            .where(_entry.c.error != "")
            .order_by(_entry.c.key.desc())
            .limit(500)
        )
        with self._database.reading() as connection:
            feeds = self._feeds(connection, sa.true())
            states = {(row[0], row[1]): int(row[2]) for row in connection.execute(counted)}
            article_counts = {row[0]: row[1] for row in connection.execute(articles)}
            place_counts = {row[0]: row[1] for row in connection.execute(places)}
            latest: dict[int, list[str]] = {}
            for feed_key, url, error in connection.execute(errors):
                listed = latest.setdefault(feed_key, [])
                if len(listed) < 5:
                    listed.append(error if url in error else f"{url}: {error}")
        days = {one.key: max(1.0, min(HEALTH_DAYS, (now - one.added) / DAY_S)) for one in feeds}
        return [
            FeedHealth(
                feed=one,
                waiting=states.get((one.key, WAITING), 0),
                read=states.get((one.key, READ), 0),
                failed=states.get((one.key, FAILED), 0),
                articles_a_day=article_counts.get(one.key, 0) / days[one.key],
                places_a_day=place_counts.get(one.key, 0) / days[one.key],
                errors=tuple(latest.get(one.key, ())),
            )
            for one in feeds
        ]


def _without_keys(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without its number, which another may have got since."""
    return {name: value for name, value in row.items() if name != "key"}
