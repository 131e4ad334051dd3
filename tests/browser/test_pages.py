"""Every kind of page, as a browser draws it."""

import pytest

from .accessibility import violations, violations_at
from .conftest import DESK, NARROW, PHONE

PAGES = [
    "/",
    "/articles/",
    "/articles/topics/understanding-heroin/",
    "/articles/why-is-heroin-so-addictive/",
    "/faq/",
    "/faq/topics/withdrawal-and-safety/",
    "/faq/is-withdrawal-dangerous/",
    "/contact/",
    "/contact/thanks/",
    "/help-now/",
    "/help-now/sheet/",
    "/es/",
    "/search/?q=heroin",
    "/search/?q=qqqqqq",
    "/privacy/",
    "/accessibility/",
    "/nondiscrimination/",
    "/leaving-safely/",
]


# WCAG 2.5.8: 24 px, except links inside a sentence.
SMALL_TARGETS = """() =>
  [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter((e) => e.checkVisibility() && !e.closest("p, li p, td, .visually-hidden, .hp"))
    .filter((e) => !e.matches(".skip-link") && e.getAttribute("tabindex") !== "-1")
    .map((e) => [e.outerHTML.slice(0, 90), e.closest("label")?.getBoundingClientRect()
       ?? e.getBoundingClientRect(), getComputedStyle(e).display])
    .filter(([, box, display]) => display !== "inline" && (box.height < 24 || box.width < 24))
    .map(([html]) => html)"""


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_fits_narrow_phones_and_sets_no_cookie(open_page, axe, path):
    page = open_page(path, PHONE)
    assert page.evaluate(SMALL_TARGETS) == []
    assert violations(axe, page) == []
    assert violations_at(axe, page, DESK) == []
    for width in (360, 390, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    number = page.locator("header a[href^='tel:+1']").first
    assert number.is_visible()
    box = number.bounding_box()
    assert box["height"] >= 44
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert box["y"] < 640
    assert page.context.cookies() == []


ONE_MORE_IN_THE_FOOT = """() => {
  const list = document.querySelector(".footer ul");
  list.prepend(list.firstElementChild.cloneNode(true));
}"""


def test_pages_survive_text_of_twice_the_size(launch, site):
    """WCAG 1.4.4: a reader who set the browser's letters to 200 %."""
    browser = launch("--blink-settings=defaultFontSize=32")
    page = browser.new_page(viewport=PHONE)
    for path in PAGES:
        page.goto(f"{site.url}{path}")
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") != "16px"
        for size in (PHONE, NARROW):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    # Pages of staff and the one about the center come before the others in the foot.
    for _page in range(2):
        page.evaluate(ONE_MORE_IN_THE_FOOT)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    browser.close()


@pytest.mark.parametrize("path", ["/nowhere/", "/articles/nothing/", "/faq/nothing/"])
def test_error_page_is_accessible(open_page, axe, path):
    page = open_page("/", PHONE)
    assert page.goto(path).status == 404
    page.complaints.clear()  # the browser reports the 404 itself as an error
    assert violations(axe, page) == []
    assert page.locator("main a[href^='tel:+1']").first.is_visible()
