"""Searching as visitors do: from any page, by keyboard, on a small phone, without script."""

from .accessibility import violations
from .conftest import DESK

SMALL = {"width": 320, "height": 568}


def test_suggestion_is_chosen_by_keyboard(open_page, axe):
    page = open_page("/faq/", DESK)
    field = page.get_by_role("combobox", name="Search this site")
    field.click()
    page.keyboard.type("pregn")
    option = page.get_by_role("option").first
    option.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    ids = page.eval_on_selector_all("[id]", "found => found.map((each) => each.id)")
    assert len(ids) == len(set(ids))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    assert violations(axe, page) == []
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "pregn"
    page.keyboard.type("a")
    option.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/faq/pregnant/")


def test_small_phone_without_script_leads_to_the_steps_in_two_taps(open_page):
    page = open_page("/articles/why-is-heroin-so-addictive/", SMALL, java_script_enabled=False)
    field = page.get_by_role("searchbox", name="Search this site")
    button = page.get_by_role("button", name="Search")
    assert all(each.bounding_box()["height"] >= 44 for each in (field, button))
    field.fill("my friend wont wake up")
    with page.expect_navigation():
        field.press("Enter")
    main = page.get_by_role("main")
    call = main.get_by_role("link", name="Call 911").first
    assert call.bounding_box()["y"] < 2 * SMALL["height"]
    with page.expect_navigation():
        main.locator(".article-item a").first.click()
    assert page.url.endswith("/faq/signs-of-an-overdose/")
    assert "Give naloxone" in page.get_by_role("main").inner_text()
