"""A simulation of days at the desk: three people, fifteen requests, a change of shift.

Three numbers ask twice: two of them for one person, whose requests are linked, and one for two.
"""

import random
import re
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from contact.intake.queue.selection import lists
from contact.lifecycle.changes import persons, transitions
from contact.lifecycle.journal import receiving
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest, Handover, OpeningHours, RetryStep
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.requests.references import reference_for
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
PHOENIX = ZoneInfo("America/Phoenix")
MONDAY = datetime(2026, 3, 9, tzinfo=PHOENIX)
HOURS = (time(9), time(12)), (time(12, 30), time(17))
SHIFTS = {"maria": (9, 13), "joe": (9, 17), "ana": (13, 17)}
LINKED = ("+16025550100", "+16025550101")
ZONES = ("America/Phoenix", "America/New_York", "America/Los_Angeles", "")


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = MONDAY

    monkeypatch.setattr(timezone, "now", lambda: Clock.now.astimezone(UTC))
    return Clock


@pytest.fixture
def desk():
    RetryStep.objects.all().delete()
    for tries in (1, 2):
        RetryStep.objects.create(outcome="no_answer", tries=tries, minutes=120 * tries)
        RetryStep.objects.create(outcome="someone_else", tries=tries, days=1)
    RetryStep.objects.create(outcome="reached", tries=1, days=1)
    for weekday in range(5):
        for opens, closes in HOURS:
            OpeningHours.objects.create(weekday=weekday, opens=opens, closes=closes)
    return {name: make_staff("Intake", username=name) for name in SHIFTS}


def sent_requests(chance):
    """Requests with the times at which they are sent; three numbers ask twice."""
    numbers = [f"+1602555{100 + n:04}" for n in range(12)]
    numbers += numbers[:3]
    for n, number in enumerate(numbers):
        sent = MONDAY + timedelta(minutes=chance.randrange(-8 * 60, 17 * 60))
        wish = chance.choice(("any", "any", "morning", "afternoon"))
        yield (
            sent,
            {
                "name": f"Caller {n}",
                "phone": number,
                "best_time": wish,
                "time_zone": chance.choice(ZONES),
                "calling_for": chance.choice(("self", "someone_else")),
                "suspected_spam": n % 12 == 11,
                "consent_version": "test",
            },
        )


def arrive(sent, values):
    request = CallbackRequest(created_at=sent, **values)
    request.reference = reference_for(request.pk)
    receiving.receive(request)
    return request


def link_those_of_one_person(request, by):
    if request.phone not in LINKED:
        return
    same_line = CallbackRequest.objects.filter(line_index=request.line_index)
    for other in same_line.exclude(pk=request.pk):
        with transaction.atomic():
            persons.link(claims.lock(request.pk, other.pk), by, other)


class Colleague:
    """A member of staff, who works through pages alone."""

    def __init__(self, account, chance, clock, calls):
        self.account, self.chance, self.clock, self.calls = account, chance, clock, calls
        self.client = Client()

    def post(self, path, **data):
        self.client.force_login(self.account)
        return self.client.post(path, data)

    def post_and_read(self, path, **data):
        response = self.post(path, **data)
        return self.client.get(response.url)

    def take_and_call(self, goes_home=False):
        """Take the next call and record its outcome; return False if nobody waits."""
        card = self.post("/intake/next/").url.partition("?")[0]
        if "/requests/" not in card:
            return False
        page = self.client.get(card)
        request = CallbackRequest.objects.get(pk=card.split("/")[-2])
        assert request.phone.removeprefix("+1") not in re.sub(r"\D", "", page.text)
        if goes_home:
            return True
        page = self.post_and_read(f"{card}reveal/", version=self.version(page), anyway="on")
        assert f'href="tel:{request.phone}' in page.text
        self.calls[request.person].append((self.clock.now, self.account.username))
        outcome = self.chance.choice(("reached", "reached", "no_answer", "someone_else"))
        done = self.post(f"{card}attempt/", version=self.version(page), outcome=outcome)
        if outcome == "reached":
            page = self.client.get(done.url)
            case = self.chance.choice(("came_in", "answered", "not_now"))
            self.post(
                f"{card}close/",
                version=self.version(page),
                outcome=case,
                reason="said so",
                others=re.findall(r'name="others" value="([^"]+)"', page.text),
            )
            request.refresh_from_db()
            assert request.outcome == case
        return True

    @staticmethod
    def version(page):
        return re.search(r'name="version" value="(\d+)"', page.text)[1]


def on_shift(hour):
    return [name for name, (start, end) in SHIFTS.items() if start <= hour < end]


def is_staffed(now):
    return now.weekday() < 5 and any(start <= now.time() < end for start, end in HOURS)


def test_nobody_is_called_twice_and_nobody_is_forgotten(clock, desk):
    chance, calls = random.Random(7), defaultdict(list)
    arriving = sorted(sent_requests(chance), key=lambda pair: pair[0])
    team = {name: Colleague(account, chance, clock, calls) for name, account in desk.items()}
    left_lying = None
    for minute in range(0, 5 * 24 * 60, 10):
        clock.now = MONDAY + timedelta(minutes=minute)
        while arriving and arriving[0][0] <= clock.now:
            link_those_of_one_person(arrive(*arriving.pop(0)), desk["maria"])
        transitions.replan_missed()
        if not arriving and not CallbackRequest.objects.open().exclude(status="lead").exists():
            break
        if clock.now == MONDAY + timedelta(hours=12, minutes=50):
            # Maria goes home in the middle of one, and hands the shift over.
            assert team["maria"].take_and_call(goes_home=True)
            left_lying = CallbackRequest.objects.filter(claimed_by=desk["maria"]).first()
            team["maria"].post("/intake/handover/", key=uuid4(), note="One is in my name.")
            continue
        if clock.now == MONDAY + timedelta(hours=13):
            handover = Handover.objects.get()
            team["ana"].post(f"/intake/handover/{handover.pk}/acknowledge/")
            handover.refresh_from_db()
            assert handover.acknowledged_by == desk["ana"]
        # Each call takes twenty minutes.
        if is_staffed(clock.now) and minute % 20 == 0:
            for name in on_shift(clock.now.hour):
                team[name].take_and_call()
        if minute % 360 == 0:
            everyone_is_on_one_list(clock.now)

    assert not arriving
    assert CallbackRequest.objects.count() == 15
    everyone_is_on_one_list(clock.now)
    left_lying.refresh_from_db()
    assert left_lying.attempts.exists() or left_lying.outcome == "duplicate"
    nobody_was_called_twice(calls)
    nobody_was_called_at_a_wrong_time(calls)
    assert set(AuditEntry.objects.values_list("action", flat=True)) <= set(AuditAction.values)
    forgotten = CallbackRequest.objects.open().exclude(status="lead")
    assert list(forgotten) == []
    assert len({request.person for request in CallbackRequest.objects.all()}) == 13
    for request in CallbackRequest.objects.all():
        assert calls[request.person], request
    assert {name for made in calls.values() for _, name in made} == set(
        User.objects.values_list("username", flat=True)
    )


def everyone_is_on_one_list(now):
    counted = lists.list_counts(now)
    total = sum(counted[name] for name in lists.QueueList.values)
    assert total == CallbackRequest.objects.open().count()


def nobody_was_called_twice(calls):
    """A person is called again only after the pause of the rules, or when they ask again."""
    for person, made in calls.items():
        asked = [r.created_at for r in CallbackRequest.objects.filter(person=person)]
        for (earlier, _), (later, _) in pairwise(made):
            asked_again = any(earlier < moment <= later for moment in asked)
            assert asked_again or later - earlier >= timedelta(hours=2)


def nobody_was_called_at_a_wrong_time(calls):
    for request in CallbackRequest.objects.all():
        zones = (
            (request.time_zone,)
            if request.time_zone
            else ("America/Los_Angeles", "America/New_York")
        )
        for at, _name in calls[request.person]:
            assert is_staffed(at)
            for zone in zones:
                assert time(8) <= at.astimezone(ZoneInfo(zone)).time() < time(21)
