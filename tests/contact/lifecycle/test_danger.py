"""Danger is a property of all that was written about a request."""

from datetime import timedelta

import pytest
from django.db import transaction

from contact.lifecycle import attempts, claims, danger, transitions
from contact.models import AuditEntry, CallbackRequest
from contact.privacy import audit
from tests.factories import make_request

pytestmark = pytest.mark.django_db
Priority = CallbackRequest.Priority


def locked(request):
    return claims.lock(request.pk)


def fresh(request):
    return CallbackRequest.objects.get(pk=request.pk)


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
    assert now.turn_at == now.call_by - Priority.DANGER.facts.head_start
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


def test_danger_in_the_note_of_a_call_plans_the_next_call_as_urgent(asked, maria):
    with transaction.atomic():
        attempts.record_attempt(locked(asked), maria, "no_answer", "Voice says: I want to die")
    now = fresh(asked)
    assert now.priority == Priority.DANGER
    ordinary = make_request(phone="+16025550177")
    with transaction.atomic():
        attempts.record_attempt(locked(ordinary), maria, "no_answer", "Rang long")
    assert now.due_at < fresh(ordinary).due_at + timedelta(seconds=1)


@pytest.mark.parametrize("field", ["name", "relationship", "needs", "message"])
def test_every_field_of_the_form_counts(field):
    asked = make_request(**{field: "my son overdosed and he is not breathing"})
    assert danger.verdict_on_request(asked).is_danger


def test_what_the_visitor_writes_at_their_page_counts(asked):
    with transaction.atomic():
        assert danger.raise_priority(locked(asked), audit.VISITOR, "quiero morir")
    assert fresh(asked).priority == Priority.DANGER
    assert AuditEntry.objects.get(action="put first").actor is None
