"""Spam and requests as people write them, all made up: nobody real is kept behind spam.

real.txt: where it comes from and the message. Who writes from a library, a shelter, a church or an
office shares a network with others, and all but the library's share a number. spam.txt: its kind
and the message.
"""

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone

from contact.lifecycle.journal import receiving
from contact.lifecycle.triage import advertising, floods
from contact.models import CallbackRequest, DangerPhrase
from contact.records.enums import SetApart

HERE = Path(__file__).parent
# Read once for many requests, as the journal does.
PHRASES = None
NOON = datetime(2026, 3, 4, 19, 0, tzinfo=UTC)
MESSAGES_OF_DANGER = HERE.parent / "danger"


def lines(name):
    rows = [line.split("|", 1) for line in (HERE / name).read_text().splitlines()]
    return [(kind, message) for kind, message in rows]


REAL, SPAM = lines("real.txt"), lines("spam.txt")
# What a single text gives away. All else is called as any person is.
TOLD_ALONE = (
    *("seo", "web", "leads", "crypto", "loan", "casino", "pills", "social", "goods", "scam"),
    *("adult", "es", "bare"),
)


def test_both_corpora_are_long_and_of_many_kinds():
    assert min(len(REAL), len(SPAM)) >= 300
    assert len({kind for kind, _ in SPAM}) >= 15


def test_nothing_that_people_write_reads_like_advertising():
    assert [message for _, message in REAL if advertising.is_advertising(message)] == []
    others = [
        line.split(",en,")[0].split(",es,")[0].strip('"')
        for name in ("ordinary.csv", "messages.csv", "written.csv", "fresh.csv", "unseen.csv")
        for line in (MESSAGES_OF_DANGER / name).read_text().splitlines()[1:]
    ]
    assert [message for message in others if advertising.is_advertising(message)] == []


def test_nearly_all_advertising_is_known_by_its_words():
    told = Counter(kind for kind, message in SPAM if advertising.is_advertising(message))
    there = Counter(kind for kind, _ in SPAM if kind in TOLD_ALONE)
    assert set(told) <= set(TOLD_ALONE)
    assert sum(told.values()) >= 0.85 * sum(there.values())


def arrive(n, message, phone=None, network=False):
    request = CallbackRequest(
        reference=f"{n:08}",
        created_at=timezone.now(),
        name="A B",
        phone=phone or f"+1602{200 + n // 10_000:03}{n % 10_000:04}",
        message=message,
        consent_version="test",
        set_apart=SetApart.NETWORK if network else "",
    )
    receiving.receive(request, PHRASES)
    return request


@pytest.mark.django_db
def test_no_real_request_stands_behind_spam_that_is_known(monkeypatch):
    """All of them within an hour, which is more than the desk expects."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    monkeypatch.setattr(f"{__name__}.PHRASES", DangerPhrase.objects.rows())
    spam, people = [], []
    for n, (kind, message) in enumerate(REAL):
        shared = (
            None if kind in ("home", "family", "library") else f"+1602{kind.encode().hex()[:7]}"
        )
        people.append(arrive(n, message, shared))
        if n % 10 == 0:
            spam.append(arrive(9000 + n, SPAM[n // 10][1]))
    assert {row.set_apart for row in people} <= {"", SetApart.DANGER}
    apart = [row for row in spam if row.set_apart and not row.is_danger]
    assert len(apart) > 0.8 * len(spam)
    assert max(row.turn_at for row in people) < min(row.turn_at for row in apart)


@pytest.mark.django_db
def test_a_real_request_in_a_flood_of_copies_is_at_the_desk_at_once(monkeypatch):
    """Of six texts from anywhere, a hundred times; the journal brings a thousand in a minute."""
    monkeypatch.setattr(f"{__name__}.PHRASES", DangerPhrase.objects.rows())
    copied = [message for kind, message in SPAM if kind in ("copied", "abuse")][:6]
    began = time.process_time()
    for n in range(100):
        arrive(n, f"{copied[n % 6]} {n}")
    real = arrive(500, "my son needs help, he is using again and I do not know what to do")
    assert (time.process_time() - began) / 101 < 0.06
    before = CallbackRequest.objects.filter(turn_at__lt=real.turn_at).count()
    assert before <= 6 * floods.PER_WORDS
    for n in range(600, 606):
        arrive(n, copied[n % 6])
    assert CallbackRequest.objects.filter(turn_at__lt=real.turn_at).count() == before
