"""The shift changes: on a phone and on a desk."""

from playwright.sync_api import expect

from .accessibility import violations, violations_at
from .conftest import DESK, NARROW, PHONE, follow, press
from .test_intake_list import ask, change, empty_desk  # noqa: F401 - fixtures


def test_a_shift_is_handed_over_and_taken(log_in, ask, axe, site):  # noqa: F811
    reference = ask()
    change(
        site,
        "UPDATE contact_callbackrequest SET call_by = '2026-01-01', priority = 0"
        " WHERE reference = ?",
        reference.replace("-", ""),
    )
    page = log_in("intake", "/intake/handover/", PHONE)
    row = page.locator(".handover__rows li", has_text=reference)
    expect(row).to_contain_text("Words that may mean danger")
    assert violations(axe, page) == []
    for viewport in (DESK, NARROW):
        assert violations_at(axe, page, viewport) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.get_by_label("Note for the next shift").fill("Nothing more.")
    page.get_by_role("button", name="Hand over").click()
    page.wait_for_url("**/intake/handover/*/")

    page = log_in("lead", "/intake/", NARROW)
    follow(page, "Read and acknowledge")
    press(page, "I have read it and take over")
    expect(page.locator("main")).to_contain_text("You have taken this shift over.")
    assert violations(axe, page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("link", name="Go on to the calls").click()
    expect(page.get_by_role("link", name=reference)).to_be_visible()


def test_a_shift_note_is_not_sent_into_a_log_in_page(log_in):
    page = log_in("intake", "/intake/handover/", DESK)
    note = page.get_by_label("Note for the next shift")
    note.fill("Twenty minutes of words.")
    page.clock.set_fixed_time("2099-01-01T00:00:00Z")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Hand over").click()
    page.locator("[data-covered]").wait_for()
    assert note.count() == 0
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Show what I wrote").click()
    expect(page.get_by_label("What you wrote")).to_have_value("Twenty minutes of words.")


def test_leaving_a_half_written_shift_note_asks_first(log_in):
    page = log_in("intake", "/intake/handover/", DESK)
    page.get_by_label("Note for the next shift").fill("Half a sen")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Calls").first.click()
    page.wait_for_url("**/intake/")
    assert asked == ["beforeunload"]
