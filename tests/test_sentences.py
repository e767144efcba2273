"""Where sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.reading.sentences import split
from tests.timing import cpu_s


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Gen. Aden Farah said the U.S. convoy left at 9 a.m. on Monday.",
        "Mr. Smith met Dr. Jane P. Adams of Acme Inc. near St. Louis on Jan. 4.",
        "About 3.5 million people, i.e. 12.4 per cent, live on $1.90 a day.",
        "“Stop!” he shouted from the bridge.",
        "The force had 1,200 men vs. 300 rebels at the fort.",
        "A shell hit No. 5 School in the town.",
        "Lt. Col. J. R. Moyo spoke in Washington D.C. before leaving.",
        "They fled … and then came back.",
        "She wrote to the editor at www.example.org about it.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It rained. He left. They stayed.", ["It rained.", "He left.", "They stayed."]),
        ("It came from the U.S. The troops left.", ["It came from the U.S.", "The troops left."]),
        ("He asked why? Nobody knew! All left.", ["He asked why?", "Nobody knew!", "All left."]),
        ("“We are here.” The man left.", ["“We are here.”", "The man left."]),
        ('She said: "No." Then she left.', ['She said: "No."', "Then she left."]),
        (
            "Shelling in Kherson\nTwo died on Monday.",
            ["Shelling in Kherson", "Two died on Monday."],
        ),
        ("One\r\n\r\n  Two\u2028Three", ["One", "Two", "Three"]),
        ("They fled at 9 p.m. Police came later.", ["They fled at 9 p.m.", "Police came later."]),
        ("He was born in 1990. In 2001 he left.", ["He was born in 1990.", "In 2001 he left."]),
        ("It ended (at last.) Then it rained.", ["It ended (at last.)", "Then it rained."]),
        ("爆発があった。三人が死亡した。", ["爆発があった。", "三人が死亡した。"]),
        ("It is over.[1] The army left.", ["It is over.", "[1] The army left."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, wanted: list[str]) -> None:
    assert cut(text) == wanted


def test_marks_without_a_word_are_no_sentence() -> None:
    assert cut("Stop. ... \n***\n - \nGo on.") == ["Stop. ...", "Go on."]
    assert split("") == split(" \n\t ") == split("?!...") == []


@given(st.text(alphabet=st.sampled_from("Ab .!?\n\"'“”()1é…U.S。-"), max_size=80))
def test_sentences_are_in_order_apart_and_bare(text: str) -> None:
    bounds = split(text)
    last = 0
    for start, end in bounds:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end
    kept = "".join(text[start:end] for start, end in bounds)
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize(
    "piece", ["a", ".", ". ", "A. ", "\n", "“", "(", "a.", "é", " ", ".\u00a0"]
)
def test_a_megabyte_of_one_thing_takes_linear_time(piece: str) -> None:
    """Four times the text may take about four times as long, with room for a busy machine."""

    def seconds(size: int) -> float:
        text = "." + piece * (size // len(piece))
        return cpu_s(lambda: split(text))

    small, large = seconds(250_000), seconds(1_000_000)
    assert large < 12 * small + 0.5
