"""How the time of a call grows with its input, without what the rest of the process adds."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def cpu_s(call: Callable[[], object], repeats: int = 2) -> float:
    """Seconds of CPU that `call` takes at its quickest.

    The collector stays off meanwhile: one pass over everything that a test run keeps alive takes
    longer than the calls that are compared.
    """
    took = []
    for _ in range(repeats):
        gc.collect()
        gc.disable()
        try:
            began = time.process_time()
            call()
            took.append(time.process_time() - began)
        finally:
            gc.enable()
    return min(took)
