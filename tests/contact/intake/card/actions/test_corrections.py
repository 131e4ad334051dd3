"""Staff correct what a visitor gave, while they talk with them."""

import json
import re
from datetime import time

import pytest

from contact.intake.queue.selection import finding
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest, Correction, OpeningHours, line_index
from contact.privacy.audit_trail import audit
from contact.privacy.encryption import EncryptedTextField
from contact.privacy.matching.name_index import name_index
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)
    for weekday in range(7):
        OpeningHours.objects.create(weekday=weekday, opens=time(8), closes=time(20))


@pytest.fixture
def asked(intake, maria):
    answered = {"calling_for": "someone_else", "relationship": "", "needs": "", "extension": ""}
    return held(make_request(**answered), maria)


def answers(request, **over):
    """What the form on the card holds, with some of it changed."""
    return {
        "caller": str(request.name),
        "phone": "",
        "calling_for": request.calling_for,
        "relationship": str(request.relationship),
        "announce": request.announce,
        "voicemail": request.voicemail,
        "best_time": request.best_time,
        "time_zone": request.time_zone,
        "language": request.language,
        "needs": str(request.needs),
        # Numbers of tests are made up.
        "number_is_right": "on",
    } | over


def test_who_says_who_they_are_to_them_asks_about_someone_else(intake, asked):
    """As on the visitors' form; an answer that was given stands."""
    correct(intake, asked, calling_for="self")
    correct(intake, fresh(asked), relationship="my sister")
    assert fresh(asked).calling_for == "someone_else"
    correct(intake, fresh(asked), calling_for="self")
    assert fresh(asked).calling_for == "self"


def test_who_was_corrected_is_found_by_the_new_name_and_number_alone(intake, asked):
    def found(term):
        return list(finding.find(term).requests)

    assert found("Quarrington 0123") == [asked]
    assert correct(intake, asked, caller="Anselm Madeup", phone="602-555-0177").status_code == 302
    assert found("madeup 0177") == [asked]
    assert found("Quarrington") == found("0123") == []


def correct(client, request, **over):
    return send(client, request, "correct", **answers(request, **over))


@pytest.mark.parametrize(
    ("field", "value", "name", "stored"),
    [
        ("caller", "Ysolde Madeup", "name", "Ysolde Madeup"),
        ("relationship", "my nephew", "relationship", "my nephew"),
        ("needs", "speaks slowly", "needs", "speaks slowly"),
        ("calling_for", "self", "calling_for", "self"),
        ("announce", "yes", "announce", "yes"),
        ("voicemail", "callback_only", "voicemail", "callback_only"),
        ("best_time", "morning", "best_time", "morning"),
        ("time_zone", "America/New_York", "time_zone", "America/New_York"),
        ("language", "es", "language", "es"),
    ],
)
def test_each_answer_can_be_corrected_and_the_old_one_is_sealed(
    intake, maria, asked, field, value, name, stored
):
    old = str(getattr(asked, name))
    assert correct(intake, asked, **{field: value}).status_code == 302
    assert str(getattr(fresh(asked), name)) == stored
    (entry,) = Correction.objects.all()
    assert (entry.fields, entry.by) == (name, maria)
    assert json.loads(entry.before) == {name: old}
    raw = EncryptedTextField.of(Correction)[0].stored(Correction.objects.get())
    assert old.encode() not in bytes(raw) or not old
    audited = AuditEntry.objects.get(action="corrected")
    assert audited.detail == {"fields": [name], "entry": str(entry.pk)}
    assert audit.verify() is None


def test_a_name_is_found_and_asked_for_as_corrected(intake, asked):
    correct(intake, asked, caller="Ysolde Madeup")
    assert fresh(asked).name_index == name_index("Ysolde Madeup")
    assert "Ysolde Madeup" in text(intake.get(address(asked)))


def test_another_number_is_another_line_with_its_own_zones(intake, asked):
    correct(intake, asked, phone="808 555 0199 ext 7", time_zone="")
    row = fresh(asked)
    assert (str(row.phone), str(row.extension)) == ("+18085550199", "7")
    assert row.line_index == line_index("+18085550199", "7")
    assert row.number_zones == "Pacific/Honolulu"
    # Noon in Phoenix is 9 a.m. in Honolulu.
    assert row.due_at == NOON


def test_who_is_asked_for_the_right_number_waits_like_everybody(intake, maria):
    asked = held(make_request(phone="+10000000000", priority=4, calling_for="self"), maria)
    correct(intake, asked, phone="602 555 0177")
    row = fresh(asked)
    assert row.get_priority_display() == "Asks for themselves"
    assert row.turn_at == row.turn_for(row.call_by)


def test_the_form_never_shows_the_number_that_is_there(intake, asked):
    page = intake.get(address(asked)).text
    assert "Correct what they gave" in page
    # Not its last digits alone: the identifiers in addresses are random.
    digits = r"\W*".join(asked.phone[-7:])
    assert not re.search(digits, page)


def test_a_line_on_which_a_colleague_is_calling_is_refused(intake, asked):
    other = make_request(phone="+16025550177", name="Bob Example")
    assert claims.claim(other, make_staff("Intake"))
    response = correct(intake, asked, phone="602 555 0177", needs="kept words")
    assert response.status_code == 409
    assert "a colleague is calling somebody on that line" in text(response)
    assert "kept words" in response.text
    assert str(fresh(asked).phone) == str(asked.phone)
    assert not Correction.objects.exists()


def test_a_number_that_cannot_be_read_is_explained(intake, asked):
    response = correct(intake, asked, phone="555-0123", needs="kept words")
    assert response.status_code == 422
    assert "The area code is missing" in text(response)
    assert "kept words" in response.text


def test_answers_that_contradict_each_other_are_asked_about(intake, asked):
    response = correct(intake, asked, announce="no", voicemail="full")
    assert response.status_code == 422
    assert "we may not say that to anyone else" in text(response)
    assert fresh(asked).voicemail == asked.voicemail


def test_another_time_of_day_plans_the_call_anew_and_shows_that_the_promise_changed(intake, maria):
    promised = NOON.replace(hour=21)
    asked = held(make_request(promised_by=promised, call_by=promised), maria)
    correct(intake, asked, best_time="evening")
    row = fresh(asked)
    assert row.due_at > NOON
    assert row.call_by > row.due_at > promised == row.earlier_call_by


def test_nothing_changed_leaves_no_record(intake, asked):
    assert correct(intake, asked).status_code == 302
    assert not Correction.objects.exists()
    assert not AuditEntry.objects.filter(action="corrected").exists()


def test_it_is_for_whoever_holds_the_call_or_leads(intake, client, asked):
    client.force_login(make_staff("Intake"))
    assert correct(client, asked, caller="Somebody Else").status_code == 409
    assert str(fresh(asked).name) == str(asked.name)
    client.force_login(make_staff("Intake leads"))
    assert correct(client, asked, caller="Ysolde Madeup").status_code == 302


def test_a_card_opened_before_corrects_nothing(intake, asked):
    correct(intake, asked, language="es")
    late = send(intake, asked, "correct", version=asked.version, **answers(asked, language="other"))
    assert late.status_code == 409
    assert fresh(asked).language == "es"


def test_purging_removes_the_old_answers_too(intake, asked):
    correct(intake, asked, caller="Ysolde Madeup")
    CallbackRequest.objects.get(pk=asked.pk).purge()
    assert str(Correction.objects.get().before) == ""


@pytest.mark.parametrize(
    ("phone", "doubt"),
    [("602 555 0177", "may be made up"), ("+1 900 867 5309", "A premium number")],
)
def test_a_doubtful_number_is_asked_about_while_they_talk(intake, asked, phone, doubt):
    response = correct(intake, asked, phone=phone, needs="kept words", number_is_right="")
    assert response.status_code == 422
    page = text(response)
    assert doubt in page
    assert "Ask them to repeat it, then tick this." in page
    assert "kept words" in page
    assert not Correction.objects.exists()
    assert correct(intake, asked, phone=phone).status_code == 302
