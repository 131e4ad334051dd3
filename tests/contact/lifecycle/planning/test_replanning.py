"""Changed hours, holidays and retry rules plan everybody again, and no promise moves unseen."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from contact.lifecycle.changes import attempts, transitions
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.planning import named_times, replanning
from contact.lifecycle.team import claims
from contact.models import (
    CallbackRequest,
    Desk,
    LineStop,
    OpeningHours,
    RetryStep,
    SpecialDay,
)
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditEntry
from contact.records.desk.planning_rules import PlanningRules
from contact.schedule.opening_hours import Schedule
from contact.staff_admin.broken_promises import broken_text
from contact.visitor.told import status_text
from tests.factories import make_request, make_staff
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# A Wednesday, 10 a.m. in Phoenix, where the desk is open from 9 to 17 on weekdays.
TEN = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
TOMORROW = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def desk(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TEN)
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(17))
    run()


def run(**over):
    return replanning.Replanner().run(**over)


def fresh(request):
    return CallbackRequest.objects.get(pk=request.pk)


def in_hours(hours, **over):
    """A request that is called from this many hours on, for an hour, by its end."""
    due_at = TEN + hours * HOUR
    values = {"due_at": due_at, "due_until": due_at + 8 * HOUR, "call_by": due_at + HOUR} | over
    return make_request(**values)


def holiday(day=TOMORROW):
    return SpecialDay.objects.create(date=day, name="Made-up holiday")


def test_rules_that_did_not_change_plan_nobody_again():
    request = in_hours(23)
    before = AuditEntry.objects.count()
    assert run() == (0, 0, True)
    assert fresh(request).version == 0
    assert AuditEntry.objects.count() == before


def test_a_new_holiday_moves_who_was_to_be_called_on_it_and_tells_the_promise_apart():
    request = in_hours(23, promised_by=TEN + 24 * HOUR)
    today = in_hours(0, due_until=TEN + 7 * HOUR, phone="+16025550124")
    holiday()
    assert run() == (1, 1, True)
    moved = fresh(request)
    # Friday, 9 a.m. in Phoenix, and an hour later.
    assert (moved.due_at, moved.call_by) == (TEN + 47 * HOUR, TEN + 48 * HOUR)
    assert (moved.promised_by, moved.earlier_call_by) == (TEN + 24 * HOUR, TEN + 24 * HOUR)
    assert fresh(today).version == 0
    entry = AuditEntry.objects.get(action="promise changed with the rules")
    assert entry.request_id == request.pk
    assert entry.detail == {
        "before": (TEN + 24 * HOUR).isoformat(),
        "after": (TEN + 48 * HOUR).isoformat(),
    }
    assert run() == (0, 0, True)


def test_new_promises_follow_danger_the_old_ones_and_how_long_each_waits(monkeypatch):
    """Keys are drawn by lot: no order of theirs may decide."""
    asked = [
        in_hours(
            23,
            id=uuid.UUID(int=9 - n),
            phone=f"+160255501{n:02d}",
            created_at=TEN - (9 - n) * HOUR,
            call_by=TEN + hours * HOUR,
            **over,
        )
        for n, (hours, over) in enumerate(
            [(26, {"priority": 0}), (24, {}), (24, {}), (25, {}), (26, {})]
        )
    ]
    for request in asked:
        request.turn_at = request.turn_for(request.call_by)
        request.save(update_fields=["turn_at"])
    day = holiday()
    changed = PlanningRules.current()
    day.delete()
    shown = replanning.promises_broken_by(changed)
    assert [each.request for each in shown.found] == asked
    assert "soonest promises" not in broken_text(shown)
    with monkeypatch.context() as context:
        context.setattr(replanning, "MAX_PREVIEWED", 2)
        assert "(of the 2 soonest promises)" in broken_text(replanning.promises_broken_by(changed))
    holiday()
    assert run().broken == 5
    promised = [fresh(each).call_by for each in asked]
    assert promised == sorted(set(promised)) == [each.plan.call_by for each in shown.found]


def test_whose_line_asked_for_no_calls_is_planned_again_as_anybody_is():
    """A lead decides about both, but the first one's page names an hour as any other's does."""
    stopped = in_hours(23, status="lead")
    LineStop.objects.create(line_index=stopped.line_index)
    tried = in_hours(23, status="lead", phone="+16025550188", tries=3)
    holiday()
    assert run() == (1, 1, True)
    moved, kept = fresh(stopped), fresh(tried)
    assert (moved.status, moved.earlier_call_by) == ("lead", stopped.call_by)
    assert moved.call_by > stopped.call_by
    assert kept.call_by == tried.call_by


def test_whose_line_asked_for_no_calls_reads_the_changed_promise_as_anybody_does():
    """A page that still said the old hour would tell strangers of the stop, and be untrue."""
    stopped = in_hours(23, status="lead", promised_by=TEN + 24 * HOUR)
    other = in_hours(23, phone="+16025550188", promised_by=TEN + 24 * HOUR)
    LineStop.objects.create(line_index=stopped.line_index)
    holiday()
    run()
    told, others = (
        status_text.status_sentences(fresh(each), Schedule.current(), TEN)
        for each in (stopped, other)
    )
    changed = "When we call has changed, and we are sorry. We first said by 10 a.m. tomorrow"
    for sentences in (told, others):
        assert " on Friday" in sentences[0]
        assert sentences[1].replace("\u00a0", " ").startswith(changed)


def test_a_promise_on_a_new_holiday_moves_although_they_are_due_today():
    """Many wait before them, so nobody knows whether the desk gets to them today."""
    of_tomorrow = TEN + 24 * HOUR
    request = in_hours(0, due_until=TEN + 7 * HOUR, call_by=of_tomorrow, promised_by=of_tomorrow)
    holiday()
    assert run() == (1, 1, True)
    moved = fresh(request)
    # Still due now, and on Friday, an hour after the desk opens, at the latest.
    assert (moved.due_at, moved.call_by) == (TEN, TEN + 48 * HOUR)
    assert moved.earlier_call_by == of_tomorrow


def test_no_more_calls_are_promised_anew_than_the_desk_can_make():
    desk = Desk.current()
    waiting = [in_hours(23, phone=f"+160255501{number:02}") for number in range(20)]
    holiday()
    assert run() == (20, 20, True)
    promised = sorted(fresh(each).call_by for each in waiting)
    minutes = [(later - sooner) / timedelta(minutes=1) for sooner, later in pairwise(promised)]
    # Over the night, too, in which nobody calls.
    assert min(minutes) >= desk.minutes_per_call


def test_whoever_was_promised_earlier_is_called_before_those_who_asked_later():
    request = in_hours(23)
    holiday()
    run()
    later = in_hours(47, turn_at=TEN + 48 * HOUR, phone="+16025550124")
    due = CallbackRequest.objects.due(TEN + 47 * HOUR).order_by("turn_at")
    assert list(due) == [request, later]


def test_the_first_promise_is_kept_in_mind_over_several_changes():
    request = in_hours(23)
    for day in (TOMORROW, TOMORROW + timedelta(days=1)):
        holiday(day)
        run()
    moved = fresh(request)
    assert moved.earlier_call_by == TEN + 24 * HOUR
    assert moved.due_at == TEN + 5 * 24 * HOUR - HOUR


@pytest.mark.parametrize("step", ["call", "plan"])
def test_it_is_forgotten_with_the_next_call_or_their_own_plan(step):
    request, staff = in_hours(23), make_staff()
    holiday()
    run()
    with transaction.atomic():
        mine = claims.lock(request.pk)
        if step == "call":
            attempts.record_attempt(mine, staff, "no_answer")
        else:
            transitions.replan(mine, audit.VISITOR, TEN + 50 * HOUR, Scope.REQUEST)
    assert fresh(request).earlier_call_by is None


def test_more_hours_call_sooner_and_keep_the_promise():
    request = in_hours(23)
    OpeningHours.objects.filter(weekday=2).update(opens=time(8), closes=time(9))
    run()
    OpeningHours.objects.filter(weekday=2).update(opens=time(9), closes=time(17))
    assert run()[:2] == (1, 0)
    assert (fresh(request).due_at, fresh(request).call_by) == (TEN, TEN + 24 * HOUR)
    assert fresh(request).earlier_call_by is None


def test_a_holiday_that_is_taken_back_leaves_nobody_promised_later():
    """Due today with a promise for tomorrow, due tomorrow, and a named time."""
    waiting = in_hours(0, due_until=TEN + 7 * HOUR, call_by=TEN + 24 * HOUR)
    tomorrow = in_hours(23, phone="+16025550124")
    named = make_request(phone="+16025550125")
    named.set_plan(named_times.named_time_plan(TEN + 25 * HOUR))
    named.save()
    plans = [(each.due_at, each.call_by) for each in (waiting, tomorrow, named)]
    day = holiday()
    assert run().broken == 3
    day.delete()
    assert run() == (3, 0, True)
    for request, plan in zip((waiting, tomorrow, named), plans, strict=True):
        row = fresh(request)
        assert row.call_by == plan[1]
        assert row.earlier_call_by is None
    assert fresh(named).due_at == plans[2][0]
    assert fresh(waiting).due_at == TEN
    entry = AuditEntry.objects.filter(action="promise changed with the rules").latest("number")
    assert entry.detail["before"] > entry.detail["after"]


def test_who_reads_of_a_first_promise_that_is_kept_after_all_reads_no_apology():
    request = in_hours(23, promised_by=TEN + 24 * HOUR)
    told = status_text.status_sentences(request, Schedule.current(), TEN)
    day = holiday()
    run()
    assert status_text.status_sentences(fresh(request), Schedule.current(), TEN) != told
    day.delete()
    run()
    assert status_text.status_sentences(fresh(request), Schedule.current(), TEN) == told


def test_a_first_promise_that_passed_meanwhile_is_made_anew_and_told(monkeypatch):
    request = in_hours(0, due_until=TEN + 7 * HOUR)
    day = holiday(TOMORROW - timedelta(days=1))
    run()
    assert fresh(request).call_by == TEN + 24 * HOUR
    monkeypatch.setattr(timezone, "now", lambda: TEN + 2 * HOUR)
    day.delete()
    assert run() == (1, 0, True)
    row = fresh(request)
    assert (row.call_by, row.earlier_call_by) == (TEN + 3 * HOUR, TEN + HOUR)


def test_one_of_two_holidays_taken_back_brings_the_promise_a_day_nearer():
    request = in_hours(23)
    holiday(TOMORROW)
    second = holiday(TOMORROW + timedelta(days=1))
    run()
    monday = TEN + 5 * 24 * HOUR
    assert fresh(request).call_by == monday
    second.delete()
    run()
    row = fresh(request)
    # Friday.
    assert (row.call_by, row.earlier_call_by) == (TEN + 48 * HOUR, TEN + 24 * HOUR)


def test_a_longer_wait_between_tries_moves_the_next_try():
    rules = RetryStep.objects.filter(outcome="no_answer", tries=1, is_urgent=False)
    rules.update(minutes=120, days=None, part_of_day="")
    run()
    request, staff = in_hours(0), make_staff()
    with transaction.atomic():
        attempts.record_attempt(claims.lock(request.pk), staff, "no_answer")
    assert fresh(request).due_at == TEN + 2 * HOUR
    rules.update(minutes=240)
    assert run()[:2] == (1, 1)
    assert fresh(request).due_at == TEN + 4 * HOUR
    rules.delete()
    run()
    assert fresh(request).status == "lead"


def test_a_named_time_moves_only_if_the_desk_was_to_be_open_then():
    kept, moved = make_request(), make_request(phone="+16025550124")
    for request, hours in ((kept, 20), (moved, 25)):
        plan = named_times.named_time_plan(TEN + hours * HOUR)
        request.set_plan(plan)
        request.save()
    holiday()
    # 6 a.m. was agreed on though the desk is closed then.
    assert run()[:2] == (1, 1)
    assert fresh(kept).due_at == TEN + 20 * HOUR
    assert fresh(moved).due_at == TEN + 47 * HOUR


def test_whoever_is_being_called_waits_for_the_end_of_the_call():
    request = in_hours(23, claimed_by=make_staff(), claimed_until=TEN + timedelta(minutes=5))
    holiday()
    assert run() == (0, 0, False)
    assert fresh(request).version == 0
    CallbackRequest.objects.update(claimed_until=TEN - HOUR)
    assert run() == (1, 1, True)


def test_it_goes_on_where_it_was_interrupted(monkeypatch):
    monkeypatch.setattr(replanning, "SLICE", 1)
    for n in range(4):
        in_hours(23, phone=f"+1602555010{n}")
    holiday()
    replanner = replanning.Replanner()
    rounds = iter([False, True])
    assert replanner.run(stopping=lambda: next(rounds)) == (1, 1, False)
    # Another process finds the rest.
    assert run(seconds=PATIENCE) == (3, 3, True)
    assert replanner.run(seconds=PATIENCE) == (0, 0, True)
    assert CallbackRequest.objects.filter(earlier_call_by=None).count() == 0


def test_a_preview_says_whose_promise_would_break_and_changes_nothing():
    in_hours(47, phone="+16025550124")
    first = in_hours(23)
    rules = PlanningRules.current()
    rules.schedule.special[TOMORROW] = ()
    assert [each.request for each in replanning.promises_broken_by(rules).found] == [first]
    assert fresh(first).version == 0
    assert run() == (0, 0, True)


def test_the_rules_of_a_release_before_are_taken_as_they_are():
    request = in_hours(23)
    Desk.objects.update(planned_by={})
    holiday()
    assert run() == (0, 0, True)
    assert fresh(request).version == 0
    assert Desk.current().planned_by == PlanningRules.current().as_json()


def test_rules_come_back_from_what_is_kept_of_them():
    holiday()
    rules = PlanningRules.current()
    again = PlanningRules.from_json(rules.as_json())
    assert again.schedule == rules.schedule
    assert again.as_json() == rules.as_json()
    assert len(again.steps) == RetryStep.objects.count() > 0
