"""A page that a browser has never seen, as it comes in over a slow line."""

import pytest

from .conftest import NARROW, PHONE

PATHS = ["/", "/articles/why-is-heroin-so-addictive/", "/faq/", "/contact/", "/help-now/"]
# Milliseconds, and bytes a second: a phone with two bars.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SHIFTS = """() => new Promise((resolve) => {
  const shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(shifts), 100));
})"""
RESOURCES = """() => performance.getEntriesByType("resource").map((entry) => ({
  name: entry.name, kind: entry.initiatorType, holdsUp: entry.renderBlockingStatus === "blocking",
}))"""


@pytest.fixture
def first_visit(open_page):
    """Open a page over a slow line, with nothing kept from an earlier one."""

    def new(path, viewport=PHONE):
        page = open_page("/healthz", viewport)
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW)
        page.goto(path)
        return page

    return new


@pytest.mark.parametrize("path", PATHS)
def test_page_fetches_icon_and_rules_alone_and_waits_for_neither(first_visit, path):
    page = first_visit(path)
    resources = page.evaluate(RESOURCES)
    names = [each["name"].rpartition("/")[2].partition(".")[0] for each in resources]
    assert {*names} <= {"favicon", "prefetch"}, resources
    assert not [each for each in resources if each["holdsUp"]]
    # What stands in the page is allowed to work.
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"
    page.keyboard.press("Shift")
    assert page.locator("[data-leave-status]").inner_text() != ""
    assert page.context.cookies() == []


@pytest.mark.parametrize("viewport", [NARROW, PHONE], ids=["320 px", "390 px"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_moves_while_the_page_comes_in(first_visit, path, viewport):
    page = first_visit(path, viewport)
    # A line of text that the network cut in two may still grow: a quarter of what counts as good
    # (Cumulative Layout Shift, web.dev: 0.1).
    assert sum(page.evaluate(SHIFTS)) <= 0.025
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
