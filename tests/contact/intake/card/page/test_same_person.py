"""Requests that may be or are one person's, on each other's cards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contact.lifecycle.changes import attempts, stops
from contact.lifecycle.team import claims
from contact.models import AuditEntry, Step
from contact.schedule.opening_hours import Schedule
from contact.visitor.told.status_text import status_sentences
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.factories import NAME, make_request

pytestmark = pytest.mark.django_db
DANGER = "Words that may mean danger"
UNSEEN = "It was closed before anyone called."


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


def was_viewed(asked):
    """Whether a card showed a part of it."""
    viewed = AuditEntry.objects.filter(action="viewed").values_list("detail", flat=True)
    return any(str(asked) in detail.get("also", ()) for detail in viewed)


def test_perhaps_the_same_person_can_be_linked_and_unlinked(intake):
    asked = make_request(name="Jon Smithson")
    other = make_request(name="John  Smithson", phone="+16025550199")
    page = text(intake.get(address(asked)))
    assert "Perhaps the same person" in page
    assert str(other) in page
    send(intake, asked, "link", other=other.pk)
    assert fresh(asked).person == fresh(other).person
    page = text(intake.get(address(asked)))
    assert "Perhaps the same person" not in page
    assert "Linked as the same person" in page
    assert str(asked) in text(intake.get(address(other)))
    send(intake, asked, "link", other=other.pk, unlink="on")
    assert fresh(asked).person != fresh(other).person
    assert "Perhaps the same person" in text(intake.get(address(asked)))


def test_a_request_is_not_linked_to_itself_or_to_what_is_not_there(intake):
    asked = make_request()
    assert send(intake, asked, "link", other=asked.pk).status_code == 409
    assert send(intake, asked, "link", other="x").status_code == 422
    assert send(intake, asked, "link", other=NAME).status_code == 422
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert send(intake, asked, "link", other=nowhere).status_code == 409
    assert fresh(asked).person == asked.person


def test_a_name_that_is_nearly_the_same_is_shown_and_on_record(intake):
    asked = make_request(name="Jon Smithson")
    other = make_request(name="John  Smythson", phone="+16025550199")
    stranger = make_request(name="Zenobia Quickly", phone="+16025550198")
    page = text(intake.get(address(asked)))
    assert "John Smythson" in page
    assert was_viewed(other)
    assert not was_viewed(stranger)


def test_markup_in_a_name_that_is_nearly_the_same_stays_words(intake):
    asked = make_request(name="Jon Smithson")
    make_request(name="<b>John</b> Smythson", phone="+16025550199", name_index=asked.name_index)
    assert "<b>John" not in intake.get(address(asked)).content.decode()


def test_calls_and_notes_of_linked_requests_stand_in_the_time_line(intake, maria):
    first = make_request(phone="+16025550199", created_at=NOON - timedelta(days=2))
    second = make_request(person=first.person)
    third = make_request(phone="+16025550198", person=first.person)
    long_ago = NOON - timedelta(days=1)
    first.attempts.create(by=maria, at=long_ago, outcome="voicemail", note="Beeped twice.")
    first.notes.create(by=maria, at=long_ago + timedelta(hours=1), text="Likes mornings.")
    second.notes.create(by=maria, at=NOON, text="Wrote again.")
    for asked in (second, third):
        page = text(intake.get(address(asked))).split('class="time-line"')[1]
        assert page.index("Wrote again.") < page.index("Likes mornings.")
        assert page.index("Likes mornings.") < page.index("Beeped twice.")
    assert page.split("</ol>")[0].count(f"{first}</bdi></a>") == 2
    assert page.split("</ol>")[0].count(f"{second}</bdi></a>") == 1
    assert was_viewed(first)


def test_notes_about_others_on_the_line_are_not_taken_for_the_same_person_s(intake, maria):
    family = make_request(name="Zenobia Quickly", created_at=NOON - timedelta(days=2))
    family.notes.create(by=maria, text="The sister.")
    assert "The sister." not in text(intake.get(address(make_request())))


def test_however_many_are_linked_the_card_reads_the_same(intake, maria):
    asked = make_request()

    def reads():
        with CaptureQueriesContext(connection) as seen:
            intake.get(address(asked))
        # Each request of which words are shown is put on record, one by one.
        reads = [query["sql"] for query in seen if query["sql"].startswith("SELECT")]
        return len([sql for sql in reads if "contact_audit" not in sql])

    def link_one():
        other = make_request(phone="+16025550199", person=asked.person, name="Zenobia Quickly")
        other.attempts.create(by=maria, outcome="no_answer", note="A word.")
        other.notes.create(by=maria, text="Another.")

    link_one()
    intake.get(address(asked))
    before = reads()
    for _ in range(4):
        link_one()
    assert reads() == before


@pytest.mark.parametrize("outcome", ["cancelled", "stop"])
def test_danger_that_nobody_had_seen_shows_on_later_cards_of_the_person(intake, outcome):
    first = make_request(priority=0, outcome=outcome, created_at=NOON - timedelta(days=1))
    page = text(intake.get(address(make_request(person=first.person))))
    others = page.split('id="_linked"')[1].split("</section>")[0]
    assert str(first) in others
    assert DANGER in others
    assert UNSEEN in others
    own = text(intake.get(address(first)))
    assert DANGER in own
    assert UNSEEN in own


def test_danger_badges_tell_what_was_called_and_what_was_not(intake):
    same = {"person": uuid4()}
    two_days_ago, yesterday = NOON - timedelta(days=2), NOON - timedelta(days=1)
    make_request(priority=0, outcome="answered", tries=1, created_at=two_days_ago, **same)
    make_request(priority=1, outcome="cancelled", created_at=yesterday, **same)
    page = text(intake.get(address(make_request(**same))))
    assert page.count(DANGER) == 1
    assert UNSEEN not in page


def linked_in_pairs(client, *pairs):
    for one, other in pairs:
        assert send(client, one, "link", other=other.pk).status_code == 302


@pytest.mark.parametrize(
    "pairs",
    [
        [(0, 1), (0, 2)],
        [(0, 1), (2, 0)],
        [(0, 1), (2, 3), (0, 2)],
        [(0, 1), (2, 3), (1, 3)],
        [(0, 1), (2, 3), (3, 0)],
    ],
)
def test_linking_from_any_member_keeps_whoever_was_linked_before(intake, pairs):
    asked = [make_request(phone=f"+160255501{n:02d}") for n in range(4)]
    linked_in_pairs(intake, *((asked[one], asked[other]) for one, other in pairs))
    members = {n for pair in pairs for n in pair}
    assert len({fresh(asked[n]).person for n in members}) == 1
    assert not {fresh(asked[n]).person for n in range(4) if n not in members} & {
        fresh(asked[n]).person for n in members
    }


def test_linking_what_is_linked_already_changes_nothing(intake):
    one, two, three = [make_request(phone=f"+160255501{n:02d}") for n in range(3)]
    linked_in_pairs(intake, (one, three), (two, three))
    before = [fresh(row).person for row in (one, two, three)]
    linked_in_pairs(intake, (one, two), (three, one), (one, three))
    assert [fresh(row).person for row in (one, two, three)] == before


@pytest.fixture
def mislinked(intake, maria, monkeypatch):
    """Somebody who was tried once, linked by mistake with a person who asked us to stop."""
    now_is(monkeypatch, NOON - timedelta(minutes=5))
    stopper, waiting = make_request(), make_request(phone="+16025550199", name="Bob Example")
    with transaction.atomic():
        stops.stop_calls(claims.lock(stopper.pk), maria)
    held(waiting, maria)
    with transaction.atomic():
        attempts.record_attempt(claims.lock(waiting.pk), maria, "no_answer")
    before = fresh(waiting)
    now_is(monkeypatch, NOON)
    send(intake, stopper, "link", other=waiting.pk)
    assert fresh(waiting).status == "lead"
    return stopper, before


def test_why_a_linked_request_waits_is_said_as_it_is(lead, mislinked):
    page = text(lead.get(address(mislinked[1])))
    assert "They asked us to stop calling" in page
    assert "used up" not in page


@pytest.mark.parametrize("way", ["take back", "unlink", "unlink the other"])
def test_a_link_by_mistake_leaves_nothing_behind(intake, mislinked, way):
    stopper, before = mislinked
    if way == "take back":
        step = Step.objects.get(action="linked")
        assert "You linked it" in text(intake.get(address(stopper)))
        assert intake.post(f"{address(stopper)}undo/", {"step": str(step.pk)}).status_code == 302
    elif way == "unlink":
        send(intake, before, "link", other=stopper.pk, unlink="on")
    else:
        send(intake, stopper, "link", other=before.pk, unlink="on")
    now = fresh(before)
    assert now.person != fresh(stopper).person
    assert (now.status, now.due_at) == (before.status, before.due_at) == ("trying", before.due_at)
    told = [status_sentences(row, Schedule.current()) for row in (now, before)]
    assert told[0] == told[1]


def test_a_call_made_since_a_link_keeps_the_request_with_the_lead(
    intake, maria, mislinked, monkeypatch
):
    stopper, before = mislinked
    now_is(monkeypatch, NOON + timedelta(minutes=5))
    with transaction.atomic():
        attempts.record_attempt(claims.lock(before.pk), maria, "wrong_number")
    send(intake, before, "link", other=stopper.pk, unlink="on")
    assert fresh(before).status == "lead"
