"""What a reader types into the search field, and the places it may mean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geo.errors import BadQueryError
from geo.gazetteer import index
from geo.gazetteer.gazetteer import Gazetteer
from geo.geocoding.search import search_places
from geo.settings import Settings


@pytest.fixture(scope="module")
def gazetteer(settings: Settings) -> Iterator[Gazetteer]:
    opened = index.open_gazetteer(settings)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "region", "country"),
    [
        ("Springfield, Illinois", "Illinois", "US"),
        ("Springfield, IL, US", "Illinois", "US"),
        ("springfield , illinois, US", "Illinois", "US"),
        ("Paris, Texas", "Texas", "US"),
        ("Paris, France", "Île-de-France", "FR"),
        ("Київ", "Kyiv City", "UA"),
    ],
)
def test_what_follows_a_comma_says_where(
    gazetteer: Gazetteer, text: str, region: str, country: str
) -> None:
    first = search_places(gazetteer, text)[0]
    assert (first.admin1_name, first.country) == (region, country)


def test_a_shared_name_lists_its_places(gazetteer: Gazetteer) -> None:
    found = search_places(gazetteer, "Springfield", limit=5)
    assert len(found) == 5
    assert len({place.admin1 for place in found}) == 5
    assert {place.name for place in found} == {"Springfield"}


def test_words_that_name_no_region_are_passed_over(gazetteer: Gazetteer) -> None:
    assert search_places(gazetteer, "Paris, nowhere")[0].country == "FR"
    assert search_places(gazetteer, "Paris, nowhere, US")[0].country == "US"


def test_no_place_is_an_answer_and_no_text_is_not(gazetteer: Gazetteer) -> None:
    assert search_places(gazetteer, "Qwxzyblat") == []
    for text in ("", " , "):
        with pytest.raises(BadQueryError):
            search_places(gazetteer, text)
