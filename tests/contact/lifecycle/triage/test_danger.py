"""Danger is a property of all that was written about a request."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contact.lifecycle.changes import attempts, transitions
from contact.lifecycle.changes.undo import undo, undoable
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import AuditEntry, CallbackRequest, Plan
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from tests.contact.cards import NOON, now_is
from tests.factories import make_request

pytestmark = pytest.mark.django_db
Priority = CallbackRequest.Priority


def locked(request):
    return claims.lock(request.pk)


def fresh(request):
    return CallbackRequest.objects.get(pk=request.pk)


@pytest.fixture
def noon(monkeypatch):
    """A time at which everybody may be called, and the evening is still to come."""
    now_is(monkeypatch, NOON)
    return NOON


@pytest.fixture
def asked():
    return make_request()


@transaction.atomic
def add_note(request, by, text):
    transitions.add_note(locked(request), by, text)


def test_a_note_with_danger_words_puts_the_request_first(asked, maria):
    add_note(asked, maria, "Her mother says she wants to kill herself")
    now = fresh(asked)
    assert now.priority == Priority.DANGER
    assert now.turn_at == now.turn_for(now.call_by) < asked.turn_at - timedelta(days=365)
    assert now.version == asked.version + 1
    entry = AuditEntry.objects.get(action="put first")
    assert (entry.request_id, entry.actor, entry.detail) == (asked.pk, maria, {})


@pytest.mark.parametrize("text", ["Denies suicidal thoughts", "Call after 5", "Not suicidal"])
def test_an_ordinary_note_changes_no_priority(asked, maria, text):
    add_note(asked, maria, text)
    assert fresh(asked).priority == asked.priority


def test_no_note_lowers_a_priority(maria):
    asked = make_request(priority=Priority.DANGER)
    add_note(asked, maria, "Not suicidal, all is well")
    assert fresh(asked).priority == Priority.DANGER
    assert not AuditEntry.objects.filter(action="put first").exists()


def test_danger_in_the_note_of_a_call_plans_the_next_call_as_urgent(maria, noon):
    asked, ordinary = make_request(), make_request(phone="+16025550177")
    with transaction.atomic():
        attempts.record_attempt(locked(asked), maria, "no_answer", "Voice says: I want to die")
        attempts.record_attempt(locked(ordinary), maria, "no_answer", "Rang long")
    assert fresh(asked).priority == Priority.DANGER
    assert fresh(asked).due_at == noon + timedelta(minutes=15) < fresh(ordinary).due_at


@pytest.mark.parametrize("field", ["name", "relationship", "needs", "message"])
def test_every_field_of_the_form_counts(field):
    asked = make_request(**{field: "my son overdosed and he is not breathing"})
    assert danger.verdict_on_request(asked).is_danger


def test_what_the_visitor_writes_at_their_page_counts(asked):
    with transaction.atomic():
        assert danger.raise_priority(locked(asked), audit.VISITOR, "quiero morir")
    assert fresh(asked).priority == Priority.DANGER
    assert AuditEntry.objects.get(action="put first").actor is None


def test_danger_in_a_note_is_due_at_once_and_keeps_no_promise_of_tomorrow(maria, noon):
    tomorrow = noon + timedelta(days=1)
    asked = make_request(due_at=tomorrow, promised_by=tomorrow, call_by=tomorrow, tries=1)
    add_note(asked, maria, "His sister says he wants to kill himself")
    now = fresh(asked)
    assert (now.due_at, now.danger_at) == (noon, noon)
    assert noon < now.call_by < tomorrow - timedelta(hours=20)


def test_a_deadline_that_passed_stays_late(maria):
    asked = make_request(call_by=timezone.now() - timedelta(hours=1))
    add_note(asked, maria, "He wants to kill himself")
    assert fresh(asked).is_late()


def test_danger_in_one_of_a_persons_requests_plans_all_of_them_by_its_rule(maria, noon):
    """The one that was dialled asked for the evening; the other is in danger."""
    asked = make_request(best_time="evening")
    make_request(person=asked.person, priority=Priority.DANGER, phone="+16025550199")
    with transaction.atomic():
        attempts.record_attempt(locked(asked), maria, "no_answer")
    assert fresh(asked).due_at == noon + timedelta(minutes=15)


def test_whoever_was_reached_is_followed_no_more_until_that_is_taken_back(maria):
    asked = make_request(priority=Priority.DANGER)
    with transaction.atomic(), undoable(locked(asked), maria, AuditAction.CALLED) as step:
        step.attempt = attempts.record_attempt(locked(asked), maria, "reached")
    assert not fresh(asked).is_in_danger
    assert not CallbackRequest.objects.in_danger().exists()
    with transaction.atomic():
        undo(step, maria)
    assert fresh(asked).is_in_danger
    assert CallbackRequest.objects.in_danger().get() == asked


def test_who_could_not_be_understood_was_not_reached(maria):
    """Danger told in Spanish to somebody who speaks none stays with those nobody has reached."""
    asked = make_request(priority=Priority.DANGER, language="es")
    with transaction.atomic():
        attempts.record_attempt(locked(asked), maria, "mismatch", language="es")
    assert fresh(asked).is_in_danger
    assert CallbackRequest.objects.in_danger().get() == asked


def test_danger_is_called_before_an_ordinary_request_that_is_days_late(maria):
    now = timezone.now()
    asked = make_request(priority=Priority.DANGER, phone="+16025550199")
    asked.set_plan(Plan(now, now + timedelta(hours=1), now + timedelta(days=5)))
    asked.save()
    make_request(call_by=now - timedelta(days=9), turn_at=now - timedelta(days=9))
    assert CallbackRequest.objects.due(now).order_by("turn_at").first() == asked
