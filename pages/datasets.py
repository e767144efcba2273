"""The import page: coded data sets in, with what becomes of their rows, and out again."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from geo.errors import GeoError
from geo.export import row_errors
from geo.model import DATASET_KINDS, Dataset, ReportedRows
from geo.pipeline import datasets
from geo.sources.datasets import Source, open_source
from geo.sources.datasets.mapped import FIELDS, REQUIRED
from pages import common, filters, strings, undo

PREVIEW_ROWS = 8
CELL_CHARS = 120
ERRORS_NAMED = 10


def _upload() -> None:
    """Choose a file, see how it is read and what it becomes, and take it in."""
    turn = st.session_state.get("import-turn", 0)  # an import empties the upload
    with st.container(horizontal=True):
        file = st.file_uploader(
            strings.IMPORT_FILE, type=["csv", "tsv", "txt", "xlsx", "geojson", "json"],
            key=f"import-file-{turn}", max_upload_size=_most_mb(),
        )  # fmt: skip
        labels = st.file_uploader(
            strings.IMPORT_LABELS, type=["csv"], key=f"import-labels-{turn}",
            max_upload_size=_most_mb(), help=strings.IMPORT_LABELS_HELP,
        )  # fmt: skip
    kept = _on_disk([one for one in (file, labels) if one])
    if file is None:
        return
    try:
        more = kept[labels.file_id].path if labels else None
        source = _source(kept[file.file_id].path, more, file.file_id)
        if _show_preview(source) and st.button(
            strings.IMPORT_START, type="primary", key="import-start",
            icon=":material/upload_file:",
        ):  # fmt: skip
            _import(source)
    except GeoError as error:
        common.show_error(error)


def _most_mb() -> int:
    return max(1, common.settings().max_import_bytes // 1_000_000)


class _Upload:
    """An upload on disk, by its own name without any folder that it may hold; gone with this."""

    def __init__(self, file: UploadedFile) -> None:
        folder = tempfile.mkdtemp(prefix="dateline-import-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.path = Path(folder) / (Path(file.name).name or "upload")
        self.path.write_bytes(file.getbuffer())


def _on_disk(files: Sequence[UploadedFile]) -> dict[str, _Upload]:
    """The session's uploads by id, each written once; what is chosen no more goes."""
    before = st.session_state.get("import-kept", {})
    kept = {file.file_id: before.get(file.file_id) or _Upload(file) for file in files}
    st.session_state["import-kept"] = kept
    return kept


def _source(path: Path, labels: Path | None, file_id: str) -> Source:
    """The file opened as its kind and by the mapping, both of which can be corrected."""
    chosen = st.selectbox(
        strings.IMPORT_KIND, ["", *DATASET_KINDS], key=f"import-kind-{file_id}",
        format_func=lambda kind: strings.DATASET_KINDS[kind],
    )  # fmt: skip
    source = open_source(path, common.settings(), kind=chosen, labels=labels)
    guessed = strings.IMPORT_GUESSED if source.guessed else strings.IMPORT_CHOSEN
    named = strings.DATASET_KINDS[source.importer.kind]
    said = guessed.format(kind=named, said=source.table.said)
    st.html(f'<p class="dl-muted">{common.safe(said)}</p>')
    if not source.mapping and source.importer.kind not in ("table", "geojson"):
        return source
    columns = list(dict.fromkeys(["", *source.table.header]))
    complete = set(REQUIRED) <= set(source.mapping)
    with st.expander(strings.IMPORT_MAPPING, expanded=not complete):
        st.caption(strings.IMPORT_MAPPING_HELP)
        grid = st.columns(3)
        mapping = {
            field: grid[n % 3].selectbox(
                strings.IMPORT_FIELDS.get(field, field), columns,
                index=columns.index(source.mapping.get(field, "")),
                key=f"import-{field}-{file_id}-{source.importer.kind}",
                format_func=lambda column: common.option(column) or strings.IMPORT_NO_COLUMN,
            )
            for n, field in enumerate(field for field in FIELDS if field != "event_id")
        }  # fmt: skip
    mapping["event_id"] = source.mapping.get("event_id", "")
    return open_source(path, common.settings(), kind=chosen, labels=labels, mapping=mapping)


def _show_preview(source: Source) -> bool:
    """The first rows, and what they become; whether there is a row that can be used."""
    given, rows = datasets.preview(source, common.gazetteer(), common.codebook(), PREVIEW_ROWS)
    st.html(f'<div class="dl-head">{common.safe(strings.IMPORT_ROWS)}</div>')
    cut = given.drop(columns="line").map(lambda cell: str(cell)[:CELL_CHARS])
    st.dataframe(cut, hide_index=True, key="import-given", alt=strings.IMPORT_ROWS)
    st.html(f'<div class="dl-head">{common.safe(strings.IMPORT_BECOMES)}</div>')
    st.dataframe(becomes(rows), hide_index=True, key="import-becomes", alt=strings.IMPORT_BECOMES,
                 placeholder="")  # fmt: skip
    if rows.errors:
        st.warning(_errors(rows))
    return len(rows.events) > 0


def _errors(rows: ReportedRows) -> str:
    """Which of the first rows cannot be used, and why: a list in Markdown."""
    head = strings.IMPORT_FIRST_ERRORS.format(n=f"{len(rows.errors):,}", rows=f"{rows.rows:,}")
    named = [
        strings.IMPORT_ERROR_LINE.format(line=error.line, reason=error.reason)
        for error in rows.errors[:ERRORS_NAMED]
    ]
    if left := len(rows.errors) - len(named):
        named.append(strings.IMPORT_MORE_ERRORS.format(n=f"{left:,}"))
    return "\n".join([common.label(head), "", *(f"- {common.label(one, 200)}" for one in named)])


def becomes(rows: ReportedRows) -> pd.DataFrame:
    """The first events that rows become, as a reader sees them."""
    events = rows.events.head(PREVIEW_ROWS)
    where: dict[int, list[str]] = {}
    for link in rows.links[rows.links["event"] < len(events)].itertuples():
        place = rows.places[int(link.place)]
        where.setdefault(int(link.event), []).append(f"{place.name} ({common.kind(place.kind)})")
    return pd.DataFrame(
        {
            strings.COLUMN_TYPE: events["type"].to_numpy(),
            strings.COLUMN_SUBTYPE: events["subtype"].to_numpy(),
            strings.COLUMN_FROM: events["date_start"].dt.date.to_numpy(),
            strings.COLUMN_TO: events["date_end"].dt.date.to_numpy(),
            strings.COLUMN_WHERE: [", ".join(where.get(n, ())) for n in range(len(events))],
            strings.COLUMN_KILLED: events["fatalities_low"].to_numpy(),
            strings.IMPORT_NOTES: events["notes"].str.slice(0, CELL_CHARS).to_numpy(),
        }
    )


def _import(source: Source) -> None:
    """Take it in with a progress bar, and keep the result for the next run of the page."""
    bar = st.progress(0.0, text=strings.IMPORT_RUNNING)

    def progress(done: float, label: str) -> None:
        bar.progress(min(1.0, done), text=f"{strings.IMPORT_RUNNING} {common.label(label)}")

    report = datasets.import_dataset(
        source, common.store(), common.gazetteer(), common.codebook(), common.settings(),
        progress=progress,
    )  # fmt: skip
    st.session_state["import-turn"] = st.session_state.get("import-turn", 0) + 1
    said = strings.IMPORT_UNCHANGED if report.unchanged else strings.IMPORT_DONE
    dataset = report.dataset
    st.session_state["imported"] = common.label(
        said.format(
            name=dataset.name, added=f"{report.added:,}", known=f"{dataset.rows_known:,}",
            failed=f"{dataset.rows_failed:,}", rows=f"{dataset.rows_read:,}",
        ),
        400,
    )  # fmt: skip
    st.rerun()


def _list() -> None:
    """Every data set with what it holds, its rows in error, and the way out."""
    st.html(f'<div class="dl-head">{common.safe(strings.IMPORT_LIST)}</div>')
    found = [entry for entry in common.store().datasets() if entry[0].state != "removed"]
    if not found:
        st.html(f'<p class="dl-muted">{common.safe(strings.IMPORT_NONE)}</p>')
    for dataset, events in found:
        with st.container(border=True):
            _entry(dataset, events)


def _entry(dataset: Dataset, events: int) -> None:
    counts = strings.IMPORT_COUNTS.format(
        events=common.plural(events, strings.EVENTS_ONE, strings.EVENTS_MANY),
        rows=f"{dataset.rows_read:,}", failed=f"{dataset.rows_failed:,}",
        known=f"{dataset.rows_known:,}",
    )  # fmt: skip
    kind = strings.DATASET_KINDS.get(dataset.kind, dataset.kind)
    when = common.day(dataset.imported.date() if dataset.imported else None)
    state = "" if dataset.state == "complete" else strings.IMPORT_STOPPED
    parts = [part for part in (kind, when, counts, state) if part]
    st.html(
        f"<p><b><bdi>{common.safe(dataset.name, 120)}</bdi></b></p>"
        f'<p class="dl-muted">{common.safe(" · ".join(parts))}</p>'
        f'<p class="dl-note"><bdi>{common.safe(dataset.licence, 300)}</bdi></p>'
    )
    with st.container(horizontal=True):
        if dataset.rows_failed:
            st.download_button(
                strings.IMPORT_ERRORS, lambda: row_errors.write(
                    common.store().row_errors(dataset.id)
                ),
                f"{Path(dataset.filename).stem}-errors.csv", "text/csv",
                key=f"errors-{dataset.id}", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
        with st.popover(strings.IMPORT_REMOVE, icon=":material/delete:", key=f"ask-{dataset.id}"):
            st.write(strings.IMPORT_REMOVE_ASK.format(n=f"{events:,}"))
            st.button(
                strings.IMPORT_REMOVE_YES, key=f"remove-{dataset.id}", type="primary",
                on_click=_remove, args=(dataset,),
            )  # fmt: skip


def _remove(dataset: Dataset) -> None:
    """A button's callback."""
    st.session_state.pop("imported", None)
    store = common.store()
    if dataset.state != "complete":  # what was stopped is seen by nobody
        store.delete_dataset(dataset.id)
        return
    try:
        store.set_dataset_aside(dataset.id)
    except GeoError as error:  # another process has removed it
        undo.fail(error)
        return
    said = strings.IMPORT_REMOVED.format(name=dataset.name)
    undo.offer(said, lambda: _bring_back(dataset.id))


def _bring_back(dataset_id: str) -> None:
    common.store().finish_dataset(dataset_id)


def show() -> None:
    """Draw the page."""
    undo.bar()
    filters.style()
    st.html(
        f'<p class="dl-title" role="heading" aria-level="1">{common.safe(strings.PAGE_IMPORT)}</p>'
        f'<p class="dl-muted">{common.safe(strings.IMPORT_HINT)}</p>'
    )
    if st.session_state.get("imported"):
        st.success(st.session_state["imported"])
    _upload()
    _list()


show()
