from datetime import timedelta

import pytest
from django.utils import timezone

from contact.models import AuditEntry, CallbackRequest, OpenReview
from tests.contact.cards import fresh, text
from tests.factories import NAME, make_request, make_staff

pytestmark = pytest.mark.django_db
REASON = "They wait for a bed in spring"


@pytest.fixture
def old():
    return make_request(created_at=timezone.now() - timedelta(days=100))


def keep(client, asked, days=30, reason=REASON):
    until = timezone.localdate() + timedelta(days=days)
    data = {"until": until.isoformat(), "reason": reason}
    return client.post(f"/intake/requests/{asked.pk}/keep/", data)


@pytest.mark.parametrize("group", ["Intake", "Privacy officers"])
def test_only_leads_review(client, old, group):
    client.force_login(make_staff(group))
    assert client.get("/intake/review/").status_code == 403
    assert keep(client, old).status_code == 403
    assert "open for long" not in text(client.get("/intake/"))


def test_a_lead_is_led_to_what_has_been_open_for_long(lead, old):
    make_request(phone="+16025550199")
    assert 'href="/intake/review/"' in lead.get("/intake/").text
    page = text(lead.get("/intake/review/"))
    assert str(old) in page
    assert page.count("Keep it open") == 1
    assert NAME not in page


def test_a_kept_request_is_not_asked_about_until_its_day(lead, old):
    assert keep(lead, old)["Location"] == "/intake/review/"
    assert "None." in text(lead.get("/intake/review/"))
    assert 'href="/intake/review/"' not in lead.get("/intake/").text
    decision = OpenReview.objects.get()
    assert (decision.reason, decision.by.username) == (REASON, "lena")
    assert AuditEntry.objects.get(action="kept open").detail == {"until": str(decision.until)}
    CallbackRequest.objects.update(kept_until=timezone.localdate() - timedelta(days=1))
    assert str(old) in text(lead.get("/intake/review/"))


def test_why_it_stayed_open_goes_with_the_request(lead, old):
    keep(lead, old)
    fresh(old).purge()
    assert OpenReview.objects.get().reason == ""


@pytest.mark.parametrize(("days", "reason"), [(0, REASON), (400, REASON), (30, ""), (30, "no")])
def test_a_request_is_kept_with_a_reason_and_for_a_year_at_most(lead, old, days, reason):
    assert keep(lead, old, days, reason).status_code == 422
    assert not OpenReview.objects.exists()


def test_a_closed_request_is_not_kept_open(lead):
    assert keep(lead, make_request(outcome="answered")).status_code == 404
