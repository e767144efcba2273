"""The same story under several links, told twice, or changed after it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa

from geo.model import Article, Reading
from geo.store import changes, reads, replay, schema, writes
from geo.store.database import Database
from geo.store.rows import rows_of

_link, _likeness, _past = schema.article_link, schema.likeness, schema.past_version


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A text that was replaced by a later one; `number` counts from 1, `replaced` is in UTC."""

    number: int
    title: str
    text: str
    published: date | None
    replaced: datetime


class Stories:
    """What the store knows of links and likenesses. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_link(self, link: str) -> Article | None:
        """The article that a link leads to, or None."""
        with self._database.reading() as connection:
            article_id = _holder(connection, link)
            return reads.article(connection, article_id) if article_id else None

    def with_bands(self, bands: Sequence[int]) -> list[Article]:
        """Articles that share a band of likeness with a text."""
        if not bands:
            return []
        query = (
            sa.select(schema.article.c.id)
            .join(_likeness, _likeness.c.article_key == schema.article.c.key)
            .where(_likeness.c.value.in_(bands))  # 56 bits tell the band too
            .distinct()
            .order_by(schema.article.c.id)
        )
        with self._database.reading() as connection:
            ids = connection.scalars(query).all()
            found = [reads.article(connection, article_id) for article_id in ids]
        return [article for article in found if article is not None]

    def links(self, article_id: str) -> list[str]:
        """Every link under which an article was found."""
        query = (
            sa.select(_link.c.url)
            .join(schema.article, schema.article.c.key == _link.c.article_key)
            .where(schema.article.c.id == article_id)
            .order_by(_link.c.url)
        )
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def add_link(self, link: str, article_id: str) -> None:
        """Note that a link leads to an article, too."""
        with self._database.writing() as connection:
            _point(connection, link, _key(connection, article_id))

    def save(
        self, read: Reading, reader: str, *, link: str, bands: Sequence[int], replaces: str = ""
    ) -> bool | None:
        """Save a reading with its link and its bands of likeness, in one transaction.

        `replaces` is the id of the article that this one is a later version of: its text is kept
        among the past versions, its links and its own past go over to the new one, and what was
        read from it goes. False where nothing of it was new; None, and nothing is saved, where
        another writer has meanwhile given the link to another article.
        """
        rows = rows_of(read)
        with self._database.writing() as connection:
            before = changes.revision(connection, wait=True)
            if _holder(connection, link) not in ("", read.article.id, replaces):
                return None
            (changed,) = replay.save(connection, [rows], reader)
            key = _key(connection, read.article.id)
            old = connection.execute(
                sa.select(schema.article).where(schema.article.c.id == replaces)
            ).one_or_none()
            if replaces != read.article.id and old is not None:
                _keep_past(connection, old, key)
                writes.delete_article(connection, replaces)
                changed = True
            if link:
                _point(connection, link, key)
            connection.execute(_likeness.delete().where(_likeness.c.article_key == key))
            if bands:
                connection.execute(
                    _likeness.insert(),
                    [{"article_key": key, "band": number, "value": value}
                     for number, value in enumerate(bands)],
                )  # fmt: skip
            if changed:
                changes.move_on(connection, before)
            return changed

    def past_versions(self, article_id: str) -> list[PastVersion]:
        """Earlier texts of an article, the oldest first."""
        query = (
            sa.select(_past.c.number, _past.c.title, _past.c.text, _past.c.published,
                      _past.c.replaced)
            .join(schema.article, schema.article.c.key == _past.c.article_key)
            .where(schema.article.c.id == article_id)
            .order_by(_past.c.number)
        )  # fmt: skip
        with self._database.reading() as connection:
            return [PastVersion(*row) for row in connection.execute(query)]


def _holder(connection: sa.Connection, link: str) -> str:
    """Id of the article that a link leads to, empty for none."""
    query = (
        sa.select(schema.article.c.id)
        .join(_link, _link.c.article_key == schema.article.c.key)
        .where(_link.c.url == link)
    )
    return connection.scalar(query) or ""


def _key(connection: sa.Connection, article_id: str) -> int:
    return int(
        connection.execute(
            sa.select(schema.article.c.key).where(schema.article.c.id == article_id)
        ).scalar_one()
    )


def _point(connection: sa.Connection, link: str, article_key: int) -> None:
    connection.execute(_link.delete().where(_link.c.url == link))
    connection.execute(_link.insert().values(url=link, article_key=article_key))


def _keep_past(connection: sa.Connection, old: sa.Row[tuple[object, ...]], key: int) -> None:
    """Move links and past versions from an article to its successor, the old text among them."""
    for table in (_link, _past):
        connection.execute(
            table.update().where(table.c.article_key == old.key).values(article_key=key)
        )
    last = connection.scalar(
        sa.select(sa.func.max(_past.c.number)).where(_past.c.article_key == key)
    )
    connection.execute(
        _past.insert().values(
            article_key=key, number=(last or 0) + 1, title=old.title, text=old.text,
            published=old.published, replaced=datetime.now(UTC),
        )
    )  # fmt: skip
