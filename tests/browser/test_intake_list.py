"""The desk's list: by phone, by keyboard, and refreshing itself."""

import re
import sqlite3

import pytest
from playwright.sync_api import expect

from .accessibility import WCAG, violations, violations_at
from .conftest import DESK, NARROW, PATIENCE, PHONE, press, wait_until
from .test_visitor import fill, reference_on, send


def change(site, sql, *values):
    """What a colleague's work does to the queue meanwhile."""
    database = sqlite3.connect(site.data / "site.sqlite3", timeout=PATIENCE)
    with database:
        database.execute(sql, values)
    database.close()


def stored(site, reference):
    database = sqlite3.connect(site.data / "site.sqlite3", timeout=PATIENCE)
    with database:
        found = database.execute(
            "SELECT id FROM contact_callbackrequest WHERE reference = ?",
            [reference.replace("-", "")],
        ).fetchone()
    database.close()
    return found


@pytest.fixture
def empty_desk(site):
    """Nobody waits and nobody is busy, whatever was asked for and taken before."""
    change(
        site,
        "UPDATE contact_callbackrequest SET status = 'closed', outcome = 'not_now',"
        " closed_at = '2026-01-01', claimed_by_id = NULL, claimed_until = NULL"
        " WHERE closed_at IS NULL",
    )


@pytest.fixture
def ask(open_page, site, empty_desk):
    """Send the visitors' form; the reference, once the request is in the queue and due."""

    def asked(number="+1 (602) 555-0142"):
        page = open_page("/contact/", PHONE, timezone_id="America/Phoenix")
        fill(page, "Waiting Exampleperson", number)
        send(page)
        reference = reference_on(page)
        wait_until(lambda: stored(site, reference))
        # Whatever time of day it is where this test runs.
        change(
            site,
            "UPDATE contact_callbackrequest SET due_at = '2026-01-01', due_until = '2999-01-01',"
            " tries = 0, status = 'new', claimed_by_id = NULL, claimed_until = NULL"
            " WHERE reference = ?",
            reference.replace("-", ""),
        )
        return reference

    return asked


def make_quick(page):
    """Ask for news at once instead of waiting for it."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_list_is_accessible_and_fits(log_in, ask, axe):
    reference = ask()
    page = log_in("lead", "/intake/", PHONE)
    assert reference in page.locator("main").inner_text()
    assert re.match(r"\(\d+\) Calls", page.title())
    page.get_by_text("Filters", exact=True).click()
    assert violations(axe, page) == []
    for viewport in (PHONE, DESK, NARROW):
        assert violations_at(axe, page, viewport) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        targets = page.locator("main :is(button, select, summary, input:not([type=hidden]))")
        boxes = targets.evaluate_all(
            """all => all.filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect())
                .map(({width, height}) => Math.min(width, height))"""
        )
        assert boxes
        assert min(boxes) >= 24


def test_new_request_for_somebody_on_the_line_is_accessible_and_fits(log_in, axe):
    page = log_in("intake", "/intake/new/", PHONE)
    expect(page.get_by_role("heading", name="New request")).to_be_visible()
    assert violations(axe, page) == []
    for viewport in (DESK, NARROW):
        assert violations_at(axe, page, viewport) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("path", ["/intake/team/", "/intake/places/"])
def test_team_and_places_are_accessible_and_fit(log_in, axe, path):
    page = log_in("lead", path, PHONE)
    for summary in page.locator("summary").all():
        summary.click()
    assert violations(axe, page) == []
    for viewport in (DESK, NARROW):
        assert violations_at(axe, page, viewport) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize(
    "do", ["Close as spam …", "Close as duplicates …", "Assign …", "Release …"]
)
def test_question_before_a_bulk_step_is_accessible(log_in, ask, axe, do):
    reference = ask()
    page = log_in("lead", "/intake/", PHONE)
    page.get_by_label(f"Tick {reference}").check()
    press(page, do)
    expect(page.get_by_role("heading", level=1)).to_contain_text("?")
    assert violations(axe, page) == []
    page.get_by_role("link", name="Change nothing").click()
    expect(page.get_by_role("link", name=reference)).to_be_visible()


def test_next_call_is_taken_by_keyboard_and_filters_are_kept(log_in, ask):
    ask()
    page = log_in("intake", "/intake/?list=now")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main text")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "_next":
            break
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/intake/requests/*/?back=list%3Dnow")
    page.goto("/intake/")
    expect(page.locator("#_mine")).to_contain_text("Go on with")


def test_filters_come_before_the_refresh_for_keyboards(log_in, ask):
    ask()
    page = log_in("intake", "/intake/")
    page.get_by_role("link", name="New request for somebody").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Filters"
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Refresh")).to_be_focused()


def test_words_of_a_filter_are_not_cut(log_in, ask):
    ask()
    page = log_in("lead", "/intake/", DESK)
    page.get_by_text("Filters", exact=True).click()
    language = page.get_by_label("Language")
    language.select_option("Spanish (español)")
    words = """e => {
      const brush = document.createElement("canvas").getContext("2d");
      brush.font = getComputedStyle(e).font;
      return brush.measureText("Spanish (español)").width;
    }"""
    assert language.bounding_box()["width"] > language.evaluate(words) + 48


def test_list_shows_what_came_in_meanwhile_and_keeps_place_and_focus(log_in, ask):
    first = ask()
    page = log_in("intake", "/intake/")
    page.locator(f"#_row_{first.replace('-', '')}").focus()
    second = ask("+1 (602) 555-0143")
    make_quick(page)
    row = page.locator(f"#_row_{second.replace('-', '')}")
    expect(row).to_be_attached()
    expect(page.locator(f"#_row_{first.replace('-', '')}")).to_be_focused()
    expect(page.locator("[data-status]")).to_contain_text(re.compile(r"List updated: \d+ due"))
    due = re.search(r"\d+", page.locator("[data-status]").inner_text())[0]
    assert page.title().startswith(f"({due}) Calls")


def test_row_in_sight_stays_where_it_is(log_in, ask, site):
    references = [ask(f"+1 (602) 555-01{n}") for n in range(20, 26)]
    page = log_in("intake", "/intake/?list=now", PHONE)
    for reference in references:
        expect(page.locator(f"#_row_{reference.replace('-', '')}")).to_be_attached()
    # At night all wait for the same hour: their order is not that in which they came.
    shown = page.locator("[id^=_row_]").evaluate_all("rows => rows.map((row) => row.id)")
    ours = [name for name in shown if name in {f"_row_{r.replace('-', '')}" for r in references}]
    first, last = f"#{ours[0]}", f"#{ours[-1]}"
    page.locator(last).scroll_into_view_if_needed()
    page.evaluate(f"document.querySelector('{last}').scrollIntoView()")
    before = page.locator(last).bounding_box()["y"]
    change(
        site,
        "UPDATE contact_callbackrequest SET due_at = '2998-01-01', status = 'new',"
        " turn_at = '2998-01-01', tries = 0 WHERE reference = ?",
        ours[0].removeprefix("_row_"),
    )
    make_quick(page)
    expect(page.locator(first)).to_have_count(0)
    assert abs(page.locator(last).bounding_box()["y"] - before) < 2


def test_nothing_moves_under_ticked_boxes_or_typing_hands(log_in, ask):
    first = ask()
    page = log_in("lead", "/intake/")
    tick = page.get_by_label(f"Tick {first}")
    tick.check()
    second = ask("+1 (602) 555-0144")
    make_quick(page)
    status = page.locator("[data-status]")
    expect(status).to_contain_text("The list has changed.")
    assert page.locator(f"#_row_{second.replace('-', '')}").count() == 0
    page.get_by_role("link", name="Refresh").click()
    expect(page.locator(f"#_row_{second.replace('-', '')}")).to_be_attached()
    expect(page.get_by_label(f"Tick {first}")).to_be_checked()
    page.get_by_label(f"Tick {first}").uncheck()

    page.get_by_label("Someone is calling us? Find them").fill("602")
    third = ask("+1 (602) 555-0145")
    make_quick(page)
    expect(status).to_contain_text("The list has changed.")
    assert page.locator(f"#_row_{third.replace('-', '')}").count() == 0
    assert page.get_by_label("Someone is calling us? Find them").input_value() == "602"


def test_log_off_leads_away_from_the_list(log_in, ask, site):
    reference = ask()
    page = log_in("intake", "/intake/")
    expect(page.locator("body")).to_contain_text(reference)
    change(site, "UPDATE recovery_site_staffsession SET expire_date = '2026-01-01'")
    make_quick(page)
    page.wait_for_url("**/admin/login/?next=/intake/")


def test_works_without_scripts(log_in, ask):
    reference = ask()
    page = log_in("lead", "/intake/", PHONE, java_script_enabled=False)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("List", exact=True).select_option("Due now")
    page.get_by_label("Language").select_option("English")
    press(page, "Show these")
    assert "list=now&language=en" in page.url
    page.get_by_label("Someone is calling us? Find them").fill("602-555-0142")
    press(page, "Find")
    assert "0142" not in page.url
    expect(page.locator("main")).to_contain_text(reference)
    page.get_by_label(f"Tick {reference}").check()
    page.get_by_role("button", name="Close as spam …").click()
    page.get_by_role("button", name="Close as spam").click()
    expect(page.locator("main")).to_contain_text("Done: 1 request.")


def test_privacy_officers_page_is_accessible_and_has_nothing_to_press(log_in, ask, axe):
    ask()
    page = log_in("privacy", "/intake/", PHONE)
    assert violations(axe, page, WCAG) == []
    assert page.get_by_role("button", name=re.compile("Take|Close|Assign")).count() == 0
