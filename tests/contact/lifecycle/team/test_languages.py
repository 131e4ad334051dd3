"""The next call goes to somebody who speaks its language, if such a colleague is there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact.lifecycle.team import claims
from contact.models import Colleague
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OTHER = "+16025550199"


def make_colleague(languages="en", ago=timedelta(), **over):
    account = make_staff("Intake")
    Colleague.objects.create(
        account=account, languages=languages, seen_at=timezone.now() - ago, **over
    )
    return account


def waiting(**over):
    """Due now, and not late."""
    now = timezone.now()
    return make_request(**{"call_by": now + HOUR, "turn_at": now + HOUR, **over})


def test_it_is_left_to_whoever_is_there_and_speaks_it():
    spanish, english = waiting(language="es"), waiting(phone=OTHER, turn_at=timezone.now() + HOUR)
    joe, maria = make_colleague(), make_colleague("en,es")
    assert claims.take_next(joe) == english
    assert claims.take_next(maria) == spanish


@pytest.mark.parametrize(
    "away",
    [
        {"ago": timedelta(minutes=6)},
        {"takes_calls": False},
    ],
)
def test_with_nobody_there_who_speaks_it_anyone_gets_it(away):
    spanish, joe = waiting(language="es"), make_colleague()
    make_colleague("es", **away)
    assert claims.take_next(joe) == spanish


def test_whoever_no_longer_works_here_keeps_nothing_from_anybody():
    spanish, joe, gone = waiting(language="es"), make_colleague(), make_colleague("es")
    gone.is_active = False
    gone.save()
    assert claims.take_next(joe) == spanish


@pytest.mark.parametrize(
    "over",
    [
        {"priority": 0},
        {"call_by": timezone.now() - HOUR, "turn_at": timezone.now() - HOUR},
        {"language": "other"},
    ],
    ids=["danger", "late", "a language that nobody writes"],
)
def test_danger_and_late_calls_wait_for_no_language(over):
    asked = waiting(**{"language": "es", **over})
    joe = make_colleague()
    make_colleague("es")
    assert claims.take_next(joe) == asked


def test_what_is_kept_for_somebody_is_theirs_in_any_language():
    joe = make_colleague()
    asked = waiting(language="es", assigned_to=joe)
    make_colleague("es")
    assert claims.take_next(joe) == asked


def test_late_calls_in_another_language_keep_their_turn():
    now = timezone.now()
    times = {"call_by": now - HOUR, "language": "es"}
    later = make_request(turn_at=now - HOUR, **times)
    first = make_request(phone=OTHER, turn_at=now - 2 * HOUR, **times | {"language": "en"})
    joe = make_colleague()
    make_colleague("es")
    now = timezone.now()
    assert [claims.next_free(joe, now), claims.next_free(joe, now, {first.person})] == [
        first,
        later,
    ]


def test_the_filters_above_the_button_count_and_danger_comes_first(client):
    ordinary = waiting(turn_at=timezone.now())
    spanish = waiting(phone=OTHER, language="es")
    joe = make_colleague()
    client.force_login(joe)
    assert "Take the next call with these filters" in client.get("/intake/?language=es").text
    taken = client.post("/intake/next/", {"back": "language=es"})["Location"]
    assert str(spanish.pk) in taken
    client.force_login(make_colleague())
    client.post("/intake/next/", {"back": "language=es"})
    assert "With these filters, nobody is due" in client.get("/intake/").text
    danger = waiting(phone="+16025550177", priority=0)
    assert str(danger.pk) in client.post("/intake/next/", {"back": "language=es"})["Location"]
    assert claims.take_next(make_colleague()) == ordinary


def test_a_colleagues_filter_takes_nothing_that_is_kept_for_them(client):
    joe, bob = make_colleague(), make_colleague()
    waiting(assigned_to=bob)
    client.force_login(joe)
    client.post("/intake/next/", {"back": f"staff={bob.pk}"})
    assert claims.take_next(joe) is None
