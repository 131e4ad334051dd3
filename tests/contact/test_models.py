from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contact import audit, references, retention
from contact.models import CallbackRequest, Helpline
from tests.factories import MESSAGE, NAME, PHONE, make_helpline, make_request, make_staff

pytestmark = pytest.mark.django_db


def make_closed(days_ago, **over):
    request = make_request(**over)
    request.close("spoke")
    request.closed_at = timezone.now() - timedelta(days=days_ago)
    request.save()
    return request


def test_references_can_be_read_out():
    request = make_request()
    assert str(request) == f"{request.reference[:4]}-{request.reference[4:]}"
    assert len(request.reference) == 8
    assert not set(references.ALPHABET) & set("AEIOU01LBGSZ")
    assert references.reference_for(request.pk) == request.reference
    assert references.normalise(" k7mq–4xwd ") == "K7MQ4XWD"


def test_new_comes_before_trying_and_the_longest_wait_first():
    now = timezone.now()
    spam = make_request(suspected_spam=True, created_at=now - timedelta(days=9))
    trying = make_request(status="trying", created_at=now - timedelta(days=8))
    late = make_request(created_at=now)
    early = make_request(created_at=now - timedelta(days=1))
    make_closed(1)
    assert list(CallbackRequest.objects.open()) == [early, late, trying, spam]


def test_requests_from_one_number_find_each_other():
    one, two, other = make_request(), make_request(), make_request(phone="+16025550199")
    assert list(one.earlier_requests()) == [two]
    assert list(other.earlier_requests()) == []
    assert PHONE[2:] not in one.phone_index


def test_closing_needs_an_outcome_and_an_open_request_has_none():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(status="closed")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(outcome="spoke")


def test_closing_ends_every_plan():
    request = make_request(next_call_at=timezone.now())
    request.close("unreachable")
    request.refresh_from_db()
    assert not request.is_open
    assert request.next_call_at is None


def test_a_first_call_makes_a_request_no_longer_new():
    request, staff = make_request(), make_staff()
    request.record_attempt(staff, "no_answer", "rang ten times")
    request.refresh_from_db()
    assert request.status == "trying"
    assert request.attempts.get().note == "rang ten times"


def test_stop_calling_me_works_at_once():
    request = make_request()
    request.record_attempt(make_staff(), "stop")
    request.refresh_from_db()
    assert (request.status, request.outcome) == ("closed", "stop")


# Purging


def test_purging_empties_who_it_was_and_keeps_what_happened(settings):
    request = make_closed(settings.RETENTION_DAYS + 1)
    request.attempts.create(by=make_staff(), outcome="spoke", note="about Quentin")
    request.notes.create(by=make_staff(), text="zebrafinch again")
    assert retention.purge_due() == 1
    assert retention.purge_due() == 0
    request = CallbackRequest.objects.get()
    assert request.is_purged
    assert (request.name, request.phone, request.message, request.phone_index) == ("",) * 4
    assert (request.status, request.outcome, request.language) == ("closed", "spoke", "en")
    assert request.attempts.get().note == ""
    assert request.attempts.get().outcome == "spoke"
    assert not request.notes.exists()
    assert audit.AuditEntry.objects.get().action == "purged"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, message FROM contact_callbackrequest")
        assert [bytes(value) for value in cursor.fetchone()] == [b"", b"", b""]


def test_only_old_and_closed_requests_are_purged(settings):
    make_closed(settings.RETENTION_DAYS - 1)
    make_request(created_at=timezone.now() - timedelta(days=9999))
    assert retention.purge_due() == 0
    assert {request.name for request in CallbackRequest.objects.all()} == {NAME}


def test_purging_works_without_the_key_and_stops_when_told(settings):
    make_closed(settings.RETENTION_DAYS + 1)
    settings.FIELD_KEYS = ["MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTI="]
    assert retention.purge_due(lambda: True) == 0
    assert retention.purge_due() == 1


def test_the_command_can_say_what_it_would_do(settings):
    make_closed(settings.RETENTION_DAYS + 1)
    out = StringIO()
    call_command("purge_requests", "--dry-run", stdout=out)
    assert "Would empty 1" in out.getvalue()
    assert CallbackRequest.objects.get().message == MESSAGE
    call_command("purge_requests", stdout=out)
    assert "Emptied 1" in out.getvalue()
    assert CallbackRequest.objects.get().message == ""


@pytest.mark.parametrize(("days", "found"), [(2, []), (365, []), (1, ["contact.E003"])])
def test_too_short_a_retention_is_refused(settings, days, found):
    settings.RETENTION_DAYS = days
    assert [message.id for message in retention.check_days(None)] == found


# Help lines


def test_visitors_see_verified_help_lines_crisis_first():
    support = make_helpline(kind="support", order=1)
    crisis = make_helpline(kind="crisis", order=2)
    hidden = make_helpline(verified_on=None)
    assert list(Helpline.objects.published()) == [crisis, support]
    assert crisis.is_published
    assert not hidden.is_published
    assert str(crisis) == crisis.name
