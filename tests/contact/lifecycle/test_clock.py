"""Nothing is deleted or ended by a clock that jumped."""

import os
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from contact.lifecycle import clock
from contact.lifecycle.alerting import watch
from contact.lifecycle.journal import journal
from contact.lifecycle.retention import retention
from contact.models import CallbackRequest, Desk
from contact.privacy import brakes, tokens
from contact.privacy.audit_trail import audit
from recovery_site.management.commands import run_jobs
from tests.contact.lifecycle.journal.test_journal import payload
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
TODAY = timezone.make_aware(datetime(2026, 3, 2, 12))
DAY = timedelta(days=1)


class Machine:
    """A clock on the wall, the time since the start, and the job that looks at both."""

    def __init__(self):
        self.now, self.ran, self.watch = TODAY, 0.0, clock.ClockWatch()

    def go_on(self, for_, step=timedelta(hours=6)):
        while for_ > timedelta(0):
            part = min(step, for_)
            self.now, self.ran, for_ = self.now + part, self.ran + part.total_seconds(), for_ - part
            self.watch.look()

    def start_again(self, off_for=timedelta(0)):
        self.now, self.ran, self.watch = self.now + off_for, 0.0, clock.ClockWatch()
        self.watch.look()


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(timezone, "now", lambda: machine.now)
    monkeypatch.setattr(clock.time, "monotonic", lambda: machine.ran)
    machine.watch.look()
    return machine


@pytest.fixture
def closed(machine, settings):
    settings.RETENTION_DAYS = 365
    return make_request(status="closed", outcome="answered", closed_at=TODAY)


def is_emptied(request):
    return CallbackRequest.objects.get(pk=request.pk).is_purged


def said(machine):
    return [words for words in watch.present_faults(machine.now) if "clock" in words]


def test_a_clock_a_year_ahead_empties_nothing_and_all_is_well_once_it_is_set_right(machine, closed):
    machine.go_on(DAY)
    machine.now += 400 * DAY
    machine.go_on(timedelta(hours=1))
    assert retention.purge_due() == 0
    assert not is_emptied(closed)
    assert "The clock went from 2026-03-03" in said(machine)[0]
    assert "to 2027-04-07" in said(machine)[0]
    with pytest.raises(CommandError, match="clock jumped"):
        call_command("purge_requests")
    machine.start_again()
    assert retention.purge_due() == 0
    machine.now -= 400 * DAY
    machine.go_on(timedelta(hours=1))
    assert said(machine) == []
    assert retention.purge_due() == 0
    machine.go_on(364 * DAY, step=20 * timedelta(hours=1))
    assert retention.purge_due() == 1


def test_a_site_that_was_off_for_long_works_on_by_itself_a_day_later(machine, closed):
    machine.start_again(off_for=400 * DAY)
    assert retention.purge_due() == 0
    machine.go_on(timedelta(hours=23))
    # Starting again does not begin the wait anew, nor end it.
    machine.start_again()
    assert retention.purge_due() == 0
    assert said(machine)
    machine.go_on(timedelta(hours=2))
    assert (said(machine), retention.purge_due()) == ([], 1)


def test_an_operator_who_knows_that_the_time_is_right_confirms_it(machine, closed):
    machine.start_again(off_for=400 * DAY)
    call_command("confirm_clock")
    assert said(machine) == []
    assert retention.purge_due() == 1


def test_an_upgraded_site_is_compared_with_its_newest_entry(machine, closed):
    audit.record(None, audit.AuditAction.LISTED)
    Desk.objects.update(clock_seen_at=None)
    machine.start_again(off_for=400 * DAY)
    assert retention.purge_due() == 0


def test_a_wrong_clock_lets_no_copy_of_a_request_go(machine, data_dir):
    journal.append(payload(), "key")
    journal.drain()
    (kept,) = (data_dir / "journal" / "done").iterdir()
    os.utime(kept, (0, 0))
    machine.start_again(off_for=400 * DAY)
    journal.reconcile()
    assert kept.exists()
    call_command("confirm_clock")
    journal.reconcile()
    assert not kept.exists()


def test_a_token_that_a_wrong_clock_made_does_not_outlive_it(machine):
    machine.now += 400 * DAY
    token = tokens.encode("a page", {"step": 1})
    assert tokens.decode(token, "a page", 60) == {"step": 1}
    machine.now -= 400 * DAY
    assert tokens.decode(token, "a page", 60) is None


@pytest.mark.parametrize("jump", [400 * DAY, -400 * DAY], ids=["ahead", "back"])
def test_what_staff_hold_lasts_as_long_as_it_would_have_on_a_clock_that_jumps(machine, jump):
    staff = make_staff("Intake")
    held, _ended = (
        make_request(claimed_by=staff, claimed_until=TODAY + timedelta(minutes=minutes))
        for minutes in (15, -1)
    )
    machine.now += jump
    machine.go_on(timedelta(minutes=5))
    assert set(CallbackRequest.objects.held(machine.now)) == {held}
    machine.go_on(timedelta(minutes=11))
    assert not CallbackRequest.objects.held(machine.now).exists()
    # Set right while somebody holds it, it ends in time as well.
    CallbackRequest.objects.filter(pk=held.pk).update(
        claimed_until=machine.now + timedelta(minutes=15)
    )
    machine.now -= jump
    machine.go_on(timedelta(minutes=5))
    assert set(CallbackRequest.objects.held(machine.now)) == {held}
    machine.go_on(timedelta(minutes=11))
    assert not CallbackRequest.objects.held(machine.now).exists()


@pytest.mark.parametrize("jump", [400 * DAY, -400 * DAY], ids=["ahead", "back"])
def test_a_clock_that_jumps_gives_no_guess_for_nothing(machine, jump):
    lanes = brakes.own_password_lanes("made-up")
    while not (wait := brakes.begin_try(lanes)):
        pass
    machine.now += jump
    machine.watch.look()
    assert brakes.begin_try(lanes) == wait
    machine.go_on(timedelta(seconds=wait + 1))
    assert brakes.begin_try(lanes) == 0


def test_a_wrong_clock_forgets_no_network_from_which_somebody_logged_in(machine):
    brakes.remember_network("made-up", "192.0.2.7")
    machine.now += 400 * DAY
    (job,) = (job for job in run_jobs.all_jobs(None) if job.name == "brakes")
    job.attempt()
    machine.now -= 400 * DAY
    assert len(brakes.log_in_lanes("made-up", "192.0.2.7")) == 1
