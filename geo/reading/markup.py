"""Blank the HTML in a text, so that no tag, link or script is read for what it names.

Blanks take the place of what goes, character for character: offsets stay those of the text.
"""

from __future__ import annotations

import re

_BLOCKS = (
    "address|article|aside|blockquote|body|br|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|"
    "head|header|hr|html|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|b|big|button|cite|code|del|em|font|i|iframe|img|input|ins|label|link|mark|meta|"
    "noscript|object|option|picture|q|s|script|select|small|source|span|strike|strong|style|sub|"
    "sup|svg|time|u|video"
)
_TAG = re.compile(rf"</?(?:(?P<block>{_BLOCKS})|{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_UNREAD = re.compile(r"<(script|style|noscript|svg)(?:\s[^<>]*)?>|<!--", re.IGNORECASE)
_INK = re.compile(r"[^\n]")


def without_markup(text: str) -> str:
    """The text with every HTML tag, comment, script and style as blanks of the same length."""
    if "<" not in text or ">" not in text:
        return text
    return _TAG.sub(_blank_tag, _without_unread(text))


def _blank_tag(tag: re.Match[str]) -> str:
    blank = _INK.sub(" ", tag.group())
    return f"\n{blank[1:]}" if tag.group("block") else blank


def _without_unread(text: str) -> str:
    """Without comments and the insides of scripts and styles; one that never ends is left."""
    kept, at, lower = [], 0, ""
    endless: set[str] = set()
    for opening in _UNREAD.finditer(text):
        ending = f"</{opening.group(1).lower()}" if opening.group(1) else "-->"
        if opening.start() < at or ending in endless:
            continue
        lower = lower or text.lower()
        stop = lower.find(ending, opening.end()) if len(lower) == len(text) else -1
        if stop < 0:
            endless.add(ending)
            continue
        stop += len("-->") if ending == "-->" else 0
        kept += [text[at : opening.start()], _INK.sub(" ", text[opening.start() : stop])]
        at = stop
    return "".join([*kept, text[at:]])
