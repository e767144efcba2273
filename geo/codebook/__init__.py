"""The codebook: event types, their colours, what other typologies call them, and their triggers.

`load_codebook(path)` reads a YAML file whose layout is described at the head of
`data/codebook.yaml`, checks it whole, and returns frozen records. Nothing here reads articles:
`geo.reading.terms` turns the triggers into a lexicon.
"""

from geo.codebook.loading import MAX_BYTES, load_codebook
from geo.codebook.records import (
    GIVEN_GROUPS,
    SPEECH,
    SURFACES,
    Codebook,
    EventSubtype,
    EventType,
    Speech,
    Term,
    Trigger,
    WordGroup,
)

__all__ = [
    "GIVEN_GROUPS",
    "MAX_BYTES",
    "SPEECH",
    "SURFACES",
    "Codebook",
    "EventSubtype",
    "EventType",
    "Speech",
    "Term",
    "Trigger",
    "WordGroup",
    "load_codebook",
]
