"""Dates in text, against the day of publication."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.reading.dates import DateSpan, find_dates
from tests.timing import cpu_s

THURSDAY = date(2023, 3, 2)


def found(text: str, published: date | None = THURSDAY) -> list[DateSpan]:
    return find_dates(text, 0, len(text), published)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        # absolute
        ("since it invaded on 24 February 2022", "2022-02-24", "2022-02-24", "day"),
        ("On November 11, 2020, police fired", "2020-11-11", "2020-11-11", "day"),
        ("the 5th of May 2021", "2021-05-05", "2021-05-05", "day"),
        ("on 2022-10-08 the bridge", "2022-10-08", "2022-10-08", "day"),
        ("Sept. 3, 2019", "2019-09-03", "2019-09-03", "day"),
        ("from 3 to 5 March 2022", "2022-03-03", "2022-03-05", "day"),
        ("in May 2022", "2022-05-01", "2022-05-31", "month"),
        ("in February 2020", "2020-02-01", "2020-02-29", "month"),
        ("during 2019", "2019-01-01", "2019-12-31", "year"),
        ("in the summer of 2021", "2021-06-01", "2021-08-31", "month"),
        # counted from a Thursday, 2 March 2023
        ("said on Wednesday night", "2023-03-01", "2023-03-01", "day"),
        ("shot on Christmas Eve", "2022-12-24", "2022-12-24", "day"),
        ("will march on New Year’s Day", "2024-01-01", "2024-01-01", "day"),
        ("on Boxing Day, 2004", "2004-12-26", "2004-12-26", "day"),
        ("on Thursday", "2023-03-02", "2023-03-02", "day"),
        ("last Thursday", "2023-02-23", "2023-02-23", "day"),
        ("on Friday", "2023-02-24", "2023-02-24", "day"),
        ("will rally on Friday", "2023-03-03", "2023-03-03", "day"),
        ("next Monday", "2023-03-06", "2023-03-06", "day"),
        ("Tuesday last week", "2023-02-21", "2023-02-21", "day"),
        ("yesterday", "2023-03-01", "2023-03-01", "day"),
        ("overnight", "2023-03-01", "2023-03-01", "day"),
        ("earlier today", "2023-03-02", "2023-03-02", "day"),
        ("three days ago", "2023-02-27", "2023-02-27", "day"),
        ("two weeks ago", "2023-02-13", "2023-02-19", "week"),
        ("about seven months ago", "2022-08-01", "2022-08-31", "month"),
        ("two years ago", "2021-01-01", "2021-12-31", "year"),
        ("a decade ago", "2013-01-01", "2013-12-31", "year"),
        ("last week", "2023-02-20", "2023-02-26", "week"),
        ("earlier this month", "2023-03-01", "2023-03-31", "month"),
        ("last month", "2023-02-01", "2023-02-28", "month"),
        ("last year", "2022-01-01", "2022-12-31", "year"),
        ("next month", "2023-04-01", "2023-04-30", "month"),
        ("abandoned in November", "2022-11-01", "2022-11-30", "month"),
        ("in March", "2023-03-01", "2023-03-31", "month"),
        ("in April", "2022-04-01", "2022-04-30", "month"),
        ("on 5 December", "2022-12-05", "2022-12-05", "day"),
        ("March 1", "2023-03-01", "2023-03-01", "day"),
        ("last summer", "2022-06-01", "2022-08-31", "month"),
        ("last winter", "2022-12-01", "2023-02-28", "month"),
        ("in the past two days", "2023-02-28", "2023-03-02", "day"),
        ("in recent weeks", "2023-02-09", "2023-03-02", "month"),
        ("since Monday", "2023-02-27", "2023-03-02", "day"),
        ("since 2014", "2014-01-01", "2023-03-02", "year"),
        ("since 24 February 2022", "2022-02-24", "2023-03-02", "day"),
    ],
)
def test_a_date_means_the_days_that_a_reader_takes_it_for(
    text: str, first: str, last: str, precision: str
) -> None:
    (span,) = found(text)
    assert (span.date_start, span.date_end) == (day(first), day(last))
    assert span.precision == precision


@pytest.mark.parametrize(
    "text",
    [
        "for more than half a year",
        "for three days",
        "a two-year siege",
        "they may leave, and soldiers march on",
        "on 31 February",
        "on 32 March 2022",
        "2,014 people and 2015 soldiers",
        "in 1500 people",
        "Sunny fields, a Mondayish mood",
        "July's children",
        "12345-67-89",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert found(text) == []


def test_without_a_day_of_publication_only_full_dates_resolve() -> None:
    assert found("on Monday, in November, yesterday, seven months ago", None) == []
    (span,) = found("on 24 February 2022", None)
    assert span.date_start == day("2022-02-24")


def test_the_reason_quotes_the_words_and_names_the_day_counted_from() -> None:
    (span,) = found("began about seven months ago")
    assert span.reason == "“seven months ago”, counted from 2023-03-02"
    (span,) = found("on 24 February 2022")
    assert span.reason == "“24 February 2022”"


def test_dates_are_found_only_between_the_bounds() -> None:
    text = "On Monday it began. On Tuesday it ended."
    assert [text[s.start : s.end] for s in find_dates(text, 19, len(text), THURSDAY)] == ["Tuesday"]


def test_several_dates_come_in_order() -> None:
    text = "It began seven months ago, but in recent weeks, and on Monday and Tuesday, it grew."
    spans = found(text)
    assert [text[s.start : s.end] for s in spans] == [
        "seven months ago",
        "in recent weeks",
        "Monday",
        "Tuesday",
    ]


def test_the_29th_of_february_is_that_of_the_last_leap_year() -> None:
    assert found("on 29 February") == []  # neither 2023 nor 2022 has one


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_weekday_is_within_the_week_before_publication(published: date) -> None:
    for name in ("Monday", "Sunday"):
        (span,) = found(f"on {name}", published)
        assert published - timedelta(days=7) < span.date_start <= published
        assert span.date_start.strftime("%A") == name


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_searched(text: str) -> None:
    for span in found(text):
        assert span.date_start <= span.date_end
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("piece", ["Monday", "1 ", "in the ", "May ", "9 ago ", "a" * 50, "last "])
def test_much_of_one_thing_is_searched_in_linear_time(piece: str) -> None:
    """Four times the text may take about four times as long, with room for a busy machine."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        return cpu_s(lambda: found(text))

    small, large = seconds(25_000), seconds(100_000)
    assert large < 12 * small + 0.5
