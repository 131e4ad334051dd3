"""Leads read the reports and take requests out, on a desk and on a phone."""

import csv
import io
from pathlib import Path

import pytest

from .accessibility import violations, violations_at
from .conftest import DESK, NARROW, PHONE, follow, press, wait_until

NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


# Closed, so that no list of calls to make shows them.
MADE = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from contact.models import CallAttempt
from tests.factories import make_request
lead, at = User.objects.get(username="lead"), timezone.now() - timedelta(days=2)
for number in range(40):
    request = make_request(
        name=f"Report Exampleperson {number}", phone=f"+160255501{number + 10}", created_at=at,
        hour_of_week=34 + number % 4, first_attempt_minutes=number * 3, outcome="came_in",
        asked_while_open=number < 20, source="why-is-heroin-so-addictive",
    )
    CallAttempt.objects.create(
        request=request, by=lead, at=at, hour_of_week=34 + number % 4,
        outcome="reached" if number % 3 else "no_answer",
    )
"""


@pytest.fixture(scope="module")
def asked(site):
    """Forty closed requests, enough to be told in numbers."""
    site.run(MADE)


def test_reports_are_accessible_on_every_screen(log_in, axe, asked):
    page = log_in("lead", "/intake/reports/")
    page.locator("svg.chart").first.wait_for()
    for summary in page.locator(".numbers summary, .counts summary").all():
        summary.click()
    assert violations(axe, page) == []
    for viewport in (PHONE, NARROW, DESK):
        assert violations_at(axe, page, viewport) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_reports_are_read_by_keyboard(log_in, asked):
    page = log_in("lead", "/intake/reports/", PHONE)
    scroller = page.locator(".panel__scroll").first
    scroller.focus()
    before = scroller.evaluate("e => e.scrollLeft")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    wait_until(lambda: scroller.evaluate("e => e.scrollLeft") > before)
    summary = page.locator(".numbers summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".numbers table").first.is_visible()


def test_the_figures_to_share_are_accessible(log_in, axe, asked):
    page = log_in("lead", "/intake/reports/to-share/")
    for viewport in (PHONE, DESK):
        assert violations_at(axe, page, viewport) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_the_page_with_all_figures_prints_none_but_leads_to_those_to_share(log_in, asked):
    page = log_in("lead", "/intake/reports/")
    page.emulate_media(media="print")
    assert not page.locator("svg.chart").first.is_visible()
    assert not page.locator(".sums").first.is_visible()
    assert page.get_by_text("Figures of small groups are not printed.").is_visible()


def test_prints_carry_the_notice_and_the_tables(log_in, asked):
    page = log_in("lead", "/intake/reports/")
    follow(page, "Figures to share or print")
    page.emulate_media(media="print")
    assert page.locator("svg.chart").first.is_visible()
    assert page.get_by_text(NOTICE).first.is_visible()
    assert not page.locator(".desk").is_visible()
    table = page.locator(".numbers table").first
    assert table.evaluate("e => e.getBoundingClientRect().height") > 0


def test_a_lead_takes_requests_out_with_a_reason_and_a_password(log_in, axe, site, asked):
    page = log_in("lead", "/intake/reports/", PHONE)
    follow(page, "Export requests")
    assert violations(axe, page) == []
    press(page, "Export")
    assert page.get_by_role("alert").is_visible()
    page.complaints.clear()  # the browser reports the 422 itself as an error
    assert violations(axe, page) == []
    page.get_by_label("Name", exact=True).check()
    page.get_by_label("What the export is for").fill("A check of the yearly review")
    page.get_by_label("I may take these records out").check()
    page.get_by_label("Your own password").fill(site.logins["lead"])
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == [NOTICE]
    assert {f"Report Exampleperson {number}" for number in range(40)} <= {row[-1] for row in lines}
    assert "Exampleperson" not in waiting.value.suggested_filename
