"""PDF files, by pypdf."""

from __future__ import annotations

import io
from itertools import islice

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from geo.errors import DataError
from geo.settings import Settings
from geo.sources.documents.document import Document


def document(raw: bytes, name: str, settings: Settings) -> Document:
    """The text of a PDF's pages, the first `max_pdf_pages` of them.

    Raises DataError for a file that is damaged or locked, or that holds pictures of text alone.
    """
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DataError(f"{name} is locked with a password; save it without one")
        parts: list[str] = []
        size = 0
        # Pages are taken one by one: a file that claims a million is never counted through.
        for page in islice(reader.pages, settings.max_pdf_pages + 1):
            parts.append(page.extract_text())
            size += len(parts[-1])
            if size > settings.max_article_chars:
                break
        about = reader.metadata
        title = str(about.title or "") if about else ""
        made = about.creation_date if about else None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # pypdf raises whatever a damaged file trips over.
        raise DataError(f"{name} is no PDF that can be read ({error})") from error
    remarks: list[str] = []
    if len(parts) > settings.max_pdf_pages:
        del parts[settings.max_pdf_pages :]
        remarks.append(
            f"only the first {settings.max_pdf_pages:,} pages were read; "
            "DATELINE_MAX_PDF_PAGES raises the limit"
        )
    body = "\n\n".join(part.strip() for part in parts if part.strip())
    if not body:
        raise DataError(f"{name} holds no text (scanned pages are pictures; run OCR on it first)")
    if made is not None:
        remarks.append("the date is the day on which the file was made")
    return Document(
        name=name, text=body, title=title.strip(), published=made.date() if made else None,
        remarks=tuple(remarks),
    )  # fmt: skip
