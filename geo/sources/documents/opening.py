"""One file of any kind into the documents that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from geo.errors import DataError, GeoError, LimitError
from geo.settings import Settings
from geo.sources.documents import archive, language, mail, page, pdf, plain, rows, word
from geo.sources.documents.archive import Room
from geo.sources.documents.document import SUFFIXES, Document, Failure, Opened
from geo.sources.text import MOST_FACT_CHARS, check_length, likely
from geo.sources.web.addresses import is_link


def open_file(
    raw: bytes, name: str, settings: Settings, url: str = "", charset: str = ""
) -> Opened:
    """Everything that a file holds, by the ending of its name.

    A part that cannot be read is listed among the failures and costs the others nothing. `url` and
    `charset` are what is known of a page. Raises DataError or LimitError where the file as a whole
    cannot be read.
    """
    return _short_enough(_opened(raw, name, Room(settings), url, charset), settings)


def _short_enough(found: Opened, settings: Settings) -> Opened:
    """Without the documents that are too long, alone or all together, which become failures."""
    documents, failures, chars = [], list(found.failures), 0
    for one in found.documents:
        try:
            check_length(one.text, one.name, settings)
            if chars + len(one.text) > settings.max_file_chars:
                raise LimitError(
                    f"{one.name}: with what stands before it, the file has more than "
                    f"{settings.max_file_chars:,} characters; split it, or let "
                    "DATELINE_MAX_FILE_CHARS raise the limit"
                )
        except LimitError as error:
            failures.append(Failure(one.name, str(error)))
        else:
            chars += len(one.text)
            documents.append(one)
    return Opened(tuple(documents), tuple(failures))


def _opened(
    raw: bytes, name: str, room: Room, url: str = "", charset: str = "", depth: int = 0
) -> Opened:
    """The same for a file that lies so deep in others."""
    settings = room.settings
    suffix = PurePosixPath(archive.plain_name(name)).suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{name} is of a kind that is not read; these are: {' '.join(SUFFIXES)}")
    if len(raw) > settings.max_file_bytes:
        raise LimitError(
            f"{name} has more than {settings.max_file_bytes:,} bytes; "
            "DATELINE_MAX_FILE_BYTES raises the limit"
        )
    if not raw.strip():
        raise DataError(f"{name} is empty")
    if suffix == ".zip":
        found = _parts(archive.members(raw, name, room), room, depth)
    elif suffix == ".eml":
        found = _mail(raw, name, room, depth)
    else:
        found = _KINDS[suffix](raw, name, room, url, charset)
    if not found.documents and not found.failures:
        raise DataError(f"{name} holds no article")
    return Opened(tuple(_finished(one) for one in found.documents), found.failures)


def _finished(document: Document) -> Document:
    """The document with its language told, and no fact that cannot be one."""
    return replace(
        language.told(document), published=likely(document.published),
        title=document.title[:MOST_FACT_CHARS],
        publisher=document.publisher[:MOST_FACT_CHARS],
        url=document.url if is_link(document.url) else "",
    )  # fmt: skip


def _one(document: Document) -> Opened:
    return Opened((document,))


_Open = Callable[[bytes, str, Room, str, str], Opened]
_PAGE: _Open = lambda raw, name, _, url, charset: _one(  # noqa: E731
    page.document(raw, name, url=url, charset=charset)
)
_KINDS: dict[str, _Open] = {
    ".txt": lambda raw, name, room, *_: _one(plain.text_file(raw, name, room.settings)),
    ".md": lambda raw, name, room, *_: _one(plain.markdown_file(raw, name, room.settings)),
    ".html": _PAGE,
    ".htm": _PAGE,
    ".pdf": lambda raw, name, room, *_: _one(pdf.document(raw, name, room.settings)),
    ".docx": lambda raw, name, room, *_: _one(word.document(raw, name, room)),
    ".csv": lambda raw, name, room, *_: rows.csv_file(raw, name, room.settings),
    ".xlsx": lambda raw, name, room, *_: rows.excel_file(raw, name, room.settings, room),
    ".json": lambda raw, name, room, *_: rows.json_file(raw, name, room.settings),
    ".jsonl": lambda raw, name, room, *_: rows.json_lines(raw, name, room.settings),
}


def _parts(parts: Iterable[tuple[str, bytes | DataError]], room: Room, depth: int) -> Opened:
    documents: list[Document] = []
    failures: list[Failure] = []
    for shown, content in parts:
        try:
            if isinstance(content, DataError):
                raise content
            if depth >= room.settings.max_nested:
                raise LimitError(
                    f"{shown} lies more than {room.settings.max_nested} deep in other files; "
                    "unpack it first, or let DATELINE_MAX_NESTED raise the limit"
                )
            inner = _opened(content, shown, room, depth=depth + 1)
            documents += inner.documents
            failures += inner.failures
        except GeoError as error:
            failures.append(Failure(shown, str(error)))
    return Opened(tuple(documents), tuple(failures))


def _mail(raw: bytes, name: str, room: Room, depth: int) -> Opened:
    message = mail.message(raw, name)
    try:
        carried = _parts(mail.attachments(message, name, room), room, depth)
    except LimitError as error:  # too many, which takes nothing from the message's own text
        carried = Opened(failures=(Failure(name, str(error)),))
    try:
        own = mail.document(message, name)
    except DataError as error:
        return Opened(carried.documents, (Failure(name, str(error)), *carried.failures))
    if own is None and not carried.documents and not carried.failures:
        raise DataError(f"{name} holds no text")
    return Opened(((own,) if own else ()) + carried.documents, carried.failures)
