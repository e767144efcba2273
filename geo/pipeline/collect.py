"""Links and files through the desk: the good ones kept, the bad ones named."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from geo.errors import GeoError, unforeseen
from geo.pipeline.desk import Desk, Outcome
from geo.pipeline.inputs import dated
from geo.pipeline.intake import Progress
from geo.sources.documents.document import Opened

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Collected:
    """What became of each story; `failed` names the reason of every one that was not read."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def saved(self) -> int:
        """Stories that are new, or have changed."""
        return self.outcomes["new"] + self.outcomes["version"]

    @property
    def unchanged(self) -> int:
        """Stories that were there already."""
        return self.outcomes["known"] + self.outcomes["copy"]


def collect(
    desk: Desk, name: str, opening: Callable[[], Opened], published: date | None, into: Collected
) -> bool:
    """Keep all that one file or link holds; False where something of it could not be read.

    `published` is the date of what gives none.
    """
    failed = len(into.failed)
    try:
        opened = opening()
        into.failed += [(name, one.reason) for one in opened.failures]
        for document in opened.documents:
            into.outcomes[desk.keep(dated(document, published)).outcome] += 1
    except GeoError as error:
        into.failed.append((name, str(error)))
    except Exception as error:
        # A mistake of ours in one story must not lose the others.
        reason = unforeseen(error)
        log.error("%s %s", name, reason)
        into.failed.append((name, reason))
    return len(into.failed) == failed


def collect_links(
    desk: Desk, links: Iterable[str], published: date | None, progress: Progress | None = None
) -> Collected:
    """Fetch links, one after the other, and keep their stories."""
    found, wanted = Collected(), list(dict.fromkeys(links))
    for at, link in enumerate(wanted):
        if progress:
            progress(at / len(wanted), link)
        collect(desk, link, partial(desk.open_link, link), published, found)
    return found
