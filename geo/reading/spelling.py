"""Close spelling: an unknown name that is nearly one of the text's own places.

Only names that the text itself has located are tried, and only where a place is expected, so that
no person becomes a village.
"""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein

from geo.gazetteer.names import normalize, romanization_key
from geo.model import Candidate, Mention
from geo.reading import cues
from geo.reading.capitals import capitalised
from geo.reading.toponyms import Finder

_LEAST_LETTERS = 5
_MOST_EDITS = 2
_TRUST = 0.7  # a misspelt name is never surer than this share of the name it stands for


def misspelt(text: str, finder: Finder, mentions: list[Mention]) -> list[Mention]:
    """Mentions of unknown words within two edits of a located name, after a place preposition."""
    known = {
        normalize(mention.surface): mention
        for mention in mentions
        if mention.place is not None
        and mention.form == "name"
        and mention.confidence >= 0.5
        and len(mention.surface) >= _LEAST_LETTERS
    }
    if not known:
        return []
    taken = {position for m in mentions for position in range(m.start, m.end)}
    found = []
    for cap in capitalised(text):
        if len(cap.text) < _LEAST_LETTERS or cap.start in taken:
            continue
        if len(cap.text) > 40 or _is_known(cap.lower, finder):
            continue
        before = text[max(0, cap.start - 16) : cap.start].split()
        if (
            not before
            or before[-1].lower() not in cues.STRONG_PREPOSITIONS | cues.WEAK_PREPOSITIONS
        ):
            continue
        meant = _closest(normalize(cap.text), known)
        if meant is None:
            continue
        confidence = round(meant.confidence * _TRUST, 3)
        assert meant.place is not None
        found.append(
            Mention(
                start=cap.start, end=cap.end, surface=cap.text, form="misspelt",
                place=meant.place, confidence=confidence,
                method=f"close spelling of {meant.surface}, named in this text",
                candidates=(
                    Candidate(meant.place, confidence, ("close spelling",)), *meant.candidates[1:],
                ),
            )
        )  # fmt: skip
    return found


def _is_known(lower: str, finder: Finder) -> bool:
    lists = finder.lists
    if lower in lists.given or lower in lists.surnames or lower in lists.not_places:
        return True
    return bool(finder.gazetteer.hits(normalize(lower))) or finder.gazetteer.word(lower) is not None


def _closest(key: str, known: dict[str, Mention]) -> Mention | None:
    best: tuple[int, str] | None = None
    for name in known:
        allowed = 1 if len(name) < 7 else _MOST_EDITS
        edits = DamerauLevenshtein.distance(key, name, score_cutoff=allowed)
        if edits <= allowed and key[0] == name[0] and (best is None or edits < best[0]):
            best = (edits, name)
    if best is None:
        folded = romanization_key(key)
        return next((m for name, m in known.items() if romanization_key(name) == folded), None)
    return known[best[1]]
