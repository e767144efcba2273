"""A chunk of a data set into rows that need only be saved: read, placed, and parted into words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from geo.codebook import Codebook
from geo.gazetteer.gazetteer import Gazetteer
from geo.model import Place, ReportedRows, RowError
from geo.pipeline.coded_places import CodedPlaces
from geo.sources.datasets import Coded, Source
from geo.store.words import words

Made = tuple[ReportedRows, float]  # and how much of the file has been read, 0 to 1


def made(source: Source, gazetteer: Gazetteer, codebook: Codebook, done: int = 0) -> Iterator[Made]:
    """Chunk after chunk of a file, without its first `done` rows. Raises DataError."""
    places = CodedPlaces(gazetteer)
    for chunk in source.table.chunks(source.importer.columns(source.table), done=done):
        yield settled(source.importer.read(chunk, codebook), places), source.table.share()


def settled(coded: Coded, places: CodedPlaces) -> ReportedRows:
    """Rows with their places found; rows whose place cannot be right become errors."""
    found, at, wrong = places.settle(coded.locations)
    events, errors = coded.events, list(coded.errors)
    links = pd.DataFrame(
        {"event": coded.locations["event"], "place": at, "role": coded.locations["role"]}
    )
    if wrong:
        bad = pd.Series(wrong).reindex(at).to_numpy()
        refused = dict(zip(links["event"][pd.notna(bad)], bad[pd.notna(bad)], strict=True))
        errors += _errors(events, refused)
        kept = ~events.index.isin(list(refused))
        renumbered = pd.Series(kept.cumsum() - 1, index=events.index)
        links = links[~links["event"].isin(list(refused))]
        links = links.assign(event=renumbered[links["event"]].to_numpy()).reset_index(drop=True)
        events = events[kept].reset_index(drop=True)
        found, links = _without_unused(found, links)
    errors.sort(key=lambda error: error.line)
    said = [" ".join(words(text)) for text in events["notes"].to_numpy(dtype=object)]
    events = events.assign(words=pd.Series(said, index=events.index, dtype="str"))
    return ReportedRows(events=events, links=links, places=found, errors=errors, rows=coded.rows)


def _errors(events: pd.DataFrame, refused: dict[int, str]) -> Iterator[RowError]:
    for row, reason in refused.items():
        line, number = events["line"].iloc[row], events["external_id"].iloc[row]
        yield RowError(int(line), reason, f"id {number}; {events['notes'].iloc[row]}"[:1_000])


def _without_unused(
    places: Sequence[Place], links: pd.DataFrame
) -> tuple[list[Place], pd.DataFrame]:
    codes, used = pd.factorize(links["place"])
    return [places[int(n)] for n in used], links.assign(place=codes)
