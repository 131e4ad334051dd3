"""Other people on the line: named on each other's cards, and nothing more of them is told."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contact.lifecycle.changes import attempts, persons, stops, transitions
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest, LineStop
from contact.privacy.audit_trail import audit
from contact.privacy.encryption import EncryptedTextField
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.factories import make_request

pytestmark = pytest.mark.django_db
DAUGHTER = "Zenobia Quickly"
HER_WORDS = {
    field.attname: f"Only {field.attname} of hers"
    for field in EncryptedTextField.of(CallbackRequest)
    if field.attname not in ("name", "phone", "extension")
}
STOPPED_LINE = "Somebody on this line asked on Nov. 24, 2026 for no calls to it."


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


def make_daughter(**over):
    return make_request(**{"name": DAUGHTER, **HER_WORDS, **over})


def done(step, asked, *args, **over):
    """Take a step on the request, locked as it is now."""
    with transaction.atomic():
        return step(claims.lock(asked.pk), *args, **over)


def section(page, anchor):
    return page.split(f'id="{anchor}"')[1].split("</section>")[0]


def viewed(asked):
    return AuditEntry.objects.filter(request_id=asked.pk, action="viewed").count()


def queries(client, asked):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address(asked)).status_code == 200
    return len(seen)


def test_who_is_alone_on_the_line_is_not_asked_for_whom_to_plan(intake, maria):
    asked = held(make_request(), maria)
    page = text(intake.get(address(asked)))
    assert "Other people on this line" not in page
    assert "For whom?" not in page
    assert "If they want no calls, or the number is wrong: for whom?" in page


def test_another_person_on_the_line_is_shown_by_name_and_the_look_is_on_record(intake):
    mother, daughter = make_request(), make_daughter()
    page = section(text(intake.get(address(mother))), "_others")
    assert DAUGHTER in page
    assert str(daughter) in page
    assert "Say nothing about one of them to another" in page
    rules = section(text(intake.get(address(mother))), "_safe")
    assert f"<bdi>{DAUGHTER}</bdi>. Say nothing about one to another." in rules
    # Each look is one entry, which names what it showed of others.
    assert (viewed(mother), viewed(daughter)) == (2, 0)
    shown = AuditEntry.objects.filter(request_id=mother.pk, action="viewed").last().detail
    assert shown == {"also": [str(daughter)]}


@pytest.mark.parametrize("is_closed", [False, True])
def test_nothing_that_another_person_wrote_or_said_is_on_the_card(intake, maria, lena, is_closed):
    mother, daughter = make_request(), make_daughter(calling_for="someone_else")
    held(daughter, lena)
    done(transitions.add_note, daughter, lena, "Note about her.")
    done(attempts.record_attempt, daughter, lena, "no_answer", "Call about her.")
    if is_closed:
        done(transitions.close, daughter, lena, "answered", HER_WORDS["reason"])
    held(fresh(mother), maria)
    send(intake, mother, "reveal")
    page = text(intake.get(address(mother)))
    assert DAUGHTER in page
    for words in (*HER_WORDS.values(), "Note about her.", "Call about her."):
        assert words not in page
    for words in HER_WORDS.values():
        assert words not in text(send(intake, mother, "attempt", outcome=""))


def test_the_other_person_s_number_of_another_extension_is_not_this_line(intake):
    make_daughter(extension="15")
    assert DAUGHTER not in text(intake.get(address(make_request(extension="12"))))


def test_people_on_any_line_of_the_person_are_shown(intake):
    mother = make_request()
    make_request(phone="+16025550199", person=mother.person)
    make_daughter(phone="+16025550199")
    assert DAUGHTER in section(text(intake.get(address(mother))), "_others")


def test_a_call_on_the_line_is_named_and_keeps_this_one_from_being_taken(intake, lena):
    mother, daughter = make_request(), make_daughter()
    held(daughter, lena)
    page = text(intake.get(address(mother)))
    assert "lena is calling somebody else on this line" in page
    assert "Nobody holds it" not in page
    assert "being called now" in section(page, "_others")
    CallbackRequest.objects.filter(pk=daughter.pk).update(talk_direction="incoming")
    others = section(text(intake.get(address(mother))), "_others")
    assert "somebody talks with them now" in others
    assert "being called now" not in others
    assert "Take this call" not in page
    refused = send(intake, mother, "claim")
    assert refused.status_code == 409
    assert "lena is calling somebody else on this line" in text(refused)
    assert fresh(mother).claimed_by is None


def test_a_call_on_the_line_is_named_however_many_share_it(intake, lena):
    mother, daughter = make_request(), make_daughter(created_at=NOON - timedelta(days=9))
    held(daughter, lena)
    for n in range(25):
        make_request(name=f"Somebody {n}")
    page = text(intake.get(address(mother)))
    assert "lena is calling somebody else on this line" in page
    assert "being called now" in section(page, "_others")


def test_the_same_name_on_the_line_is_offered_as_the_same_person(intake):
    first = make_request(message="First words.")
    second = make_request(message="Second words.")
    page = text(intake.get(address(second)))
    assert str(first) in section(page, "_similar")
    assert "on this line" in section(page, "_similar")
    assert "Other people on this line" not in page
    assert "First words." not in page
    send(intake, second, "link", other=first.pk)
    page = text(intake.get(address(second)))
    assert "First words." in page
    assert "Second words." in page
    assert str(first) in section(page, "_linked")
    assert "Perhaps the same person" not in page
    send(intake, second, "link", other=first.pk, unlink="on")
    page = text(intake.get(address(second)))
    assert "First words." not in page
    assert str(first) in section(page, "_similar")


def test_a_stop_asks_for_whom_and_says_what_each_answer_closes(intake, maria):
    mother = make_request()
    make_request(phone="+16025550199", person=mother.person)
    make_daughter()
    make_daughter()
    held(mother, maria)
    send(intake, mother, "reveal")
    page = text(intake.get(address(mother)))
    stop = page.split('id="_attempt_scope"')[1].split("</fieldset>")[0]
    assert "Whom do we not call any more?" in stop
    assert "Their 2 open requests are closed." in stop
    assert "Everybody on the 2 lines of this person" in stop
    closed = "2 open requests of other people are closed too."
    assert f"{closed} Whoever asks there later waits for a lead." in stop


def test_a_stop_of_somebody_alone_on_the_line_names_no_others(intake, maria):
    asked = held(make_request(), maria)
    send(intake, asked, "reveal")
    page = text(intake.get(address(asked)))
    stop = page.split('id="_attempt_scope"')[1].split("</fieldset>")[0]
    assert "Their request is closed." in stop
    assert "Everybody on this line" in stop
    assert "closed too" not in page


def test_closing_and_planning_ask_for_whom(lead):
    mother = make_request()
    make_daughter()
    page = text(lead.get(address(mother)))
    plan = page.split('id="_form_plan"')[1].split("</form>")[0]
    assert "For whom?" in plan
    assert "1 open request of somebody else is called then too." in plan
    closing = page.split('id="_form_close"')[1].split("</form>")[0]
    assert "1 open request of somebody else is closed too." in closing


def test_what_came_after_a_stop_of_the_line_waits_for_a_lead_who_sees_why(lead, lena):
    mother = make_request()
    done(stops.stop_calls, mother, lena, Scope.LINE)
    # A stop's own time is the machine's.
    LineStop.objects.update(stopped_at=NOON)
    later = make_daughter(status="lead")
    page = text(lead.get(address(later)))
    why = "Somebody asked for no calls here on Nov. 24, 2026; this may be somebody else."
    assert page.count(why) == 2
    assert f"{STOPPED_LINE} This may be somebody else." in page
    assert "They asked us to stop" not in page
    held(later, lena)
    done(attempts.record_attempt, later, lena, "wrong_number")
    page = text(lead.get(address(later)))
    assert why not in page
    assert "Wrong number." in page


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            lambda row: stops.stop_calls(row, audit.VISITOR, Scope.REQUEST),
            "Someone who used this number asked us not to call: ask them.",
        ),
        (
            lambda row: transitions.close(row, audit.VISITOR, "cancelled"),
            "Someone who used this number cancelled their own request.",
        ),
        (
            lambda row: transitions.replan(
                row, audit.VISITOR, NOON + timedelta(hours=5), Scope.REQUEST
            ),
            "Someone who used this number named another time for their own call.",
        ),
        (
            lambda row: transitions.change_preferences(
                row, audit.VISITOR, "evening", "", Scope.REQUEST
            ),
            "Someone who used this number changed when to be called.",
        ),
    ],
)
def test_what_another_visitor_on_the_line_did_is_a_hint(intake, monkeypatch, step, words):
    mother, daughter, stranger = make_request(), make_daughter(), make_request(extension="12")
    before = (mother.status, mother.due_at, mother.best_time)
    now_is(monkeypatch, NOON + timedelta(minutes=5))
    done(step, daughter)
    page = text(intake.get(address(mother)))
    assert page.count("Someone who used this number") == 1
    assert words in page
    assert "They asked us to stop" not in page
    assert (fresh(mother).status, fresh(mother).due_at, fresh(mother).best_time) == before
    assert words not in text(intake.get(address(stranger)))
    assert words not in text(intake.get(address(daughter)))


def test_what_staff_did_for_another_person_is_no_hint(intake, lena):
    mother, daughter = make_request(), make_daughter()
    done(stops.stop_calls, daughter, lena)
    assert "Someone who used this number" not in text(intake.get(address(mother)))


def test_a_hint_about_a_plan_ends_with_the_other_request(intake, lena):
    mother, daughter = make_request(), make_daughter()
    done(
        transitions.replan, daughter, audit.VISITOR, NOON + timedelta(hours=5), scope=Scope.REQUEST
    )
    done(transitions.close, daughter, lena, "answered")
    assert "Someone who used this number" not in text(intake.get(address(mother)))


def test_what_the_person_did_with_their_other_request_is_said_as_theirs(intake):
    one = make_request()
    other = make_request(phone="+16025550199", person=one.person)
    done(transitions.replan, other, audit.VISITOR, NOON + timedelta(hours=5), scope=Scope.REQUEST)
    page = text(intake.get(address(one)))
    assert "In their other request they named a time for the call." in page
    assert "Someone who used this number" not in page


@pytest.mark.usefixtures("stopped_clock")
def test_the_card_takes_the_same_queries_however_many_share_the_line(intake, lena):
    asked = make_request()
    make_daughter()
    intake.get(address(asked))
    before = queries(intake, asked)
    LineStop.objects.create(line_index=asked.line_index)
    for _ in range(30):
        done(transitions.close, make_daughter(), audit.VISITOR, "cancelled")
        make_daughter()
    second = make_request(phone="+16025550198")
    with transaction.atomic():
        persons.link(claims.lock(second.pk, asked.pk), lena, fresh(asked))
    assert queries(intake, asked) == before
    assert before <= 28
