"""One call, from the card to what follows."""

import re

import pytest
from playwright.sync_api import expect

from .accessibility import WCAG, violations, violations_at
from .conftest import DESK, NARROW, PHONE, press, wait_until
from .test_intake_list import change

DIGITS = "555-0147"
MAKE = """
from datetime import timedelta
from django.utils import timezone
from tests.factories import make_request
asked = make_request(
    name="Waiting Exampleperson", phone="+16025550147", needs="Speak slowly", language="es",
    voicemail="callback_only", priority=0, time_zone="", best_time="any",
    created_at=timezone.now() - timedelta(minutes=5),
)
print(asked.pk)
"""
SHARE = """
from tests.factories import make_request
for name in ("Daughter Sampleton", "Waiting Exampleperson"):
    print(make_request(name=name, phone="+16025550147", message="Not for others to read.").pk)
"""
CHANGE = """
from uuid import UUID
from django.db import transaction
from contact.lifecycle.team import claims
from contact.lifecycle.changes import transitions
with transaction.atomic():
    asked = claims.lock(UUID(words[0]))
    if asked.is_open:
        transitions.close(asked, None, "cancelled")
"""


@pytest.fixture
def card(site, log_in):
    """Open the card of a request that has just come; `is_shared`: with others on its line."""
    made = []

    def new(viewport=PHONE, role="intake", is_shared=False, **options):
        made.append(site.run(MAKE).strip())
        path = f"/intake/requests/{made[-1]}/"
        if is_shared:
            made.extend(site.run(SHARE).split())
        page = log_in(role, "/intake/", viewport, **options)
        page.goto(path)
        return page

    yield new
    for pk in made:
        site.run(CHANGE, pk)


def show_number(page):
    press(page, "Take this call")
    anyway = page.get_by_label("Call now all the same")
    if anyway.count():
        anyway.check()
    press(page, "Show number and call")


def test_a_call_is_made_from_a_phone(card):
    page = card(PHONE)
    assert "Waiting Exampleperson" in page.locator("main").inner_text()
    assert DIGITS not in page.content()
    show_number(page)
    number = page.get_by_role("link", name=re.compile(DIGITS))
    assert number.get_attribute("href") == "tel:+16025550147"
    assert DIGITS not in page.title()
    assert "55501" not in page.url.replace(page.url.split("/")[5], "")
    page.get_by_label("Note").first.fill("Rang for a long time.")
    press(page, "No answer")
    assert "Written down: No answer." in page.locator("main").inner_text()
    assert page.url.endswith("/intake/")


def test_a_call_is_made_by_keyboard_alone(card):
    page = card(DESK)

    def reach(name, role="button"):
        target = page.get_by_role(role, name=name, exact=True)
        for _ in range(60):
            page.keyboard.press("Tab")
            if target.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    reach("Take this call")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if page.get_by_label("Call now all the same").count():
        reach("Call now all the same", "checkbox")
        page.keyboard.press("Space")
    reach("Show number and call")
    page.keyboard.press("Enter")
    page.wait_for_url("**#_call")
    reach("Note (optional)", "textbox")
    page.keyboard.type("Reached by keyboard.")
    reach("Reached them")
    page.keyboard.press("Enter")
    page.wait_for_url("**#_ending")
    assert "You talked with them" in page.locator("#_ending").inner_text()
    assert page.evaluate("document.activeElement.id") == "_ending"
    reach("Came in", "radio")
    place = page.get_by_label("Referred to", exact=True)
    assert place.is_hidden()
    page.keyboard.press("ArrowDown")
    assert page.get_by_label("Referred to another place").is_checked()
    assert place.is_visible()
    assert "Reached by keyboard." in page.locator("main").inner_text()


def test_enter_in_the_time_means_that_time(card):
    page = card(DESK)
    show_number(page)
    page.get_by_text("Asked to be called at …").click()
    page.get_by_label("Call at").first.press("Enter")
    page.get_by_text("Say when they asked to be called.").wait_for()
    assert "Written down" not in page.locator("main").inner_text()
    # The refusal itself is an error to the browser.
    page.complaints.clear()


def test_a_note_survives_what_the_visitor_did_meanwhile_and_a_reload_asks_nothing(card, site):
    page = card(PHONE)
    show_number(page)
    pk = page.url.split("/")[5]
    page.get_by_label("Note").first.fill("They would like mornings.")
    site.run(CHANGE, pk)
    press(page, "No answer")
    assert "It is closed: Cancelled by themselves." in page.locator("main").inner_text()
    assert "They would like mornings." in page.locator("#_note_text").input_value()
    assert page.url.rstrip("/").endswith(pk)
    # The refusal itself is an error to the browser.
    page.complaints.clear()
    press(page, "Save the note")
    assert "They would like mornings." in page.locator(".time-line").inner_text()


def test_leaving_with_an_unsaved_note_asks_first_and_stores_nothing(card):
    page = card(DESK)
    show_number(page)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Note").first.fill("Not saved yet.")
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "Not saved yet." not in stored
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url("**/intake/")
    assert asked == ["beforeunload"]


def ask_for(page):
    """The addresses under /intake/ that the page asks from now on."""
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/intake/")[2]))
    return asked


def wait_on(page, what):
    """Wait for what the page's events bring; they come while it is asked for something."""
    wait_until(lambda: page.wait_for_timeout(20) or what())


def test_touches_keep_the_claim_and_the_session_and_nothing_else_does(card):
    page = card(DESK)
    page.clock.install()
    show_number(page)
    asked = ask_for(page)
    for _ in range(3):
        page.clock.fast_forward("02:05")
        # Long enough for one more.
        page.wait_for_timeout(200)
    wait_on(page, lambda: asked)
    assert {each.partition("?")[0].partition("/")[0] for each in asked} == {"pulse"}
    page.keyboard.press("Shift")
    wait_on(page, lambda: "here/" in asked)
    wait_on(page, lambda: [url for url in asked if url.endswith("/renew/")])
    assert page.locator("[data-covered]").count() == 0


def assert_cleared(page, *words):
    text = page.content()
    for each in words:
        assert each not in text, each


def test_a_card_is_cleared_when_the_session_ends_and_back_does_not_bring_it_back(card, site):
    page = card(DESK)
    page.clock.install()
    show_number(page)
    page.get_by_label("Note").first.fill("Half a sentence")
    cookies = page.context.cookies()
    # The server's clock is the real one.
    soon = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+100 seconds')"
    change(site, f"UPDATE recovery_site_staffsession SET expire_date = {soon}")
    page.clock.fast_forward("00:35")
    page.locator("[data-ends-soon]").wait_for()
    page.context.clear_cookies()
    page.clock.fast_forward("01:45")
    page.locator("[data-covered]").wait_for()
    assert page.locator("[data-covered]").inner_text().startswith("You are logged off")
    assert_cleared(page, DIGITS, "Exampleperson", "Half a sentence")
    assert "Logged off" in page.title()
    page.get_by_role("button", name="Show what I wrote").click()
    page.wait_for_timeout(300)
    assert_cleared(page, "Half a sentence")
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Show what I wrote").click()
    expect(page.get_by_label("What you wrote")).to_have_value("Half a sentence")
    page.context.clear_cookies()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Log in").click()
    page.wait_for_url("**/admin/login/**")
    page.go_back()
    page.wait_for_timeout(500)
    assert_cleared(page, DIGITS, "Exampleperson", "Half a sentence")


def test_a_card_is_cleared_when_its_hold_ends(card, site):
    page = card(DESK)
    page.clock.install()
    show_number(page)
    change(
        site,
        "UPDATE contact_callbackrequest SET claimed_until = '2026-01-01'"
        " WHERE claimed_until IS NOT NULL",
    )
    page.clock.fast_forward("00:40")
    page.locator("[data-covered]").wait_for()
    assert_cleared(page, DIGITS, "Exampleperson")
    page.get_by_role("link", name="Open the request again").click()
    page.get_by_role("button", name="Take this call").wait_for()


def test_a_note_is_not_sent_into_a_log_in_page(card):
    page = card(DESK)
    page.get_by_text("Add a note").first.click()
    page.locator("#_note_text").fill("Twenty minutes of words.")
    page.clock.set_fixed_time("2099-01-01T00:00:00Z")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Save the note").click()
    page.locator("[data-covered]").wait_for()
    page.context.add_cookies(cookies)
    page.get_by_role("button", name="Show what I wrote").click()
    expect(page.get_by_label("What you wrote")).to_have_value("Twenty minutes of words.")
    page.complaints.clear()


@pytest.mark.parametrize("is_shared", [False, True])
def test_card_is_accessible_in_each_state(card, axe, is_shared):
    page = card(PHONE, role="lead", is_shared=is_shared)

    def check():
        for details in page.locator("main details").all():
            details.evaluate("e => { e.open = true }")
        assert violations(axe, page, WCAG) == []
        for viewport in (NARROW, DESK, PHONE):
            assert violations_at(axe, page, viewport, WCAG) == []
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"]

    check()
    show_number(page)
    check()
    press(page, "Save this time")
    check()
    page.complaints.clear()
    press(page, "Reached them")
    check()
    page.get_by_label("Not now").check()
    press(page, "Close the request")
    assert "Closed: Not now." in page.locator("main").inner_text()


def test_the_card_works_without_javascript(card):
    page = card(PHONE, java_script_enabled=False)
    show_number(page)
    page.get_by_text("Asked us to stop", exact=True).click()
    press(page, "Yes, stop these calls")
    assert "Nobody calls them again." in page.locator("main").inner_text()


def test_a_stop_for_the_line_is_chosen_and_said(card):
    page = card(PHONE, is_shared=True)
    main = page.locator("main")
    assert "Daughter Sampleton" in page.locator(".safe").inner_text()
    assert "Not for others to read." not in main.inner_text()
    show_number(page)
    page.get_by_text("Asked us to stop", exact=True).click()
    stop = page.locator("#_form_attempt .scope")
    assert stop.get_by_label("This person alone").is_checked()
    stop.get_by_label("Everybody on this line").check()
    assert "2 open requests of other people are closed too." in stop.inner_text()
    press(page, "Yes, stop these calls")
    page.go_back()
    page.reload()
    assert main.get_by_text("The line is not called any more").count() == 2


def test_for_whom_is_asked_only_where_it_can_be_the_line(card):
    page = card(DESK, is_shared=True)
    show_number(page)
    press(page, "Reached them")
    form = page.locator("#_ending #_form_close")
    for ending, is_asked in (("Not now", False), ("Asked us to stop calling", True)):
        form.get_by_label(ending).check()
        assert form.get_by_label("Everybody on this line").is_visible() is is_asked
    form.get_by_label("Everybody on this line").check()
    form.get_by_label("Not now").check()
    press(page, "Close the request")
    assert form.get_by_text("Only a stop or a wrong number can be said").is_visible()
    # The refusal itself is an error to the browser.
    page.complaints.clear()


def test_two_requests_under_one_name_become_one_person_and_two_again(card):
    page = card(PHONE, is_shared=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Link: one person").first.click()
    assert "Not for others to read." in page.locator("main").inner_text()
    press(page, "Unlink: this is another person")
    assert "Not for others to read." not in page.locator("main").inner_text()
    assert page.get_by_role("heading", name="Perhaps the same person").is_visible()
