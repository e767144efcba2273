"""What is counted and in whose terms it is named: on the page, in the address, in the codebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from geo.codebook import load_codebook
from geo.codebook.typologies import ACLED_TYPES, codes, label
from geo.model import Article, EventPlace, Reading
from geo.settings import ROOT, Settings
from geo.store import open_store
from pages import common, follow
from tests.readings import KHERSON, event, mention

BOOK = load_codebook(Settings().codebook)
OWN = "Statements and diplomacy"


def told(publisher: str, dead: int, **more: Any) -> Reading:
    """One article on one shelling of Kherson."""
    text = f"{publisher}: shells hit Kherson and killed {dead}."
    article = Article.of(text, title=publisher, publisher=publisher, published=date(2023, 3, 2))
    values: dict[str, Any] = {
        "type": "Explosions/Remote violence", "subtype": "Shelling/artillery/missile attack",
        "date_start": date(2023, 3, 1), "date_end": date(2023, 3, 1), "date_precision": "day",
        "fatalities_low": dead, "fatalities_high": dead,
    } | more  # fmt: skip
    return Reading(
        article=article, sentences=((0, len(text)),), mentions=(mention(text, "Kherson", KHERSON),),
        events=(event(text, text, "hit", EventPlace(0, "location"), **values),),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def three_reports(local_settings: Settings) -> Iterator[None]:
    """Two reports of one shelling that disagree on the dead, and a statement."""
    st.cache_resource.clear()
    with open_store(local_settings) as store:
        store.save(told("<b>Wire", 3))
        store.save(told("Post", 5))
        store.save(told("Gazette", 0, type=OWN, subtype="Threat or warning", fatalities_low=None))
    yield
    common.store().close()
    st.cache_resource.clear()


def page(**params: str) -> tuple[AppTest, str]:
    """The map page of an address, and the HTML that it wrote."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
    app.session_state[follow.WAITS_UNTIL] = 0.0  # there is no browser that could report a map
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, [error.value for error in app.exception]
    return app, "\n".join(str(element.proto.body) for element in app.get("html"))


def type_counts(app: AppTest) -> dict[str, int]:
    """Names of types in the sidebar with the number beside each."""
    rows = (re.fullmatch(r"(.*) ([\d,]+)", box.label) for box in app.sidebar.checkbox)
    return {
        row[1].translate({0x2005: " ", 0x2060: None, 92: None}): int(row[2]) for row in rows if row
    }


def test_reports_are_counted_and_each_says_that_others_tell_of_the_same() -> None:
    app, html = page()
    assert type_counts(app)["Explosions/Remote violence"] == 2
    assert html.count('class="dl-event"') == 3
    assert html.count("One of 2 reports of this incident.") == 2
    assert "<b>2</b>incidents, each told 1.5 times" in html
    assert "of these 1 event without ACLED type" in html


def test_incidents_fold_their_reports_and_mark_who_disagrees() -> None:
    app, html = page(count="Incidents")
    assert type_counts(app)["Explosions/Remote violence"] == 1
    folded = re.findall(r'<details class="dl-reports">.*?</details>', html, flags=re.S)
    assert len(folded) == 1
    assert "1 more report of this incident" in folded[0]
    assert folded[0].count('class="dl-event"') == 1
    said = re.search(r"Sources disagree on the number killed: <bdi>(.*?)</bdi>", html)
    assert said is not None
    accounts = re.findall(r"<b>\d</b> \(.*?\)", said[1])
    assert sorted(accounts) == ["<b>3</b> (&lt;b&gt;Wire)", "<b>5</b> (Post)"]
    table = app.dataframe[0].value
    assert table["Incidents"].to_list() == [2]


@pytest.mark.parametrize(
    ("terms", "names", "missing"),
    [
        ("UCDP", {"State-based (1) / Non-state (2) / One-sided (3)", f"no UCDP type: {OWN}"},
         "of these 1 event without UCDP type"),
        ("CAMEO", {"Assault (18) + 2", "Public statement (01) + 8"}, ""),
    ],
)  # fmt: skip
def test_a_view_is_named_in_the_terms_chosen(terms: str, names: set[str], missing: str) -> None:
    app, html = page(terms=terms)
    shown = type_counts(app)
    assert names <= set(shown)
    assert len(shown) == len(BOOK.types)
    assert set(app.dataframe[0].value["Mostly"]) <= set(shown)
    assert "Explosions/Remote violence: Shelling/artillery/missile attack" in html
    assert (missing in html) if missing else "without CAMEO type" not in html


def test_codes_are_the_codebooks_and_what_it_does_not_list_has_none() -> None:
    assert codes(BOOK, "ucdp", "Battles") == ("1", "2")
    assert codes(BOOK, "cameo", "Strategic developments", "Arrests") == ("17",)
    assert codes(BOOK, "acled", OWN) == codes(BOOK, "ucdp", "Riots") == ()
    assert codes(BOOK, "cameo", "Wars") == codes(BOOK, "ucdp", "Battles", "Duel") == ()
    assert label(BOOK, "ucdp", "Protests") == ""
    assert label(BOOK, "cameo", "Battles") == "Fight (19)"
    known = [kind.name for kind in BOOK.types]
    assert [name for name in ACLED_TYPES if name not in known] == []


def events_of(html: str) -> str:
    found = re.search(r"<b>([\d,]+)</b> ?events", html)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"country": "Narnia"}, r"country=Narnia"),
        ({"region": "Kherson"}, r"region=Kherson"),
        ({"from": "99999-01-01"}, r"from=99999\-01\-01"),
        ({"confidence": "NaN"}, r"confidence=NaN"),
        ({"status": "bogus"}, r"status=bogus"),
        ({"battles": "maybe"}, r"battles=maybe"),
        ({"place": "iso:XX-99"}, r"place=iso"),
    ],
)
def test_what_an_address_asks_for_and_nobody_knows_is_told(
    asked: dict[str, str], told: str
) -> None:
    app, html = page(**asked)
    (said,) = (one.value for one in app.warning)
    assert told.partition("=")[0] in said
    assert events_of(html) == events_of(page()[1])
    app.checkbox(key="battles").check().run()
    assert not app.warning  # a reader has chosen since


def test_a_region_in_an_address_means_the_same_beside_its_country() -> None:
    bare, _ = page(region="Kherson, Ukraine", confidence="0.0", terms="ACLED")
    both, _ = page(region="Kherson, Ukraine", country="Ukraine")
    assert not [*bare.warning, *both.warning]
    for app in (bare, both):
        assert app.multiselect(key="region").value == ["UA-65"]


def test_a_period_told_from_its_end_is_the_same_period() -> None:
    straight, turned = (
        page(**{"from": first, "to": last})[1]
        for first, last in (("2023-02-20", "2023-03-31"), ("2023-03-31", "2023-02-20"))
    )
    assert events_of(straight) == events_of(turned) == "3"
