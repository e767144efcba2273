"""Articles come in by hand: pasted, dropped as files, given as links; and no mark-up of theirs."""

from __future__ import annotations

import html
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from pages import strings
from tests.e2e.conftest import Newsroom, Visit

Visits = Callable[..., Visit]

MARKUP = (
    "<img src='http://evil.example/pixel.png'><script>window.hurt = 1</script>"
    "<iframe src='http://evil.example/'></iframe><style>body{display:none}</style>"
    "<svg onload='window.hurt = 2'></svg> ![x](http://evil.example/markdown.png)"
)


def field(page: Visit, name: str) -> Locator:
    """A field of the drafts, by its label."""
    return page.page.get_by_role("textbox", name=name, exact=True)


def press(page: Visit, name: str) -> None:
    """Press the button of that name which is in sight."""
    page.page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def test_a_pasted_text_is_looked_at_corrected_and_put_on_the_map(
    visit: Visits, newsroom: Newsroom
) -> None:
    page = visit("/add", at=newsroom.address)
    field(page, strings.ADD_PASTE).fill(
        "Depot burns\n\nShelling hit a depot in Bakhmut on Wednesday and killed four people."
    )
    press(page, strings.ADD_LOOK)
    preview = page.page.locator(".stExpander")
    expect(preview).to_contain_text("places named: 1, located: 1")
    expect(preview.locator(".dl-scroll")).to_contain_text("Shelling hit a depot in Bakhmut")

    preview.get_by_role("spinbutton", name=f"year, {strings.DRAFT_DATE}").click()
    page.page.keyboard.type("20230505", delay=60)  # as fast as a person
    page.page.keyboard.press("Escape")
    expect(preview.locator(".dl-read")).to_contain_text("3 May 2023")  # that week's Wednesday
    field(page, strings.DRAFT_PUBLISHER).fill("The Test Courier")
    field(page, strings.DRAFT_PUBLISHER).press("Tab")
    page.settle()
    page.page.get_by_role("link", name=strings.PAGE_FEEDS, exact=True).first.click()
    expect(page.page.get_by_role("heading", name=strings.FEEDS_HEAD)).to_be_visible()
    page.page.get_by_role("link", name=strings.PAGE_ADD, exact=True).first.click()
    expect(field(page, strings.DRAFT_PUBLISHER)).to_have_value("The Test Courier")
    expect(preview.locator(".dl-read")).to_contain_text("3 May 2023")
    press(page, strings.DRAFT_SAVE)
    expect(page.page.get_by_role("status")).to_contain_text(strings.DRAFT_OUTCOMES["new"])

    page.open("/?lat=48.59&lon=38&zoom=11")
    page.frame.locator('.dl-mark[data-id^="p."]').first.wait_for()
    page.click(next(mark for mark in page.marks() if mark.startswith("p.")))
    expect(page.page.locator(".st-key-panel .dl-title").first).to_have_text("Bakhmut")
    card = page.page.locator(".st-key-panel .dl-event", has_text="depot")
    expect(card).to_contain_text("3 May 2023")
    expect(card).to_contain_text("The Test Courier")


def test_of_two_files_the_bad_one_is_named_and_the_good_one_kept(
    visit: Visits, newsroom: Newsroom
) -> None:
    page = visit("/add", at=newsroom.address)
    page.page.get_by_role("tab", name=strings.ADD_BY_FILE).click()
    page.page.locator("input[type=file]").set_input_files([
        {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 no more"},
        {"name": "bridge.txt", "mimeType": "text/plain",
         "buffer": b"Bridge hit\n\nA missile hit a bridge in Izium on 4 May 2023."},
    ])  # fmt: skip
    for name in ("broken.pdf", "bridge.txt"):
        expect(page.page.get_by_text(name, exact=True)).to_be_visible()
    press(page, strings.ADD_LOOK)
    failures = page.page.locator(".dl-empty[role=alert] li")
    expect(failures).to_have_count(1)
    expect(failures).to_contain_text("broken.pdf is no PDF that can be read")
    expect(page.page.locator(".stExpander")).to_have_count(1)
    expect(page.page.locator(".stExpander")).to_contain_text("located: 1")
    press(page, strings.DRAFT_SAVE)
    expect(page.page.get_by_role("status")).to_contain_text(strings.DRAFT_OUTCOMES["new"])
    files = page.page.get_by_role("tab", name=strings.ADD_BY_FILE)
    expect(files).to_have_attribute("aria-selected", "true")


def hostile_page(when: str) -> bytes:
    told = html.escape(MARKUP)  # what a reader of that page sees is mark-up too
    return (
        f"<html lang=en><head><title>Rail yard hit {told}</title>{MARKUP}</head><body><article>"
        f"<h1>Rail yard hit {told}</h1><p>Rockets hit a rail yard in Lyman {when}. "
        f"{told}</p>{MARKUP}<p>{'Trains stood still for hours after that. ' * 12}</p>"
        f"</article>{MARKUP}</body></html>".encode()
    )


def test_a_link_gives_its_story_its_changes_and_none_of_its_markup(
    visit: Visits, newsroom: Newsroom
) -> None:
    newsroom.site.pages["/hostile"] = lambda handler: handler.answer(
        hostile_page("on 2 May 2023")
    )
    page = visit("/add", at=newsroom.address)
    page.page.get_by_role("tab", name=strings.ADD_BY_LINK).click()
    field(page, strings.ADD_LINKS).fill(
        f"{newsroom.site.url('/hostile')}\nhttp://127.0.0.1:22/\n{newsroom.site.url('/nothing')}"
    )
    press(page, strings.ADD_FETCH)
    failures = page.page.locator(".dl-empty[role=alert] li")
    expect(failures).to_have_count(2)
    expect(failures.first).to_contain_text("port 22 is not asked")
    expect(failures.last).to_contain_text("404")
    expect(page.page.locator(".dl-scroll")).to_contain_text("window.hurt = 1")
    expect(field(page, strings.DRAFT_LINK)).to_have_value(newsroom.site.url("/hostile"))
    press(page, strings.DRAFT_SAVE)
    expect(page.page.get_by_role("status")).to_contain_text(strings.DRAFT_OUTCOMES["new"])

    newsroom.site.pages["/hostile"] = lambda handler: handler.answer(
        hostile_page(f"on 3 May 2023 {html.escape(MARKUP)}")
    )
    expect(page.page.locator(".stExpander")).to_have_count(0)
    page.settle()
    field(page, strings.ADD_LINKS).fill(newsroom.site.url("/hostile"))
    press(page, strings.ADD_FETCH)
    expect(page.page.locator(".stExpander .dl-scroll")).to_contain_text("on 3 May")
    press(page, strings.DRAFT_SAVE)
    expect(page.page.get_by_role("status")).to_contain_text(strings.DRAFT_OUTCOMES["version"])
    page.open("/articles").page.get_by_role("combobox", name=strings.ARTICLE_CHOOSE).fill("Rail")
    page.page.get_by_role("option").first.click()
    page.page.locator("details", has_text="Version 1, replaced on").locator("summary").click()
    expect(page.page.locator(".dl-changes del")).to_have_text(["2", "2023."])
    expect(page.page.locator(".dl-changes ins")).to_contain_text(["3", "window.hurt = 2"])

    for path, seen in (("/events?q=rail+yard", ".stDataFrame"), ("/articles", ".dl-title"),
                       ("/?q=rail+yard", ".dl-event")):  # fmt: skip
        page.open(path).page.locator(seen).first.wait_for()
        assert page.page.evaluate("window.hurt") is None
        assert page.page.locator("[src*=evil], [href*=evil]").count() == 0
    # That nothing was asked of evil.example, and no script failed, `visit` asserts at the end.
