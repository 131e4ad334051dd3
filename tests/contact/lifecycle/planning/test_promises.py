"""A plan that nobody agreed on is shown as a changed promise; any other plan is not."""

from datetime import time, timedelta

import pytest
from django.db import transaction

from contact.lifecycle.changes import attempts, corrections, transitions, undo
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.team import claims
from contact.models import OpeningHours, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.schedule.opening_hours import Schedule
from contact.visitor.told.status_text import status_sentences
from tests.contact.cards import NOON, fresh, now_is
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
SOON, DAYS = NOON + timedelta(hours=1), timedelta(days=2)
CHANGED = "When we call has changed, and we are sorry. We first said by "


@pytest.fixture
def maria(monkeypatch):
    now_is(monkeypatch, NOON)
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(8), closes=time(20))
    return make_staff("Intake", username="maria")


def do(request, by, step, day=2):
    """One step of those that may go before a plan, a minute after the one before."""
    with transaction.atomic():
        row = claims.lock(request.pk)
        match step:
            case "plan":
                with undo.undoable(row, by, AuditAction.PLANNED):
                    transitions.replan(row, by, NOON + day * DAYS)
            case "taken back":
                undo.undo(Step.objects.latest("at"), by)
            case "visitor":
                transitions.replan(row, audit.VISITOR, NOON + day * DAYS, Scope.REQUEST)
            case _:
                attempts.record_attempt(row, by, step, call_at=NOON + day * DAYS)


def after(maria, monkeypatch, steps, **over):
    """The request after these steps and a plan of staff."""
    request = make_request(**{"promised_by": SOON, "call_by": SOON, "created_at": NOON} | over)
    for minute, step in enumerate(steps.split(", ")):
        now_is(monkeypatch, NOON + timedelta(minutes=minute))
        do(request, maria, step, day=2 + minute)
    return fresh(request)


@pytest.mark.parametrize(
    "steps",
    [
        "plan",
        "no_answer, plan",
        "mismatch, plan",
        "reached, no_answer, plan",
        "call_later, plan",
        "reached, plan, plan",
        "reached, visitor, plan",
    ],
)
def test_a_plan_without_a_talk_before_is_shown_as_a_change(maria, monkeypatch, steps):
    request = after(maria, monkeypatch, steps)
    assert request.earlier_call_by is not None
    assert CHANGED in " ".join(status_sentences(request, Schedule.current()))


@pytest.mark.parametrize("steps", ["visitor", "reached, plan", "reached, plan, taken back, plan"])
def test_a_plan_of_theirs_or_after_a_talk_is_no_change(maria, monkeypatch, steps):
    assert after(maria, monkeypatch, steps).earlier_call_by is None


@pytest.mark.parametrize(
    ("by_visitor", "changed", "is_told"),
    [
        (False, {"best_time": "evening"}, True),
        (False, {"time_zone": "Pacific/Guam"}, True),
        (True, {"best_time": "evening"}, False),
        (False, {"name": "Maria Other"}, False),
    ],
)
def test_hours_that_staff_correct_without_a_talk_are_shown_as_a_change(
    maria, by_visitor, changed, is_told
):
    """Promised for the morning after a try, by a plan that only the desk knows."""
    request = make_request(
        tries=1, due_at=NOON, due_until=SOON + DAYS, call_by=SOON, time_zone="America/Phoenix"
    )
    with transaction.atomic():
        row = claims.lock(request.pk)
        corrections.correct(row, audit.VISITOR if by_visitor else maria, changed)
    now = fresh(request)
    assert (now.earlier_call_by == SOON) == is_told
    assert (CHANGED in " ".join(status_sentences(now, Schedule.current()))) == is_told


@pytest.mark.parametrize(("by_visitor", "is_told"), [(False, True), (True, False)])
def test_a_promise_that_corrected_hours_cannot_keep_is_not_said_any_more(
    maria, by_visitor, is_told
):
    """The form promised an hour that lies before the evening."""
    request = make_request(
        promised_by=SOON, call_by=SOON, due_at=NOON, due_until=SOON, time_zone="America/Phoenix"
    )
    with transaction.atomic():
        row = claims.lock(request.pk)
        corrections.correct(row, audit.VISITOR if by_visitor else maria, {"best_time": "evening"})
    now = fresh(request)
    assert now.call_by > now.due_at > SOON
    assert (now.earlier_call_by == SOON) == is_told
    assert (CHANGED in " ".join(status_sentences(now, Schedule.current()))) == is_told


def test_a_promise_that_corrected_hours_keep_stays(maria):
    request = make_request(
        promised_by=SOON, call_by=SOON, due_at=NOON, due_until=SOON, time_zone=""
    )
    with transaction.atomic():
        row = claims.lock(request.pk)
        corrections.correct(row, maria, {"time_zone": "America/Phoenix"})
    assert (fresh(request).call_by, fresh(request).earlier_call_by) == (SOON, None)


def test_who_was_told_first_by_when_is_told_so_again(maria, monkeypatch):
    assert after(maria, monkeypatch, "plan, plan").earlier_call_by == SOON


@pytest.mark.parametrize(
    "over", [{"priority": 0}, {"status": "lead", "tries": 4}, {"promised_by": None}]
)
def test_no_change_is_shown_to_whom_no_hour_was_told(maria, monkeypatch, over):
    OpeningHours.objects.all().delete()
    assert after(maria, monkeypatch, "plan", **over).earlier_call_by is None


def test_a_plan_sooner_than_promised_is_no_change(maria, monkeypatch):
    later = NOON + 9 * DAYS
    assert after(maria, monkeypatch, "plan", call_by=later).earlier_call_by is None
