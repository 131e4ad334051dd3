"""Calls of the release before in which somebody could not be understood."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction

from contact.lifecycle.changes import attempts, undo
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Step
from contact.privacy.audit_trail.audit import AuditAction
from tests.contact.cards import NOON, fresh, now_is
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
migration = import_module("contact.migrations.0049_reached_by_a_talk_alone")
ASKED, ASKED_LATER = NOON - timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def maria(monkeypatch):
    now_is(monkeypatch, NOON)
    return make_staff("Intake", username="maria")


def call(request, by, outcome, monkeypatch, at=NOON):
    """A call as the release before wrote it down: whoever picked up counted as reached."""
    now_is(monkeypatch, at)
    with transaction.atomic():
        row = claims.lock(request.pk)
        with undo.undoable(row, by, AuditAction.CALLED) as step:
            step.attempt = attempts.record_attempt(row, by, outcome, call_at=at + ASKED_LATER)
            CallbackRequest.objects.filter(person=row.person).update(reached_at=at)


def put_right():
    migration.put_right(apps, SimpleNamespace(connection=connection))


def in_danger(**over):
    return make_request(**{"priority": 0, "danger_at": ASKED, "created_at": ASKED} | over)


def test_who_could_not_be_understood_is_in_danger_until_somebody_is_reached(maria, monkeypatch):
    request = in_danger()
    linked = in_danger(person=request.person, phone="+16025550177")
    call(request, maria, "mismatch", monkeypatch)
    assert not CallbackRequest.objects.in_danger().exists()
    put_right()
    assert {*CallbackRequest.objects.in_danger()} == {request, linked}


@pytest.mark.parametrize("outcome", ["reached", "call_later", "emergency"])
def test_who_was_reached_stays_so(maria, monkeypatch, outcome):
    after, before = in_danger(), in_danger(phone="+16025550177")
    call(after, maria, "mismatch", monkeypatch)
    call(after, maria, outcome, monkeypatch, NOON + timedelta(hours=1))
    call(before, maria, outcome, monkeypatch)
    call(before, maria, "mismatch", monkeypatch, NOON + timedelta(hours=1))
    put_right()
    assert fresh(after).reached_at == NOON + timedelta(hours=1)
    assert fresh(before).reached_at == NOON


def test_a_call_put_right_can_still_be_taken_back(maria, monkeypatch):
    request = in_danger()
    call(request, maria, "mismatch", monkeypatch)
    put_right()
    with transaction.atomic():
        undo.undo(Step.objects.get(), maria)
    assert (fresh(request).tries, fresh(request).reached_at) == (0, None)
