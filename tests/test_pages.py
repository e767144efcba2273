"""Each page runs, says what to do where nothing is to be shown, and shows hostile text as text."""

from __future__ import annotations

import csv
import dataclasses
import gc
import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo import pipeline, query
from geo.codebook import load_codebook
from geo.errors import GazetteerError
from geo.gazetteer import index, regions
from geo.model import Article, Candidate, Event, EventPlace, Mention, Place, Reading
from geo.query import EventFilter
from geo.settings import ROOT, Settings
from geo.store import Store, open_store
from geo.store.snapshot import load_snapshot
from geo.store.stories import Stories
from pages import common, details, follow, selection, strings, timeline, tray
from tests.acled_files import CURRENT, acled_row
from tests.readings import BAKHMUT
from tests.reported import DATASET, reported, row

PAGES = ["map", "events", "articles", "add", "feeds", "datasets", "corrections", "places", "about"]
HOSTILE = (
    "{{7*7}} ${alert(1)} `x` </script><script>alert(1)</script> <img src=x onerror=alert(1)> "
    ":red[hot] :material/home: $x^2$ [a](javascript:alert(1)) **b** \u202egnol\u202c \u200f"
)


@pytest.fixture(autouse=True)
def fresh(local_settings: Settings) -> Iterator[None]:
    """No cached resource of another test's settings."""
    st.cache_resource.clear()
    yield
    if common.settings() is not None:
        common.store().close()
    st.cache_resource.clear()


def run(page: str = "map", **params: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
    app.session_state[follow.WAITS_UNTIL] = 0.0  # there is no browser that could report a map
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    if page != "map":
        app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, [error.value for error in app.exception]
    return app


def shown(app: AppTest) -> str:
    """All HTML that the pages wrote."""
    return "\n".join(
        str(element.proto.body) for element in app.get("html") if not _is_style(element)
    )


def _is_style(element: object) -> bool:
    return str(element.proto.body).lstrip().startswith("<style")  # type: ignore[attr-defined]


def no_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "ensure_sample", lambda settings: None)


def test_what_a_page_has_loaded_leaves_the_rounds_of_the_garbage_collector() -> None:
    gc.unfreeze()
    run()
    frozen = gc.get_freeze_count()
    gc.unfreeze()
    assert frozen > 10_000


def test_the_chart_and_the_table_wait_for_the_first_map() -> None:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120).run()
    assert [*app.get("vega_lite_chart"), *app.dataframe] == []
    report(app, 0, {})
    app.run()
    assert app.get("vega_lite_chart")
    assert app.dataframe


def test_first_start_reads_the_sample(local_settings: Settings) -> None:
    app = run()
    assert "Bakhmut" in shown(app)
    store = open_store(local_settings)
    assert len(store.articles()) == 1
    store.close()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_on_the_sample(page: str) -> None:
    app = run(page)
    assert shown(app)


@pytest.mark.parametrize("page", ["map", "events", "articles", "places"])
def test_without_articles_every_page_offers_the_sample(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        no_sample(patch)
        app = run(page)
    assert strings.EMPTY_STORE_TITLE in shown(app)
    assert strings.EMPTY_STORE_EXAMPLE in [code.value for code in app.code]
    app.button(key="read-sample").click().run()
    assert not app.exception
    assert strings.EMPTY_STORE_TITLE not in shown(app)


@pytest.mark.parametrize("page", ["map", "events"])
def test_where_nothing_matches_one_click_shows_everything(page: str) -> None:
    app = run(page, words="zzzzqq")
    app.text_input(key="words").set_value("zzzzqq").run()
    assert strings.EMPTY_FILTER_TITLE in shown(app)
    app.button(key="all").click().run()
    assert strings.EMPTY_FILTER_TITLE not in shown(app)
    assert app.text_input(key="words").value == ""


def test_filters_leave_what_the_query_says(local_settings: Settings) -> None:
    app = run()
    snapshot = load_snapshot(open_store(local_settings), local_settings)
    app.checkbox(key="battles").check().run()
    battles = query.select(snapshot, EventFilter(types=("Battles",)))
    assert f"<b>{len(battles)}</b>" in shown(app)
    app.date_input(key="from").set_value(date(2023, 1, 1)).run()
    late = query.select(snapshot, EventFilter(types=("Battles",), date_from=date(2023, 1, 1)))
    assert f"<b>{len(late)}</b>" in shown(app)
    labels = {box.key: box.label for box in app.checkbox}
    others = query.counts_by_type(snapshot, EventFilter(date_from=date(2023, 1, 1)))
    assert labels["protests"] == f"Protests {others.get('Protests', 0)}"
    assert not any("`" in label for label in labels.values())  # it would be read aloud
    app.button(key="reset").click().run()
    assert f"<b>{len(snapshot.events)}</b>" in shown(app)
    app.slider(key="confidence").set_value(0.6).run()
    sure = query.select(snapshot, EventFilter(min_confidence=0.6))
    assert 0 < len(sure) < len(snapshot.events)
    assert f"<b>{len(sure)}</b>" in shown(app)
    app.button(key="reset").click().run()
    told_by = snapshot.articles["publisher"].iloc[0]
    assert app.multiselect(key="source").options == [told_by]
    app.multiselect(key="source").select(told_by).run()
    assert f"<b>{len(snapshot.events)}</b>" in shown(app)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(None, None, ""), (5, 5, "5 killed"), (30, None, "at least 30 killed"), (0, 0, "none killed"),
     (None, 40, "up to 40 killed"), (20, 1_999, "20–1,999 killed")],
)  # fmt: skip
def test_the_killed_are_told_as_they_are_known(
    low: int | None, high: int | None, said: str
) -> None:
    assert details.killed(low, high) == said


def test_another_region_sends_the_map_there(local_settings: Settings) -> None:
    app = run()
    first = app.session_state["flight"]
    app.checkbox(key="battles").check().run()
    assert app.session_state["flight"] == first
    app.multiselect(key="region").select("UA-65").run()
    turn, south, west, north, east, _ = app.session_state["flight"]
    assert turn > first[0]
    assert 45 < south <= north < 48
    assert 31 < west <= east < 36


def test_a_link_to_a_place_opens_it(local_settings: Settings) -> None:
    app = run()
    snapshot = load_snapshot(open_store(local_settings), local_settings)
    kherson = snapshot.places[
        (snapshot.places["name"] == "Kherson") & (snapshot.places["kind"] == "settlement")
    ]["place_id"].iloc[0]
    app = run(place=str(kherson))
    assert ">Kherson</bdi>" in shown(app)
    assert strings.WHY_HERE in shown(app)
    app.button(key="clear").click().run()
    assert strings.NEWEST_TITLE in shown(app)
    assert "place" not in app.query_params


def test_a_place_that_is_not_there_is_said(local_settings: Settings) -> None:
    app = run(place="gn:0<script>")
    assert strings.GONE_TITLE in shown(app)
    assert "<script>" not in shown(app)


def test_the_map_acts_on_a_click_only_once(local_settings: Settings) -> None:
    app = run()
    snapshot = load_snapshot(open_store(local_settings), local_settings)
    members = app.session_state["members"]
    feature = next(name for name in members if name.startswith("a.") and len(members[name]) == 1)
    click = {
        "last_object_clicked_count": 3,
        "last_active_drawing": {"properties": {"id": feature}},
    }
    app.session_state["map"] = click
    app.run()
    assert app.session_state["chosen"].places == tuple(members[feature])
    app.button(key="clear").click().run()
    assert app.session_state["chosen"] is None  # the drawing is sticky, the click is spent
    app.session_state["map"] = {**click, "last_object_clicked_count": 6}
    app.run()
    assert app.session_state["chosen"].places == tuple(members[feature])
    assert len(snapshot.places) >= len(members)


def report(app: AppTest, clicks: int, told: dict[str, object], zoom: int = 6) -> None:
    """Act as the browser: say what was clicked and what the map shows."""
    app.session_state["map"] = {
        "last_object_clicked_count": clicks,
        "last_active_drawing": {"properties": told},
    }
    app.session_state["view"] = [zoom, 44, 22, 52, 40]


def test_a_spot_on_the_map_is_told_and_can_be_copied() -> None:
    app = run()
    report(app, 3, {"id": "at", "lat": 48.595, "lon": 38.0})
    app.run()
    assert strings.SPOT_TITLE in shown(app)
    assert "Bakhmut Raion" in shown(app)
    assert "48.59500, 38.00000" in [code.value for code in app.code]
    app.button(key="clear").click().run()
    assert strings.SPOT_TITLE not in shown(app)
    report(app, 6, {"id": "at", "lat": "north", "lon": None})
    app.run()
    assert not app.exception
    assert strings.SPOT_TITLE not in shown(app)


def test_the_address_holds_where_the_map_looks() -> None:
    app = run()
    assert "zoom" not in app.query_params  # not before the browser has told
    report(app, 0, {})
    app.run()
    # Half-way between 44 and 52 degrees north as Mercator draws them: asinh(tan(lat)) averaged.
    told = [str(app.query_params[key]) for key in ("lat", "lon", "zoom")]
    assert told == ["48.156", "31.000", "6"]


@pytest.mark.parametrize("zoom", ["6", "99", "x", ""])
def test_a_link_sends_the_map_where_it_says(zoom: str) -> None:
    app = run(lat="-33.5", lon="151", zoom=zoom)
    flight = app.session_state["flight"]
    assert (flight[1:] == (-33.5, 151.0, -33.5, 151.0, 6)) == (zoom == "6")


def test_without_assets_the_page_shows_its_list_and_offers_the_cdn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from geo.maps import basemap

    monkeypatch.setattr(basemap, "have_assets", lambda static: False)
    app = run()
    assert common.safe(strings.ASSETS_MISSING) in shown(app)
    assert any("npm ci" in code.value for code in app.code)
    assert len(app.dataframe) == 1
    assert not app.get("component_instance")
    app.button(key="cdn-button").click().run()
    assert not app.exception
    assert common.safe(strings.ASSETS_MISSING) not in shown(app)


def test_a_missing_index_is_built_with_progress(
    monkeypatch: pytest.MonkeyPatch, local_settings: Settings
) -> None:
    ready: list[bool] = []

    def build(settings: Settings, progress: object = None) -> Path:
        assert callable(progress)
        progress(0.5, "half :red[way]")
        ready.append(True)
        return Path()

    real = index.is_ready
    monkeypatch.setattr(index, "is_ready", lambda settings: bool(ready) and real(settings))
    monkeypatch.setattr(index, "build", build)
    app = run()
    assert ready
    assert strings.SETUP_TITLE not in shown(app)


def test_an_index_that_cannot_be_built_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(settings: Settings, progress: object = None) -> Path:
        raise GazetteerError("no room on the disk <b>")

    monkeypatch.setattr(index, "is_ready", lambda settings: False)
    monkeypatch.setattr(index, "build", build)
    app = run()
    assert "no room on the disk &lt;b&gt;" in shown(app)
    assert strings.SETUP_COMMAND_LINE in [code.value for code in app.code]


def test_missing_outlines_are_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> Path:
        raise GazetteerError("no land")

    monkeypatch.setattr(regions, "outlines_ready", lambda settings: False)
    monkeypatch.setattr(regions, "build_outlines", refuse)
    monkeypatch.setattr(regions, "load_outlines", refuse)
    assert "Bakhmut" in shown(run())


# -- hostile text -----------------------------------------------------------------------------


def hostile_reading() -> Reading:
    """An article whose every field is hostile, with a place and an event in it."""
    text = f"{HOSTILE} Bakhmut fell. {'x' * 100_000}"
    at = text.index("Bakhmut")
    place = Place(id="gn:713174", name=f"Bakhmut {HOSTILE}", kind="settlement", lat=48.59, lon=38.0,
                  country="UA", admin1="UA-14", admin1_name=HOSTILE)  # fmt: skip
    other = dataclasses.replace(place, id="gn:1")
    mention = Mention(start=at, end=at + 7, surface="Bakhmut", form="name", place=place,
                      confidence=0.9, method=HOSTILE,
                      candidates=(Candidate(place, 0.9, (HOSTILE,)),
                                  Candidate(other, 0.1)))  # fmt: skip
    lost = Mention(start=0, end=5, surface=text[:5], form="name", place=None, confidence=0.1,
                   method="", candidates=(Candidate(place, 0.1),))  # fmt: skip
    event = Event(type="Battles", subtype="Armed clash", status="occurred", start=0, end=len(text),
                  trigger_start=at + 8, trigger_end=at + 12, date_start=date(2023, 3, 1),
                  date_end=date(2023, 3, 1), date_precision="day",
                  places=(EventPlace(1, "location"),), claimed_by=HOSTILE,
                  confidence=0.7)  # fmt: skip
    article = Article.of(text, title=HOSTILE, publisher=HOSTILE, note=HOSTILE, licence=HOSTILE,
                         url="javascript:alert(1)", published=date(2023, 3, 2))  # fmt: skip
    return Reading(article=article, sentences=((0, len(text)),), mentions=(lost, mention),
                   events=(event,))  # fmt: skip


def assert_harmless(text: str) -> None:
    """No tag and no attribute of the hostile text is markup, and nothing was computed."""
    bare = re.sub(r"&(?:lt|gt|amp|quot|#x27);", " ", text)
    assert "<script" not in bare
    assert "<img" not in bare
    assert "onerror=alert(1)>" not in bare
    assert 'href="javascript' not in bare
    assert "49" not in re.findall(r">\s*(49)\s", text)
    assert "\u202e" not in text


@pytest.mark.parametrize("page", PAGES)
def test_hostile_text_is_shown_as_text(
    page: str, monkeypatch: pytest.MonkeyPatch, local_settings: Settings
) -> None:
    no_sample(monkeypatch)
    store: Store = open_store(local_settings)
    assert store.save(hostile_reading())
    store.close()
    app = run(page)
    assert_harmless(shown(app))
    if page in ("map", "articles"):
        assert "{{7*7}}" in shown(app)
    if page == "map":
        app = run(place="gn:713174")
        assert_harmless(shown(app))
        assert strings.WHY_HERE in shown(app)
        for button in app.button:
            assert ":red[" not in button.label
    for caption in app.caption:
        assert ":red[" not in caption.value


def test_a_label_holds_no_markdown() -> None:
    label = common.label(HOSTILE, limit=500)
    assert ":red[" not in label
    assert ":material/" not in label
    assert "`x`" not in label
    assert "](" not in label.replace("\\]\\(", "")
    assert common.label("Kherson") == "Kherson"


def test_a_long_sentence_is_cut_round_its_toponym() -> None:
    text = "a" * 5_000 + " Kherson " + "b" * 5_000
    marked = details.marked(text, [(5_001, 5_008, "dl-toponym")])
    assert '<u class="dl-toponym">Kherson</u>' in marked
    assert len(marked) < 600
    assert marked.startswith("<bdi>… ")
    assert marked.endswith(" …</bdi>")


def test_a_sentence_that_does_not_name_its_place_says_where_it_came_from() -> None:
    named = {"place_id": "gn:1", "name": "Kherson", "role": "location", "span": (3, 10)}
    near = {"place_id": "gn:2", "name": "Nowy <b>", "role": "location", "span": None}
    (both,) = details.evidence([{"places": [named, near]}])
    assert both["mention_spans"] == [(3, 10)]
    assert both["elsewhere"] == ""
    (other,) = details.evidence([{"places": [named, near]}], "gn:2")
    assert other["mention_spans"] == []
    assert "Nowy &lt;b&gt;" in details._elsewhere(other)
    assert "sentence near by" in details._elsewhere(other)
    assert "as the row has it" in details._elsewhere({**other, "dataset_id": "d"})


def test_spans_that_overlap_or_run_out_are_no_error() -> None:
    marked = details.marked("came under fire", [(5, 10, "a"), (8, 15, "b"), (14, 99, "c")])
    assert marked == ('<bdi>came <u class="a">under</u><u class="b"> fire</u></bdi>')


def test_only_web_addresses_become_links() -> None:
    assert common.link("https://example.org/a?b=1") == "https://example.org/a?b=1"
    for address in ("javascript:alert(1)", "data:text/html,x", "//x", "", None, "ftp://x"):
        assert common.link(address) == ""


def test_every_mention_in_a_text_is_marked_and_located_ones_are_links() -> None:
    mentions = [
        {"start": 0, "end": 9, "form": "demonym", "place_id": "iso:UA", "place_name": "Ukraine",
         "confidence": 0.9},
        {"start": 14, "end": 21, "form": "name", "place_id": "a2:UA-14/Bakhmut Raion",
         "place_name": "Bakhmut", "confidence": 0.9},
        {"start": 14, "end": 16, "form": "nested", "place_id": "gn:1", "place_name": "Ba",
         "confidence": 0.9},
        {"start": 25, "end": 29, "form": "name", "place_id": "", "place_name": "",
         "confidence": 0.1},
    ]  # fmt: skip
    text = details.marked_text("Ukrainian men Bakhmut or Nowy <b>", mentions)
    assert "<mark" in text.split("Ukrainian")[0]
    assert 'href="./?place=a2:UA-14%2FBakhmut%20Raion"' in text
    assert text.count("<a ") == 1
    assert text.count("<mark") == 2
    assert "&lt;b&gt;" in text


# -- small parts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "precision", "said"),
    [
        (date(2023, 3, 1), date(2023, 3, 1), "day", "1 Mar 2023"),
        (date(2022, 11, 1), date(2022, 11, 30), "month", "Nov 2022"),
        (date(2022, 1, 1), date(2022, 12, 31), "year", "2022"),
        (date(2023, 3, 1), date(2023, 3, 7), "week", "1 Mar 2023 – 7 Mar 2023"),
        (None, None, "unknown", strings.DATE_UNKNOWN),
        (date(2023, 3, 1), None, "day", "1 Mar 2023"),
    ],
)
def test_a_date_is_shown_as_far_as_it_is_known(
    start: date | None, end: date | None, precision: str, said: str
) -> None:
    assert common.period(start, end, precision) == said


def test_the_text_round_a_mention_is_cut_at_spaces() -> None:
    text = "first line\n" + "word " * 50 + "Nowy " + "more " * 50
    start = text.index("Nowy")
    cut, first, last = tray.around(text, start, start + 4)
    assert cut[first:last] == "Nowy"
    assert cut.startswith("word")
    assert len(cut) < 200
    assert tray.around("Nowy", 0, 4) == ("Nowy", 0, 4)


def test_places_of_one_name_say_where_they_lie() -> None:
    columns = ("name", "kind", "admin1_name", "country_name")
    rows = [("Mykolaivka", "settlement", "Donetsk", "Ukraine"),
            ("Mykolaivka", "settlement", "Odesa", "Ukraine"),
            ("Pisky", "settlement", "Donetsk", "Ukraine"),
            ("Nowhere", "settlement", "", ""), ("Nowhere", "settlement", "", "")]  # fmt: skip
    assert common.told_apart(pd.DataFrame(rows, columns=columns)) == [
        "Mykolaivka, Donetsk, Ukraine", "Mykolaivka, Odesa, Ukraine", "Pisky", "Nowhere", "Nowhere"
    ]  # fmt: skip


def test_the_unit_of_the_chart_follows_the_span() -> None:
    assert [timeline.unit_for(days)[0] for days in (0, 45, 46, 365, 10_000)] == [
        "day", "day", "week", "month", "year"
    ]  # fmt: skip


def test_every_event_with_a_date_is_in_the_chart(local_settings: Settings) -> None:
    pipeline.ensure_sample(local_settings)
    store = open_store(local_settings)
    snapshot = load_snapshot(store, local_settings)
    store.close()
    table, _ = timeline.stacked(snapshot, EventFilter())
    assert table["events"].sum() == snapshot.events["date_start"].notna().sum()
    late, _ = timeline.stacked(snapshot, EventFilter(date_from=date(2023, 1, 1)))
    assert late["events"].sum() == table["events"].sum()
    assert 0 < late["events"][late["inside"]].sum() < late["events"].sum()


def test_the_map_is_sent_to_a_place_twice_in_a_row() -> None:
    app = AppTest.from_function(_fly)
    app.run()
    first = app.session_state["flight"]
    app.run()
    assert app.session_state["flight"][1:] == first[1:]
    assert app.session_state["flight"][0] == first[0] + 1


def _fly() -> None:
    from pages import selection

    selection.fly_to([48.59], [38.0])


def test_before_the_browser_reports_the_view_is_the_one_it_is_sent_to() -> None:
    assert selection.START_ZOOM == 2
    app = AppTest.from_function(_view)
    app.run()
    assert app.session_state["seen"] == (selection.FIT_ZOOM, None)


def _view() -> None:
    import streamlit as st

    from pages import selection

    selection.fly_to([48.59, 48.6], [38.0, 38.01])
    st.session_state["view"] = None
    st.session_state["seen"] = selection.view()


def test_no_page_shows_a_string_of_its_own() -> None:
    """Words for readers stand in pages/strings.py: no widget is called with a literal."""
    call = re.compile(
        r"st\.(?:button|caption|toggle|checkbox|popover|text_input|selectbox|multiselect|"
        r"date_input|download_button|title|header|subheader|markdown|write|error|info|warning|"
        r"success|toast)\(\s*f?[\"'](?!\{)"
    )
    for path in sorted((ROOT / "pages").glob("*.py")):
        assert not call.search(path.read_text(encoding="utf-8")), path.name


def test_events_of_a_data_set_show_their_row_as_evidence(local_settings: Settings) -> None:
    with open_store(local_settings) as store:
        store.begin_dataset(DATASET)
        told = row(2, notes=HOSTILE, source=HOSTILE, external_id="<b>9", url="https://example.org/9")
        store.add_rows(DATASET.id, reported([told, row(3)]), 9)
        store.finish_dataset(DATASET.id)
    html = shown(run("map", place="gn:713174"))
    assert "Made up, event &lt;b&gt;9, line 2" in html
    assert "Made up, event TST3, line 3" in html
    assert "Made-up shelling number 3." in html
    assert "reported by <bdi>Example Wire</bdi>" in html
    assert 'href="https://example.org/9"' in html
    assert "made up for a test" in html  # the licence
    assert strings.WHY_CODED in html
    assert "<b>0</b>articles" in html
    assert "<b>1</b>data set" in html
    assert "<script>alert" not in html
    table = run("events").dataframe[0].value
    assert table[strings.COLUMN_ARTICLE].to_list() == ["Made up", "Made up"]
    for page in ("articles", "places", "about"):
        run(page)


def test_a_chosen_event_stays_itself_when_the_rows_change() -> None:
    app = run("events")
    every = app.dataframe[0].proto.id
    types = app.dataframe[0].value[strings.COLUMN_TYPE]
    assert app.run().dataframe[0].proto.id == every  # the same rows keep what is chosen
    slugs = {kind.name: kind.slug for kind in load_codebook(ROOT / "data" / "codebook.yaml").types}
    app.checkbox(key=slugs[types.iloc[-1]]).check().run()
    assert 0 < len(app.dataframe[0].value) < len(types)
    assert app.dataframe[0].proto.id != every  # other rows: no row number of before holds


def test_an_earlier_version_of_an_article_is_shown_with_what_changed(
    local_settings: Settings,
) -> None:
    with open_store(local_settings) as store:
        stories = Stories(store.database)
        for dead, replaces in (("three", ""), ("five", Article.of("It killed three.", url="u").id)):
            read = Reading(
                article=Article.of(f"It killed {dead}.", url="u"), sentences=(), mentions=(),
                events=(),
            )  # fmt: skip
            stories.save(read, "1", link="u", bands=[], replaces=replaces)
    app = run("articles")
    assert "<del>three.</del> <ins>five.</ins>" in shown(app)


def test_a_data_set_is_taken_in_and_removed_on_its_page(local_settings: Settings) -> None:
    app = run("datasets")
    rows = [acled_row(1), acled_row(2, event_date="never"), acled_row(3, notes=HOSTILE)]
    upload = io.StringIO()
    writer = csv.DictWriter(upload, CURRENT, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    app.file_uploader(key="import-file-0").set_value(
        ("<b>mine.csv", upload.getvalue().encode(), "text/csv")
    ).run()
    assert not app.exception
    assert "Read as ACLED, by its header; UTF-8, parted by comma." in shown(app)
    becomes = app.dataframe[1].value
    assert becomes[strings.COLUMN_SUBTYPE].to_list() == ["Armed clash", "Armed clash"]
    assert becomes[strings.COLUMN_WHERE].to_list() == ["Bakhmut (settlement)"] * 2
    assert "- Line 3" in app.warning[0].value
    app.button(key="import-start").click().run()
    assert not app.exception
    assert "2 events added; of 3 rows 0 were known before and 1 could not" in app.success[0].value
    with open_store(local_settings) as store:
        ((dataset, events),) = store.datasets()
    assert (dataset.name, events) == ("<b>mine.csv", 2)
    assert "&lt;b&gt;mine.csv" in shown(app)
    app.button(key=f"remove-{dataset.id}").click().run()
    assert strings.IMPORT_NONE in shown(app)
    app.button(key="undo-last").click().run()
    assert not app.exception
    assert strings.IMPORT_NONE not in shown(app)
    app.button(key=f"remove-{dataset.id}").click().run()
    with open_store(local_settings) as store:
        snapshot = load_snapshot(store, local_settings)
    assert len(snapshot.datasets) == 0
    assert (snapshot.events["dataset"] < 0).all()


def test_a_mapping_is_shown_and_can_be_corrected(local_settings: Settings) -> None:
    app = run("datasets")
    table = b"When,Category,Town,Lat,Lon,Dead\n2023-03-01,Riots,Kharkiv,49.98,36.25,\n"
    table += b"2023-03-02,Riots,Kharkiv,49.98,36.25,3\n"
    table += b"".join(b"day %d,Riots,Kharkiv,49.98,36.25,\n" % n for n in range(4, 16))
    app.file_uploader(key="import-file-0").set_value(("t.csv", table, "text/csv")).run()
    assert "missing column(s)" in shown(app)
    assert not any(button.key == "import-start" for button in app.button)
    wanted = {
        strings.IMPORT_FIELDS["date_start"]: "When", strings.IMPORT_FIELDS["place"]: "Town",
        strings.IMPORT_FIELDS["fatalities_low"]: "Dead",
    }  # fmt: skip
    for label, column in wanted.items():
        next(box for box in app.selectbox if box.label == label).set_value(column)
    app.run()
    becomes = app.dataframe[1].value
    assert becomes[strings.COLUMN_TYPE].to_list() == ["Riots"] * 2
    assert becomes[strings.COLUMN_KILLED].isna().to_list() == [True, False]
    proto = app.dataframe[1].proto
    assert (proto.HasField("placeholder"), proto.placeholder) == (True, "")  # not the word None
    head, _, *named = app.warning[0].value.splitlines()
    assert "12 of the first 14 rows" in head
    lines = [one.split("\\")[0] for one in named]  # each with its number, ten at most
    assert lines == [f"- Line {n}" for n in range(4, 14)] + ["- … and 2 more"]
    app.button(key="import-start").click().run()
    with open_store(local_settings) as store:
        assert [(entry.kind, n) for entry, n in store.datasets()] == [("table", 2)]


def test_tables_say_where_they_end(local_settings: Settings) -> None:
    many = [dataclasses.replace(BAKHMUT, id=f"gn:{n}", name=f"Made-up {n}") for n in range(1, 202)]
    with open_store(local_settings) as store:
        store.begin_dataset(DATASET)
        rows = [row(n) for n in range(2, 2_003)]
        at = [(n, n % len(many)) for n in range(len(rows))]
        store.add_rows(DATASET.id, reported(rows, places=many, at=at), len(rows))
        store.finish_dataset(DATASET.id)
    events = run("events")
    total = len(load_snapshot(open_store(local_settings), local_settings).events)
    cut = strings.EVENTS_CUT.format(shown="2,000", n=f"{total:,}")
    assert cut in [caption.value for caption in events.caption]
    assert "The 100 with most of" in shown(run("map"))
