"""A wrong tap is taken back: plan, tries, reports and the visitor's page are as before."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.intake.card.page.timeline import timeline_entries
from contact.intake.reports.counts.statistics import statistics_for
from contact.intake.reports.date_ranges import DateRange
from contact.lifecycle.changes import attempts, stops, transitions, undo
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.journal import journal
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallAttempt, CallbackRequest, LineStop, RetryStep, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.outcomes import CallOutcome, RequestOutcome
from contact.schedule.opening_hours import Schedule
from contact.visitor.told.status_text import status_sentences
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.factories import callback_payload, make_request, make_staff

pytestmark = pytest.mark.django_db
PLAN = (
    *("status", "outcome", "closed_at", "tries", "due_at", "due_until", "call_by", "turn_at"),
    *("first_attempt_at", "first_attempt_minutes", "language", "referred_to_id"),
)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture
def shown(intake, maria):
    asked = held(make_request(voicemail="full"), maria)
    send(intake, asked, "reveal", anyway="on")
    return asked


def plan_of(request):
    row = fresh(request)
    return {name: getattr(row, name) for name in PLAN}


def take_back(client, asked, step=None):
    step = step or Step.objects.order_by("at").last()
    return client.post(f"{address(asked)}undo/", {"step": str(step.pk)})


@pytest.mark.parametrize("outcome", list(CallOutcome))
def test_every_outcome_of_a_call_can_be_taken_back(maria, outcome):
    asked = held(make_request(voicemail="full"), maria)
    before, told = plan_of(asked), status_sentences(asked, Schedule.current())
    later = NOON + timedelta(days=1)
    with transaction.atomic():
        asked = claims.lock(asked.pk)
        with undo.undoable(asked, maria, AuditAction.CALLED) as step:
            step.attempt = attempts.record_attempt(
                asked, maria, outcome, call_at=later, language="es"
            )
    assert plan_of(asked) != before
    with transaction.atomic():
        undo.undo(step, maria)
    assert plan_of(asked) == before
    # The claim ended with the call, and is not taken again.
    assert status_sentences(fresh(asked), Schedule.current()) == told[:-1]
    (entry,) = timeline_entries(fresh(asked), [])
    assert entry.what == f"{outcome.label} (taken back)"
    assert audit.verify() is None


def test_a_call_is_taken_back_on_its_card(intake, shown):
    before = plan_of(shown)
    send(intake, shown, "attempt", outcome="no_answer")
    page = intake.get(address(shown)).text
    assert "Take it back" in page
    response = take_back(intake, shown)
    assert response.status_code == 302
    assert plan_of(shown) == before
    card = text(intake.get(address(shown)))
    assert f"{CallOutcome.NO_ANSWER.label} (taken back)" in card
    assert AuditEntry.objects.filter(action="undone", request_id=shown.pk).count() == 1


@pytest.mark.parametrize("is_own", [True, False])
def test_whoever_calls_meanwhile_keeps_the_call(intake, client, maria, shown, is_own):
    """They may be on the phone: nobody else may call the line then."""
    before = plan_of(shown)
    send(intake, shown, "attempt", outcome="no_answer")
    caller = maria if is_own else make_staff("Intake", username="cora")
    claims.claim(fresh(shown), caller)
    client.force_login(caller)
    send(client, fresh(shown), "reveal", anyway="on")
    client.force_login(make_staff("Intake leads"))
    assert take_back(client, shown).status_code == 302
    assert plan_of(shown) == before
    assert fresh(shown).is_held_by(caller)
    assert fresh(shown).revealed_at


def test_a_call_that_was_taken_back_is_in_no_report(intake, shown):
    send(intake, shown, "attempt", outcome="wrong_number")
    today = DateRange(NOON.date(), NOON.date())
    for _ in range(6):
        make_request().attempts.create(by=make_staff(), at=NOON, outcome="no_answer")
    assert statistics_for(today).calls.total == 7
    take_back(intake, shown)
    assert statistics_for(today).calls.total == 6
    assert CallAttempt.objects.filter(request=shown).count() == 1


def test_a_close_opens_again_with_those_that_it_took_along(intake, maria):
    asked = held(make_request(), maria)
    other = held(make_request(person=asked.person), maria)
    before = plan_of(asked), plan_of(other)
    send(intake, asked, "close", outcome="spam", others=[str(other.pk)])
    assert not fresh(other).is_open
    take_back(intake, asked)
    assert (plan_of(asked), plan_of(other)) == before


def test_a_stop_of_the_line_is_lifted_and_others_on_it_wait_again(intake, shown):
    neighbour = make_request(name="Bob Example")
    before = plan_of(neighbour)
    send(intake, shown, "attempt", outcome="stop", scope="line")
    assert fresh(neighbour).outcome == "line_stop"
    assert LineStop.objects.holding(shown.line_index, shown.phone_index).exists()
    take_back(intake, shown)
    assert plan_of(neighbour) == before
    assert not LineStop.objects.holding(shown.line_index, shown.phone_index).exists()


def test_only_what_still_stands_is_offered(intake, shown):
    send(intake, shown, "attempt", outcome="no_answer")
    assert 'id="_undo"' in intake.get(address(shown)).text
    with transaction.atomic():
        transitions.close(claims.lock(shown.pk), audit.VISITOR, RequestOutcome.CANCELLED)
    assert 'id="_undo"' not in intake.get(address(shown)).text
    assert take_back(intake, shown).status_code == 409


def test_after_ten_minutes_a_lead_alone_can(intake, client, shown, monkeypatch):
    before = plan_of(shown)
    send(intake, shown, "attempt", outcome="wrong_number")
    now_is(monkeypatch, NOON + timedelta(minutes=11))
    assert 'id="_undo"' not in intake.get(address(shown)).text
    refused = take_back(intake, shown)
    assert refused.status_code == 409
    assert fresh(shown).status == "lead"
    client.force_login(make_staff("Intake leads"))
    assert 'id="_undo"' in client.get(address(shown)).text
    assert take_back(client, shown).status_code == 302
    assert plan_of(shown) == before


def test_a_colleague_cannot_take_back_what_somebody_else_wrote_down(intake, client, shown):
    send(intake, shown, "attempt", outcome="wrong_number")
    client.force_login(make_staff("Intake"))
    assert take_back(client, shown).status_code == 409
    assert fresh(shown).status == "lead"


def test_what_changed_since_is_not_overwritten(intake, maria, shown):
    send(intake, shown, "attempt", outcome="no_answer")
    first = Step.objects.get()
    held(fresh(shown), maria)
    send(intake, fresh(shown), "reveal", anyway="on")
    send(intake, fresh(shown), "attempt", outcome="no_answer")
    before = plan_of(shown)
    refused = take_back(intake, shown, first)
    assert refused.status_code == 409
    assert "changed since" in text(refused)
    assert plan_of(shown) == before
    # The later one first, then the earlier one.
    later = Step.objects.exclude(pk=first.pk).get()
    assert take_back(intake, shown, later).status_code == 302
    assert take_back(intake, shown, first).status_code == 302
    assert fresh(shown).tries == 0


@pytest.mark.parametrize("key", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_step_is_explained(intake, shown, key):
    response = intake.post(f"{address(shown)}undo/", {"step": key})
    assert response.status_code == 409
    assert "Nothing is taken back" in text(response)


def test_a_step_of_another_request_is_not_taken_back_here(intake, shown):
    send(intake, shown, "attempt", outcome="no_answer")
    other = make_request()
    assert take_back(intake, other).status_code == 409
    assert fresh(shown).tries == 1


def test_a_step_says_nothing_of_the_person(intake, shown):
    RetryStep.objects.all().delete()
    send(intake, shown, "attempt", outcome="wrong_number", note="Her mother Ruth answered.")
    step = Step.objects.get()
    kept = str(step.changes) + str(step.line_stops)
    asked = CallbackRequest.objects.get(pk=shown.pk)
    for words in (str(asked.name), str(asked.phone), str(asked.message), "Ruth"):
        assert words not in kept
    assert step.at <= timezone.now()


@pytest.mark.parametrize("step", ["attempt", "close"])
def test_a_stop_that_was_taken_back_is_not_said_to_be_their_wish(intake, shown, step):
    send(intake, shown, step, outcome="stop")
    take_back(intake, shown)
    assert fresh(shown).is_open
    assert "They asked us to stop" not in text(intake.get(address(shown)))


def test_a_stop_stays_said_when_a_later_step_was_taken_back(
    intake, lead_account, shown, monkeypatch
):
    send(intake, shown, "attempt", outcome="stop")
    now_is(monkeypatch, NOON + timedelta(minutes=1))
    with transaction.atomic():
        transitions.reopen(claims.lock(shown.pk), lead_account)
    held(fresh(shown), lead_account)
    now_is(monkeypatch, NOON + timedelta(minutes=2))
    intake.force_login(lead_account)
    send(intake, shown, "attempt", outcome="wrong_number")
    take_back(intake, shown)
    assert "They asked us to stop" in text(intake.get(address(shown)))


@pytest.fixture
def lead_account():
    return make_staff("Intake leads")


def test_a_button_pressed_twice_takes_back_once_and_says_so(intake, lead_client, shown):
    send(intake, shown, "attempt", outcome="no_answer")
    step = Step.objects.get()
    take_back(intake, shown, step)
    page = text(intake.get(take_back(intake, shown, step)["Location"]))
    assert "Taken back: You wrote down a call" in page
    assert "Nothing is taken back" not in page
    assert AuditEntry.objects.filter(action="undone").count() == 1
    # Whoever else presses it then did not take it back.
    assert take_back(lead_client, shown, step).status_code == 409


@pytest.fixture
def lead_client():
    client = Client()
    client.force_login(make_staff("Intake leads", username="lena"))
    return client


def end_as_visitor(asked, end):
    with transaction.atomic():
        mine = claims.lock(asked.pk)
        if end == "stop":
            stops.stop_calls(mine, audit.VISITOR, Scope.REQUEST)
        else:
            transitions.close(mine, audit.VISITOR, RequestOutcome.CANCELLED)


def test_a_close_is_not_taken_back_after_its_visitor_asked_for_no_calls(intake, shown):
    """The page of a closed request still offers "Don't call me again"."""
    send(intake, shown, "attempt", outcome="reached")
    send(intake, shown, "close", outcome="answered")
    end_as_visitor(shown, "stop")
    assert 'id="_undo"' not in intake.get(address(shown)).text
    assert take_back(intake, shown).status_code == 409
    assert fresh(shown).outcome == "answered"


@pytest.mark.parametrize("end", ["cancel", "stop", "close"])
def test_a_call_is_not_taken_back_once_the_request_was_closed(intake, maria, shown, end):
    """A close rests on the talk before it: it is taken back first, and a visitor's never."""
    for outcome in ("no_answer", "reached"):
        held(fresh(shown), maria)
        send(intake, shown, "reveal", anyway="on")
        send(intake, shown, "attempt", outcome=outcome)
    reached = Step.objects.get(attempt__outcome="reached")
    if end == "close":
        send(intake, shown, "close", outcome="came_in")
    else:
        end_as_visitor(shown, end)
    before = plan_of(shown)
    assert "“Reached them”" not in text(intake.get(address(shown)))
    assert take_back(intake, shown, reached).status_code == 409
    assert plan_of(shown) == before
    if end == "close":
        assert take_back(intake, shown, Step.objects.get(action="closed")).status_code == 302
        assert take_back(intake, shown, reached).status_code == 302
        assert fresh(shown).tries == 1


def test_what_waited_because_of_a_stop_is_due_again_when_the_stop_is_taken_back(intake, shown):
    send(intake, shown, "attempt", outcome="stop", scope="line")
    callback = callback_payload(phone="602-555-0123", time_zone="America/Phoenix")
    intake.post("/contact/", callback)
    journal.drain()
    newer = CallbackRequest.objects.latest("received_at")
    assert newer.status == "lead"
    told = status_sentences(newer, Schedule.current())
    take_back(intake, shown)
    assert fresh(newer).status == "new"
    assert status_sentences(fresh(newer), Schedule.current()) == told


def test_taking_a_stop_back_asks_no_more_for_many_who_waited_than_for_one(intake, shown):
    counts = []
    for waiting in (1, 4):
        send(intake, shown, "attempt", outcome="stop", scope="line")
        others = [make_request(status="lead") for _each in range(waiting)]
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            undo.undo(Step.objects.get(undone_at=None), shown.claimed_by)
        counts.append(len(queries))
        assert {fresh(each).status for each in others} == {"new"}
        CallbackRequest.objects.filter(pk__in=[each.pk for each in others]).delete()
        send(intake, held(fresh(shown), shown.claimed_by), "reveal", anyway="on")
    assert counts[1] <= counts[0]
