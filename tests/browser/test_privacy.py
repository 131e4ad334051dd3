"""The pages of privacy officers and of the review, on a phone and on a desk."""

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from .accessibility import violations, violations_at
from .conftest import DESK, NARROW, PHONE, follow, press
from .test_intake_list import ask, change, empty_desk, stored  # noqa: F401 - fixtures

CLOSED = (
    "UPDATE contact_callbackrequest SET status = 'closed', outcome = 'answered',"
    " closed_at = '2026-01-01' WHERE reference = ?"
)


def assert_fits(axe, page):
    assert violations(axe, page) == []
    for viewport in (DESK, NARROW):
        assert violations_at(axe, page, viewport) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_old_open_requests_are_reviewed(log_in, ask, axe, site):  # noqa: F811
    reference = ask()
    change(
        site,
        "UPDATE contact_callbackrequest SET created_at = '2026-01-01' WHERE reference = ?",
        reference.replace("-", ""),
    )
    page = log_in("lead", "/intake/review/", PHONE)
    expect(page.locator("main")).to_contain_text(reference)
    assert_fits(axe, page)
    follow(page, f"Keep it open {reference}")
    assert_fits(axe, page)
    page.get_by_label("Until").fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_label("Why it stays open").fill("They wait for a bed in spring")
    press(page, "Keep it open")
    expect(page.locator("main")).to_contain_text(f"{reference} stays open.")


def test_a_person_is_held_disclosed_exported_and_erased(log_in, ask, axe, site):  # noqa: F811
    reference = ask()
    change(site, CLOSED, reference.replace("-", ""))
    page = log_in("privacy", "/intake/", PHONE)
    page.goto(f"/intake/?q={reference}")
    follow(page, reference)
    follow(page, "Privacy of this person")
    person = page.url
    for name in ("Who saw", "What was disclosed", "Export all"):
        page.goto(person)
        follow(page, re.compile(name))
        assert_fits(axe, page)
    page.goto(person)
    page.get_by_label("Why").fill("County court, case 12")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Lift the legal hold")).to_be_visible()
    assert_fits(axe, page)
    page.goto("/intake/privacy/")
    expect(page.locator("main")).to_contain_text("County court, case 12")
    assert_fits(axe, page)
    page.goto(person)
    page.get_by_label("Why").fill("The case is over now")
    press(page, "Lift the legal hold")
    follow(page, "Erase all")
    assert_fits(axe, page)
    page.get_by_label("Why it is erased").fill("They asked us in writing")
    page.get_by_label("I have read what goes").check()
    page.get_by_label("Your own password").fill(site.logins["privacy"])
    press(page, "Ask for the erasure")
    expect(page.locator("main")).to_contain_text("so somebody else confirms it")
    assert_fits(axe, page)
    second = log_in("lead", "/intake/erasures/", PHONE)
    second.get_by_role("link", name=re.compile(f"Look and decide.*{reference}")).click()
    second.get_by_label("I have read what goes").check()
    second.get_by_label("Your own password").fill(site.logins["lead"])
    assert_fits(axe, second)
    press(second, "Erase for good")
    expect(second.locator("main")).to_contain_text("Erased: 1 request.")
