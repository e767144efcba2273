"""The evidence round an event: the sentences beside its own, and the article at that place."""

from __future__ import annotations

from pathlib import Path

from geo.reading import sentences
from geo.settings import Settings
from geo.store import open_store
from geo.store.snapshot import load_snapshot
from pages import details
from tests.readings import TEXT, reading

HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_sentence_has_a_neighbour_on_each_side_but_at_the_ends() -> None:
    assert sentences.neighbours("One. Two.", " Four. Five.") == ("Two.", "Four.")
    assert sentences.neighbours("", " Four") == ("", "Four")
    assert sentences.neighbours("Two. ", "") == ("Two.", "")


def test_the_store_gives_the_text_round_each_sentence(tmp_path: Path) -> None:
    own = Settings(local_dir=tmp_path)
    with open_store(own) as store:
        store.save(reading())
        ids = [str(one) for one in load_snapshot(store, own).events["event_id"]]
        told = {str(event["event_id"]): event for event in store.event_details(ids)}
        for event_id, (before, after) in store.surroundings(ids).items():
            assert before + told[event_id]["sentence"] + after == TEXT
        short = store.surroundings(ids, chars=4)
        assert len(short) == 3
        assert {(len(before), len(after)) for before, after in short.values()} == {
            (0, 4), (4, 4), (4, 0)
        }  # fmt: skip
        assert store.surroundings(["not there"]) == {}


def test_a_card_shows_neighbours_and_date_as_text() -> None:
    event = {
        "type": "Battles", "subtype": "Armed clash", "status": "occurred", "date_start": None,
        "date_end": None, "date_precision": "unknown", "date_reason": HOSTILE,
        "sentence": "It hit.", "confidence": 0.5, "article_id": "a1", "sentence_start": 12,
        "title": "T", "url": "", "around": (HOSTILE, "After."),
    }  # fmt: skip
    card = details._around(event)
    assert "<img" not in card
    assert card.count("&lt;img") == 2
    assert 'href="./articles?article=a1&amp;at=12"' in card
    assert "<b>It hit.</b> After." in card
    del event["around"]
    coded = details._around({**event, "date_reason": ""})
    assert "the text gives none" in coded
    assert "<a " not in coded


def test_the_named_sentence_is_marked_round_its_mentions() -> None:
    text = "One <b>. Bakhmut fell. End."
    mention = {"start": 9, "end": 16, "form": "name", "place_id": "gn:1", "place_name": "Bakhmut",
               "confidence": 0.9}  # fmt: skip
    shown = details.marked_text(text, [mention], (9, 22))
    assert '<span class="dl-at"><a href="./?place=gn:1"' in shown
    assert " fell.</span> End." in shown
    assert "<b>" not in shown
    assert "dl-at" not in details.marked_text(text, [mention])
