"""Visitors change what they answered, and read when we called."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contact.intake.card.page.timeline import last_change
from contact.lifecycle.changes import attempts
from contact.lifecycle.team import claims
from contact.lifecycle.triage import danger
from contact.models import AuditEntry, CallAttempt, CallbackRequest, Correction
from contact.privacy.audit_trail import audit
from tests.contact.visitor.own_request.test_my_request import (
    TEN,
    URL,
    act,
    fresh,
    look_up,
    text,
    token_on,
)
from tests.factories import MESSAGE, make_request, make_staff

pytestmark = pytest.mark.django_db
BEFORE = {
    "language": "en",
    "announce": "no",
    "voicemail": "none",
    "relationship": "my nephew Quentin",
    "needs": "relay service",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    shown = {"now": TEN}
    monkeypatch.setattr(timezone, "now", lambda: shown["now"])
    return shown


def answer(client, request, **over):
    return act(
        client, request, "answers", **{name: BEFORE[name] for name in list(BEFORE)[:3]} | over
    )


@pytest.mark.parametrize(
    ("over", "changed"),
    [
        ({"language": "es"}, {"language": "es"}),
        ({"announce": "yes"}, {"announce": "yes"}),
        ({"voicemail": "callback_only"}, {"voicemail": "callback_only"}),
        ({"needs": "slowly please"}, {"needs": "slowly please"}),
        ({"relationship": "my aunt"}, {"calling_for": "someone_else", "relationship": "my aunt"}),
        ({"more": "I moved."}, {"message": f"{MESSAGE}\n\nI moved."}),
    ],
)
def test_an_answer_is_changed_and_the_old_one_sealed(client, over, changed):
    request = make_request(**BEFORE)
    old = {name: str(getattr(request, name)) for name in changed}
    assert "Saved." in text(answer(client, request, **over))
    request = fresh(request)
    assert {name: str(getattr(request, name)) for name in changed} == changed
    entry = Correction.objects.get()
    assert (entry.by, entry.fields.split()) == (None, sorted(changed))
    assert json.loads(entry.before) == old
    audited = AuditEntry.objects.get(action="corrected")
    assert (audited.actor, audited.actor_name) == (None, "visitor")
    assert audited.detail == {"fields": sorted(changed), "entry": str(entry.pk)}
    assert audit.verify() is None
    assert "They changed what they gave" in last_change(request, make_staff())


def test_name_and_number_need_staff(client):
    request = make_request(**BEFORE)
    page = text(answer(client, request, name="Someone Else", phone="+16025550199", extension="7"))
    assert "Nothing was changed." in page
    assert "Another name or number? Please call us" in page
    assert (fresh(request).name, fresh(request).phone) == (request.name, request.phone)


def test_what_is_left_out_or_empty_stays(client):
    request = make_request(**BEFORE | {"announce": "yes", "voicemail": "full"})
    assert "Nothing was changed." in text(act(client, request, "answers"))
    assert fresh(request).version == request.version


def test_answers_of_other_requests_stay(client):
    request = make_request(**BEFORE)
    others = [make_request(), make_request(person=request.person)]
    answer(client, request, language="es", more="I moved.")
    for other in others:
        other = fresh(other)
        assert (other.language, other.message, other.version) == ("en", MESSAGE, 0)


def test_a_voicemail_that_would_tell_what_nobody_may_learn_is_asked_about(client):
    request = make_request(**BEFORE)
    page = text(answer(client, request, voicemail="full", more="I moved."))
    assert "would tell whoever hears it" in page
    assert "I moved." in page
    assert "<title>Please check the form" in page
    assert fresh(request).voicemail == "none"
    assert not Correction.objects.exists()


@pytest.mark.parametrize("name", ["relationship", "needs", "more"])
@pytest.mark.parametrize("is_refused", [False, True])
def test_danger_is_decided_again_and_never_lowered(client, name, is_refused):
    request = make_request(**BEFORE)
    over = {"voicemail": "full"} if is_refused else {}
    page = text(answer(client, request, **{name: "I want to kill myself"}, **over))
    assert fresh(request).priority == CallbackRequest.Priority.DANGER
    assert page.partition("<main")[2].index('href="sms:988"') < page.partition("<main")[2].index(
        "<h1"
    )
    answer(client, fresh(request), **{name: "All is well."})
    assert fresh(request).priority == CallbackRequest.Priority.DANGER


@pytest.mark.parametrize("page", ["answers", "change"])
def test_danger_written_after_a_talk_about_it_is_danger_anew(client, clock, page):
    """They were reached, and the next call is days away: new words must not wait for it."""
    clock["now"] = TEN - timedelta(days=1)
    request, maria = make_request(message="I want to kill myself."), make_staff("Intake")
    with transaction.atomic():
        mine = claims.lock(request.pk)
        danger.put_first(mine, audit.VISITOR)
        later = TEN + timedelta(days=3)
        attempts.record_attempt(mine, maria, CallAttempt.Outcome.CALL_LATER, call_at=later)
    clock["now"] = TEN
    before = fresh(request)
    assert not before.is_in_danger
    answer(client, request, more="Please call after five.", needs="Speak slowly.")
    assert fresh(request).due_at == before.due_at
    assert not fresh(request).is_in_danger
    if page == "answers":
        answer(client, request, more="I just took all my pills to kill myself.")
    else:
        act(client, request, "change", at="I just took all my pills to kill myself")
    now = fresh(request)
    assert now.is_in_danger
    assert now.due_at <= TEN < now.due_until
    assert claims.take_next(maria) == request


def test_too_long_a_message_is_refused_before_anything_is_lost(client):
    request = make_request(**BEFORE, message="m" * 19_990)
    assert "more than we can keep" in text(answer(client, request, more="I moved twice."))
    assert fresh(request).message == "m" * 19_990


def test_what_was_written_is_shown_to_nobody(client):
    page = text(look_up(client, make_request(**BEFORE))).partition("<main")[2]
    assert "Change your answers" in page
    for words in ("Quentin", "relay", MESSAGE):
        assert words not in page


def test_a_closed_request_keeps_its_answers(client):
    request = make_request(**BEFORE)
    token = token_on(look_up(client, request))
    CallbackRequest.objects.update(status="closed", outcome="came_in", closed_at=TEN)
    page = text(client.post(URL, {"token": token, "do": "answers", "language": "es"}))
    assert "was closed before this could be saved" in page
    assert "Change your answers" not in page
    assert fresh(request).language == "en"


def test_an_expired_page_keeps_what_was_typed(client, clock):
    request = make_request(**BEFORE)
    data = {"token": token_on(look_up(client, request)), "do": "answers", "language": "es"}
    clock["now"] = TEN + timedelta(minutes=15, seconds=1)
    page = text(client.post(URL, data | {"more": "I moved."}))
    assert "this page closes after 15 minutes" in page
    page = text(look_up(client, request, do="answers", language="es", more="I moved."))
    assert "What you typed is still here." in page
    assert "I moved." in page
    assert '<option value="es" selected>' in page


# When we called


def called(request, hours, **over):
    values = {"by": make_staff(), "at": TEN - timedelta(hours=hours), "outcome": "no_answer"}
    return CallAttempt.objects.create(request=request, **values | over)


def test_each_try_is_told_on_their_clock_and_not_how_it_went(client):
    request = make_request(tries=2, status="trying", time_zone="America/New_York")
    called(request, 25, outcome="wrong_number")
    called(request, 1, outcome="someone_else")
    page = text(look_up(client, request))
    first = "We called at 11 a.m. on Tuesday, March 3"
    assert f"{first}, your time." in page
    assert page.index(first) < page.index("We called at 11 a.m. today, your time.")
    assert "times so far" not in page
    for words in ("wrong", "answered", "Wrong number"):
        assert words not in page.partition('class="page__head"')[2].partition("</header>")[0]


def test_tries_for_others_calls_taken_back_and_talks_are_not_told(client):
    request = make_request(tries=1, status="trying")
    called(make_request(person=request.person), 1)
    called(make_request(), 2)
    called(request, 3, undone_at=TEN)
    called(request, 4, direction="incoming")
    page = text(look_up(client, request))
    assert "We called at" not in page
    assert "We have called 1 time so far." in page
