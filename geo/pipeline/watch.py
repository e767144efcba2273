"""Watch a folder: what is put there is read once it has stopped growing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from geo.errors import DataError
from geo.pipeline.collect import Collected, collect
from geo.pipeline.desk import Desk
from geo.pipeline.inputs import contents
from geo.sources.documents.document import Opened
from geo.store.watched import State, Watched

# Names that programs give to what they have not finished writing, and to their own notes.
_PASSING_STARTS = (".", "~$")
_PASSING_ENDS = (".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart", "~")


class Watch:
    """Looks at one folder, and at those in it, again and again.

    A file is read at the first look that finds it as the look before has left it, and again when it
    has changed. What was read, or could not be, is noted in the store, so that a watch that was
    stopped goes on where it was, and a failure is named once. Raises DataError for no folder.
    """

    def __init__(self, desk: Desk, folder: Path, published: date | None = None) -> None:
        if not folder.is_dir():
            raise DataError(f"{folder} is no folder")
        self._desk, self._folder, self._published = desk, folder.resolve(), published
        self._watched = Watched(desk.store.database)
        self._before: dict[Path, State] = {}

    def look(self) -> Collected:
        """Read the files that are new or changed and no longer grow. Raises StoreError."""
        known = self._watched.states(f"{_storable(self._folder)}/")
        now = dict(self._files())
        found = Collected()
        for path, state in sorted(now.items()):
            if known.get(_storable(path)) == state or self._before.get(path) != state:
                continue
            name = _storable(path.relative_to(self._folder))
            collect(self._desk, name, partial(self._open, path), self._published, found)
            self._watched.note(_storable(path), state)
        self._before = now
        return found

    def _open(self, path: Path) -> Opened:
        raw = contents(path, self._desk.settings)
        return self._desk.open_file(raw, _storable(Path(path.name)))

    def _files(self) -> Iterator[tuple[Path, State]]:
        for folder, folders, names in os.walk(self._folder):
            folders[:] = [name for name in folders if not name.startswith(_PASSING_STARTS)]
            for name in names:
                path = Path(folder, name)
                if name.startswith(_PASSING_STARTS) or name.lower().endswith(_PASSING_ENDS):
                    continue
                try:
                    # A link could lead to any file of the machine, or to a device without end.
                    if path.is_symlink() or not path.is_file():
                        continue
                    stat = path.stat()
                except OSError:  # gone since, or not ours to see: the next look tells
                    continue
                yield path, State(stat.st_size, stat.st_mtime_ns)


def _storable(path: Path) -> str:
    """The path as text that a database holds, whatever bytes the file system has for it."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")
