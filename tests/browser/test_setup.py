"""Leads set the desk up, privacy officers read the trail: on a phone, too."""

import pytest

from .accessibility import WCAG, violations, violations_at
from .conftest import DESK, PHONE

MADE = """
import uuid
from contact.models import CallerId, Place
from contact.privacy.audit_trail import audit
Place.objects.get_or_create(name="Made-up Clinic", area="Example County", phone="602-555-0190")
CallerId.objects.get_or_create(phone="+16025550134", shown_name="MADE-UP CENTRE")
audit.record(None, audit.AuditAction.VIEWED, uuid.uuid4())
"""


@pytest.fixture(scope="module")
def rows(site):
    """A row in each list, whatever other tests write."""
    site.run(MADE)


@pytest.mark.parametrize(
    ("role", "page"),
    [("lead", "place"), ("lead", "callerid"), ("lead", "dangerphrase"), ("privacy", "auditentry")],
)
def test_a_list_is_accessible_and_whole(log_in, axe, rows, role, page):
    def fits():
        table = listed.locator("#result_list")
        room = table.evaluate("e => e.parentElement.clientWidth")
        # The few numbers that phones show need no search.
        if page != "callerid":
            assert listed.locator("#searchbar").bounding_box()["width"] >= 200
        assert listed.get_by_role("link", name="Back to the calls").is_visible()
        return table.evaluate("e => e.scrollWidth") <= room

    listed = log_in(role, f"/admin/contact/{page}/", PHONE)
    assert violations(axe, listed, WCAG) == []
    assert fits()
    assert violations_at(axe, listed, DESK, WCAG) == []
    assert fits()


def test_a_special_day_is_chosen_from_the_browsers_calendar(log_in, axe):
    page = log_in("lead", "/admin/contact/specialday/add/", PHONE)
    assert violations(axe, page, WCAG) == []
    page.get_by_label("Date").fill("2026-12-24")
    page.get_by_label("What day it is").fill("Made-up holiday")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/specialday/")
    assert "Closed all day" in page.locator("#result_list").inner_text()
