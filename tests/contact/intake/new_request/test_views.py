"""Staff write down a request for somebody on the line or at the door."""

import hashlib

import pytest
from django.core import mail
from django.db import DatabaseError
from django.template.loader import render_to_string

from contact.intake.card.page import card_state
from contact.intake.new_request import form as new_form
from contact.lifecycle.alerting import emails
from contact.lifecycle.journal import journal, storing
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest, CallerId, OpeningHours
from contact.records.requests import references
from contact.visitor.callback_form.forms import CONSENT_VERSION
from contact.visitor.told import snapshot_writing
from tests.contact.cards import DIGITS, NOON, address, now_is, text
from tests.factories import MESSAGE, NAME, PHONE, make_request, make_staff

pytestmark = pytest.mark.django_db
NUMBER = "(602) 867-5309 ext. 12"


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


def answers(**over):
    return {
        "origin": "phone",
        "name": NAME,
        "phone": NUMBER,
        "calling_for": "self",
        "announce": "yes",
        "voicemail": "callback_only",
        "best_time": "morning",
        "time_zone": "America/New_York",
        "language": "es",
        "message": MESSAGE,
        "key": "one-talk",
        "consent_given": "on",
    } | over


def create(client, **over):
    return client.post("/intake/new/", answers(**over))


def test_hours_of_the_desk_are_told_of_them_not_of_the_reader(intake):
    OpeningHours.objects.create(weekday=0, opens="09:00", closes="17:00")
    snapshot_writing.write_snapshot()
    assert "If they are on Arizona time, our desk can call them:" in text(
        intake.get("/intake/new/")
    )
    again = text(create(intake, name=""))
    assert "On their clock, our desk can call them:" in again
    assert "call you:" not in again


def test_a_request_of_somebody_on_the_line_is_held_by_who_wrote_it_down(intake, maria):
    response = create(intake)
    asked = CallbackRequest.objects.get()
    assert response["Location"] == address(asked)
    assert asked.is_held_by(maria)
    assert (asked.origin, asked.talk_direction) == ("phone", "incoming")
    assert (asked.name, asked.phone, asked.extension) == (NAME, "+16028675309", "12")
    assert (asked.announce, asked.voicemail, asked.language) == ("yes", "callback_only", "es")
    assert asked.consent_version == new_form.SPOKEN_CONSENT_VERSION != CONSENT_VERSION
    page = text(intake.get(response["Location"]))
    assert f"Saved. They can write down their reference: {asked}." in page
    assert "They are on the line" in page
    assert "They called us themselves" in page
    assert not [digits for digits in ("8675309", "867-5309") if digits in page]
    received = AuditEntry.objects.get(action="received")
    assert (received.actor, received.detail) == (maria, {"origin": "phone"})


def test_the_team_gets_no_mail_about_it(intake, settings):
    settings.INTAKE_EMAIL, settings.MAIL_URL = "intake@example.org", "smtp://localhost"
    create(intake)
    assert emails.send_due() == 0
    assert not mail.outbox


def test_a_double_click_makes_one_request_and_another_talk_another(intake):
    first, again, other = create(intake), create(intake), create(intake, key="another-talk")
    assert first["Location"] == again["Location"] != other["Location"]
    assert CallbackRequest.objects.count() == 2
    assert AuditEntry.objects.filter(action="claimed").count() == 2


def test_somebody_at_the_door_is_talked_with_in_person(intake):
    create(intake, origin="walk_in")
    asked = CallbackRequest.objects.get()
    assert asked.talk_direction == "in_person"
    page = text(intake.get(address(asked)))
    # A phone shows one column: who stands there is not kept waiting for the rules of a call.
    assert page.index("They are with you") < page.index("If someone else answers")


def test_words_of_danger_stand_before_a_talk_that_goes_on(intake):
    create(intake, message="I want to kill myself")
    page = text(intake.get(address(CallbackRequest.objects.get())))
    assert page.index("may mean danger") < page.index("They are on the line")


@pytest.mark.parametrize("origin", ["hospital", "family"])
def test_a_hospital_or_family_asks_for_somebody_else(intake, origin):
    create(intake, origin=origin, relationship="patient")
    asked = CallbackRequest.objects.get()
    assert (asked.calling_for, asked.relationship, asked.origin) == (
        *("someone_else", "patient", origin),
    )


def test_words_that_may_mean_danger_go_first_as_everywhere(intake):
    create(intake, message="I want to kill myself")
    assert CallbackRequest.objects.get().is_danger


@pytest.mark.parametrize(
    ("over", "problem"),
    [
        ({"consent_given": ""}, "Read it aloud, and tick this"),
        ({"origin": ""}, "Say who asks."),
        ({"origin": "website"}, "Select a valid choice."),
        ({"name": " "}, "Enter a name we may ask for."),
        ({"phone": "602-867-5309 or 602-867-5310"}, "There are two numbers here"),
        ({"phone": "888-281-0805"}, "This is our own number."),
        ({"announce": "no", "voicemail": "full"}, "would tell whoever hears it"),
        ({"phone": "602-555-0123"}, "it may be made up. Ask them to repeat it"),
        ({"phone": "+1-900-867-5309"}, "A premium number"),
        ({"phone": "+870 773 111 632"}, "A satellite phone"),
    ],
)
def test_what_is_missing_or_doubtful_is_asked_while_they_are_there(intake, over, problem):
    response = create(intake, **over)
    assert response.status_code == 422
    assert problem in text(response).replace("&#x27;", "'")
    assert MESSAGE in text(response)
    assert "Their time zone" in text(response)
    assert not CallbackRequest.objects.exists()


def test_a_number_that_our_calls_show_is_asked_about_and_marked_on_the_card(intake):
    CallerId.objects.create(phone="+16022621111")
    CallerId.objects.create(phone="+16022622222", is_active=False)
    assert "This is our own number: our calls show it." in text(
        create(intake, phone="602-262-1111")
    )
    assert create(intake, phone="602-262-2222").status_code == 302
    row = make_request(phone="+16022621111")
    assert card_state.dialable_number(row).concerns == [
        "This is our own number: our calls show it."
    ]


def test_a_doubtful_number_that_they_repeat_is_taken(intake):
    assert create(intake, phone="602-555-0123", number_is_right="on").status_code == 302
    assert CallbackRequest.objects.get().phone == PHONE


def test_it_is_offered_after_a_search_that_found_nobody_and_brings_the_words_along(intake):
    make_request()
    found = intake.post("/intake/search/", {"term": "Anselm Madeup 0177"}, follow=True)
    assert "Write down a new request" in found.text
    link = found.text.split('href="/intake/new/?')[1].split('"')[0]
    assert "Madeup" not in link
    assert "0177" not in link
    page = intake.get(f"/intake/new/?{link}")
    assert 'value="Anselm Madeup"' in page.text
    whole = intake.post("/intake/search/", {"term": "480-867-5309"})["Location"]
    assert 'value="480-867-5309"' in intake.get(whole.replace("/intake/", "/intake/new/")).text


def test_the_search_of_a_colleague_fills_in_nothing(intake, client, bob):
    address = intake.post("/intake/search/", {"term": "Anselm Madeup"})["Location"]
    client.force_login(bob)
    assert "Madeup" not in client.get(address.replace("/intake/", "/intake/new/")).text


def test_whose_line_a_colleague_rings_is_kept_and_held_by_nobody(intake, bob):
    other = make_request(phone="+16028675309", extension="12")
    assert claims.claim(other, bob)
    page = text(intake.get(create(intake)["Location"]))
    asked = CallbackRequest.objects.exclude(pk=other.pk).get()
    assert asked.claimed_by is None
    assert "is calling somebody else on this line" in page


def test_it_is_never_lost_when_the_database_fails_meanwhile(
    intake, monkeypatch, tmp_path, settings
):
    settings.DATA_DIR = tmp_path

    def fail(*args):
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(storing, "insert", fail)
        response = create(intake)
    assert response.status_code == 503
    assert "It is safely kept as" in text(response)
    assert journal.drain() == 1
    asked = CallbackRequest.objects.get()
    assert references.display(asked.reference) in text(response)
    assert create(intake)["Location"] == address(asked)


def test_words_read_aloud_have_a_version_of_their_own():
    html = render_to_string("intake/_spoken_consent.html", {"site": {"name": "the centre"}})
    shown = " ".join(html.split())
    digest = hashlib.sha256(shown.encode()).hexdigest()
    assert new_form.SPOKEN_CONSENT_VERSION == "spoken 2026-11-29"
    assert digest == "0dcf4436945e8c789b8c9f68c4488fc4ea618ade5d985af04f0b007cc088d213"


def test_who_only_reads_cannot_write_one_down(client):
    client.force_login(make_staff("Privacy officers"))
    assert client.get("/intake/new/").status_code == 403
    assert create(client).status_code == 403
    assert "New request" not in client.get("/intake/").text
    assert not [digits for digits in DIGITS if digits in client.get("/intake/").text]
