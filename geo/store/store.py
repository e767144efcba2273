"""`Store`: one object over the database, shared by every thread of a process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from geo.model import Article, Dataset, Reading, ReportedRows, RowError
from geo.settings import Settings
from geo.store import (
    backup,
    cache,
    changes,
    check,
    datasets,
    ledger,
    reads,
    replay,
    search,
    writes,
)
from geo.store.check import Problem
from geo.store.corrections import Correction, Effect
from geo.store.database import Database, open_database
from geo.store.rows import Rows, rows_of


def open_store(settings: Settings) -> Store:
    """The store of these settings, its tables made or brought up to date.

    Raises SettingsError for an address that cannot be used, StoreError where the database cannot
    be opened.
    """
    return Store(open_database(settings))


class Store:
    """Articles, mentions, events, places, and what geocoders answered.

    Every write is one transaction; every method raises StoreError when the database refuses.
    `get`, `put`, `forget` and `stats` make it a `geo.geocoding.cache.GeocodeCache`.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._counts = cache.Counts()

    def close(self) -> None:
        """Give back every connection."""
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def identity(self) -> str:
        """What tells this store from every other, wherever it is moved to."""
        return self.database.identity

    def revision(self) -> int:
        """A number that moves with every change of articles or of what was read from them."""
        with self.database.reading() as connection:
            return changes.revision(connection)

    # -- articles -------------------------------------------------------------------------------

    def save(self, read: Reading, reader: str = "") -> bool:
        """Save an article with everything read from it; False where all of it was there already.

        `reader` is the version of what read it. A reading that differs from the one in the store
        replaces it in one transaction; saving the same again changes nothing. What people corrected
        is corrected in the new reading, too. Raises DataError for text that a database cannot hold.
        """
        return self.save_rows([rows_of(read)], reader)[0]

    def save_rows(self, readings: Sequence[Rows], reader: str) -> list[bool]:
        """The same for many readings, made rows where they were read: all of them or none."""
        with self.database.writing() as connection:
            before = changes.revision(connection, wait=True)
            changed = replay.save(connection, readings, reader)
            if any(changed):
                changes.move_on(connection, before)
            return changed

    def delete_article(self, article_id: str) -> bool:
        """Delete an article with everything read from it; False where it is not there."""
        with self.database.writing() as connection:
            before = changes.revision(connection, wait=True)
            deleted = writes.delete_article(connection, article_id)
            if deleted:
                changes.move_on(connection, before)
            return deleted

    def article(self, article_id: str) -> Article | None:
        """One article with its text, or None."""
        with self.database.reading() as connection:
            return reads.article(connection, article_id)

    def articles(self) -> list[Article]:
        """Every article without its text, the newest first."""
        with self.database.reading() as connection:
            return reads.articles(connection)

    def is_empty(self) -> bool:
        """Whether the store holds neither an article nor a data set."""
        with self.database.reading() as connection:
            return reads.is_empty(connection)

    def counts(self) -> dict[str, int]:
        """How many articles, mentions, events and places there are."""
        with self.database.reading() as connection:
            return reads.counts(connection)

    def newest_article_key(self) -> int:
        """Key of the article that came last, 0 where there is none."""
        with self.database.reading() as connection:
            return reads.newest_article_key(connection)

    def known(self, wanted: Sequence[Article], reader: str) -> set[str]:
        """Ids of those that are there as they are, read by this version; `retrieved` may differ."""
        with self.database.reading() as connection:
            return reads.known(connection, wanted, reader)

    def mentions(self, article_id: str) -> list[dict[str, Any]]:
        """The article's mentions in order; see `geo.store.reads.mentions`."""
        with self.database.reading() as connection:
            return reads.mentions(connection, article_id)

    def event_details(self, event_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Events in the order asked for; see `geo.store.reads.event_details`."""
        with self.database.reading() as connection:
            return reads.event_details(connection, event_ids)

    def surroundings(
        self, event_ids: Sequence[str], chars: int = 600
    ) -> dict[str, tuple[str, str]]:
        """Text before and after each event's sentence; see `geo.store.reads.surroundings`."""
        with self.database.reading() as connection:
            return reads.surroundings(connection, event_ids, chars)

    def search(self, words: str) -> set[str]:
        """Ids of events whose sentence or article title holds the words; see `geo.store.search`."""
        with self.database.reading() as connection:
            return search.search(connection, words)

    # -- data sets ------------------------------------------------------------------------------

    def begin_dataset(self, dataset: Dataset) -> Dataset:
        """Enter a data set, or find where its import stopped: the data set as the store has it."""
        with self.database.writing() as connection:
            changes.revision(connection, wait=True)
            return datasets.begin(connection, dataset)

    def add_rows(self, dataset_id: str, rows: ReportedRows, most_errors: int) -> Dataset:
        """Save the next chunk of a data set, whole or not at all; the data set as it then is.

        Rows whose event the store has already are not added; rows in error are listed up to
        `most_errors`, and all counted. Readers see nothing of it before `finish_dataset`.
        """
        with self.database.writing(by_known_keys=True) as connection:
            changes.revision(connection, wait=True)
            return datasets.add(connection, dataset_id, rows, most_errors)

    def finish_dataset(self, dataset_id: str) -> Dataset:
        """Show a data set to readers, now that all of it is in, or again."""
        with self.database.writing() as connection:
            before = changes.revision(connection, wait=True)
            finished = datasets.finish(connection, dataset_id)
            replay.everything(connection)
            changes.move_on(connection, before)
            return finished

    def set_dataset_aside(self, dataset_id: str) -> Dataset:
        """Take a data set away from readers until the next import, or until `finish_dataset`."""
        with self.database.writing() as connection:
            before = changes.revision(connection, wait=True)
            aside = datasets.set_aside(connection, dataset_id)
            changes.move_on(connection, before)
            return aside

    def delete_dataset(self, dataset_id: str) -> bool:
        """Delete a data set with all its events; False where it is not there."""
        with self.database.writing() as connection:
            before = changes.revision(connection, wait=True)
            deleted = datasets.delete(connection, dataset_id)
            if deleted:
                changes.move_on(connection, before)
            return deleted

    def datasets(self) -> list[tuple[Dataset, int]]:
        """Every data set with its number of events, in the order imported."""
        with self.database.reading() as connection:
            return datasets.every(connection)

    def row_errors(self, dataset_id: str) -> list[RowError]:
        """The rows of a data set that could not be used, as far as they are listed."""
        with self.database.reading() as connection:
            return datasets.row_errors(connection, dataset_id)

    # -- corrections ----------------------------------------------------------------------------

    def corrections(self) -> list[Correction]:
        """The ledger, in the order made: undone corrections and undos as well."""
        with self.database.reading() as connection:
            return ledger.every(connection)

    def foresee(self, *new: Correction) -> Effect:
        """What corrections would change; nothing is changed. Raises DataError as `correct`."""
        with self.database.reading() as connection:
            return replay.foresee(connection, new)

    def correct(self, *new: Correction) -> Effect:
        """Add corrections to the ledger and apply it; what that changed.

        Those in the ledger already are passed over. Raises DataError for an undo of what is not in
        the ledger.
        """
        with self.database.writing() as connection:
            before = changes.revision(connection, wait=True)
            found = replay.add(connection, new)
            if changes.noted(connection, before):
                changes.move_on(connection, before)
            return found

    # -- upkeep ---------------------------------------------------------------------------------

    def check(self) -> list[Problem]:
        """Everything that is inconsistent; see `geo.store.check`."""
        with self.database.reading() as connection:
            return check.check(connection)

    def index_words(self) -> None:
        """Build the full-text index anew."""
        with self.database.writing() as connection:
            changes.revision(connection, wait=True)
            search.rebuild(connection)

    def back_up(self, path: Path) -> None:
        """Copy everything into a new file while others write; see `geo.store.backup`."""
        backup.back_up(self.database, path)

    def restore(self, path: Path) -> None:
        """Fill this store, which must be empty, from a backup."""
        backup.restore(self.database, path)

    # -- geocode cache --------------------------------------------------------------------------

    def get(self, provider: str, version: str, query: str) -> str | None:
        """The body kept for a question, or None where there is none or it has expired."""
        with self.database.reading() as connection:
            body = cache.get(connection, provider, version, query)
        self._counts.add(hit=body is not None)
        return body

    def put(
        self, provider: str, version: str, query: str, body: str, expires: datetime | None
    ) -> None:
        """Keep a body, replacing what was there."""
        with self.database.writing() as connection:
            cache.put(connection, provider, version, query, body, expires)

    def forget(self, provider: str, query: str) -> None:
        """Drop an entry in every version; unknown entries are no error."""
        with self.database.writing() as connection:
            cache.forget(connection, provider, query)

    def stats(self) -> dict[str, int]:
        """What the cache holds, and how often it helped since this store was opened."""
        with self.database.reading() as connection:
            return cache.stats(connection, self._counts)

    def cache_entries(self, limit: int = 500) -> list[dict[str, Any]]:
        """The newest entries that have not expired: provider, version, query, body, ..."""
        with self.database.reading() as connection:
            return cache.entries(connection, limit)

    cache_get, cache_put, cache_forget, cache_stats = get, put, forget, stats
