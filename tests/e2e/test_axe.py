"""axe-core on every page, light and dark, the map's frame too: nothing serious or critical."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from geo.settings import ROOT
from tests.e2e.conftest import Visit

Visits = Callable[..., Visit]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PATHS = ["/", "/events", "/articles", "/add", "/feeds", "/datasets", "/corrections", "/places",
         "/about"]  # fmt: skip
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => [one.id, one.nodes.map((node) => node.target.join(" ")).slice(0, 5)])"""


def violations(page: Visit) -> Any:
    """What axe finds in the page and its frames: rule, and where it is broken."""
    if not AXE.is_file():
        pytest.fail("axe-core is missing: run `make setup`")
    script = AXE.read_text(encoding="utf-8")
    for frame in page.page.frames:
        frame.evaluate(script)
    return page.page.evaluate(RUN)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("width", "height", "dark"), [(1440, 900, False), (390, 844, True)], ids=["light", "phone-dark"]
)
def test_axe_finds_nothing_serious(
    visit: Visits, path: str, width: int, height: int, dark: bool
) -> None:
    page = visit(path, width=width, height=height, dark=dark)
    if path == "/":
        page.marks()
        page.page.locator(".stVegaLiteChart svg").wait_for()
    assert violations(page) == []
    wide = page.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= width
    assert page.page.locator("[data-testid=stException]").count() == 0


def test_axe_would_find_what_is_wrong(visit: Visits) -> None:
    page = visit("/about")
    page.page.evaluate("document.querySelector('.dl-title').style.color = '#cccccc'")
    assert [rule for rule, _ in violations(page)] == ["color-contrast"]


def test_axe_finds_nothing_serious_in_an_open_place_and_the_tray(visit: Visits) -> None:
    page = visit("/?lat=48.59&lon=38&zoom=11")
    page.frame.locator('.dl-mark[data-id^="p."]').first.wait_for()
    page.click(next(mark for mark in page.marks() if mark.startswith("p.")))
    page.page.get_by_role("button", name="Shows").click()
    page.settle()
    assert violations(page) == []
