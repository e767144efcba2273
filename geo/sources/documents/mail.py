"""Mail messages (.eml): the text of the message, and the files attached to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr

from geo.errors import DataError
from geo.sources import text
from geo.sources.documents import page
from geo.sources.documents.archive import Room, plain_name
from geo.sources.documents.document import Document


def message(raw: bytes, name: str) -> EmailMessage:
    """A message taken apart. Raises DataError where it is none."""
    try:
        found = message_from_bytes(raw, policy=policy.default)
    except (ValueError, RecursionError, LookupError) as error:
        raise DataError(f"{name} is no mail message that can be read ({error})") from error
    if not isinstance(found, EmailMessage) or not found.keys():
        raise DataError(f"{name} is no mail message: it has no headers")
    return found


def document(found: EmailMessage, name: str) -> Document | None:
    """The message's own text, or None where it only carries files."""
    with suppress(KeyError, LookupError, ValueError, AttributeError):
        part = found.get_body(("plain", "html"))
        if part is not None:
            return _of(found, part, name)
    return None


def _of(found: EmailMessage, part: Message, name: str) -> Document | None:
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    title, day = _header(found, "subject"), _day(found)
    publisher = "".join(parseaddr(_header(found, "from"))[:1]) or ""
    if part.get_content_subtype() == "html":
        html = page.document(raw, name, charset=part.get_content_charset() or "")
        return Document(
            name=name, text=html.text, title=title or html.title, published=day or html.published,
            publisher=publisher or html.publisher,
        )  # fmt: skip
    body = text.plain(page.decode(raw, part.get_content_charset() or "")).strip()
    if not body:
        return None
    return Document(name=name, text=body, title=title, published=day, publisher=publisher)


def attachments(found: EmailMessage, name: str, room: Room) -> Iterator[tuple[str, bytes]]:
    """Files that the message carries, messages included. Raises LimitError for too many."""
    parts = list(found.iter_attachments())
    room.take(name, len(parts))
    for number, part in enumerate(parts):
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            if part.get_content_type() == "message/rfc822":
                yield f"{name}/{number + 1}.eml", inner[0].as_bytes()
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield f"{name}/{plain_name(part.get_filename() or str(number + 1))}", content


def _header(found: EmailMessage, key: str) -> str:
    with suppress(ValueError, IndexError, LookupError, AttributeError):
        return text.plain(str(found.get(key, ""))).replace("\n", " ").strip()
    return ""


def _day(found: EmailMessage) -> date | None:
    with suppress(ValueError, IndexError, AttributeError, TypeError):
        moment = found["date"].datetime
        return date(moment.year, moment.month, moment.day)
    return None
