from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.intake.reports.counts.call_statistics import Rate
from contact.intake.reports.counts.counting import LabelledNumber
from contact.intake.reports.counts.statistics import statistics_for
from contact.intake.reports.date_ranges import DateRange
from contact.intake.reports.disclosure_control import ALL_SHOWN
from contact.models import CallAttempt, Place
from contact.records.desk.desk import Desk
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db

WEEK = DateRange(date(2026, 3, 2), date(2026, 3, 8))
MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)
TEN_O_CLOCK = 10


def ask(number, **over):
    values = {"created_at": MONDAY, "hour_of_week": TEN_O_CLOCK} | over
    return [make_request(**values) for _ in range(number)]


def call(request, by, number, outcome, hour=TEN_O_CLOCK, at=MONDAY):
    CallAttempt.objects.create(
        request=request, by=by, number=number, outcome=outcome, hour_of_week=hour, at=at
    )


def counts(groups):
    return {group.label: group.number for group in groups if group.number is not None}


def test_nothing_is_counted_where_nothing_is():
    found = statistics_for(WEEK)
    assert (found.requests.total, found.calls.total, found.excluded) == (0, 0, 0)


@pytest.mark.parametrize(("number", "told"), [(1, None), (4, None), (5, 5)])
def test_a_total_under_five_is_hidden(number, told):
    ask(number)
    assert statistics_for(WEEK).requests.total == told


def fields(week):
    return {place: number for place, number in enumerate(week.blocks) if number is not None}


def test_requests_stand_in_the_hour_in_which_they_were_asked():
    ask(6)
    ask(7, hour_of_week=34)
    found = statistics_for(WEEK).requests
    assert found.total == 13
    assert (found.week.hours, fields(found.week)) == (1, {10: 6, 34: 7})


def test_hours_stand_together_until_most_requests_are_in_fields_that_are_shown():
    for hour in (9, 10, 11):
        ask(2, hour_of_week=hour)
    ask(7, hour_of_week=167)
    week = statistics_for(WEEK).requests.week
    assert (week.hours, len(week.blocks), fields(week)) == (3, 56, {3: 6, 55: 7})
    for hour in (48, 52, 53):
        ask(2, hour_of_week=hour)
    week = statistics_for(WEEK).requests.week
    assert (week.hours, len(week.blocks), fields(week)) == (6, 28, {1: 6, 8: 6, 27: 7})


def test_hours_stay_apart_where_putting_them_together_hides_more():
    for hour in (9, 10, 15, 16):
        ask(10, hour_of_week=hour)
    ask(3, hour_of_week=100)
    week = statistics_for(WEEK).requests.week
    # Each time the next smallest is hidden with the three: 10 of an hour, or 20 of three.
    assert (week.hours, sum(filter(None, week.blocks))) == (1, 30)


def test_a_few_requests_far_apart_are_hidden_however_hours_are_put_together():
    for day in range(7):
        ask(1, hour_of_week=day * 24)
    week = statistics_for(WEEK).requests.week
    assert (week.hours, fields(week)) == (6, {})


def test_days_begin_and_end_at_the_desks_midnight():
    ask(5, created_at=datetime(2026, 3, 2, 6, 59, 59, tzinfo=UTC))
    ask(6, created_at=datetime(2026, 3, 2, 7, tzinfo=UTC))
    ask(7, created_at=datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC))
    ask(8, created_at=datetime(2026, 3, 9, 7, tzinfo=UTC))
    assert statistics_for(WEEK).requests.total == 13


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 3, 9), 24), (date(2026, 11, 1), 25)]
)
def test_days_on_which_clocks_change_are_whole(settings, day, hours):
    settings.TIME_ZONE = "America/New_York"
    days = DateRange(day, day)
    assert (days.end - days.start).total_seconds() == hours * 3600


def test_outcomes_and_languages_hide_small_groups_with_the_next_smallest():
    place = Place.objects.create(name="A place")
    ask(9, language="es")
    ask(6, outcome="came_in")
    ask(2, outcome="referred", referred_to=place)
    found = statistics_for(WEEK).requests
    # Two were referred: with the six shown, 17 - 9 - 6 would tell it.
    assert counts(found.outcomes) == {"Still open": 9}
    assert counts(found.languages) == {"English": 8, "Spanish (español)": 9}


def test_articles_with_few_requests_are_pooled_without_their_names():
    ask(9, source="why-is-heroin-so-addictive")
    ask(7)
    ask(3, source="rare-one")
    ask(2, source="rare-two")
    assert statistics_for(WEEK).requests.sources == [
        LabelledNumber("why-is-heroin-so-addictive", 9),
        LabelledNumber("All others", 12),
    ]


def test_only_the_most_frequent_articles_are_named():
    for number in range(21):
        ask(5, source=f"article-{number:02}")
    sources = statistics_for(WEEK).requests.sources
    assert len(sources) == 21
    assert sources[-1] == LabelledNumber("All others", 5)


def test_what_looks_automatic_or_was_spam_is_left_out_and_counted():
    maria = make_staff("Intake")
    ask(6)
    spam = [*ask(3, outcome="spam"), *ask(2, suspected_spam=True, priority=3)]
    for request in spam:
        call(request, maria, 1, "reached")
    found = statistics_for(WEEK)
    assert (found.requests.total, found.excluded, found.calls.total) == (6, 5, 0)
    assert "Spam" not in [group.label for group in found.requests.outcomes]


def test_few_left_out_are_not_counted():
    ask(3, outcome="spam")
    assert statistics_for(WEEK).excluded is None


def test_calls_are_counted_by_try_by_hour_and_by_account():
    maria, omar = make_staff(username="maria"), make_staff(username="omar", first_name="Omar")
    for request in ask(6):
        call(request, maria, 1, "no_answer")
        call(request, maria, 2, "reached", hour=3 * 24 + 17)
    for request in ask(8, created_at=datetime(2026, 2, 1, tzinfo=UTC)):
        call(request, omar, 1, "call_later")
        call(request, omar, 9, "voicemail", hour=17)
    found = statistics_for(WEEK).calls
    assert (found.total, found.reached) == (28, 14)
    assert [rate for rate in found.by_try if rate.number] == [
        Rate("Try 1", 14, 8),
        Rate("Try 2", 6, 6),
        Rate("Try 6 or later", 8, 0),
    ]
    assert [rate for rate in found.by_hour if rate.number] == [
        Rate("10:00", 14, 8),
        Rate("17:00", 14, 6),
    ]
    assert found.by_account == [Rate("Omar", 16, 8), Rate("maria", 12, 6)]


def test_calls_outside_the_days_do_not_count():
    maria = make_staff()
    for request in ask(5):
        call(request, maria, 1, "reached", at=datetime(2026, 3, 9, 7, tzinfo=UTC))
    assert statistics_for(WEEK).calls.total == 0


def test_reached_is_hidden_where_it_or_its_rest_is_small():
    maria = make_staff(username="maria")
    for place, request in enumerate(ask(9)):
        call(request, maria, 1, "reached" if place < 2 else "no_answer")
    found = statistics_for(WEEK).calls
    assert (found.total, found.reached) == (9, None)
    assert found.by_account == [Rate("maria", 9, None)]
    assert found.by_try[0] == Rate("Try 1", 9, None)


def test_accounts_with_few_calls_are_pooled_without_their_names():
    maria, omar, zoe = (make_staff(username=name) for name in ("maria", "omar", "zoe"))
    for request in ask(12):
        call(request, maria, 1, "reached")
    for request in ask(7):
        call(request, omar, 1, "reached")
    for request in ask(1):
        call(request, zoe, 1, "reached")
    assert statistics_for(WEEK).calls.by_account == [
        Rate("maria", 12, 12),
        Rate("All others", 8, 8),
    ]


def test_the_number_of_queries_does_not_grow():
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            statistics_for(WEEK)
        return len(captured)

    maria, omar = make_staff(), make_staff()
    Desk.current()
    for request in ask(5):
        call(request, maria, 1, "reached")
    few = queries()
    for place, request in enumerate(ask(30, source="another", language="es")):
        call(request, omar if place % 2 else maria, place % 7 + 1, "no_answer", hour=place)
    assert queries() == few == 10


def test_talks_that_they_began_are_no_calls_of_ours_and_are_counted_apart():
    maria = make_staff("Intake")
    (asked,) = ask(1)
    for direction, number in (("outgoing", 7), ("incoming", 6), ("in_person", 5)):
        for _ in range(number):
            CallAttempt.objects.create(
                request=asked, by=maria, outcome="reached", at=MONDAY, direction=direction
            )
    calls = statistics_for(WEEK).calls
    assert (calls.total, calls.reached, calls.talks.total) == (7, 7, 11)
    assert calls.talks.by_direction == [("They called us", 6), ("They came to us", 5)]
    assert [rate.number for rate in calls.by_account] == [7]


def test_few_talks_are_hidden():
    maria = make_staff("Intake")
    (asked,) = ask(1)
    for direction in ("incoming", "in_person"):
        for _ in range(4 if direction == "in_person" else 6):
            CallAttempt.objects.create(
                request=asked, by=maria, outcome="reached", at=MONDAY, direction=direction
            )
    talks = statistics_for(WEEK).calls.talks
    assert talks.total == 10
    assert [number for _label, number in talks.by_direction] == [None, None]


@pytest.mark.parametrize(
    ("danger", "soon", "reached", "others", "expected"),
    [
        (12, 6, 7, 8, (12, 6, 7)),
        (12, 10, 12, 8, (12, None, 12)),
        (12, 0, 3, 8, (12, 0, None)),
        (4, 0, 0, 8, (None, None, None)),
        (12, 6, 7, 3, (None, None, None)),
        (12, 6, 7, 0, (12, 6, 7)),
    ],
)
def test_danger_is_counted_with_who_was_called_soon_and_reached(
    danger, soon, reached, others, expected
):
    for n in range(danger):
        ask(
            1,
            priority=0,
            first_attempt_minutes=15 if n < soon else 16,
            reached_at=MONDAY if n < reached else None,
        )
    ask(others, first_attempt_minutes=1, reached_at=MONDAY)
    assert statistics_for(WEEK).requests.danger == expected


def test_leads_are_shown_small_groups_too():
    maria = make_staff(username="maria")
    for request in ask(2, language="es", source="rare"):
        call(request, maria, 1, "reached")
    ask(1, outcome="spam")
    found = statistics_for(WEEK, ALL_SHOWN)
    assert (found.requests.total, found.calls.total, found.excluded) == (2, 2, 1)
    assert counts(found.requests.languages)["Spanish (español)"] == 2
    assert (found.requests.week.hours, fields(found.requests.week)[10]) == (1, 2)
    assert found.requests.sources == [LabelledNumber("rare", 2)]
    assert found.calls.by_account == [Rate("maria", 2, 2)]


def test_a_secret_shopper_and_calls_to_them_count_nowhere_else():
    maria = make_staff("Intake")
    ask(6)
    for request in ask(2, is_secret_shopper=True, first_attempt_minutes=4, outcome="came_in"):
        call(request, maria, 1, "reached")
    ask(1, is_secret_shopper=True, outcome="spam")
    found = statistics_for(WEEK, ALL_SHOWN)
    assert (found.requests.total, found.calls.total, found.excluded) == (6, 0, 0)
    assert (found.came_in.total, found.came_in.soon) == (6, 0)
    assert (found.before.calls, found.tries.total) == (0, 6)
    shoppers = found.tries.secret_shoppers
    assert (shoppers.total, shoppers.within[5], shoppers.never) == (3, 2, 1)


def test_the_days_before_are_as_many_and_end_where_these_begin():
    maria = make_staff("Intake")
    ask(6, created_at=datetime(2026, 3, 2, 6, 59, tzinfo=UTC), asked_while_open=True)
    for request in ask(7, created_at=datetime(2026, 2, 23, 7, tzinfo=UTC)):
        call(request, maria, 1, "reached", at=datetime(2026, 2, 23, 8, tzinfo=UTC))
    ask(8, created_at=datetime(2026, 2, 23, 6, 59, tzinfo=UTC))
    before = statistics_for(WEEK).before
    assert (before.total, before.calls, before.reached) == (13, 7, 7)
    assert (before.tries.while_open.total, before.tries.not_noted.total) == (6, 7)
    assert (WEEK.before.first, WEEK.before.last) == (date(2026, 2, 23), date(2026, 3, 1))


def test_who_came_in_within_two_days_is_counted_of_those_who_could():
    for hours, number in ((47, 6), (48, 5), (49, 7)):
        ask(number, outcome="came_in", closed_at=MONDAY + timedelta(hours=hours))
    ask(5, outcome="answered", closed_at=MONDAY + timedelta(hours=1))
    ask(9, outcome="came_in", created_at=timezone.now(), closed_at=timezone.now())
    assert statistics_for(WEEK).came_in == (23, 11)
    today = DateRange(timezone.localdate(), timezone.localdate())
    assert statistics_for(today).came_in == (0, 0)


def test_few_who_came_in_are_hidden():
    ask(3, outcome="came_in", closed_at=MONDAY)
    ask(9)
    assert statistics_for(WEEK).came_in == (12, None)
    assert statistics_for(WEEK, ALL_SHOWN).came_in == (12, 3)
