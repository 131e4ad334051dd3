"""What is safe on a call counts only as this site wrote it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from contact.lifecycle.changes import corrections, transitions
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.records.requests import safety
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
WARNING = "Somebody changed outside this site what is safe on this call."
CHANGED = {"announce": "yes", "voicemail": "full", "time_zone": "Pacific/Guam"}


def change_by_hand(request, **values):
    """As somebody does it who can write to the database."""
    CallbackRequest.objects.filter(pk=request.pk).update(**values)


def stored(request):
    return CallbackRequest.objects.values(*safety.BOUND_FIELDS).get(pk=request.pk)


@pytest.fixture
def card(client):
    maria = make_staff("Intake", username="maria")
    client.force_login(maria)
    return lambda request: client.get(request.get_absolute_url()).text


@pytest.mark.parametrize(("name", "value"), CHANGED.items())
def test_a_changed_answer_is_refused_loudly_and_does_not_count(card, name, value):
    request = make_request()
    assert WARNING not in card(request)
    change_by_hand(request, **{name: value})
    page = card(request)
    assert WARNING in page
    read = CallbackRequest.objects.get(pk=request.pk)
    assert {name: getattr(read, name) for name in safety.BOUND_FIELDS} == safety.MOST_CAREFUL
    assert "Guam" not in page


def test_an_answer_of_another_request_does_not_count():
    bold, careful = make_request(voicemail="full"), make_request(phone="+16025550187")
    change_by_hand(careful, voicemail="full", safety_seal=bold.safety_seal)
    assert CallbackRequest.objects.get(pk=careful.pk).voicemail == "none"
    change_by_hand(careful, safety_seal="")
    assert CallbackRequest.objects.get(pk=careful.pk).voicemail == "none"


@transaction.atomic
def work_on(request):
    locked = claims.lock(request.pk)
    transitions.replan(locked, None, locked.created_at)
    locked.refresh_from_db()
    transitions.save(locked)


def test_work_on_a_changed_request_makes_it_no_better():
    request = make_request()
    change_by_hand(request, **CHANGED)
    work_on(request)
    assert stored(request) == CHANGED
    assert CallbackRequest.objects.get(pk=request.pk).is_safety_broken


@pytest.mark.parametrize("answer", ["none", "callback_only"])
def test_what_staff_ask_and_correct_counts_again(answer):
    request = make_request()
    change_by_hand(request, **CHANGED)
    values = {"announce": "no", "voicemail": answer, "time_zone": "America/Denver"}
    with transaction.atomic():
        assert corrections.correct(claims.lock(request.pk), make_staff(), values)
    read = CallbackRequest.objects.get(pk=request.pk)
    assert (read.is_safety_broken, stored(request)) == (False, values)


def test_wishes_that_staff_change_count():
    request = make_request(voicemail="full")
    with transaction.atomic():
        transitions.change_preferences(
            claims.lock(request.pk), None, "evening", "America/Denver", transitions.Scope.REQUEST
        )
    read = CallbackRequest.objects.get(pk=request.pk)
    assert (read.voicemail, read.time_zone, read.is_safety_broken) == (
        "full",
        "America/Denver",
        False,
    )


def test_the_check_of_the_trail_names_a_changed_request():
    request = make_request()
    audit.record(None, audit.AuditAction.RECEIVED, request.pk)
    call_command("verify_audit")
    change_by_hand(request, voicemail="full")
    with pytest.raises(CommandError, match=f"changed by others: {request.reference}"):
        call_command("verify_audit")
