"""Sums of days are counted once, and no report ever shows one that changed since."""

import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.intake.reports.counts import counting, day_sums, triggers
from contact.intake.reports.counts.statistics import statistics_for
from contact.intake.reports.counts.sums import Sums
from contact.intake.reports.date_ranges import DateRange
from contact.intake.reports.disclosure_control import ALL_SHOWN
from contact.lifecycle.changes import corrections, secret_shoppers, transitions, undo
from contact.lifecycle.changes.attempts import record_attempt
from contact.lifecycle.retention import erasure
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import CallAttempt, CallbackRequest, Note, ReportChange, ReportDay, Step
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.enums import Direction, Origin, Priority
from contact.records.outcomes import CallOutcome
from contact.schedule.opening_hours import hour_of_week
from recovery_site.apps import remove_triggers
from tests.contact.cards import NOON, now_is
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
DAYS = DateRange(TODAY - timedelta(days=3), TODAY)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


def held():
    """How many days a report would take from what is stored."""
    return len(day_sums._held_days(DAYS))


def ask(number=1, days_ago=1, **over):
    return [make_request(created_at=NOON - timedelta(days=days_ago), **over) for _ in range(number)]


def total(dates=DAYS):
    return statistics_for(dates, ALL_SHOWN).requests.total


def counted_slowly(dates):
    """The same sums from one row after the other, as the page says what counts."""
    sums = Sums()
    for row in CallbackRequest.objects.all():
        if dates.start <= row.created_at < dates.end:
            add_request(sums, row)
    for call in CallAttempt.objects.filter(undone_at=None).select_related("request"):
        is_left_out = call.request.is_secret_shopper or is_spam(call.request)
        if dates.start <= call.at < dates.end and not is_left_out:
            add_call(sums, call)
    return sums


def add_request(sums, row):
    never = "closed" if row.status == "closed" else "open"
    waited = never if row.first_attempt_minutes is None else str(row.first_attempt_minutes)
    if row.is_secret_shopper:
        sums.secret_shoppers[waited] += 1
        return
    if is_spam(row):
        sums.requests["left_out"] += 1
        return
    sums.outcomes[row.outcome] += 1
    sums.languages[row.language] += 1
    sums.sources[row.source] += 1
    sums.origins[row.origin] += 1
    sums.hours[str(row.hour_of_week)] += 1
    if row.outcome == "came_in":
        sums.requests["came_in_soon"] += row.closed_at - row.created_at <= timedelta(hours=48)
    if row.is_danger:
        since, minutes = row.danger_at or row.created_at, row.first_attempt_minutes
        sums.requests["danger"] += 1
        sums.requests["danger_soon"] += minutes is not None and minutes <= 15
        sums.requests["danger_reached"] += row.reached_at is not None and row.reached_at >= since
    kinds = {True: sums.while_open, False: sums.after_hours, None: sums.not_noted}
    kind = kinds[row.asked_while_open] if row.origin == "website" else sums.written_by_staff
    kind[waited] += 1


def add_call(sums, call):
    if call.direction != "outgoing":
        sums.talks[call.direction] += 1
        return
    spoke = call.outcome in {"reached", "call_later", "mismatch", "emergency", "stop"}
    for made, reached, value in (
        (sums.tries, sums.tries_reached, min(call.number, 6)),
        (sums.hours_called, sums.hours_reached, call.hour_of_week % 24),
        (sums.accounts, sums.accounts_reached, call.by_id),
    ):
        made[str(value)] += 1
        reached[str(value)] += spoke


def is_spam(row):
    return row.outcome == "spam" or row.priority == Priority.AUTOMATIC


class Desk:
    """People who work, at random, on what others asked in the last days."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.staff = [make_staff("Intake"), make_staff("Intake leads")]
        self.officers = [make_staff("Privacy officers", username=name) for name in ("one", "two")]

    @property
    def by(self):
        return self.chance.choice(self.staff)

    def some(self, **wanted):
        rows = list(CallbackRequest.objects.filter(**wanted).order_by("created_at"))
        return self.chance.choice(rows) if rows else None

    def moment(self):
        return NOON - timedelta(minutes=self.chance.randrange(0, 4 * 24 * 60))

    def ask(self):
        asked, chance = self.moment(), self.chance
        make_request(
            created_at=asked,
            hour_of_week=hour_of_week(asked),
            language=chance.choice(["en", "es", "other"]),
            source=chance.choice(["", "withdrawal"]),
            origin=chance.choice([*Origin, *["website"] * 5]),
            asked_while_open=chance.choice([True, False, None]),
            priority=chance.choice([0, 1, 2, 3]),
        )

    def call(self):
        """Now or earlier, by a step that can be taken back."""
        if not (row := self.some(status__in=["new", "trying", "lead"])):
            return
        by = self.by
        with undo.undoable(row, by, AuditAction.CALLED) as step:
            step.attempt = record_attempt(
                row,
                by,
                self.chance.choice([each for each in CallOutcome if each.facts.talk and each not in
                                    {CallOutcome.CALL_LATER, CallOutcome.STOP}]),
                direction=self.chance.choice([*Direction, Direction.OUTGOING]),
            )  # fmt: skip
        if self.chance.random() < 0.5:
            CallAttempt.objects.filter(pk=step.attempt.pk).update(at=self.moment())

    def close(self):
        if row := self.some(closed_at=None):
            by = self.by
            with undo.undoable(row, by, AuditAction.CLOSED):
                transitions.close(row, by, self.chance.choice(["came_in", "answered", "spam"]))

    def take_back(self):
        if steps := list(Step.objects.filter(undone_at=None).order_by("pk")):
            try:
                undo.undo(self.chance.choice(steps), self.by)
            except transitions.InvalidTransition:
                return

    def reopen(self):
        if row := self.some(status="closed", purged_at=None):
            transitions.reopen(row, self.by)

    def correct(self):
        if row := self.some(purged_at=None, closed_at=None):
            language = self.chance.choice(["en", "es", "other"])
            corrections.correct(row, self.by, {"language": language})

    def find_danger(self):
        if row := self.some(closed_at=None):
            danger.put_first(row, self.by)

    def erase(self):
        if row := self.some(status="closed", purged_at=None):
            asked = erasure.propose(row, self.officers[0], "They asked.")
            erasure.confirm(row, self.officers[1], asked.pk)

    def shop(self):
        if row := self.some():
            secret_shoppers.mark(row, self.by, is_secret_shopper=not row.is_secret_shopper)

    def by_hand(self):
        """As a command or plain SQL may change any row."""
        if row := self.some():
            rows = CallbackRequest.objects.filter(pk=row.pk)
            rows.update(created_at=self.moment(), first_attempt_minutes=self.chance.randrange(90))

    def work(self):
        verbs = [self.ask, self.ask, self.call, self.call, self.call, self.close, self.take_back]
        verbs += [self.reopen, self.correct, self.find_danger, self.erase, self.shop, self.by_hand]
        self.chance.choice(verbs)()


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_the_sums_are_those_of_a_plain_count(seed):
    desk = Desk(seed)
    for _ in range(12):
        desk.ask()
    found = 0
    for _ in range(30):
        day_sums.count_days(recent=True)
        desk.work()
        found += held()
        assert day_sums.sums_of(DAYS)[0].stored() == counted_slowly(DAYS).stored()
    # Not because they were counted anew each time.
    assert found > 60


def test_a_report_of_stored_days_is_that_of_days_that_are_not_stored():
    ask(6, language="es")
    ask(7, days_ago=2, outcome="came_in")
    before = [statistics_for(DAYS), statistics_for(DAYS, ALL_SHOWN)]
    assert held() == 0
    day_sums.count_days(recent=True)
    assert held() == 3
    assert [statistics_for(DAYS), statistics_for(DAYS, ALL_SHOWN)] == before


def test_what_changes_is_counted_again_and_nothing_else():
    ask(days_ago=3)
    (asked,) = ask(days_ago=2)
    assert [day_sums.count_days(recent=True) for _ in range(2)] == [4, 0]
    CallbackRequest.objects.filter(pk=asked.pk).update(language="es")
    assert (held(), day_sums.count_days(recent=True)) == (3, 1)
    ask(days_ago=0)
    assert (held(), day_sums.count_days(recent=True)) == (3, 1)
    asked.search_keys.all().delete()
    asked.delete()
    assert (held(), total()) == (3, 2)


def test_spam_takes_its_calls_of_other_days_out():
    (asked,) = ask(days_ago=3)
    CallAttempt.objects.create(request=asked, by=make_staff(), outcome="reached", at=NOON)
    day_sums.count_days(recent=True)
    CallbackRequest.objects.update(outcome="spam", status="closed", closed_at=NOON)
    assert held() == 2
    assert statistics_for(DAYS, ALL_SHOWN).calls.total == 0


def test_claims_and_notes_change_no_figure():
    (asked,) = ask()
    day_sums.count_days(recent=True)
    maria = make_staff("Intake")
    assert claims.claim(asked, maria)
    Note.objects.create(request=asked, by=maria, text="Rings twice.")
    corrections.correct(asked, maria, {"name": "Another Name"})
    assert held() == 2


def test_a_change_while_a_day_is_counted_is_not_lost(monkeypatch):
    ask()
    plain = counting.count

    def slow(stretches):
        counted = plain(stretches)
        ask()
        return counted

    with monkeypatch.context() as patched:
        patched.setattr(counting, "count", slow)
        assert day_sums.count_days(recent=True) == 2
    assert total() == 3


def test_changes_are_folded_and_days_still_hold():
    ask(5)
    day_sums.count_days(recent=True)
    assert ReportChange.objects.exclude(hour=ReportChange.EVERY_HOUR).count() == 1
    assert (held(), day_sums.count_days(recent=True)) == (2, 0)
    ask()
    assert held() == 1


def test_another_release_counts_anew(monkeypatch):
    ask()
    assert day_sums.count_days(recent=True) == held() == 2
    monkeypatch.setattr(day_sums, "counted_by", lambda: "another")
    assert held() == 0


def test_a_migration_lets_no_sum_hold():
    ask()
    assert day_sums.count_days(recent=True) == held() == 2
    call_command("migrate", verbosity=0)
    assert held() == 0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL makes no table anew")
def test_a_migration_can_make_a_watched_table_anew():
    remove_triggers("default", plan=["something"])
    with connection.cursor() as cursor:
        for table in (triggers.CALLS_TABLE, triggers.CHANGES_TABLE):
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            cursor.execute(cursor.fetchone()[0].replace(table, "made_anew"))
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute(f"ALTER TABLE made_anew RENAME TO {table}")


def test_another_time_zone_has_other_days(settings):
    ask(days_ago=0)
    day_sums.count_days(recent=True)
    today = DateRange(TODAY, TODAY)
    assert total(today) == 1
    settings.TIME_ZONE = "Pacific/Kiritimati"
    assert (total(today), total(DateRange(TODAY, TODAY + timedelta(days=1)))) == (0, 1)


def test_days_since_the_first_request_are_counted_some_at_a_time(monkeypatch):
    assert day_sums.count_days() == 0
    ask(days_ago=100)
    monkeypatch.setattr(day_sums, "DAYS_AT_ONCE", 70)
    assert [day_sums.count_days() for _ in range(3)] == [70, 31, 0]
    assert ReportDay.objects.filter(counts={}).count() == 100


def test_a_job_that_is_told_to_stop_counts_no_further():
    ask()
    assert day_sums.count_days(lambda: True) == 0


def test_every_column_that_is_counted_is_watched():
    stretch = DAYS.start, DAYS.end
    with CaptureQueriesContext(connection) as captured:
        counting.count([stretch])
        counting.count_recent(timezone.now(), stretch)
    sql = " ".join(query["sql"] for query in captured)
    for table, watched in (
        (triggers.REQUESTS_TABLE, triggers.REQUEST_COLUMNS),
        (triggers.CALLS_TABLE, triggers.CALL_COLUMNS),
    ):
        assert set(re.findall(rf'"{table}"\."(\w+)"', sql)) - {"id"} == set(watched)


def test_the_number_of_queries_depends_on_no_number_of_days(django_assert_max_num_queries):
    ask(5)
    day_sums.count_days(recent=True)
    for days_ago in (0, 1, 3, 6, 9, 12, 20, 33, 40):
        ask(days_ago=days_ago)
    with django_assert_max_num_queries(15):
        statistics_for(DateRange(TODAY - timedelta(days=29), TODAY))


def test_a_day_on_which_clocks_change_has_its_own_length(settings):
    settings.TIME_ZONE = "America/New_York"
    days = DateRange(date(2026, 10, 31), date(2026, 11, 2)).days
    assert [(end - start).total_seconds() / 3600 for start, end in days] == [24, 25, 24]
    assert days[0][0] == datetime(2026, 10, 31, 4, tzinfo=UTC)
