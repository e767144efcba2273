"""Word documents (.docx), by python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from lxml.etree import LxmlError

from geo.errors import DataError
from geo.sources.documents import archive
from geo.sources.documents.archive import Room
from geo.sources.documents.document import Document


def document(raw: bytes, name: str, room: Room) -> Document:
    """The paragraphs and table cells of a Word document, in order.

    Raises DataError for a file that is damaged, LimitError for one that unpacks to too much.
    """
    archive.check_size(raw, name, room)
    try:
        opened = docx.Document(io.BytesIO(raw))
        body = "\n\n".join(line for line in _lines(opened) if line.strip())
        about = opened.core_properties
        title, made = about.title or "", about.created
    except (PackageNotFoundError, LxmlError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DataError(f"{name} is no Word document that can be read ({error})") from error
    if not body:
        raise DataError(f"{name} holds no text")
    remarks = ("the date is the day on which the file was made",) if made else ()
    return Document(
        name=name, text=body, title=title.strip(), published=made.date() if made else None,
        remarks=remarks,
    )  # fmt: skip


def _lines(opened: WordDocument) -> Iterator[str]:
    for block in opened.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                # A merged cell is given once for each column that it spans.
                yield "; ".join(dict.fromkeys(cell.text.strip() for cell in row.cells))
        else:
            yield block.text
