from datetime import timedelta

import pytest
from django.utils import timezone

from contact.models import RetentionRule
from tests.contact.pages import text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
URL = "/admin/contact/retentionrule/"


@pytest.fixture
def officer(client):
    client.force_login(make_staff("Privacy officers"))
    return client


def rule(**over):
    return {"outcome": "spam", "days": 7, "note": "Nobody asked"} | over


def test_a_rule_is_added_and_shown_beside_the_days_of_the_settings(officer, settings):
    assert officer.post(f"{URL}add/", rule()).status_code == 302
    page = text(officer.get(URL))
    assert "Spam" in page
    assert f"kept for {settings.RETENTION_DAYS} days" in page


def test_a_second_rule_of_one_kind_leads_to_the_first(officer):
    officer.post(f"{URL}add/", rule())
    page = text(officer.post(f"{URL}add/", rule(days=9)))
    assert "Requests that ended so have a time already: change that one." in page
    assert RetentionRule.objects.get().days == 7


@pytest.mark.parametrize("days", [0, 1, 2193])
def test_no_kind_is_kept_for_less_than_two_days_or_more_than_six_years(officer, days):
    officer.post(f"{URL}add/", rule(days=days))
    assert not RetentionRule.objects.exists()


def test_a_rule_that_empties_requests_at_once_needs_a_tick(officer):
    make_request(outcome="spam", closed_at=timezone.now() - timedelta(days=8))
    make_request(outcome="stop", closed_at=timezone.now() - timedelta(days=8))
    assert "would empty 1 request because" in text(officer.post(f"{URL}add/", rule()))
    assert not RetentionRule.objects.exists()
    officer.post(f"{URL}add/", rule(anyway="on"))
    assert RetentionRule.objects.get().days == 7
