from contextlib import nullcontext
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from contact.lifecycle.retention import retention
from contact.models import CallbackRequest, Handover, Helpline, Place
from contact.privacy.audit_trail import audit
from contact.records.requests import references
from tests.factories import MESSAGE, NAME, PHONE, make_helpline, make_request, make_staff

pytestmark = pytest.mark.django_db


def make_closed(days_ago, **over):
    closed_at = timezone.now() - timedelta(days=days_ago)
    return make_request(**{"outcome": "answered", "closed_at": closed_at} | over)


def test_references_can_be_read_out():
    request = make_request()
    assert str(request) == f"{request.reference[:4]}-{request.reference[4:]}"
    assert len(request.reference) == 8
    assert not set(references.ALPHABET) & set("AEIOU01LBGSZ")
    assert references.reference_for(request.pk) == request.reference
    assert references.normalise(" k7mq–4xwd ") == "K7MQ4XWD"


def test_a_line_is_a_number_with_its_extension():
    one, two = make_request(), make_request()
    room = make_request(extension="12")
    assert one.line_index == two.line_index != room.line_index
    assert (one.line_index, one.phone_index) == (room.phone_index, room.phone_index)
    assert PHONE[2:] not in room.phone_index + room.line_index


def test_requests_on_one_line_are_different_people_until_staff_link_them():
    one, two = make_request(), make_request()
    linked = make_request(phone="+16025550199", person=one.person)
    assert list(one.persons_others()) == [linked]
    assert list(two.persons_others()) == []
    assert set(CallbackRequest.objects.on_lines_of(linked)) == {one, two, linked}


def test_closing_needs_an_outcome_and_an_open_request_has_none():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(status="closed", closed_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(outcome="spam", status="new", closed_at=None)


@pytest.mark.parametrize("missing", ["due_at", "due_until", "call_by", "turn_at"])
def test_an_open_request_is_always_planned(missing):
    request = make_request()
    with pytest.raises(IntegrityError), transaction.atomic():
        CallbackRequest.objects.filter(pk=request.pk).update(**{missing: None})


def test_a_closed_request_is_unclaimed_and_a_claim_has_an_end():
    request, now = make_request(outcome="spam"), timezone.now()
    for over in ({"claimed_until": now}, {"claimed_until": now, "claimed_by": make_staff()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CallbackRequest.objects.filter(pk=request.pk).update(**over)


def test_the_outcome_referred_needs_a_place():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(outcome="referred")
    place = Place.objects.create(name="Elsewhere House")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(outcome="answered", referred_to=place)
    assert make_request(outcome="referred", referred_to=place).referred_to == place


# Purging


def test_purging_deletes_personal_data_and_keeps_statistics(settings):
    request = make_closed(settings.RETENTION_DAYS + 1, reason="for Quentin")
    later = make_request(person=request.person)
    request.attempts.create(by=make_staff(), outcome="reached", note="about Quentin")
    request.notes.create(by=make_staff(), text="zebrafinch again")
    assert retention.purge_due() == 1
    assert retention.purge_due() == 0
    request.refresh_from_db()
    later.refresh_from_db()
    assert request.is_purged
    assert later.person != request.person
    assert (request.name, request.phone, request.message, request.reason) == ("",) * 4
    assert (request.phone_index, request.line_index, request.name_index) == ("", "", "")
    assert not request.search_keys.exists()
    assert (request.status, request.outcome, request.language) == ("closed", "answered", "en")
    assert request.attempts.get().note == ""
    assert request.attempts.get().outcome == "reached"
    assert not request.notes.exists()
    assert audit.AuditEntry.objects.get().action == "purged"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, phone, message FROM contact_callbackrequest WHERE status = 'closed'"
        )
        assert [bytes(value) for value in cursor.fetchone()] == [b"", b"", b""]


def test_old_handovers_lose_their_words(settings):
    now = timezone.now()
    old = Handover.objects.create(
        by=make_staff(), note="Ysolde", at=now - timedelta(days=settings.RETENTION_DAYS + 1)
    )
    new = Handover.objects.create(by=make_staff(), note="Ysolde", at=now)
    retention.purge_due()
    assert [Handover.objects.get(pk=each.pk).note for each in (old, new)] == ["", "Ysolde"]


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
    assert "Would empty: 1 (closed longer" in out.getvalue()
    assert CallbackRequest.objects.get().message == MESSAGE
    call_command("purge_requests", stdout=out)
    assert "Emptied: 1 (closed longer" in out.getvalue()
    assert CallbackRequest.objects.get().message == ""


@pytest.mark.parametrize(("days", "found"), [(2, []), (365, []), (1, ["contact.E004"])])
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


def test_purging_one_request_of_a_person_leaves_the_others_linked():
    first = make_request(outcome="answered")
    second, third = (make_request(person=first.person) for _ in range(2))
    first.purge()
    assert list(first.persons_others()) == []
    assert list(second.persons_others()) == [third]


@pytest.mark.parametrize(
    ("text", "number"),
    [("Text 988", "988"), ("Text 911 works in many places, but not everywhere.", ""), ("", "")],
)
def test_help_line_that_only_names_a_number_to_text_can_be_texted(text, number):
    assert Helpline(text=text).text_to == number


@pytest.mark.parametrize(
    ("shown", "dialled", "agree"),
    [
        ("988", "988", True),
        ("1-800-662-4357", "+18006624357", True),
        ("1-800-662-HELP (4357)", "+18006624357", True),
        ("", "+18006624357", True),
        ("602-555-0188", "988", False),
        ("1-800-662-4357", "+18006624358", False),
    ],
)
def test_line_shows_the_number_that_it_dials(shown, dialled, agree):
    line = Helpline(name="Line", slug="line", phone=shown, dial=dialled)
    refusal = nullcontext() if agree else pytest.raises(ValidationError, match="agree")
    with refusal:
        line.full_clean()
