"""Find events by words: on SQLite through its full-text index, elsewhere with LIKE."""

from __future__ import annotations

import re

import sqlalchemy as sa

from geo.store import schema, sqlite

MOST_WORDS = 20
MOST_CHARS = 500
# A phrase in double quotes, or anything between spaces.
_PART = re.compile(r'"([^"]*)"|(\S+)')
_NO_WORD = re.compile(r"[^\w]+|_+")
# Scripts that put no space between words: the index holds their lines as one word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff]")


def search(connection: sa.Connection, text: str) -> set[str]:
    """Ids of events whose sentence (or notes) or article title holds every word of `text`.

    Case does not matter, nor do accents on SQLite. A word matches the beginning of longer ones;
    words in double quotes match as they stand, side by side. Text without a letter or digit finds
    nothing; no character of it is an operator.
    """
    wanted = phrases(text)
    if not wanted:
        return set()
    if sqlite.is_sqlite(connection) and not _UNSPACED.search(text):
        return sqlite.find_words(connection, wanted)
    event, article = schema.event, schema.article
    every = [
        sa.or_(
            event.c.sentence.icontains(words, autoescape=True),
            article.c.title.icontains(words, autoescape=True),
        )
        for words, _ in wanted
    ]
    return set(
        connection.scalars(
            sa.select(event.c.id).select_from(event.outerjoin(article)).where(sa.and_(*every))
        )
    )


def phrases(text: str) -> list[tuple[str, bool]]:
    """What to look for: (words parted by spaces, whether the last may be a beginning)."""
    found = []
    for quoted, bare in _PART.findall(text[:MOST_CHARS]):
        words = _NO_WORD.sub(" ", quoted or bare).strip()
        if words:
            found.append((words, bool(bare)))
    return found[:MOST_WORDS]
