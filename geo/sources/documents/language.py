"""Which language a text is in, where nothing says so: by py3langid, whose model ships with it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from geo.sources.documents.document import Document

_CHARS = 4_000  # enough to tell, little enough to be quick
_LEAST_CHARS = 40  # a headline alone says little


@cache
def _identifier() -> Any:
    import py3langid

    return py3langid


def detect(body: str) -> str:
    """ISO 639-1 code of a text's language, empty where there is too little of it."""
    sample = body.strip()[:_CHARS]
    if len(sample) < _LEAST_CHARS:
        return ""
    code: str = _identifier().classify(sample)[0]
    return code if len(code) == 2 else ""  # its "zxx" is no language: figures, or letters at random


def told(document: Document) -> Document:
    """The document with a language, as far as one can be told."""
    if document.language:
        return document
    return replace(document, language=detect(document.text))
