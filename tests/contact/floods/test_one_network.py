"""Many requests from one network within minutes: pranks move nobody's promise, nobody is lost."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contact.lifecycle.journal import journal
from contact.models import CallbackRequest, Desk, OpeningHours
from contact.privacy import rate_limit
from contact.schedule.slots import CallPreferences
from contact.visitor.told import desk_snapshot, snapshot_writing
from tests.contact.floods.test_corpora import REAL, SPAM
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)  # A Wednesday, 10 a.m. in Phoenix.
ANYONE = CallPreferences("any", "")
HOUR = timedelta(hours=1)
NETWORK, ELSEWHERE = "192.0.2.7", "198.51.100.9"
COUNTED, POSTS = rate_limit.COUNTED_POSTS, 28


@pytest.fixture(autouse=True)
def desk_at_ten(monkeypatch):
    """It is 10 a.m. at a desk that is open from 9 to 18, and one caller waits."""
    monkeypatch.setattr(timezone, "now", lambda: TEN)
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(18))
    make_request(due_at=TEN, due_until=TEN + 8 * HOUR, promised_by=TEN + HOUR)
    snapshot_writing.write_snapshot()


def post(n, message, network=NETWORK):
    number = {"phone": f"602-555-01{n:02}", "name": f"A{chr(97 + n % 26)} Example"}
    form = {"calling_for": "self", "message": message, "announce": "no", "voicemail": "none"}
    data = number | form | {"key": f"form {network} {n}"}
    return Client(REMOTE_ADDR=network).post("/contact/", data)


def brought_in():
    journal.drain()
    snapshot_writing.write_snapshot()
    return desk_snapshot.read_snapshot()


@pytest.mark.parametrize("corpus", [SPAM, REAL], ids=["spam", "real-looking"])
def test_posts_of_one_network_move_a_later_promise_no_more_than_the_first_of_them(corpus):
    """All come within seconds, each with another number."""
    messages = [message for _, message in corpus]
    for n in range(COUNTED):
        assert post(n, messages[n]).status_code == 303
    before = brought_in().promise(ANYONE, TEN)
    first = set(CallbackRequest.objects.values_list("pk", flat=True))
    for n in range(COUNTED, POSTS):
        assert post(n, messages[n]).status_code == 303
    assert brought_in().promise(ANYONE, TEN) == before < TEN + 3 * HOUR
    pranks = list(CallbackRequest.objects.filter(delays_others=False))
    assert len(pranks) == POSTS - COUNTED
    # Whoever asks next stands before them, but for words of danger.
    assert post(90, "My son needs help.", ELSEWHERE).status_code == 303
    brought_in()
    other = CallbackRequest.objects.exclude(pk__in=[*first, *[row.pk for row in pranks]]).get()
    assert all(row.turn_at > other.turn_at for row in pranks if not row.is_danger)


def test_whoever_shares_a_network_is_promised_a_call_that_comes_in_time():
    """Twelve write from a library, four at home; the desk works through the queue."""
    for n in range(12):
        assert post(n, REAL[n][1]).status_code == 303
        brought_in()
    for n in range(40, 44):
        assert post(n, "Please call me.", f"198.51.100.{n}").status_code == 303
        brought_in()
    each = timedelta(minutes=Desk.current().minutes_per_call)
    waiting = list(CallbackRequest.objects.open().order_by("turn_at", "id"))
    assert len(waiting) == 17
    late = [
        (row, TEN + n * each)
        for n, row in enumerate(waiting)
        if not row.is_danger and row.promised_by < TEN + n * each
    ]
    assert late == []
    # In the order of the promises, and among the same ones of arrival.
    library = [row for row in waiting if not row.delays_others]
    assert [row.created_at for row in library] == sorted(row.created_at for row in library)
    assert len(library) == 12 - COUNTED
    assert not any(row.set_apart for row in waiting)


def test_who_was_reached_counts_again_and_the_card_says_so(client):
    for n in range(COUNTED + 3):
        post(n, "Please call me.")
    before = brought_in()
    client.force_login(make_staff("Intake"))
    one = CallbackRequest.objects.filter(delays_others=False).first()
    assert "does not count this one" in client.get(one.get_absolute_url()).text
    CallbackRequest.objects.filter(pk=one.pk).update(reached_at=TEN)
    after = brought_in()
    assert (after.due - before.due, after.crowd - before.crowd) == (1, -1)
    assert "does not count this one" not in client.get(one.get_absolute_url()).text


def test_the_form_says_the_hour_that_is_promised():
    for n in range(COUNTED + 2):
        post(n, "Please call me.")
    brought_in()
    told = {}
    for network in (NETWORK, ELSEWHERE):
        read = Client(REMOTE_ADDR=network).get("/contact/").context["promise"]
        thanks = Client().get(post(60, "Please call me.", network)["Location"])
        told[network] = read
        assert read == thanks.context["promise"]
    assert told[NETWORK] != told[ELSEWHERE]
