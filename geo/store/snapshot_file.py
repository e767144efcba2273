"""A snapshot as one file: a line that says what it is, then each table as an Arrow stream."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import zlib
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from geo.store.columns import TABLES, Snapshot

log = logging.getLogger(__name__)

_HEAD_BYTES = 512  # a multiple of 64, so that the columns behind it are aligned


def write(path: Path, made_of: str, snapshot: Snapshot) -> None:
    """Replace the file in one step: another process reads the old one or the new one, whole.

    `made_of` names the store and what else went in. Raises OSError.
    """
    streams = [_to_arrow(getattr(snapshot, name)) for name in TABLES]
    check = 0
    for stream in streams:
        check = zlib.crc32(stream, check)
    head = json.dumps(
        {
            "made_of": made_of,
            "revision": snapshot.revision,
            "check": check,
            "sizes": [stream.size for stream in streams],
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(head.encode("ascii").ljust(_HEAD_BYTES - 1) + b"\n")
            for stream in streams:
                file.write(stream)
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def read(path: Path, made_of: str) -> Snapshot | None:
    """The snapshot, or None where the file is missing, damaged, or of something else."""
    try:
        content = pa.py_buffer(path.read_bytes())
        head = json.loads(content[:_HEAD_BYTES].to_pybytes())
        if head["made_of"] != made_of:
            return None
        revision = int(head["revision"])
        if zlib.crc32(content[_HEAD_BYTES:]) != head["check"]:
            raise ValueError("the checksum is another")
        tables, at = {}, _HEAD_BYTES
        for name, size in zip(TABLES, head["sizes"], strict=True):
            tables[name] = _to_pandas(content[at : at + size])
            at += size
        return Snapshot(revision=revision, **tables)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        log.warning("the snapshot on disk cannot be used and is made anew: %r", error)
        return None


def _to_arrow(table: pd.DataFrame) -> Any:
    if "crosses" in table:
        table = table.assign(crosses=["|".join(codes) for codes in table["crosses"]])
    # One batch for a table, an empty one too: columns come back uncopied, categories are kept.
    batch = pa.RecordBatch.from_pandas(table, preserve_index=False)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return sink.getvalue()


def _to_pandas(content: Any) -> pd.DataFrame:
    table: pd.DataFrame = pa.ipc.open_stream(content).read_all().to_pandas(split_blocks=True)
    if "crosses" in table:
        table["crosses"] = pd.Series(
            [tuple(codes.split("|")) if codes else () for codes in table["crosses"]], dtype=object
        )
    return table
