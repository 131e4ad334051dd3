"""What holds at the desk in whatever order people ask, call, stop, link and take back.

Staff and visitors work through their pages. Longer: HYPOTHESIS_EXAMPLES=500, on this file alone.
"""

import os
import re
import shutil
from collections import Counter
from datetime import time, timedelta

import pytest
from django import conf
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from contact.intake.card.actions import card_action, claim_views, undo_views
from contact.intake.queue.selection import lists
from contact.lifecycle.changes import transitions
from contact.lifecycle.journal import journal
from contact.lifecycle.planning.replanning import Replanner
from contact.models import AuditEntry, CallAttempt, CallbackRequest, OpeningHours, Step
from contact.privacy import rate_limit, tokens
from contact.privacy.audit_trail import audit
from contact.records.enums import Priority
from contact.schedule.opening_hours import Schedule
from contact.visitor.own_request import pages
from contact.visitor.told import status_text
from tests.contact.cards import NOON, address
from tests.factories import make_staff

LINES = (("+16025550101", ""), ("+16025550102", ""), ("+16025550102", "12"))
# Two people share the first line.
STARTERS = (LINES[0], LINES[0], LINES[1])
PAUSES = (1, 9, 16, 130, 700, 1500)
OUTCOMES = ("reached", "no_answer", "someone_else", "wrong_number", "mismatch", "stop")
ENDINGS = ("answered", "unreachable", "wrong_number", "stop", "spam")

staff = st.sampled_from(("maria", "joe", "lena"))
outcomes, endings = st.sampled_from(OUTCOMES), st.sampled_from(ENDINGS)
scopes = st.sampled_from(("person", "person", "line"))


class Clock:
    now = NOON


class AnyOrder(RuleBasedStateMachine):
    requests = Bundle("requests")
    # Those with a step of staff on them.
    worked_on = Bundle("worked_on")

    @initialize(target=requests)
    def open_the_desk(self):
        Clock.now = NOON
        self.undone = transaction.atomic()
        self.undone.__enter__()
        for weekday in range(7):
            OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(17))
        self.clients = {}
        for name in ("maria", "joe"):
            self.clients[name] = Client(), make_staff("Intake", username=name)
        self.clients["lena"] = Client(), make_staff("Intake leads", username="lena")
        # What is so, by our own account: calls, and which requests their own visitors ended.
        self.calls = Counter()
        self.called = {}
        self.own_stops, self.own_cancels = set(), set()
        self.acknowledged, self.reopened = set(), set()
        return multiple(*(self._ask(line, "Ring me", "any", is_drained=True) for line in STARTERS))

    def teardown(self):
        if not hasattr(self, "undone"):
            return
        try:
            journal.drain()
            stored = set(CallbackRequest.objects.values_list("pk", flat=True))
            assert self.acknowledged <= stored
            assert audit.verify() is None
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)
            shutil.rmtree(conf.settings.DATA_DIR / "journal")

    # What people do

    def _ask(self, line, message, best_time, is_drained):
        phone, extension = line
        payload = {"name": "Ruth Example", "phone": phone, "extension": extension}
        payload |= {"message": message, "best_time": best_time, "consent_version": "test"}
        entry = journal.append(payload, key=f"form {len(self.acknowledged)}")
        self.acknowledged.add(entry.id)
        if is_drained:
            journal.drain()
        return entry.id

    @rule(
        target=requests,
        line=st.sampled_from(LINES),
        message=st.sampled_from(("Ring me", "I want to kill myself tonight")),
        best_time=st.sampled_from(("any", "evening")),
        is_drained=st.booleans(),
    )
    def ask(self, line, message, best_time, is_drained):
        return self._ask(line, message, best_time, is_drained)

    @rule(minutes=st.sampled_from(PAUSES))
    def time_passes(self, minutes):
        Clock.now += timedelta(minutes=minutes)
        journal.drain()
        transitions.replan_missed()
        counts = lists.list_counts(Clock.now)
        waiting = CallbackRequest.objects.open().count()
        assert sum(counts[name] for name in lists.QueueList.values) == waiting

    @rule(opens=st.sampled_from((7, 9, 12)))
    def opening_hours_change(self, opens):
        OpeningHours.objects.update(opens=time(opens))
        Replanner().run()

    def post(self, name, url, **data):
        client, account = self.clients[name]
        # The time that passes here ends sessions.
        client.force_login(account)
        response = client.post(url, data)
        assert response.status_code < 500
        return response.status_code == 302

    def send(self, name, key, action, **data):
        """Send a form of the card as it is now; return whether it was accepted."""
        asked = CallbackRequest.objects.filter(pk=key).first()
        if asked is None:
            return False
        return self.post(name, address(asked, action), version=asked.version, **data)

    def persons_open(self, key):
        asked = CallbackRequest.objects.filter(pk=key).first()
        of_person = CallbackRequest.objects.open().filter(person=asked.person) if asked else []
        return {row.pk for row in of_person}

    def held_by(self, name):
        held = CallbackRequest.objects.open().held()
        return held.filter(claimed_by=self.clients[name][1])

    @rule(name=staff)
    def take_next(self, name):
        had = self.held_by(name).exists()
        waiting = self.danger_that_is_free(name)
        self.post(name, "/intake/next/")
        if waiting and not had:
            taken = self.held_by(name)
            assert taken.filter(priority=Priority.DANGER).exists(), "danger was left behind"

    def danger_that_is_free(self, name):
        """Due requests with words of danger that nothing keeps from being called now."""
        held = list(CallbackRequest.objects.open().held())
        busy_lines = {row.line_index for row in held}
        busy = {row.person for row in held}
        busy |= {
            row.person for row in CallbackRequest.objects.open() if row.line_index in busy_lines
        }
        said = CallAttempt.objects.standing().filter(outcome="mismatch", request__closed_at=None)
        left = {each.request.person for each in said.filter(by=self.clients[name][1])}
        due = CallbackRequest.objects.due().filter(priority=Priority.DANGER)
        return [row for row in due if row.person not in busy | left]

    @rule(name=staff, key=requests)
    def claim(self, name, key):
        self.send(name, key, "claim")

    @rule(name=staff, key=requests)
    def let_go(self, name, key):
        self.send(name, key, "release")

    @rule(name=staff, key=requests, to=staff)
    def hand_over(self, name, key, to):
        self.send(name, key, "hand-over", to=self.clients[to][1].pk)

    @rule(target=worked_on, name=staff, key=requests, outcome=outcomes, scope=scopes)
    def call(self, name, key, outcome, scope):
        """Take this call, if nothing is against it, and write down how it went."""
        self.send(name, key, "claim")
        self.send(name, key, "reveal", anyway="on")
        calls_for = self.persons_open(key)
        before = set(CallAttempt.objects.values_list("pk", flat=True))
        if not self.send(name, key, "attempt", outcome=outcome, scope=scope, language="en"):
            return multiple()
        for written in CallAttempt.objects.exclude(pk__in=before):
            self.calls.update(calls_for)
            self.called[written.pk] = calls_for
        if outcome == "stop":
            self.own_stops |= calls_for
        return key

    @rule(target=worked_on, name=staff, key=requests, outcome=endings, scope=scopes)
    def close(self, name, key, outcome, scope):
        of_person = self.persons_open(key)
        is_done = self.send(name, key, "close", outcome=outcome, scope=scope, reason="said so")
        if is_done and outcome == "stop":
            self.own_stops |= of_person
        return key if is_done else multiple()

    @rule(target=worked_on, name=staff, key=requests, hours=st.integers(1, 40), scope=scopes)
    def plan(self, name, key, hours, scope):
        at = timezone.localtime(Clock.now + timedelta(hours=hours))
        planned = {"call_at": f"{at:%Y-%m-%dT%H:%M}", "exactly": "on", "scope": scope}
        return key if self.send(name, key, "plan", **planned) else multiple()

    @rule(name=staff, one=requests, other=requests, unlink=st.booleans())
    def link(self, name, one, other, unlink):
        self.send(name, one, "link", other=other, **({"unlink": "1"} if unlink else {}))

    @rule(key=requests)
    def open_again(self, key):
        if self.send("lena", key, "reopen"):
            self.reopened.add(key)

    @rule(name=staff, key=requests, text=st.sampled_from(("Rang", "she took too many pills")))
    def note(self, name, key, text):
        self.send(name, key, "note", text=text)

    @rule(name=staff, key=worked_on)
    def take_back(self, name, key):
        step = Step.objects.filter(request=key, undone_at=None).order_by("-at").first()
        if step is None or not self.send(name, key, "undo", step=step.pk):
            return
        if step.attempt_id:
            self.calls.subtract(self.called[step.attempt_id])

    @rule(key=requests, do=st.sampled_from(("stop_now", "cancel_now", "change")))
    def visitor_acts(self, key, do):
        """A reference opens one request; whatever its visitor does, no other request changes."""
        if not CallbackRequest.objects.filter(pk=key).exists():
            return
        was_open = CallbackRequest.objects.open().filter(pk=key).exists()
        others = CallbackRequest.objects.exclude(pk=key).order_by("pk")
        before = list(others.values())
        token = tokens.encode(pages.PURPOSE, {"request": str(key)})
        data = {"token": token, "do": do, "best_time": "morning", "time_zone": "America/Denver"}
        assert Client().post("/contact/my-request/", data).status_code == 200
        assert list(others.values()) == before
        if was_open and do == "stop_now":
            self.own_stops.add(key)
        if was_open and do == "cancel_now":
            self.own_cancels.add(key)

    # What holds after each of these

    @invariant()
    def no_line_rings_for_two(self):
        holders = {}
        for row in CallbackRequest.objects.open().held():
            assert holders.setdefault(row.line_index, row.claimed_by_id) == row.claimed_by_id

    @invariant()
    def everybody_who_waits_is_planned_and_on_one_list(self):
        for row in CallbackRequest.objects.open():
            assert lists.queue_list_of(row, Clock.now)

    @invariant()
    def nobody_is_told_what_they_did_not_do(self):
        schedule = Schedule.current()
        for row in CallbackRequest.objects.all():
            told = " ".join(status_text.status_sentences(row, schedule, Clock.now))
            if "You asked us not to call" in told:
                assert row.pk in self.own_stops
            if "You cancelled" in told:
                assert row.pk in self.own_cancels
            total = re.search(r"We have called (\d+) time", told)
            said = int(total[1]) if total else told.count("We called at")
            if row.is_open:
                assert said == self.calls[row.pk]

    @invariant()
    def stop_wins(self):
        """Nobody is called about what they asked before they, or whoever is linked, said stop."""
        said = AuditEntry.objects.filter(action="stopped").exclude(actor=None)
        rows = {row.pk: row for row in CallbackRequest.objects.all()}
        for entry in said:
            stopped = rows[entry.request_id]
            if not stopped.is_open and stopped.outcome == "stop":
                for row in rows.values():
                    if row.person == stopped.person and row.created_at <= entry.at:
                        assert row.status not in CallbackRequest.CALLABLE or row.pk in self.reopened


@pytest.mark.django_db
def test_what_holds_holds_in_any_order(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: Clock.now)
    # What a refusal shows is slow, and promised elsewhere.
    for views in (card_action, claim_views, undo_views):
        monkeypatch.setattr(views, "render_card", lambda *card, **more: HttpResponse(status=409))
    monkeypatch.setattr(rate_limit, "allows", lambda *limits: True)
    monkeypatch.setattr(rate_limit, "USUAL_POSTS", 10**6)
    monkeypatch.setattr(rate_limit, "MOST_POSTS", 10**6)
    longer = os.environ.get("HYPOTHESIS_EXAMPLES")
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            # Half as many on PostgreSQL, whose locks tests of races look at.
            max_examples=int(longer or (10 if connection.vendor == "sqlite" else 5)),
            stateful_step_count=30,
            deadline=None,
            database=None,
            # The same walks each time, and no minutes spent on a shorter one that fails.
            derandomize=not longer,
            phases=[Phase.generate, *([Phase.shrink] if longer else [])],
            suppress_health_check=list(HealthCheck),
        ),
    )
