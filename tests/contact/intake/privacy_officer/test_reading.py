import pytest
from django.utils import timezone

from contact.models import AuditEntry, ReadingRule, UnusualReading
from tests.contact.cards import text
from tests.factories import NAME, make_request, make_staff

pytestmark = pytest.mark.django_db
NOTE = "Asked her: she looked for the right card"


def unusual(account, **over):
    asked = make_request()
    values = {
        "kind": "again",
        "account": account,
        "day": timezone.localdate(),
        "count": 7,
        "least": 6,
        "request_ids": [str(asked.pk)],
    }
    return UnusualReading.objects.create(**values | over), asked


def address(reading):
    return f"/intake/privacy/reading/{reading.pk}/"


@pytest.mark.parametrize("group", ["Intake", "Intake leads"])
def test_only_privacy_officers_see_unusual_reading(client, maria, group):
    reading, _asked = unusual(maria)
    client.force_login(make_staff(group))
    assert client.get("/intake/privacy/").status_code == 403
    assert client.post(address(reading), {"note": NOTE}).status_code == 403


def test_unusual_reading_is_listed_acknowledged_and_kept(officer, petra, maria):
    reading, asked = unusual(maria)
    page = text(officer.get("/intake/privacy/"))
    assert "Times the same card was opened, without work on it: 7 (listed from 6)" in page
    detail = text(officer.get(address(reading)))
    assert f'href="/intake/requests/{asked.pk}/privacy/access/"' in detail
    assert "no accusation" in detail
    look = AuditEntry.objects.get(action="listed")
    assert (look.actor, look.detail["references"]) == (petra, [str(asked)])
    assert NAME not in detail + page
    assert officer.post(address(reading), {"note": ""}).status_code == 422
    officer.post(address(reading), {"note": NOTE})
    reading.refresh_from_db()
    assert (reading.acknowledged_by, reading.note) == (petra, NOTE)
    page = text(officer.get("/intake/privacy/"))
    assert "Nothing waits" in page
    assert "acknowledged by petra" in page
    assert NOTE in text(officer.get(address(reading)))


def test_nobody_acknowledges_their_own_reading(officer, petra):
    reading, _asked = unusual(petra)
    assert "This is your own reading" in text(officer.get(address(reading)))
    officer.post(address(reading), {"note": NOTE})
    reading.refresh_from_db()
    assert reading.acknowledged_at is None


def test_officers_say_from_how_many_on_reading_is_unusual(officer):
    page = text(officer.get("/admin/contact/readingrule/"))
    assert "Numbers shown, with no call written down after: 3" in page
    officer.post(
        "/admin/contact/readingrule/add/", {"kind": "shown", "least": 9, "is_active": "on"}
    )
    assert ReadingRule.objects.get().least == 9
    assert "Numbers shown, with no call written down after: 3" not in text(
        officer.get("/admin/contact/readingrule/")
    )
