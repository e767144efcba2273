"""From files to the store: the one place where sources, reading and store meet."""

from geo.pipeline.inputs import files
from geo.pipeline.intake import IngestReport, Progress, ingest, ingest_paths
from geo.pipeline.reader import Reader, Reads, open_reader
from geo.pipeline.shipped import (
    article_ids,
    chronicle_paths,
    ensure_sample,
    read_chronicle,
    remove_chronicle,
    sample_paths,
)

__all__ = [
    "IngestReport",
    "Progress",
    "Reader",
    "Reads",
    "article_ids",
    "chronicle_paths",
    "ensure_sample",
    "files",
    "ingest",
    "ingest_paths",
    "open_reader",
    "read_chronicle",
    "remove_chronicle",
    "sample_paths",
]
