"""Every setting in one frozen record, read from the environment once and passed on."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from geo.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


DEFAULT_MIN_CONFIDENCE = 0.4  # of mentions surer than this, more than half are right


def _user_cache_dir() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "dateline"


def _setting(default: Any, env: str, meaning: str) -> Any:
    return field(default=default, metadata={"env": env, "meaning": meaning})


_WORDS = {"log_format": ("text", "json"), "log_level": ("debug", "info", "warning", "error")}
_ABOVE_ZERO = (
    "max_article_chars", "max_file_bytes", "max_documents", "max_map_features",
    "max_map_file_events", "cache_days",
    "gazetteer_download_s", "max_gazetteer_bytes", "max_gazetteer_rows", "fetch_s",
    "max_fetch_bytes", "parse_s", "max_parse_bytes", "max_unpacked_bytes", "max_file_chars",
    "max_zip_members",
    "max_pdf_pages", "max_table_articles", "max_feeds", "max_feed_entries", "feed_interval_s",
    "feed_attempts", "max_import_bytes", "max_import_rows", "max_import_columns",
    "max_import_errors", "api_per_minute",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user may change; each field names its environment variable and its meaning.

    Raises SettingsError (from `from_env`) for a value that cannot be read.
    """

    data_dir: Path = _setting(
        ROOT / "data", "DATELINE_DATA_DIR", "shipped tables: codebook, countries, places, articles"
    )
    local_dir: Path = _setting(
        ROOT / "data" / "local",
        "DATELINE_LOCAL_DIR",
        "what this machine adds: database, snapshot, own regions",
    )
    cache_dir: Path = _setting(
        _user_cache_dir(),
        "DATELINE_CACHE_DIR",
        "the gazetteer index, rebuilt when its sources change",
    )
    database_url: str = _setting(
        "", "DATABASE_URL", "SQLAlchemy address of the store; empty means SQLite in local_dir"
    )
    codebook: Path = _setting(
        ROOT / "data" / "codebook.yaml", "DATELINE_CODEBOOK", "event types, colours, triggers"
    )
    min_confidence: float = _setting(
        DEFAULT_MIN_CONFIDENCE,
        "DATELINE_MIN_CONFIDENCE",
        "mentions below this (0 to 1) are listed but not located",
    )
    max_article_chars: int = _setting(
        2_000_000, "DATELINE_MAX_ARTICLE_CHARS", "longer articles are refused (characters)"
    )
    max_file_bytes: int = _setting(
        20_000_000,
        "DATELINE_MAX_FILE_BYTES",
        "longer input files of one article are refused (bytes)",
    )
    max_documents: int = _setting(
        10_000_000, "DATELINE_MAX_DOCUMENTS", "rows read of one JSON Lines or Parquet file at most"
    )
    max_map_features: int = _setting(
        500, "DATELINE_MAX_MAP_FEATURES", "rings drawn at once; the rest is counted in words"
    )
    user: str = _setting("", "DATELINE_USER", "name that corrections are signed with; any, or none")
    max_map_file_events: int = _setting(
        5_000, "DATELINE_MAX_MAP_FILE_EVENTS", "maps in one file of more events are refused"
    )
    log_format: str = _setting(
        "text", "DATELINE_LOG_FORMAT", "`text` for people, `json` for one object a line"
    )
    log_level: str = _setting(
        "warning", "DATELINE_LOG_LEVEL", "least that is logged: debug, info, warning or error"
    )
    cache_days: int = _setting(
        90, "DATELINE_CACHE_DAYS", "how long an online geocoder's answer is kept (days)"
    )
    nominatim_user_agent: str = _setting(
        "", "DATELINE_NOMINATIM_USER_AGENT", "set to turn the online geocoder on; names you to it"
    )
    nominatim_url: str = _setting(
        "https://nominatim.openstreetmap.org", "DATELINE_NOMINATIM_URL", "which Nominatim to ask"
    )
    nominatim_interval_s: float = _setting(
        1.1,
        "DATELINE_NOMINATIM_INTERVAL_S",
        "least time between two requests (seconds), all processes",
    )
    nominatim_timeout_s: float = _setting(
        10.0, "DATELINE_NOMINATIM_TIMEOUT_S", "longest wait for one answer (seconds)"
    )
    gazetteer_url: str = _setting(
        "https://download.geonames.org/export/dump",
        "DATELINE_GAZETTEER_URL",
        "where `gazetteer add` downloads GeoNames files from",
    )
    gazetteer_download_s: float = _setting(
        3600.0, "DATELINE_GAZETTEER_DOWNLOAD_S", "longest download of one such file (seconds)"
    )
    max_gazetteer_bytes: int = _setting(
        2_000_000_000,
        "DATELINE_MAX_GAZETTEER_BYTES",
        "longer GeoNames files are refused (bytes, packed or unpacked)",
    )
    max_gazetteer_rows: int = _setting(
        20_000_000, "DATELINE_MAX_GAZETTEER_ROWS", "GeoNames files with more lines are refused"
    )

    fetch_user_agent: str = _setting(
        "", "DATELINE_FETCH_USER_AGENT", "how links and feeds are asked; empty names Dateline"
    )
    fetch_hosts: str = _setting(
        "",
        "DATELINE_FETCH_HOSTS",
        "hosts (host or host:port, comma between) fetched although not public, e.g. an intranet's",
    )
    fetch_s: float = _setting(
        20.0, "DATELINE_FETCH_S", "longest fetch of one link, redirects included (seconds)"
    )
    max_fetch_bytes: int = _setting(
        20_000_000, "DATELINE_MAX_FETCH_BYTES", "longer pages and feeds are refused (bytes)"
    )
    parse_s: float = _setting(
        30.0, "DATELINE_PARSE_S", "longest taking apart of one file (seconds)"
    )
    max_parse_bytes: int = _setting(
        1_500_000_000,
        "DATELINE_MAX_PARSE_BYTES",
        "most memory for taking a file apart (bytes; not on Windows)",
    )
    max_unpacked_bytes: int = _setting(
        200_000_000,
        "DATELINE_MAX_UNPACKED_BYTES",
        "zip, Word and Excel files that unpack to more are refused, with all in them (bytes)",
    )
    max_file_chars: int = _setting(
        20_000_000,
        "DATELINE_MAX_FILE_CHARS",
        "articles of one file beyond this are left out, which is said (characters)",
    )
    max_zip_members: int = _setting(
        1_000,
        "DATELINE_MAX_ZIP_MEMBERS",
        "zip files and mails that carry more are refused, with all in them (files)",
    )
    max_nested: int = _setting(
        3, "DATELINE_MAX_NESTED", "files that lie deeper than this in other files are refused"
    )
    max_pdf_pages: int = _setting(
        500, "DATELINE_MAX_PDF_PAGES", "pages read of a PDF; the rest is left out, which is said"
    )
    max_table_articles: int = _setting(
        10_000, "DATELINE_MAX_TABLE_ARTICLES", "tables of more articles are refused (rows)"
    )
    max_feeds: int = _setting(2_000, "DATELINE_MAX_FEEDS", "lists that name more feeds are refused")
    max_feed_entries: int = _setting(
        2_000, "DATELINE_MAX_FEED_ENTRIES", "entries taken from one answer of a feed"
    )
    feed_interval_s: float = _setting(
        1_800.0, "DATELINE_FEED_INTERVAL_S", "time between two looks at a feed (seconds)"
    )
    feed_attempts: int = _setting(
        5, "DATELINE_FEED_ATTEMPTS", "how often an entry's page is asked for before it is given up"
    )
    host_interval_s: float = _setting(
        1.0, "DATELINE_HOST_INTERVAL_S", "least time between two requests to one host (seconds)"
    )
    max_import_bytes: int = _setting(
        2_000_000_000,
        "DATELINE_MAX_IMPORT_BYTES",
        "longer data sets are refused (bytes, of a workbook unpacked)",
    )
    max_import_rows: int = _setting(
        5_000_000, "DATELINE_MAX_IMPORT_ROWS", "data sets of more rows are refused"
    )
    max_import_columns: int = _setting(
        500, "DATELINE_MAX_IMPORT_COLUMNS", "data sets of more columns are refused"
    )
    max_import_errors: int = _setting(
        100_000,
        "DATELINE_MAX_IMPORT_ERRORS",
        "rows in error that are listed for a data set; all are counted",
    )
    hosts: str = _setting(
        "", "DATELINE_HOSTS",
        "names it answers to, with commas between; none: this machine's own where it listens there "
        "alone, else any",
    )  # fmt: skip
    api_token: str = _setting(
        "", "DATELINE_API_TOKEN", "set to let other programs post articles and read events"
    )
    api_per_minute: int = _setting(
        120, "DATELINE_API_PER_MINUTE", "requests of other programs answered in a minute"
    )
    max_redirects: int = _setting(5, "DATELINE_MAX_REDIRECTS", "redirects followed from one link")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.local_dir / 'dateline.db'}"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from environment variables; unset or empty ones keep their default."""
        source = os.environ if env is None else env
        values: dict[str, object] = {}
        for entry in fields(cls):
            text = source.get(entry.metadata["env"], "")
            if not text:
                continue
            kind: Callable[[str], Any] = type(entry.default)
            try:
                values[entry.name] = (
                    Path(text).expanduser() if isinstance(entry.default, Path) else kind(text)
                )
            except ValueError as error:
                wanted = type(entry.default).__name__
                raise SettingsError(
                    f"{entry.metadata['env']}={text!r} cannot be read as {wanted}"
                ) from error
        settings = cls(**values)  # type: ignore[arg-type]
        if not 0 <= settings.min_confidence <= 1:
            raise SettingsError(
                f"DATELINE_MIN_CONFIDENCE={settings.min_confidence} must lie between 0 and 1"
            )
        for name, known in _WORDS.items():
            if getattr(settings, name) not in known:
                raise SettingsError(
                    f"DATELINE_{name.upper()}={getattr(settings, name)!r} must be one of "
                    f"{', '.join(known)}"
                )
        for name in _ABOVE_ZERO:
            if getattr(settings, name) <= 0:
                raise SettingsError(f"{name} must be above 0")
        return settings
