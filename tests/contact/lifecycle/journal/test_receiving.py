"""Inserting new requests into the database."""

import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from contact.lifecycle.changes import stops
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.journal import journal, receiving
from contact.lifecycle.team import claims
from contact.lifecycle.triage import floods
from contact.models import CallbackRequest, DangerPhrase, OpeningHours, WordsSeen
from contact.privacy.matching.name_index import name_index
from tests.factories import make_request, make_staff

from .test_journal import payload

pytestmark = pytest.mark.django_db
PLANNED = (
    *("set_apart", "priority", "turn_at", "due_at", "due_until", "call_by", "code_words"),
    *("danger_at", "status", "phone_index", "safety_seal"),
)
NOON = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)  # A Wednesday, 12:00 in Phoenix.


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(17))


def arrive(**over):
    values = {"name": "A B", "phone": "+16025550123", "consent_version": "test"} | over
    request = CallbackRequest(reference="K7MQ4XWD", created_at=over.pop("created_at", NOON))
    for name, value in values.items():
        setattr(request, name, value)
    receiving.receive(request)
    return CallbackRequest.objects.get(pk=request.pk)


def stop_line(request):
    with transaction.atomic():
        stops.stop_calls(claims.lock(request.pk), make_staff(), Scope.LINE)


def test_it_is_due_at_once_in_opening_hours_and_aimed_at_the_target():
    request = arrive(time_zone="America/Phoenix")
    assert request.due_at == NOON
    assert request.due_until == datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
    assert request.call_by == NOON + timedelta(minutes=60)
    assert request.hour_of_week == 2 * 24 + 12


def test_at_night_it_is_due_when_the_desk_opens():
    request = arrive(created_at=NOON + timedelta(hours=10), time_zone="America/Phoenix")
    assert request.due_at == datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
    assert request.call_by == datetime(2026, 3, 5, 17, 0, tzinfo=UTC)


def test_it_is_noted_whether_the_desk_was_open_when_they_asked():
    assert arrive().asked_while_open is True
    assert arrive(created_at=NOON + timedelta(hours=10)).asked_while_open is False
    OpeningHours.objects.all().delete()
    assert arrive().asked_while_open is None


def test_the_promised_time_is_the_deadline():
    promised = NOON + timedelta(minutes=150)
    assert arrive(promised_by=promised).call_by == promised


def test_a_request_that_waited_in_the_journal_for_days_is_due_now_and_late():
    request = arrive(created_at=NOON - timedelta(days=2), time_zone="America/Phoenix")
    assert request.due_at == NOON
    assert request.call_by < NOON


@pytest.mark.parametrize(
    ("over", "priority"),
    [
        ({}, "SELF"),
        ({"calling_for": "someone_else"}, "SOMEONE_ELSE"),
        ({"message": "I want to  END my\nlife."}, "DANGER"),
        ({"needs": "end my life"}, "DANGER"),
        ({"name": "Please, I end my life"}, "DANGER"),
        ({"relationship": "my son, he wants to end my life"}, "DANGER"),
        ({"suspected_spam": True}, "AUTOMATIC"),
        ({"phone": "+10000000000"}, "UNKNOWN_NUMBER"),
        ({"phone": "+16021550123"}, "UNKNOWN_NUMBER"),
        ({"phone": "+10000000000", "suspected_spam": True}, "AUTOMATIC"),
        ({"phone": "+10000000000", "message": "end my life"}, "DANGER"),
        # Staff asked them to repeat it.
        ({"phone": "+10000000000", "origin": "phone"}, "SELF"),
        # A password manager may fill the honeypot.
        ({"message": "I want to end my life", "suspected_spam": True}, "DANGER"),
    ],
)
def test_its_turn_follows_from_what_they_chose_and_wrote(over, priority):
    DangerPhrase.objects.all().delete()
    DangerPhrase.objects.create(words="end my life")
    assert arrive(**over).priority == CallbackRequest.Priority[priority]


def test_danger_goes_first_and_nobody_else_starves():
    danger = arrive(message="overdose")
    someone = arrive(calling_for="someone_else", created_at=NOON - timedelta(days=3))
    other = arrive(calling_for="someone_else")
    automatic = arrive(suspected_spam=True)
    order = CallbackRequest.objects.order_by("turn_at")
    assert list(order) == [danger, someone, other, automatic]


def test_of_equal_promises_whoever_asked_first_is_called_first():
    """Promises are rounded to half hours; the ids are random."""
    promised = {"promised_by": NOON + timedelta(hours=3)}
    asked = [
        arrive(id=uuid.UUID(int=9 - n), created_at=NOON - timedelta(seconds=60 - n), **promised)
        for n in range(3)
    ]
    assert list(CallbackRequest.objects.order_by("turn_at", "id")) == asked


@pytest.mark.parametrize("sent", [-5, 5])
def test_a_stop_for_one_request_keeps_nobody_else_on_the_line_from_being_called(sent):
    make_request(outcome="stop", closed_at=NOON)
    assert arrive(created_at=NOON + timedelta(minutes=sent)).status == "new"


@pytest.mark.parametrize("sent", [-5, 5])
def test_a_request_for_a_stopped_line_waits_for_a_lead_whenever_it_was_sent(sent):
    stopped = make_request()
    stop_line(stopped)
    asked = arrive(created_at=NOON + timedelta(minutes=sent))
    assert (asked.status, asked.outcome) == ("lead", "")
    # Dialling an extension rings the number that asked.
    assert arrive(extension="12").status == "lead"
    assert arrive(phone="+16025550199").status == "new"


def test_the_journal_carries_promise_and_source(data_dir):
    promised = NOON + timedelta(hours=4)
    journal.append(payload(source="why-is-heroin-so-addictive"), "key", promised)
    assert journal.drain() == 1
    request = CallbackRequest.objects.get()
    assert request.promised_by == request.call_by == promised
    assert request.source == "why-is-heroin-so-addictive"


def test_a_second_promise_does_not_make_a_second_request(data_dir):
    first = journal.append(payload(), "key", NOON)
    assert journal.append(payload(), "key", NOON + timedelta(minutes=30)) == first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jon Smith", "john  smyth "),
        ("María Núñez", "Maria Nunez"),
        ("Smith, John", "John Smith"),
        ("Siobhan O’Hara", "Siobhan OHara"),
        ("Ольга Иванова", "ольга иванова"),
    ],
)
def test_names_that_sound_alike_have_the_same_index(one, other):
    assert name_index(one) == name_index(other) != ""


def test_different_names_and_first_names_alone_do_not():
    assert name_index("John Smith") != name_index("Mary Jones")
    assert name_index("Maria") == name_index("") == name_index("M. J.") == ""


def test_a_stopped_line_stays_stopped_after_the_request_on_which_it_was_said_is_emptied():
    stopped = make_request()
    stop_line(stopped)
    CallbackRequest.objects.get(pk=stopped.pk).purge()
    assert arrive(created_at=NOON + timedelta(days=400)).status == "lead"


def test_what_comes_together_is_stored_as_one_after_the_other_would_be(monkeypatch):
    # The desk is flooded by the time the words come for the sixth time.
    monkeypatch.setattr(floods, "PER_DESK", 8)
    same = "I have been drinking for many years and my family asks me to stop it now"
    danger = {"message": "I want to kill myself"}
    arriving: list[dict] = [
        *({"phone": f"+1602555{n:04}"} for n in range(3)),
        # The flood of the words begins among them, and the flood of the number.
        *({"phone": f"+1602555{n:04}", "message": same} for n in range(10, 18)),
        *({"phone": "+16025550900"} for _each in range(10)),
        *(
            {"phone": f"+1602555{n:04}", "message": f"{danger['message']} {n}"}
            for n in range(20, 34)
        ),
        {"phone": "+16025550950", "set_apart": "network"} | danger,
        {"phone": "+16025550951", "message": "https://a.example https://b.example"},
        {"phone": "+16025550952", "code_words": 1},
        {"phone": "+16025550953", "code_words": 1},
    ]

    def requests():
        for number, values in enumerate(arriving):
            moment = NOON - timedelta(minutes=len(arriving) - number)
            pk = uuid.UUID(int=number + 1)
            known = {"name": "A B", "consent_version": "test", "created_at": moment}
            yield CallbackRequest(pk=pk, reference=f"R{number:07}", **known | values)

    def stored():
        rows = CallbackRequest.objects.order_by("reference").values_list(*PLANNED)
        return list(rows), sorted(WordsSeen.objects.values_list("mark", flat=True))

    with transaction.atomic():
        for request in requests():
            receiving.receive(request)
        one_by_one = stored()
        transaction.set_rollback(True)
    receiving.receive_all([(request, None) for request in requests()])
    assert stored() == one_by_one
    apart = {row[0] for row in one_by_one[0]}
    assert apart == {"", "words", "number", "danger", "network", "advertising"}
