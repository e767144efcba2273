"""Zip files: what they hold, within limits, without ever writing to the disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from geo.errors import DataError, LimitError
from geo.settings import Settings


@dataclass(slots=True)
class Room:
    """What one file may hold, counted together with all that lies in files inside it."""

    settings: Settings
    members: int = 0
    unpacked_bytes: int = 0

    def take(self, name: str, members: int, unpacked_bytes: int = 0) -> None:
        """Count what `name` holds. Raises LimitError where it is too much, and counts nothing."""
        members += self.members
        unpacked_bytes += self.unpacked_bytes
        before = " with what was unpacked before it" if self.members else ""
        most, most_bytes = self.settings.max_zip_members, self.settings.max_unpacked_bytes
        if members > most:
            raise LimitError(
                f"{name} holds {members:,} files{before}, more than {most:,}; "
                "DATELINE_MAX_ZIP_MEMBERS raises the limit"
            )
        if unpacked_bytes > most_bytes:
            raise LimitError(
                f"{name} unpacks to {unpacked_bytes:,} bytes{before}, more than {most_bytes:,}; "
                "DATELINE_MAX_UNPACKED_BYTES raises the limit"
            )
        self.members, self.unpacked_bytes = members, unpacked_bytes


def check_size(raw: bytes, name: str, room: Room) -> zipfile.ZipFile:
    """The open archive, where there is room for what it unpacks to.

    The sizes that it states are believed because zipfile never gives out more than them. Raises
    DataError for a damaged file, LimitError for too many members or too many bytes.
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise DataError(f"{name} is damaged: {error}") from error
    members = opened.infolist()
    room.take(name, len(members), sum(member.file_size for member in members))
    return opened


def members(raw: bytes, name: str, room: Room) -> Iterator[tuple[str, bytes | DataError]]:
    """Each file in an archive, as its name and its bytes or what is wrong with it.

    Names lose their folders: they are shown, never used as paths. Raises as `check_size`.
    """
    with check_size(raw, name, room) as opened:
        for member in opened.infolist():
            shown = f"{name}/{plain_name(member.filename)}"
            if member.is_dir() or _is_clutter(member.filename):
                continue
            if member.flag_bits & 0x1:
                yield shown, DataError(f"{shown} is locked with a password")
            elif member.file_size > room.settings.max_file_bytes:
                yield (
                    shown,
                    LimitError(
                        f"{shown} has more than {room.settings.max_file_bytes:,} bytes; "
                        "DATELINE_MAX_FILE_BYTES raises the limit"
                    ),
                )
            else:
                try:
                    yield shown, opened.read(member)
                except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
                    yield shown, DataError(f"{shown} is damaged: {error}")
                except Exception as error:  # zlib.error and its like are no common class
                    yield shown, DataError(f"{shown} cannot be unpacked ({error})")


def plain_name(name: str) -> str:
    """A file's own name: no folders, no control characters, not too long to show."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(c if c.isprintable() else " " for c in last).strip(". ")
    return shown[-100:] or "unnamed"


def _is_clutter(name: str) -> bool:
    """What macOS and Windows add to archives by themselves."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or parts[-1:] in (("Thumbs.db",), (".DS_Store",), ("desktop.ini",))
