"""Transitions from the first call to the closed request."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contact.lifecycle.changes import attempts, persons, stops, transitions
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, OpeningHours, Place, RetryStep
from contact.privacy.audit_trail.audit import AuditEntry
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)  # A Wednesday, 12:00 in Phoenix.


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture(autouse=True)
def steps():
    RetryStep.objects.all().delete()
    RetryStep.objects.create(outcome="no_answer", tries=1, minutes=120)
    RetryStep.objects.create(outcome="no_answer", tries=2, days=1, part_of_day="morning")
    RetryStep.objects.create(outcome="reached", tries=1, days=1)
    RetryStep.objects.create(outcome="mismatch", tries=1, minutes=60)
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(17))


@pytest.fixture
def maria():
    return make_staff(username="maria")


def fresh(request):
    return CallbackRequest.objects.get(pk=request.pk)


def attempt(request, by, outcome, **over):
    with transaction.atomic():
        return attempts.record_attempt(claims.lock(request.pk), by, outcome, **over)


def test_a_call_without_answer_is_tried_again_by_the_rule(maria):
    request = make_request()
    claims.claim(request, maria)
    attempt(request, maria, "no_answer", note="rang ten times")
    request = fresh(request)
    assert (request.status, request.tries) == ("trying", 1)
    assert request.due_at == NOON + timedelta(hours=2)
    assert request.call_by == NOON + timedelta(hours=3)
    assert request.claimed_by is None
    assert request.first_attempt_at == NOON
    written = request.attempts.get()
    assert (written.note, written.number, written.by) == ("rang ten times", 1, maria)
    assert written.hour_of_week == 2 * 24 + 12
    attempt(request, maria, "no_answer")
    request = fresh(request)
    assert request.due_at == datetime(2026, 3, 5, 16, 0, tzinfo=UTC)  # 9:00 in Phoenix.
    assert request.first_attempt_at == NOON


@pytest.mark.parametrize("of_another", [False, True])
def test_words_that_may_mean_danger_are_called_again_sooner(maria, of_another):
    RetryStep.objects.create(outcome="no_answer", tries=2, is_urgent=True, minutes=30)
    danger = CallbackRequest.Priority.DANGER
    request = make_request(tries=1, priority=1 if of_another else danger)
    if of_another:
        make_request(priority=danger, person=request.person)
    attempt(request, maria, "no_answer")
    assert fresh(request).due_at == NOON + timedelta(minutes=30)


def test_after_the_last_step_a_lead_decides_and_nobody_is_lost(maria):
    request = make_request(tries=2)
    attempt(request, maria, "no_answer")
    request = fresh(request)
    assert request.status == "lead"
    assert request.is_open
    assert claims.take_next(maria) is None


def test_a_wrong_number_is_never_dialed_again_before_a_lead_looked(maria):
    request = make_request()
    attempt(request, maria, "wrong_number")
    assert fresh(request).status == "lead"


def test_one_call_counts_for_every_open_request_of_the_person(maria):
    request, third = make_request(), make_request(phone="+16025550199")
    other = make_request(phone="+16025550177", person=request.person)
    attempt(request, maria, "no_answer")
    assert [fresh(row).tries for row in (request, other, third)] == [1, 1, 0]
    assert fresh(other).due_at == NOON + timedelta(hours=2)
    assert fresh(other).first_attempt_at == NOON
    assert fresh(third).due_at == NOON
    assert claims.take_next(maria) == third


def test_a_reached_request_stays_claimed_until_it_is_closed(maria):
    request = make_request()
    claims.claim(request, maria)
    attempt(request, maria, "reached")
    request = fresh(request)
    assert request.is_held_by(maria, NOON)
    assert request.due_at == datetime(2026, 3, 5, 16, 0, tzinfo=UTC)


def test_a_named_time_is_kept_to_the_minute(maria):
    request, at = make_request(), NOON + timedelta(hours=30)
    attempt(request, maria, "call_later", call_at=at)
    request = fresh(request)
    assert (request.due_at, request.call_by) == (at, at + timedelta(minutes=15))
    assert request.due_until > at


def test_a_language_learned_on_the_phone_is_kept(maria):
    request = make_request()
    other, third = make_request(person=request.person), make_request(phone="+16025550199")
    attempt(request, maria, "mismatch", language="es")
    assert [fresh(row).language for row in (request, other, third)] == ["es", "es", "en"]
    assert fresh(request).due_at == NOON + timedelta(hours=1)


def test_stop_ends_every_open_request_of_the_person_at_once(maria):
    request, third = make_request(), make_request(phone="+16025550199")
    other = make_request(phone="+16025550177", person=request.person)
    attempt(request, maria, "stop")
    assert [fresh(row).outcome for row in (request, other, third)] == ["stop", "stop", ""]
    assert CallbackRequest.objects.open().count() == 1


def test_a_stop_after_the_end_counts_for_what_was_sent_before(maria):
    request = make_request(outcome="unreachable", created_at=NOON - timedelta(days=1))
    assert stops.stop_calls(request, maria) == 0
    assert stops.person_stopped_at([request]) == NOON
    assert fresh(request).outcome == "unreachable"


def test_a_stop_is_remembered_when_a_lead_opens_the_request_again(maria):
    request = make_request()
    attempt(request, maria, "stop")
    with transaction.atomic():
        transitions.reopen(claims.lock(request.pk), maria)
    assert stops.person_stopped_at([fresh(request)]) == NOON


@pytest.mark.parametrize(
    ("over", "outcome"),
    [({"outcome": "answered"}, "no_answer"), ({}, "voicemail"), ({}, "call_later")],
)
def test_a_call_that_the_request_forbids_is_not_recorded(maria, over, outcome):
    request = make_request(**over)
    with pytest.raises(transitions.InvalidTransition):
        attempt(request, maria, outcome)
    assert not request.attempts.exists()
    assert fresh(request).version == 0


def test_an_allowed_voicemail_is_recorded(maria):
    request = make_request(voicemail="callback_only")
    attempt(request, maria, "voicemail")
    assert fresh(request).status == "lead"


def test_one_request_that_forbids_a_voicemail_forbids_it_for_the_person(maria):
    request = make_request(voicemail="full")
    make_request(voicemail="none", person=request.person)
    with pytest.raises(transitions.InvalidTransition):
        attempt(request, maria, "voicemail")


def test_new_preferences_count_at_once_before_the_first_call(maria):
    request = make_request(due_at=NOON + timedelta(hours=6))
    with transaction.atomic():
        transitions.change_preferences(claims.lock(request.pk), None, "any", "America/Phoenix")
    assert fresh(request).due_at == NOON


def test_closing_says_how_it_ended_and_reopening_undoes_it(maria):
    request, place = make_request(), Place.objects.create(name="Elsewhere House")
    claims.claim(request, maria)
    with transaction.atomic():
        transitions.close(claims.lock(request.pk), maria, "referred", "nearer to home", place)
    request = fresh(request)
    assert (request.outcome, request.referred_to, request.closed_at) == ("referred", place, NOON)
    assert request.reason == "nearer to home"
    assert request.claimed_by is None
    with transaction.atomic():
        transitions.reopen(claims.lock(request.pk), maria)
    request = fresh(request)
    assert (request.outcome, request.status, request.due_at) == ("", "new", NOON)
    actions = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert actions == ["claimed", "closed", "reopened"]


def test_a_closed_request_is_closed_once_and_a_purged_one_stays_closed(maria):
    request = make_request(outcome="answered")
    with pytest.raises(transitions.InvalidTransition):
        transitions.close(request, maria, "spam")
    request.purge()
    with pytest.raises(transitions.InvalidTransition):
        transitions.reopen(request, maria)


def test_a_plan_brings_back_what_a_lead_had_to_decide(maria):
    request = make_request(status="lead", tries=4)
    with transaction.atomic():
        transitions.replan(claims.lock(request.pk), maria, NOON + timedelta(days=1))
    assert (fresh(request).status, fresh(request).due_at) == ("trying", NOON + timedelta(days=1))


def test_new_preferences_never_move_a_call_forward(maria):
    request = make_request(due_at=NOON + timedelta(hours=2), tries=1)
    with transaction.atomic():
        transitions.change_preferences(claims.lock(request.pk), None, "morning", "America/Phoenix")
    request = fresh(request)
    assert request.best_time == "morning"
    assert request.due_at == datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
    assert AuditEntry.objects.get().actor_name == "system"


def test_a_missed_request_gets_the_next_slot_and_stays_late():
    late = NOON - timedelta(hours=3)
    missed = make_request(due_at=late - timedelta(hours=2), due_until=late, call_by=late)
    kept = make_request(phone="+16025550199")
    assert transitions.replan_missed() == 1
    assert transitions.replan_missed() == 0
    request = fresh(missed)
    assert request.due_at == NOON
    assert request.due_until == datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    assert request.call_by == late
    assert fresh(kept).version == 0


def test_a_claimed_request_is_not_moved(maria):
    request = make_request()
    claims.claim(request, maria)
    CallbackRequest.objects.update(due_until=NOON)
    assert transitions.replan_missed() == 0


def test_linked_requests_are_one_person_until_one_is_taken_out(maria):
    first, second, third = (make_request(phone=f"+1602555010{n}") for n in range(3))
    persons.link(second, maria, first)
    persons.link(third, maria, second)
    assert {first, second, third} == set(CallbackRequest.objects.of_person(fresh(first)))
    persons.link(first, maria, third)
    assert AuditEntry.objects.filter(action="linked").count() == 2
    with pytest.raises(transitions.InvalidTransition):
        persons.link(first, maria, first)
    persons.unlink(third, maria)
    assert {first, second} == set(CallbackRequest.objects.of_person(fresh(first)))
    assert {third} == set(CallbackRequest.objects.of_person(fresh(third)))
