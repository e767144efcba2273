"""Ask an online geocoder for the names that wait, one at a time and at its permitted rate."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from geo.errors import BadQueryError, ProviderError
from geo.geocoding.nominatim import candidate_of
from geo.pipeline.intake import Progress
from geo.store import Store
from geo.store.questions import Questions

PROVIDER = "Nominatim"
ATTEMPTS = 5
RETRY_S = 60.0  # after the first failure; it doubles with each one
_BATCH = 50


@dataclass(slots=True)
class QueueReport:
    """What a run did. `placed` counts mentions; `failed` names each question and the reason."""

    asked: int = 0
    answered: int = 0
    placed: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def run(
    store: Store, geocoder: Any, progress: Progress | None = None,
    clock: Callable[[], float] = time.time,
) -> QueueReport:  # fmt: skip
    """Ask until nothing is due; what was answered is kept at once, so that a run may be killed.

    geocoder: as `geo.geocoding.chain.open_online` gives it; it keeps the rate for all processes. A
    provider that asks for a pause ends the run. Raises StoreError.
    """
    questions, report = Questions(store.database), QueueReport()
    questions.gather(clock())
    total = questions.counts()["waiting"]
    while batch := questions.due(clock(), _BATCH):
        for question in batch:
            report.asked += 1
            if progress:
                progress(report.asked / max(total, report.asked), question.name)
            try:
                found = geocoder.geocode(
                    question.name, exactly_one=False, country=question.country or None
                )
            except BadQueryError as error:
                questions.failed(question, str(error), None)
                report.failed.append((question.name, str(error)))
                continue
            except ProviderError as error:
                pause_s = max(RETRY_S * 2.0**question.attempts, error.retry_after_s or 0.0)
                last = question.attempts + 1 >= ATTEMPTS
                questions.failed(question, str(error), None if last else clock() + pause_s)
                report.failed.append((question.name, str(error)))
                if error.retry_after_s is not None:
                    return report
                continue
            candidates = [candidate_of(at) for at in found or []]
            report.answered += bool(candidates)
            report.placed += questions.answered(question, candidates, PROVIDER)
    return report
