"""The evidence: cards of events, and why a place stands where it does. Builds escaped HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from geo.accounts import disagreements
from geo.sources.changes import changes
from pages import strings, views
from pages.common import kind, link, period, plural, safe

SENTENCE_CHARS = 420  # longer sentences are cut round what matters in them
CANDIDATES_SHOWN = 6
# The address bar's names for the chosen place, the article, and the start of one of its sentences.
PLACE, ARTICLE, AT = "place", "article", "at"
WEAK = 0.6  # a located mention below this confidence is underlined as less sure


def marked(text: str, spans: Sequence[tuple[int, int, str]], limit: int = SENTENCE_CHARS) -> str:
    """Escaped text with `<u class=...>` round the spans (start, end, class), cut to `limit`.

    Where spans overlap the earlier in the list wins. A cut keeps the first span in sight.
    """
    first, last = 0, len(text)
    if len(text) > limit:
        focus = min((start for start, _, _ in spans), default=0)
        first = max(0, min(focus - limit // 3, len(text) - limit))
        last = first + limit
    classes = [""] * (last - first)
    for start, end, name in reversed(spans):
        for n in range(max(start, first), min(end, last)):
            classes[n - first] = name
    pieces, at = [], 0
    while at < len(classes):
        end = at
        while end < len(classes) and classes[end] == classes[at]:
            end += 1
        piece = safe(text[first + at : first + end])
        pieces.append(f'<u class="{classes[at]}">{piece}</u>' if classes[at] else piece)
        at = end
    before, after = "… " if first else "", " …" if last < len(text) else ""
    return f"<bdi>{before}{''.join(pieces)}{after}</bdi>"


def marked_text(
    text: str,
    mentions: Sequence[Mapping[str, Any]],
    sentence: tuple[int, int] | None = None,
    *,
    links: bool = True,
) -> str:
    """The text, escaped, each mention a link to the map, or only marked where it is not there.

    sentence : start and end of one to bring out. Without `links` those that would be are marked
    alike: where the page holds what is not saved yet, a link would lose it.
    """
    first, last = sentence or (0, 0)
    pieces = [_marked_part(text, mentions, 0, first, links)]
    if sentence:
        pieces.append('<span class="dl-at">')
        pieces += [_marked_part(text, mentions, first, last, links), "</span>"]
    pieces.append(_marked_part(text, mentions, last, len(text), links))
    return f'<div class="dl-text" lang="en"><bdi>{"".join(pieces)}</bdi></div>'


def _marked_part(
    text: str, mentions: Sequence[Mapping[str, Any]], first: int, last: int, links: bool
) -> str:
    """The text from `first` to `last` with the mentions that lie in it."""
    pieces, at = [], first
    for mention in sorted(mentions, key=lambda m: (m["start"], -m["end"])):
        start, end = int(mention["start"]), int(mention["end"])
        if start < at or end > last:
            continue
        pieces.append(safe(text[at:start]))
        words, form = safe(text[start:end]), str(mention["form"])
        title = safe(_hover(mention))
        if mention["place_id"] and form != "demonym":
            target = f"./?{PLACE}={quote(str(mention['place_id']), safe=':-')}"
            weak = " dl-weak" if float(mention["confidence"]) < WEAK else ""
            begins, ends = (
                (f'<a href="{safe(target)}" target="_self"', "</a>") if links
                else ("<mark", "</mark>")
            )  # fmt: skip
            pieces.append(f'{begins} class="dl-located{weak}" title="{title}">{words}{ends}')
        else:
            pieces.append(f'<mark title="{title}">{words}</mark>')
        at = end
    pieces.append(safe(text[at:last]))
    return "".join(pieces)


def changed_text(old: str, new: str) -> str:
    """The new text, escaped, with what is gone struck through and what is new underlined."""
    tags = {"gone": "del", "new": "ins"}
    pieces = []
    for change, piece in changes(old, new):
        words = piece.lstrip()
        space = safe(piece[: len(piece) - len(words)])
        tag = tags.get(change) if words else None
        pieces.append(f"{space}<{tag}>{safe(words)}</{tag}>" if tag else space + safe(words))
    return f'<div class="dl-text dl-changes"><bdi>{"".join(pieces)}</bdi></div>'


def _hover(mention: Mapping[str, Any]) -> str:
    """What hovering over a mention tells: form, place, confidence."""
    form = strings.FORMS.get(str(mention["form"]), str(mention["form"]))
    name = str(mention.get("place_name") or "")
    if not name:
        return f"{form} · {strings.ARTICLE_LEGEND_UNSURE}"
    return f"{form} · {name} · {strings.CONFIDENCE} {float(mention['confidence']):.2f}"


def event_card(event: Mapping[str, Any], colour: str, beneath: str = "") -> str:
    """One event: type, sub-type, date with precision, status, sentence, source, confidence.

    `beneath` is HTML to end the card with.
    """
    spans = [(int(a), int(b), "dl-toponym") for a, b in event.get("mention_spans") or ()]
    trigger = event.get("trigger_span")
    if trigger:
        spans.append((int(trigger[0]), int(trigger[1]), "dl-trigger"))
    precision = str(event["date_precision"])
    when = [f"{safe(period(event['date_start'], event['date_end'], precision))}"]
    when += [
        f"<span>{safe(part)}</span>"
        for part in (
            strings.DATE_PRECISIONS.get(precision, "") if event["date_start"] is not None else "",
            strings.STATUSES.get(str(event["status"]), str(event["status"])),
            *_facts(event),
        )
        if part
    ]
    confidence = float(event["confidence"])
    name, line = views.type_and_subtype(str(event["type"]), str(event["subtype"]))
    return (
        f'<article class="dl-event"><i class="dl-dot" style="--dot:{colour}"></i>'
        f"<h3>{safe(name)}</h3>"
        f'<div class="dl-muted">{safe(line)}</div>'
        f'<div class="dl-when">{" <span>·</span> ".join(when)}</div>'
        f'<p class="dl-sentence">{marked(str(event["sentence"]), spans)}</p>'
        f"{_elsewhere(event)}{_around(event)}"
        f'<div class="dl-muted">{_source(event)}</div>'
        f'<div class="dl-confidence">{bar(confidence)}'
        f"{confidence:.2f} · {_review(event)}</div>{beneath}</article>"
    )


def _around(event: Mapping[str, Any]) -> str:
    """To be opened: the sentence among its neighbours, how it was dated, and where to read on."""
    reason = str(event.get("date_reason") or "")
    dated = strings.AROUND_DATED.format(reason=reason) if reason else strings.AROUND_UNDATED
    inside, read = "", ""
    if "around" in event:
        before, after = event["around"]
        inside = (
            f"<p><bdi>{safe(before, SENTENCE_CHARS)} <b>{safe(event['sentence'], SENTENCE_CHARS)}"
            f"</b> {safe(after, SENTENCE_CHARS)}</bdi></p>"
        )
        address = f"./articles?{ARTICLE}={event['article_id']}&{AT}={event['sentence_start']}"
        read = f'<a href="{safe(address)}" target="_self">{safe(strings.AROUND_READ)}</a>'
    return (
        f'<details class="dl-around"><summary>{safe(strings.AROUND)}</summary>{inside}'
        f"<p><bdi>{safe(dated, 300)}</bdi></p>{read}</details>"
    )


def _elsewhere(event: Mapping[str, Any]) -> str:
    """Say so where the sentence does not name its place."""
    if not event.get("elsewhere"):
        return ""
    named = strings.NAMED_IN_ROW if event.get("dataset_id") else strings.NAMED_ELSEWHERE
    said = named.format(name=event["elsewhere"])
    return f'<div class="dl-note"><bdi>{safe(said, 160)}</bdi></div>'


def _review(event: Mapping[str, Any]) -> str:
    """The review with its mark; colour is a second cue."""
    name = str(event.get("review") or strings.UNREVIEWED)
    mark = strings.REVIEW_MARKS.get(name, "")
    said = safe(strings.REVIEWS.get(name, name))
    return f'<span class="dl-review dl-review-{safe(name)}">' \
        f'<span aria-hidden="true">{mark}</span> {said}</span>'  # fmt: skip


def _facts(event: Mapping[str, Any]) -> list[str]:
    facts = []
    if toll := killed(event.get("fatalities_low"), event.get("fatalities_high")):
        facts.append(toll)
    if event.get("claimed_by"):
        facts.append(strings.CLAIMED_BY.format(who=event["claimed_by"]))
    return facts


def killed(low: int | None, high: int | None) -> str:
    """How many were killed, in words; empty where nobody says. None is an open end."""
    if low is None and high is None:
        return ""
    if high is None:
        return strings.FATALITIES_LEAST.format(n=f"{low:,}")
    if low is None:
        return strings.FATALITIES_MOST.format(n=f"{high:,}")
    if high == 0:
        return strings.FATALITIES_NONE
    return strings.FATALITIES.format(n=f"{low:,}" if low == high else f"{low:,}–{high:,}")


def _source(event: Mapping[str, Any]) -> str:
    """What reported the event: an article, or a row of a data set."""
    return _row(event) if event.get("dataset_id") else _article(event)


def _row(event: Mapping[str, Any]) -> str:
    named = strings.DATASET_ROW.format(
        dataset=event["dataset"], id=event["external_id"], line=event["position"]
    )
    reporter, address = safe(event["source"], 140), link(event["source_url"])
    if address:
        reporter = (
            f'<a href="{safe(address)}" target="_blank" rel="noopener noreferrer">'
            f"{reporter or safe(address, 80)}</a>"
        )
    said = f" · {safe(strings.DATASET_SOURCE)} <bdi>{reporter}</bdi>" if reporter else ""
    licence = safe(event["dataset_licence"], 300)
    return f"<bdi>{safe(named, 200)}</bdi>{said}" + (f"<br><bdi>{licence}</bdi>" if licence else "")


def _article(event: Mapping[str, Any]) -> str:
    title = safe(event.get("title") or strings.ARTICLE_LABEL, 140)
    address = link(event.get("url"))
    if address:
        named = f'<a href="{safe(address)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    else:
        named = (
            f'<a href="./articles?{ARTICLE}={safe(event["article_id"])}" target="_self">{title}</a>'
        )
    publisher = safe(event.get("publisher") or "", 80)
    return f"<bdi>{named}</bdi>" + (f" · {publisher}" if publisher else "")


def bar(share: float) -> str:
    """A short bar for a figure between 0 and 1; the figure stands beside it."""
    width = round(100 * min(1.0, max(0.0, share)))
    return f'<span class="dl-bar" aria-hidden="true"><span style="width:{width}%"></span></span>'


def evidence(events: Sequence[Mapping[str, Any]], place_id: str = "") -> list[Mapping[str, Any]]:
    """Events with `mention_spans`: of one place where it is named, else of every place."""
    found = []
    for event in events:
        places = list(event.get("places") or ())
        own = [p for p in places if p.get("place_id") == place_id] if place_id else places
        spans = [p["span"] for p in own if p.get("span")]
        elsewhere = [str(p["name"]) for p in own if not p.get("span") and p["role"] == "location"]
        found.append(
            {**event, "mention_spans": spans, "elsewhere": "" if spans else ", ".join(elsewhere)}
        )
    return found


def event_list(events: Sequence[Mapping[str, Any]], colours: Mapping[str, str]) -> str:
    """Cards in the order given."""
    cards = "".join(
        event_card(event, colours.get(str(event["type"]), "#888888")) for event in events
    )
    return f'<div class="dl-events">{cards}</div>'


def incident_list(
    incidents: Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]], int]],
    colours: Mapping[str, str],
    *,
    folded: bool,
) -> str:
    """Cards in the order given, each with what is known of its incident.

    incidents : an event, the other reports of its incident, and how many more there are.
    folded : whether the other reports stand beneath it, to be opened, or are only counted.
    """
    cards = []
    for event, others, left in incidents:
        beneath = ""
        if others:
            beneath = _disagreements([event, *others])
            beneath += _others(others, left, colours) if folded else _one_of(1 + len(others) + left)
        colour = colours.get(str(event["type"]), "#888888")
        cards.append(event_card(event, colour, beneath))
    return f'<div class="dl-events">{"".join(cards)}</div>'


def _one_of(number: int) -> str:
    said = strings.ONE_OF_REPORTS.format(n=number)
    return f'<div class="dl-muted">{safe(said)}</div>'


def _others(others: Sequence[Mapping[str, Any]], left: int, colours: Mapping[str, str]) -> str:
    number = plural(
        len(others) + left, strings.MORE_REPORTS_ONE, strings.MORE_REPORTS_MANY
    )  # fmt: skip
    more = safe(strings.REPORTS_NOT_SHOWN.format(n=left)) if left else ""
    return (
        f'<details class="dl-reports"><summary>{safe(number)}</summary>'
        f'{event_list(others, colours)}<div class="dl-muted">{more}</div></details>'
    )


def _disagreements(reports: Sequence[Mapping[str, Any]]) -> str:
    """A line for each matter on which the reports cannot all be right, with who says what."""
    lines = []
    for found in disagreements(reports):
        said = "; ".join(
            f"<b>{safe(account, 80)}</b> ({safe(', '.join(names), 120)})"
            for account, names in found.said
        )
        lines.append(
            f'<div class="dl-note dl-disagree">{safe(strings.DISAGREE[found.matter])} '
            f"<bdi>{said}</bdi></div>"
        )
    return "".join(lines)


def why_here(
    mentions: Sequence[Mapping[str, Any]], name: str, *, coded: bool = False
) -> str:
    """What was weighed before the place was chosen: names found, candidates, scores, reasons.

    `coded`: where no text names it, a data set does.
    """
    if not mentions:
        said = strings.WHY_CODED if coded else strings.WHY_NOTHING
        return f'<div class="dl-why">{safe(said)}</div>'
    surfaces = Counter((str(m["surface"]), str(m["form"])) for m in mentions)
    names = ", ".join(
        f"“{safe(surface, 40)}”"
        + (f" ×{n}" if n > 1 else "")
        + (f" ({safe(strings.FORMS[form])})" if form != "name" and form in strings.FORMS else "")
        for (surface, form), n in surfaces.most_common(4)
    )
    best = max(mentions, key=lambda m: (len(m.get("candidates") or ()), float(m["confidence"])))
    parts = [f"<b>{safe(strings.WHY_HERE)}</b> ", strings.WHY_NAMES.format(names=names), " "]
    parts.append(
        strings.WHY_CHOSEN.format(name=safe(name, 60), score=f"{float(best['confidence']):.2f}")
    )
    if best.get("corrected"):
        read_as = str(best.get("read_as") or "")
        first = next((c.get("place_id") for c in best.get("candidates") or ()), None)
        said = (
            strings.WHY_CORRECTED_NOWHERE if not read_as
            else strings.WHY_CONFIRMED if first == best.get("place_id")
            else strings.WHY_CORRECTED
        )  # fmt: skip
        parts += [" ", safe(said.format(name=read_as), 160)]
    candidates = list(best.get("candidates") or ())
    others = [c for c in candidates if c.get("place_id") != best.get("place_id")]
    if others:
        runner = strings.WHY_RUNNER_UP.format(
            name=safe(candidate_name(others[0]), 90), score=f"{float(others[0]['score']):.2f}",
            gap=f"{float(best['confidence']) - float(others[0]['score']):.2f}",
        )
        parts += [" ", runner]
    else:
        parts += [" ", safe(strings.WHY_NO_RUNNER_UP)]
    if not candidates and best.get("method"):
        parts += [" ", safe(best["method"], 300)]
    return f'<div class="dl-why">{"".join(parts)}{_candidate_table(candidates)}</div>'


def candidate_name(candidate: Mapping[str, Any]) -> str:
    """`Andriivka (settlement), Donetsk, UA`."""
    where = [str(candidate.get("admin1_name") or ""), str(candidate.get("country") or "")]
    inside = ", ".join(part for part in where if part and part != candidate.get("name"))
    name = f"{candidate.get('name')} ({kind(candidate.get('kind'))})"
    return f"{name}, {inside}" if inside else name


def _candidate_table(candidates: Sequence[Mapping[str, Any]]) -> str:
    if not candidates:
        return ""
    rows = "".join(
        f"<tr><td>{safe(candidate_name(c), 90)}</td><td>{float(c['score']):.2f}</td>"
        f"<td>{safe(' · '.join(str(r) for r in c.get('reasons') or ()), 400)}</td></tr>"
        for c in candidates[:CANDIDATES_SHOWN]
    )
    head = "".join(
        f"<th>{safe(s)}</th>" for s in (strings.CANDIDATE, strings.SCORE, strings.REASONS)
    )
    return (
        f"<details><summary>{safe(strings.WHY_ALL)}</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and values, one pair a line."""
    rows = "".join(
        f"<dt>{safe(name)}</dt><dd><bdi>{safe(value, 120)}</bdi></dd>" for name, value in pairs
    )
    return f'<dl class="dl-facts">{rows}</dl>'


def unlocated(mention: Mapping[str, Any]) -> str:
    """A mention that is not on the map, in its sentence; its candidates stand beneath it."""
    sentence = marked(
        str(mention["sentence"]), [(mention["start"], mention["end"], "dl-toponym")], limit=220
    )
    none = "" if mention.get("candidates") else safe(strings.NO_GUESS)
    title = safe(mention.get("title") or "", 80)
    notes = " · ".join(part for part in (none, f"<bdi>{title}</bdi>" if title else "") if part)
    return f'<div class="dl-unlocated">{sentence}<div class="dl-note">{notes}</div></div>'


def _incident_words(events: int, incidents: int) -> tuple[str, str]:
    """What to call a number of incidents, with how often each was told where that inflates it."""
    words = strings.INCIDENTS_ONE, strings.INCIDENTS_MANY
    times = f"{events / max(1, incidents):.1f}"
    if times == "1.0":
        return words
    told = strings.TOLD_TIMES.format(n=times)
    return f"{words[0]}, {told}", f"{words[1]}, {told}"


def counts_line(
    events: int, incidents: int, places: int, articles: int, datasets: int, span: str, undated: int
) -> str:
    """The line above the map."""
    numbers = [
        (events, strings.EVENTS_ONE, strings.EVENTS_MANY),
        (incidents, *_incident_words(events, incidents)),
        (places, strings.PLACES_ONE, strings.PLACES_MANY),
        (articles, strings.ARTICLES_ONE, strings.ARTICLES_MANY),
    ]
    if datasets:
        numbers.append((datasets, strings.DATASETS_ONE, strings.DATASETS_MANY))
    parts = []
    for n, one, many in numbers:
        number, word = plural(n, one, many).split(" ", 1)
        parts.append(f"<span><b>{number}</b>{safe(word)}</span>")
    late = f" {safe(strings.UNDATED.format(n=undated))}" if undated else ""
    parts.append(f'<span class="dl-period"><b>{safe(span)}</b>{late}</span>')
    return f'<div class="dl-counts" role="status">{"".join(parts)}</div>'
