import itertools
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.intake import capped_counts
from contact.intake.queue import queue_page
from contact.intake.queue.alarms import alarm_expressions
from contact.intake.queue.queue_page import load_queue_page
from contact.intake.queue.selection import lists, paging, search_tokens
from contact.intake.queue.selection.lists import QueueList
from contact.intake.queue.selection.return_query import parse_query
from contact.models import CallbackRequest, Plan
from tests.factories import make_request, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped_clock")]
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
# Twice around a change of the clocks, the day before midnight is 25 or 23 hours long.
MOMENTS = [
    ("America/Phoenix", datetime(2026, 11, 1, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 5, 0, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 4, 59, 59, tzinfo=UTC)),
]


@pytest.fixture(params=MOMENTS, ids=[f"{zone} {moment:%m-%d %H:%M}" for zone, moment in MOMENTS])
def now(request, settings):
    zone, moment = request.param
    settings.TIME_ZONE = zone
    return moment


def shown(name, account, now, **further):
    """The ids on the pages of this list, from the first to the last."""
    query, found = urlencode({"list": name, **further}), []
    while query:
        (section,) = load_queue_page(parse_query(query), account, now).sections
        found += [row.request.pk for row in section.rows]
        query = section.next_query
    return found


def lists_of(request, account, now):
    """The lists on whose pages this request stands."""
    return [name for name in QueueList if request.pk in shown(name, account, now)]


def every_combination(now):
    midnight = lists.end_of_today(now)
    edges = [edge + step for edge in (now, midnight) for step in (-SECOND, 0 * SECOND, SECOND)]
    edges += [now - 100 * HOUR, now + 100 * HOUR]
    for status, start, end, tries in itertools.product(
        ("new", "trying", "lead"), edges, edges, (0, 1)
    ):
        yield {"status": status, "due_at": start, "due_until": end, "tries": tries}


PLANS = {
    "now": {"due_at": -HOUR},
    "today": {"due_at": -HOUR, "due_until": -SECOND},
    "waiting": {"due_at": 30 * HOUR, "tries": 1},
    "outside": {"due_at": 30 * HOUR},
    "lead": {"due_at": 30 * HOUR, "status": "lead"},
    "open": {"due_at": 30 * HOUR},
}


@pytest.mark.parametrize("name", PLANS)
def test_danger_stands_before_the_ordinary_on_every_list_and_its_pages(name, monkeypatch):
    """Two rows to a page; the last to be called and to be promised anything are in danger."""
    real = paging.fetch_page
    monkeypatch.setattr(
        queue_page,
        "fetch_page",
        lambda query, cursor, **kept: real(query._replace(size=2), cursor, **kept),
    )
    now = timezone.now()
    plan = PLANS[name]
    asked = []
    for n, priority in enumerate((1, 2, 1, 3, 0, 2, 0, 0)):
        moments = {key: now + plan[key] for key in ("due_at", "due_until") if key in plan}
        moments["due_at"] += n * SECOND / 100
        row = make_request(**{**plan, **moments}, priority=priority, phone=f"+1602555017{n}")
        row.set_plan(Plan(row.due_at, row.due_until, now + (n + 50) * HOUR))
        row.save()
        asked.append(row)
    expected = [row.pk for row in asked if row.is_danger]
    others = {row.pk for row in asked} - {*expected}
    account, further = make_staff("Intake"), urlencode({"list": name})
    pages = []
    while further:
        (section,) = load_queue_page(parse_query(further), account, now).sections
        pages.append([row.request.pk for row in section.rows])
        further, back = section.next_query, section.previous_query
    found = list(itertools.chain(*pages))
    assert found[:3] == expected
    assert (set(found[3:]), len(found)) == (others, 8)
    for page in reversed(pages[:-1]):
        (section,) = load_queue_page(parse_query(back), account, now).sections
        assert [row.request.pk for row in section.rows] == page
        back = section.previous_query
    assert not back


def test_a_search_shows_open_danger_first():
    older = make_request(priority=0, created_at=timezone.now() - HOUR)
    newer, closed = make_request(), make_request(priority=0, outcome="came_in")
    maria = make_staff("Intake")
    results = f"q={search_tokens.encode_term(older.phone, maria)}"
    found = load_queue_page(parse_query(results), maria).rows
    assert found[0].request == older
    assert {row.request for row in found[1:]} == {newer, closed}


def test_every_open_request_is_on_exactly_one_list(now):
    rows = [
        CallbackRequest(consent_version="test", call_by=now, turn_at=now, **values)
        for values in every_combination(now)
    ]
    CallbackRequest.objects.bulk_create(rows)
    account = make_staff("Intake")
    found = {name: shown(name, account, now) for name in QueueList}
    on = defaultdict(list)
    for name, keys in found.items():
        for pk in keys:
            on[pk].append(name)
    for row in rows:
        plan = (row.status, row.due_at, row.due_until, row.tries)
        assert on[row.pk] == [lists.queue_list_of(row, now)], plan
    counts = lists.list_counts(now)
    assert [counts[name] for name in QueueList] == [len(found[name]) for name in QueueList]
    assert sum(counts[name] for name in QueueList) == len(rows)


def test_everyone_who_is_late_is_on_exactly_one_list_of_those_who_are_late(now):
    rows = [
        CallbackRequest(
            consent_version="test", call_by=now - SECOND, turn_at=now - SECOND, **values
        )
        for values in every_combination(now)
    ]
    CallbackRequest.objects.bulk_create(rows)
    account = make_staff("Intake")
    found = [pk for name in QueueList for pk in shown(name, account, now, late=1)]
    assert sorted(found) == sorted(row.pk for row in rows)


def test_random_requests_are_on_exactly_one_list(now):
    dice = random.Random(20261122)
    minutes = range(-3 * 24 * 60, 3 * 24 * 60)
    account = make_staff("Intake")
    rows = [
        CallbackRequest(
            consent_version="test",
            call_by=now,
            turn_at=now,
            status=dice.choice(["new", "trying", "lead"]),
            due_at=now + timedelta(minutes=dice.choice(minutes)),
            due_until=now + timedelta(minutes=dice.choice(minutes)),
            tries=dice.randrange(4),
        )
        for _ in range(60)
    ]
    CallbackRequest.objects.bulk_create(rows)
    for _ in range(4):
        moment = now + timedelta(minutes=dice.choice(minutes))
        found = {name: shown(name, account, moment) for name in QueueList}
        for row in rows:
            on = [name for name in QueueList if row.pk in found[name]]
            assert on == [lists.queue_list_of(row, moment)]


def test_closed_request_is_on_no_list():
    row = make_request(outcome="spam")
    assert lists_of(row, make_staff("Intake"), timezone.now()) == []
    assert lists.queue_list_of(row, timezone.now()) is None


def test_midnight_is_the_desks(settings):
    settings.TIME_ZONE = "America/New_York"
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    # Two hours show 1 a.m. on this day.
    assert lists.end_of_today(now) == datetime(2026, 11, 2, tzinfo=ZoneInfo("America/New_York"))
    assert lists.end_of_today(now) - datetime(2026, 11, 1, 4, tzinfo=UTC) == timedelta(hours=25)


def test_counts_say_how_many_are_late_without_closed_ones():
    now = timezone.now() + SECOND
    make_request(call_by=now - HOUR)
    make_request(call_by=now - HOUR, status="lead")
    make_request(call_by=now + HOUR)
    make_request(call_by=now - HOUR, outcome="spam")
    assert lists.list_counts(now) == {
        "now": 2,
        "today": 0,
        "passed": 0,
        "waiting": 0,
        "outside": 0,
        "lead": 1,
        "late": 2,
        "earlier": 0,
    }


def test_counts_walk_no_further_than_anybody_reads(monkeypatch):
    monkeypatch.setattr(capped_counts, "COUNT_CAP", 2)
    for _ in range(5):
        make_request(call_by=timezone.now() - HOUR)
    counts = lists.list_counts(timezone.now())
    assert counts["now"] == counts["late"] == 3
    assert [capped_counts.capped(number) for number in (0, 2, 3)] == ["0", "2", "2+"]


@pytest.mark.parametrize("name", ["today", "waiting", "outside"])
def test_late_only_finds_everyone_who_is_late(name):
    now = timezone.now()
    soon, midnight = now + SECOND, lists.end_of_today(now)
    start = soon if name == "today" else midnight + HOUR
    plan = {"due_at": start, "due_until": start + HOUR, "tries": int(name == "waiting")}
    late = make_request(**plan, call_by=now - HOUR)
    make_request(**plan, call_by=start + HOUR)
    found = load_queue_page(parse_query(f"list={name}&late=1"), make_staff("Intake"), now).rows
    assert [row.request for row in found] == [late]


def test_hours_that_passed_come_first_today():
    now = timezone.now()
    later = make_request(due_at=now + SECOND, due_until=now + HOUR)
    passed = make_request(due_at=now - HOUR, due_until=now - SECOND)
    contents = load_queue_page(parse_query("list=today"), make_staff("Intake"), now)
    assert [row.request for row in contents.rows] == [passed, later]
    assert contents.counts["today"] == 2


def test_someones_list_holds_what_they_were_given_and_what_they_are_at():
    maria, now = make_staff("Intake"), timezone.now()
    given = make_request(assigned_to=maria)
    page = load_queue_page(parse_query("staff=me"), maria, now)
    assert [row.request for row in page.rows] == [given]
    held = make_request(claimed_by=maria, claimed_until=now + HOUR)
    for query, account in (("staff=me", maria), (f"staff={maria.pk}", make_staff("Intake"))):
        found = load_queue_page(parse_query(query), account, now).rows
        assert {row.request for row in found} == {given, held}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL needs no hint")
def test_who_comes_first_is_counted_along_an_index_of_their_own():
    """As on most days: many wait, nobody's promise was moved, and so that index is empty."""
    for _request in range(5):
        make_request()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        with CaptureQueriesContext(connection) as asked:
            lists.list_counts(timezone.now(), **alarm_expressions(timezone.now()))
        cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
        plan = [row[3] for row in cursor.fetchall()]
    for index in ("callback_earlier", "callback_danger"):
        assert any(index in step for step in plan), (index, plan)
