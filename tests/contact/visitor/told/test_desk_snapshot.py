import json
import stat
from datetime import UTC, date, time, timedelta
from time import thread_time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from contact.danger import rules
from contact.danger.kinds import PatternKind
from contact.danger.verdict import PatternRow
from contact.lifecycle.journal import journal
from contact.models import DangerPhrase, Desk, OpeningHours, SpecialDay
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences
from contact.visitor.told import desk_snapshot, snapshot_writing
from contact.visitor.told.desk_snapshot import DeskSnapshot
from tests.contact.desks import NEW_YORK, PHOENIX, at, desk, hours
from tests.contact.lifecycle.journal.test_journal import payload
from tests.factories import make_request, make_staff

WEEKDAYS = desk("9:00-18:00")
HOUR = timedelta(hours=1)
ANYONE, EVENING = CallPreferences("any", PHOENIX), CallPreferences("evening", PHOENIX)
UNKNOWN = CallPreferences("any", "")
# A Wednesday.
TEN = at("2026-03-04T10:00", PHOENIX)


def board(schedule=WEEKDAYS, now=TEN, **over):
    values = {
        "schedule": schedule,
        "target_minutes": 60,
        "minutes_per_call": 20,
        "due": 0,
        "ahead": (),
        "promised": None,
        "at_desk": 1,
        "phrases": (),
        "written_at": now,
    }
    return DeskSnapshot(**values | over)


def promised(caller=ANYONE, now=TEN, zone=PHOENIX, **over):
    """What is promised, as that clock shows it."""
    promise = board(now=now, **over).promise(caller, now)
    return promise and promise.astimezone(ZoneInfo(zone)).strftime("%a %H:%M")


# An honest promise


def test_while_the_desk_is_open_the_target_counts():
    assert promised() == "Wed 11:00"


def test_it_is_rounded_up_to_half_an_hour():
    assert promised(now=at("2026-03-04T10:01", PHOENIX)) == "Wed 11:30"
    assert promised(now=at("2026-03-04T10:30:00.000001", PHOENIX)) == "Wed 12:00"


@pytest.mark.parametrize("now", ["2026-03-03T18:00", "2026-03-03T23:59", "2026-03-04T03:00"])
def test_while_the_desk_is_closed_the_time_starts_when_it_opens(now):
    assert promised(now=at(now, PHOENIX)) == "Wed 10:00"


def test_what_is_left_of_today_counts():
    assert promised(now=at("2026-03-04T17:30", PHOENIX)) == "Thu 09:30"


def test_lunch_does_not_count():
    schedule = desk("9:00-12:00", "13:00-18:00")
    assert promised(schedule=schedule, now=at("2026-03-04T11:30", PHOENIX)) == "Wed 13:30"


def test_a_weekend_and_a_holiday_after_it_are_waited_for():
    schedule = desk("9:00-18:00", special={date(2026, 3, 9): ()})
    assert promised(schedule=schedule, now=at("2026-03-06T17:30", PHOENIX)) == "Tue 09:30"


def test_a_short_day_ends_when_it_ends():
    schedule = desk("9:00-18:00", special={date(2026, 3, 4): hours("9:00-10:30")})
    assert promised(schedule=schedule) == "Thu 09:30"


def test_rounding_never_leaves_the_hours_in_which_we_call():
    now = at("2026-03-04T10:05", PHOENIX)
    assert promised(schedule=desk("9:00-11:10"), now=now) == "Wed 11:05"
    assert promised(schedule=desk("9:00-11:05"), now=now) == "Wed 11:05"
    second = now + timedelta(seconds=1)
    assert promised(schedule=desk("9:00-11:10"), now=second) == "Wed 11:06"


def test_who_wants_the_evening_is_promised_the_evening():
    assert promised(EVENING, schedule=desk("9:00-20:00")) == "Wed 18:00"
    assert promised(EVENING, schedule=desk("9:00-17:30")) == "Thu 17:30"


def test_a_desk_never_staffed_in_the_evening_says_when_it_really_calls():
    assert promised(EVENING, schedule=desk("9:00-17:00")) == "Wed 11:00"


def test_their_own_clock_decides():
    # 4 p.m. in Phoenix is 6 p.m. in New York: they can be called until 7 p.m. of the desk.
    late = at("2026-03-04T16:00", PHOENIX)
    east = CallPreferences("any", NEW_YORK)
    schedule = desk("9:00-21:00")
    assert promised(east, now=late, schedule=schedule) == "Wed 17:00"
    later = at("2026-03-04T18:30", PHOENIX)
    assert promised(east, now=later, schedule=schedule) == "Thu 09:30"
    assert promised(CallPreferences("any", "Pacific/Honolulu"), now=TEN) == "Wed 12:00"


def test_without_a_time_zone_it_must_be_day_on_both_coasts():
    early = at("2026-03-04T06:00", NEW_YORK)
    schedule = desk("6:00-23:00", zone=NEW_YORK)
    assert promised(UNKNOWN, now=early, zone=NEW_YORK, schedule=schedule) == "Wed 12:00"
    assert promised(
        CallPreferences("any", "Mars/Base"), now=early, zone=NEW_YORK, schedule=schedule
    ) == ("Wed 12:00")


@pytest.mark.parametrize("now", ["2026-03-07T17:30", "2026-10-31T17:30"])
def test_clock_changes_move_nothing(now):
    schedule = desk("9:00-18:00", zone=NEW_YORK, days=range(7))
    east = CallPreferences("any", NEW_YORK)
    moment = at(now, NEW_YORK)
    assert promised(east, now=moment, zone=NEW_YORK, schedule=schedule) == "Sun 09:30"


# The queue


@pytest.mark.parametrize(
    ("due", "at_desk", "expected"),
    [
        (2, 1, "Wed 11:00"),
        (3, 1, "Wed 11:30"),
        (10, 1, "Wed 14:00"),
        (10, 2, "Wed 12:00"),
        (60, 1, "Fri 12:30"),
        (60, 4, "Wed 15:30"),
    ],
)
def test_a_queue_is_worked_off_before(due, at_desk, expected):
    assert promised(due=due, at_desk=at_desk) == expected


def test_a_queue_of_the_night_goes_first_in_the_morning():
    night = at("2026-03-03T23:00", PHOENIX)
    nine = at("2026-03-04T09:00", PHOENIX).astimezone(UTC)
    assert promised(now=night, ahead=((nine, 12),)) == "Wed 13:30"
    assert promised(now=night, due=3, ahead=((nine, 12),)) == "Wed 14:30"


def test_those_who_are_due_only_after_this_caller_change_nothing():
    five = at("2026-03-04T17:00", PHOENIX).astimezone(UTC)
    assert promised(ahead=((five, 30),)) == "Wed 11:00"


def test_a_queue_that_lasts_into_the_hours_of_others_meets_them():
    noon = at("2026-03-04T12:00", PHOENIX).astimezone(UTC)
    assert promised(due=7, ahead=((noon, 3),)) == "Wed 14:00"


def test_nobody_is_called_before_they_are_due():
    four = at("2026-03-04T16:00", PHOENIX).astimezone(UTC)
    assert promised(EVENING, schedule=desk("9:00-20:00"), ahead=((four, 20),)) == "Thu 17:30"


def test_the_evening_of_one_does_not_wait_for_what_the_day_works_off():
    assert promised(EVENING, schedule=desk("9:00-20:00"), due=12) == "Wed 18:00"
    assert promised(EVENING, schedule=desk("9:00-18:00"), due=60) == "Fri 17:30"


def test_a_queue_that_nobody_can_foresee_promises_nothing():
    assert promised(due=503)
    assert promised(due=505) is None
    assert promised(due=505, at_desk=2)


# Nothing to say


def test_unknown_hours_promise_nothing():
    assert promised(schedule=Schedule({}, {}, PHOENIX)) is None


def test_hours_that_are_all_past_promise_nothing():
    past = Schedule({}, {date(2026, 3, 3): hours("9:00-18:00")}, PHOENIX)
    assert promised(schedule=past) is None


@pytest.mark.parametrize("best_time", ["any", "evening"])
def test_nobody_is_promised_a_call_while_the_desk_is_closed(best_time):
    # The desk's hours are 9:30 p.m. to 6:30 a.m. there.
    assert promised(CallPreferences(best_time, "Asia/Kolkata")) is None
    assert promised(CallPreferences(best_time, "Asia/Kolkata"), schedule=desk("9:00-20:30"))


def test_an_old_snapshot_promises_nothing():
    for minutes, is_good in [(0, True), (10, True), (10.1, False), (-10.1, False)]:
        written_at = TEN - timedelta(minutes=minutes)
        assert bool(board(written_at=written_at).promise(ANYONE, TEN)) is is_good


# The file


@pytest.fixture
def staffed(db, monkeypatch):
    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(9), closes=time(18))
    SpecialDay.objects.create(date=date(2026, 12, 25), name="Christmas Day")
    set_clock(monkeypatch, TEN)


def set_clock(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))


def test_what_is_written_can_be_read(staffed, settings):
    DangerPhrase.objects.all().delete()
    DangerPhrase.objects.create(words="gun")
    assert snapshot_writing.write_snapshot()
    found = desk_snapshot.read_snapshot()
    # The centre is no danger, whatever it is called.
    name = PatternRow(settings.SITE_NAME, PatternKind.ORDINARY)
    assert found == DeskSnapshot(
        Schedule.current(), 60, 20, 0, (), None, 1, (PatternRow("gun"), name), TEN
    )
    assert found.promise(ANYONE, TEN) == at("2026-03-04T11:00", PHOENIX)
    assert stat.S_IMODE((settings.DATA_DIR / "bulletin.json").stat().st_mode) == 0o600
    assert [path.name for path in settings.DATA_DIR.iterdir()] == ["bulletin.json"]


def test_it_is_written_only_for_a_change_or_after_half_a_minute(staffed, monkeypatch):
    assert snapshot_writing.write_snapshot()
    assert not snapshot_writing.write_snapshot()
    set_clock(monkeypatch, TEN + timedelta(seconds=29))
    assert not snapshot_writing.write_snapshot()
    make_request()
    assert snapshot_writing.write_snapshot()
    set_clock(monkeypatch, TEN + timedelta(seconds=58))
    assert not snapshot_writing.write_snapshot()
    set_clock(monkeypatch, TEN + timedelta(seconds=60))
    assert snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().written_at == TEN + timedelta(seconds=60)
    assert desk_snapshot.read_snapshot().due == 1


def test_a_clock_that_was_set_back_is_followed(staffed, monkeypatch):
    snapshot_writing.write_snapshot()
    set_clock(monkeypatch, TEN - timedelta(hours=1))
    assert snapshot_writing.write_snapshot()


def test_rules_of_the_desk_are_taken_over(staffed):
    desk = Desk.current()
    desk.target_minutes, desk.minutes_per_call = 120, 30
    desk.save()
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().promise(ANYONE, TEN) == at("2026-03-04T12:00", PHOENIX)


def test_all_who_may_be_called_before_are_counted(staffed):
    evening = TEN.replace(hour=17)
    make_request(due_at=TEN)
    again = {"phone": "+16025550101", "due_until": TEN - timedelta(days=1)}
    make_request(due_at=TEN - timedelta(days=2), **again)
    make_request(due_at=evening, phone="+16025550103")
    make_request(due_at=evening + timedelta(minutes=40), status="trying", phone="+16025550102")
    make_request(due_at=TEN + timedelta(days=4))
    make_request(due_at=TEN, status="lead")
    make_request(due_at=TEN, priority=3)
    make_request(due_at=TEN, outcome="came_in")
    snapshot_writing.write_snapshot()
    assert (desk_snapshot.read_snapshot().due, desk_snapshot.read_snapshot().ahead) == (
        2,
        ((evening.astimezone(UTC), 2),),
    )


def test_a_line_that_asks_often_moves_nobody_s_promise(staffed):
    make_request(due_at=TEN)
    snapshot_writing.write_snapshot()
    before = desk_snapshot.read_snapshot().promise(ANYONE, TEN)
    for _ in range(30):
        make_request(due_at=TEN)
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().promise(ANYONE, TEN) == before


def test_thirty_prank_posts_move_nobody_s_promise(staffed):
    caller = {"due_at": TEN, "due_until": TEN + timedelta(hours=8)}
    make_request(**caller, promised_by=TEN + timedelta(hours=1))
    snapshot_writing.write_snapshot()
    before = desk_snapshot.read_snapshot().promise(ANYONE, TEN)
    # From one number with other wishes each time, and by a machine.
    prank = {"phone": "+16025550177", "due_until": TEN + 8 * HOUR}
    for n in range(15):
        make_request(**prank, due_at=TEN + n % 5 * HOUR, promised_by=TEN + (1 + n % 7) * HOUR)
        make_request(phone=f"+160255502{n:02}", priority=3, due_at=TEN, promised_by=TEN + 5 * HOUR)
    snapshot_writing.write_snapshot()
    snapshot = desk_snapshot.read_snapshot()
    assert (snapshot.due, snapshot.ahead) == (2, ())
    assert snapshot.promise(ANYONE, TEN) == before


def test_numbers_that_nobody_can_have_move_nobody_s_promise(staffed):
    make_request(due_at=TEN, due_until=TEN + 8 * HOUR, promised_by=TEN + HOUR)
    snapshot_writing.write_snapshot()
    before = desk_snapshot.read_snapshot().promise(ANYONE, TEN)
    for n in range(30):
        journal.append(payload(phone=f"+1{n:03}5550100"), "")
    journal.drain()
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().promise(ANYONE, TEN) == before


def test_a_promise_for_the_hours_of_one_caller_holds_back_nobody_with_other_hours(staffed):
    # It is nearly 9 p.m. for them: they are called tomorrow, whatever the queue.
    east = {"time_zone": NEW_YORK, "due_at": TEN, "due_until": TEN + timedelta(minutes=10)}
    make_request(**east, promised_by=TEN + timedelta(hours=24))
    snapshot_writing.write_snapshot()
    snapshot = desk_snapshot.read_snapshot()
    assert snapshot.promise(ANYONE, TEN) == at("2026-03-04T11:00", PHOENIX)
    same = CallPreferences("any", NEW_YORK, "")
    assert snapshot.promise(same, TEN) == at("2026-03-05T10:00", PHOENIX)


def test_who_asks_later_is_promised_no_earlier_call_when_colleagues_come(staffed):
    for n in range(12):
        make_request(phone=f"+160255501{n:02}", due_at=TEN)
    snapshot_writing.write_snapshot()
    first = desk_snapshot.read_snapshot().promise(ANYONE, TEN)
    make_request(phone="+16025550150", due_at=TEN, promised_by=first)
    for n in range(5):
        late = {"claimed_by": make_staff(), "claimed_until": TEN + timedelta(minutes=15)}
        make_request(phone=f"+160255501{60 + n}", due_at=TEN, **late)
    snapshot_writing.write_snapshot()
    snapshot = desk_snapshot.read_snapshot()
    assert snapshot.at_desk == 5
    assert snapshot._replace(promised=None, promised_to=()).promise(ANYONE, TEN) < first
    assert snapshot.promise(ANYONE, TEN) == first
    # Whoever can be called only later is not held back, and not called outside their hours.
    evening = snapshot._replace(schedule=desk("9:00-20:00")).promise(EVENING, TEN)
    assert evening >= at("2026-03-04T17:00", PHOENIX)


def test_a_promise_that_passed_or_was_tried_holds_nobody_back(staffed):
    make_request(due_at=TEN, promised_by=TEN - timedelta(minutes=1))
    make_request(due_at=TEN, promised_by=TEN + timedelta(hours=5), tries=1)
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().promised is None


def test_those_who_worked_in_the_last_hour_are_counted(staffed):
    for tried_at in (TEN - timedelta(minutes=59), TEN - timedelta(minutes=61)):
        make_request().attempts.create(by=make_staff(), at=tried_at, outcome="no_answer")
    for minutes in (-44, -46, 15):
        until = TEN + timedelta(minutes=minutes)
        make_request(claimed_by=make_staff(), claimed_until=until)
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().at_desk == 3
    both = make_staff()
    make_request(claimed_by=both, claimed_until=TEN)
    make_request().attempts.create(by=both, at=TEN, outcome="no_answer")
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().at_desk == 4


def test_at_night_one_is_counted_on_for_the_morning(staffed, monkeypatch):
    closed = TEN.replace(hour=18)
    set_clock(monkeypatch, closed)
    for _ in range(3):
        make_request(claimed_by=make_staff(), claimed_until=closed)
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().at_desk == 1


def test_a_missing_snapshot_is_no_error(caplog):
    assert desk_snapshot.read_snapshot() is None
    assert not caplog.records


BROKEN = [
    "", "{", "null", "[]", "{}", '"a"', "[" * 100_000, "\x00",
    '{"schedule": {}}',
]  # fmt: skip


@pytest.mark.parametrize("content", BROKEN)
def test_a_damaged_snapshot_counts_as_none_and_is_replaced(staffed, settings, content):
    (settings.DATA_DIR / "bulletin.json").write_text(content)
    assert desk_snapshot.read_snapshot() is None
    assert snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().promise(ANYONE, TEN)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("schedule", {"weekly": {"x": []}, "special": {}, "time_zone": PHOENIX}),
        ("schedule", {"weekly": {}, "special": {}, "time_zone": "Mars/Base"}),
        ("schedule", {"weekly": {}, "special": {}, "time_zone": "../../etc/passwd"}),
        ("written_at", "yesterday"),
        ("written_at", "2026-03-04T10:00:00"),
        ("due", None),
        ("ahead", [["2026-03-04T10:00:00", 1]]),
        ("phrases", 7),
    ],
)
def test_one_damaged_value_is_enough_to_read_nothing(staffed, settings, name, value):
    snapshot_writing.write_snapshot()
    path = settings.DATA_DIR / "bulletin.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    assert desk_snapshot.read_snapshot() is None


def test_a_folder_in_its_place_is_no_error(settings):
    (settings.DATA_DIR / "bulletin.json").mkdir()
    assert desk_snapshot.read_snapshot() is None


@pytest.mark.django_db(databases=[])
def test_reading_needs_no_database():
    assert desk_snapshot.read_snapshot() is None


def test_promise_is_cheap(staffed):
    for hour in range(11, 17):
        make_request(due_at=TEN.replace(hour=hour))
    snapshot_writing.write_snapshot()
    board = desk_snapshot.read_snapshot()
    start = thread_time()
    for _ in range(20):
        desk_snapshot.read_snapshot()
        board.promise(UNKNOWN, TEN)
    assert thread_time() - start < 20 * 0.01


def test_patterns_of_danger_are_compiled_before_they_are_needed(staffed):
    desk_snapshot.prepare_danger()
    snapshot_writing.write_snapshot()
    before = rules._compiled.cache_info().misses
    desk_snapshot.prepare_danger()
    misses = rules._compiled.cache_info().misses
    rules.decide(desk_snapshot.read_snapshot().phrases, "I want to die")
    assert rules._compiled.cache_info().misses == misses >= before
