"""The days a text tells of: its dates in order, and the day of each event.

News counts from its own day ("on Tuesday"); an account of what is long past names a day once and
goes on from it ("27 February 2022 ... On 1 March ... The next day"). A sentence without a date goes
on with the day told of just before it, if any; only then is it taken for the article's own day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import compress

from geo.reading.clauses import Sentence, clause_of
from geo.reading.dates import DateSpan, dates_around, hints_of
from geo.reading.terms import Hit, Words
from geo.reading.triggers import is_charged
from geo.reading.vocabulary import word_set

RECENT_DAYS = 31  # what is further back is seldom what an article is about
OLD_YEARS = 10  # what is further back is history, not news
EARLY = date(1000, 1, 1)  # no account begins before
GOES_ON = 4  # sentences for which a day told of in news holds good
_REPORTING = word_set(
    "said says statement told announced reported according reports report bulletin briefing tally"
)
_SPEAKING = word_set(
    "said says told announced reported stated wrote confirmed declared added heard ruled testified"
)
_CHARGED_WITH = word_set("for over of with")
_VERBS = word_set("shot struck hit took dead")
_OWN = word_set("the a this that his her its their s")  # before a year that tells one deed
_FOLLOWED = word_set("after following follows followed since before over")
_PERFECT = word_set("has have")
_EARLY = word_set("on late early overnight")


class Timeline:
    """The dates of one text, each put into its sentence.

    heads : the groups of words that can tell of an event.
    """

    def __init__(
        self,
        text: str,
        words: Words,
        sentences: Sequence[Sentence],
        published: date | None,
        heads: frozenset[str],
    ) -> None:
        self.words, self.sentences, self.published, self.heads = words, sentences, published, heads
        hinting = hints_of(set(words.words))
        self._hints = [*compress(range(len(words)), map(hinting.__contains__, words.words))]
        for sentence in sentences:
            sentence.dates = self._find(text, sentence, published)
        if published is None:
            self._count_from_the_first(text)
        self.is_account = self._is_account()
        own = [s.date_start for s in self._all() if s.basis == "own" and s.precision == "day"]
        # What an account tells of lies between the first day that it names and its own; but "3
        # January" after "14 January 2025" is of that month, and not of the year after.
        self._first = max(min(own, default=EARLY), EARLY) - timedelta(days=RECENT_DAYS)
        self._last: list[DateSpan | None] = []  # the last day told of up to each sentence's end
        self._settle()
        self._told: tuple[int, DateSpan] | None = None  # the day of the last event with its own
        self._reported = 0  # sentences searched for the day of a report, and the last one found
        self._report: DateSpan | None = None

    def is_history(self, span: DateSpan) -> bool:
        """Whether a date lies so far back that what it dates is no news."""
        year = self.published.year - OLD_YEARS if self.published else 1990
        return span.date_end.year < year

    def of_event(
        self, number: int, hit: Hit, clause: tuple[int, int], *, carries_on: bool
    ) -> tuple[DateSpan | None, bool]:
        """The date of an event, and whether it stands outside of its sentence.

        carries_on : whether the event may be of the day told of in the sentences before.
        """
        span = self._own(number, hit, clause)
        charged = span is None and self._charge(hit) >= 0 and is_charged(self.words, hit.first)
        if span is None and (charged or self.sentences[number].floating):
            return None, False  # a day of its own, and no telling which
        before = self._before(number, hit) if carries_on else None
        if span is not None and before is not None and self._is_of_report(span):
            return before, True  # "the governor said on Wednesday" of what happened on Tuesday
        if span is not None:
            aside = self._is_background(hit)
            if span.precision == "day" and not (span.since or aside) and self._is_recent(span):
                self._told = (number, span)
            return span, False
        if before is not None:
            return before, True
        words = self.words.words
        sentence = self.sentences[number]
        if not _REPORTING.isdisjoint(words[sentence.begin : sentence.stop]):
            report = self._report_date(number)
            if report is not None:
                return replace(report, reason=f"reported {report.reason}"), True
        if self.published is None or self.is_account:
            return None, True
        day = self.published
        return DateSpan(0, 0, day, day, "day", "the article's date; the text names none"), True

    def _count_from_the_first(self, text: str) -> None:
        """Without a day of publication "2 March" is of the year that the text names first."""
        first = next((span for span in self._all() if span.precision == "day"), None)
        if first is None:
            return
        for sentence in self.sentences:
            found = self._find(text, sentence, first.date_start)
            sentence.dates = [span for span in found if span.basis != "article"]
            sentence.floating = len(sentence.dates) < len(found)

    def _find(self, text: str, sentence: Sentence, published: date | None) -> list[DateSpan]:
        low = bisect_left(self._hints, sentence.begin)
        own = self._hints[low : bisect_left(self._hints, sentence.stop, low)]
        if not own:
            return []
        hints = [(self.words.starts[k], self.words.end(k)) for k in own]
        return dates_around(hints, text, sentence.start, sentence.end, published)

    def _is_account(self) -> bool:
        """Whether the text is no news of its day: it dates itself, by days long past."""
        if self.published is None:
            return True
        near, far = timedelta(days=10), timedelta(days=RECENT_DAYS)  # before that day
        old = fresh = close = bare = 0
        for span in self._all():
            ago = self.published - span.date_end
            old += span.basis == "own" and span.precision == "day" and ago > far
            fresh += span.basis == "article"
            bare += span.basis == "year"
            close += span.basis == "year" and ago <= near
        # A bulletin's "2 March" are days just past; those of an account are spread over months.
        return old > fresh + (close if 2 * close > bare else 0)

    def _all(self) -> Iterator[DateSpan]:
        for sentence in self.sentences:
            yield from sentence.dates

    def _settle(self) -> None:
        """Give each date that leans on the one before it its day."""
        last: DateSpan | None = None
        for sentence in self.sentences:
            kept = []
            for span in sentence.dates:
                settled = self._settled(span, last)
                if settled is None:
                    continue
                kept.append(settled)
                if settled.precision in ("day", "month") and not settled.since:
                    last = settled
            sentence.dates = kept
            self._last.append(last)

    def _settled(self, span: DateSpan, last: DateSpan | None) -> DateSpan | None:
        if span.basis == "before":
            if last is None or last.precision != "day":
                return span if span.days < 0 else None
            try:
                day = last.date_end + timedelta(days=span.days)
            except OverflowError:  # before the first day, or after the last, that a calendar has
                return None
            quoted = span.reason.partition(",")[0]
            return replace(
                span, date_start=day, date_end=day, reason=f"{quoted}, counted from {last.reason}"
            )
        if not self.is_account or span.basis != "year" or last is None:
            return span
        years = range(last.date_start.year - 1, last.date_start.year + 2)
        moved = [found for year in years if (found := _in_year(span, year)) is not None]
        first, own = self._first, self.published or date.max
        moved = [found for found in moved if first <= found.date_start <= own] or moved
        if not moved:
            return span
        return min(moved, key=lambda found: abs((found.date_start - last.date_start).days))

    def _is_background(self, hit: Hit) -> bool:
        """ "the unrest followed the stabbing last Monday": no later sentence goes on with that."""
        return not _FOLLOWED.isdisjoint(self.words.words[max(0, hit.first - 3) : hit.first])

    def _is_recent(self, span: DateSpan) -> bool:
        if self.published is None:
            return True
        return timedelta() <= self.published - span.date_end <= timedelta(days=RECENT_DAYS)

    def _own(self, number: int, hit: Hit, clause: tuple[int, int]) -> DateSpan | None:
        """The date of an event that stands in its clause, or in its sentence."""
        year = self._year_before(number, hit, clause[0])
        if year is not None:
            return year
        words, dates = self.words, self.sentences[number].dates
        told = [span for span in dates if not self._is_of_report(span)]
        dates = told or dates  # "heard on Monday that he shot three men in June 2022"
        charge = self._charge(hit) if is_charged(words, hit.first) else -1
        if charge >= 0:  # "was jailed on Friday for killing two men in 2022"
            dates = [span for span in dates if span.start > words.starts[charge]]
        if any(not span.since for span in dates):
            dates = [span for span in dates if not span.since]
        low, high = words.starts[clause[0]], words.end(clause[1] - 1)
        inside = [span for span in dates if low <= span.start < high]
        at = words.starts[hit.first]
        if inside:
            return min(inside, key=lambda span: abs(span.start - at))
        rest = [span for span in dates if not self._is_taken(number, span, hit)]
        if rest:
            return min(rest, key=lambda span: abs(span.start - at))
        if len(dates) == 1 and dates[0].precision == "day":
            return dates[0]  # "shot dead men who marched on Friday"
        return None

    def _charge(self, hit: Hit) -> int:
        """The word that leads to what somebody is charged with, or -1."""
        near = range(hit.first - 1, max(-1, hit.first - 5), -1)
        return next((k for k in near if self.words.words[k] in _CHARGED_WITH), -1)

    def _year_before(self, number: int, hit: Hit, begin: int) -> DateSpan | None:
        """ "The 1994 genocide", "his 2021 murder": the year that a deed is told apart by."""
        words, published = self.words.words, self.published
        first = hit.first
        if words[first].endswith("ed") or words[first] in _VERBS:
            # "The 2015 attack in X killed 90": of the deed that is the clause's subject.
            deeds = (h for h in self.sentences[number].hits if begin + 2 <= h.first <= begin + 3)
            subject = any(not h.groups.isdisjoint(self.heads) for h in deeds)
            first = begin + 2 if subject and begin + 3 < first else 0
        for k in range(first - 1, max(0, first - 4), -1):
            if self.words.gaps[k] != " ":
                return None
            if len(words[k]) == 4 and words[k].isdecimal() and words[k - 1] in _OWN:
                year = int(words[k])
                if not 1000 <= year <= (published.year if published else year):
                    return None
                return DateSpan(
                    self.words.starts[k], self.words.end(k), date(year, 1, 1), date(year, 12, 31),
                    "year", f"“{words[k]}”", "own",
                )  # fmt: skip
        return None

    def _before(self, number: int, hit: Hit) -> DateSpan | None:
        """The day told of before a sentence that goes on with it, or None."""
        if self.is_account:
            span = self._last[number - 1] if number else None
            return span and replace(span, reason=f"the day told of last: {span.reason}")
        words = self.words.words
        if not _PERFECT.isdisjoint(words[max(0, hit.first - 3) : hit.first]):
            return None  # "boats have taken": up to now
        last = self._last[number - 1] if number else None
        if last is not None and self.is_history(last):
            near = self.sentences[max(0, number - 2) : number]
            return last if any(last in sentence.dates for sentence in near) else None
        if self._told is None or number - self._told[0] > GOES_ON or number == self._told[0]:
            return None
        span = self._told[1]
        return replace(span, reason=f"the day told of before: {span.reason}")

    def _is_of_report(self, span: DateSpan) -> bool:
        """ "said on Saturday that", "reported late on Tuesday": the day of the words only."""
        words = self.words.words
        k = self.words.index_at(span.start) - 1
        while k > 0 and words[k] in _EARLY:
            k -= 1
        return k >= 0 and words[k] in _SPEAKING

    def _report_date(self, number: int) -> DateSpan | None:
        """The last day, up to a sentence, on which somebody said or stated something."""
        words = self.words
        for sentence in self.sentences[self._reported : number + 1]:
            # A date alone on its line is the day of what the next line reports.
            if _REPORTING.isdisjoint(words.words[sentence.begin : sentence.stop + 10]):
                continue
            for span in sentence.dates:
                at = words.index_at(span.start)
                near = words.words[max(sentence.begin, at - 4) : at]
                if at - sentence.begin <= 3:  # "On Tuesday the general staff reported"
                    near = words.words[sentence.begin : at + 10]
                if span.precision == "day" and not _REPORTING.isdisjoint(near):
                    self._report = span
        self._reported = max(self._reported, number + 1)
        return self._report

    def _is_taken(self, number: int, span: DateSpan, hit: Hit) -> bool:
        """Whether a date stands in a clause with a trigger of its own that is not this one."""
        sentence = self.sentences[number]
        at = self.words.index_at(span.start)
        for other in sentence.hits:
            if other is hit or other.groups.isdisjoint(self.heads):
                continue
            low, high = clause_of(self.words, sentence, other)
            if low <= at < high and not low <= hit.first < high:
                return "kill" not in other.groups
        return False


def _in_year(span: DateSpan, year: int) -> DateSpan | None:
    """The same days in another year, or None where it does not have them."""
    try:
        start = span.date_start.replace(year=year)
        end = span.date_end.replace(year=year + span.date_end.year - span.date_start.year)
    except ValueError:
        return None
    return replace(span, date_start=start, date_end=end, reason=span.reason.partition(",")[0])
