"""One tree of errors that pages, the command line and geopy users can catch.

GeoError
├── SettingsError        a setting has a value that cannot be used
├── DataError            a file or table does not have the shape the code needs
│   ├── MissingColumnError
│   ├── CodebookError    the codebook is wrong; says where
│   ├── LimitError       an outside number is above its documented limit
│   └── NotTextError     the bytes are no text in any encoding that was tried
├── GazetteerError       the index is missing, stale or damaged
├── BadQueryError        the text or coordinates to look up cannot be used
├── DownloadError        a file or page could not be fetched
│   └── RefusedError     a link that is never followed: not public, not http, robots.txt says no
├── ProviderError        an online geocoder failed; nothing was learnt about the name
├── WorkerError          processes that were to read articles cannot: none, too old, or dying
└── StoreError           the database could not be read or written

No match is an answer (None), not an error.
"""

from geopy.exc import GeocoderQueryError, GeocoderServiceError


class GeoError(Exception):
    """Base of every error raised here on purpose; pages catch this one."""


class SettingsError(GeoError, ValueError):
    """A setting has a value that cannot be used; the message names the setting."""


class DataError(GeoError, ValueError):
    """A table or file does not have the shape the code needs."""


_COLUMNS_SHOWN = 40


class MissingColumnError(DataError):
    """A table lacks columns; `missing` and `found` hold the facts."""

    def __init__(self, name: str, missing: list[str], found: list[str]) -> None:
        lacks, has = ", ".join(missing), ", ".join(found[:_COLUMNS_SHOWN])
        more = len(found) - _COLUMNS_SHOWN
        super().__init__(
            f"{name}: missing column(s) {lacks}; the table has {has}"
            + (f" and {more} more" if more > 0 else "")
        )
        self.missing, self.found = missing, found


class CodebookError(DataError):
    """The codebook cannot be used; the message names the file, the entry and the mend."""


class LimitError(DataError):
    """Input is larger than a limit allows; the message names the setting that raises it."""


class NotTextError(DataError):
    """Bytes are no text in any encoding that was tried."""


class GazetteerError(GeoError):
    """The gazetteer index is missing, stale or damaged; the message says how to build it."""


class BadQueryError(GeoError, GeocoderQueryError):  # the second is geopy's
    """The name or the coordinates to look up are empty, not text, or out of range."""


class DownloadError(GeoError):
    """A file could not be fetched; the message says why, and whether asking again resumes it.

    `status` is the HTTP status where there was one, `retry_after_s` is set where the server said
    how long to wait.
    """

    def __init__(
        self, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.retry_after_s = status, retry_after_s


class RefusedError(DownloadError):
    """A link that may not be followed; nothing was asked, and asking again changes nothing."""


class ProviderError(GeoError, GeocoderServiceError):  # the second is geopy's
    """An online geocoder failed; `retry_after_s` is set where it said how long to wait."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class WorkerError(GeoError):
    """Processes that were to read articles cannot; what was saved before stays saved."""


class StoreError(GeoError):
    """The database could not be read or written; nothing was saved."""


def unforeseen(error: BaseException) -> str:
    """A mistake of ours in words: what kind, and the line of code that it came from.

    Without its message, which may quote the text that was being read.
    """
    trace = error.__traceback__
    if trace is None:
        return f"could not be read ({type(error).__name__})"
    while trace.tb_next is not None:
        trace = trace.tb_next
    where = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f"could not be read ({type(error).__name__} at {where}:{trace.tb_lineno})"
