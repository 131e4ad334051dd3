"""Made-up callback requests by the million: the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from tqdm import tqdm

from bench.laboratory.database.copied_requests import copy_requests
from bench.laboratory.database.made_up_callers import Caller, World
from contact.models import (
    AuditEntry,
    AuditHead,
    CallAttempt,
    CallbackRequest,
    Place,
    ReportChange,
    SearchKey,
    phone_index,
)
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.matching.name_index import name_index
from contact.records.requests.references import reference_for
from contact.records.requests.search_keys import keys_of
from contact.schedule.opening_hours import hour_of_week

OPEN_SHARE = 0.02
# Requests that staff linked with the others of the same caller.
LINKED_SHARE = 0.2
# One request in so many is a secret shopper's.
SHOPPER_IN = 2000
DAYS = 730
BATCH = 2000
# The other closed ones are copies.
CLOSED_IN_FULL = 8000
# The made-up audit trail is never verified.
NO_HASH = "0" * 64
SYLLABLES = ("ba", "do", "fi", "gu", "ka", "lo", "mi", "nu", "pa", "ro", "si", "tu")
ZONES = ("America/Phoenix", "America/New_York", "America/Chicago", "America/Los_Angeles", "")
LANGUAGES = {"en": 80, "es": 18, "other": 2}
PRIORITIES = {0: 5, 1: 45, 2: 45, 3: 5}
OUTCOMES = {
    "came_in": 200,
    "referred": 100,
    "answered": 150,
    "not_now": 150,
    "unreachable": 250,
    "wrong_number": 80,
    "stop": 40,
    "spam": 25,
    "duplicate": 4,
    "cancelled": 1,
}
CALLS = {"reached": 50, "no_answer": 28, "voicemail": 20, "mismatch": 2}
DIRECTIONS = {"outgoing": 95, "incoming": 4, "in_person": 1}
ORIGINS = {"website": 90, "phone": 6, "walk_in": 1, "hospital": 2, "family": 1}
SOURCES = ("", "", "why-is-heroin-so-addictive", "withdrawal-day-by-day")


def make_rows(total: int, seed: int = 1) -> None:
    """Insert `total` requests, 2 % of them open, and a call for each closed one, with its trail."""
    chance, now = random.Random(seed), timezone.now()
    staff = [User.objects.create_user(f"caller-{n}", is_staff=True) for n in range(8)]
    # 555 numbers of every area code; most callers ask more than once.
    numbers = [f"+1{area}555{n:04}" for area in range(201, 990) for n in range(100, 200)]
    callers = [
        Caller(number, phone_index(number), _name(chance), _uuid(chance))
        for number in numbers[: max(total // 2, 1)]
    ]
    sounds = {name: name_index(name) for name in {each.name for each in callers}}
    world = World(callers, sounds, staff, Place.objects.create(name="A made-up place"))
    seen, is_open = 0, [True] * round(total * OPEN_SHARE)
    in_full = is_open + [False] * min(total - len(is_open), CLOSED_IN_FULL)
    with _indexes_later(CallbackRequest, CallAttempt, AuditEntry, SearchKey):
        for batch in batched(tqdm(in_full, unit=" requests"), BATCH):
            rows = [_request(chance, now, world, is_open=each) for each in batch]
            CallbackRequest.objects.bulk_create(rows)
            SearchKey.objects.bulk_create(
                SearchKey(request=row, key=key, asked_at=row.created_at)
                for row in rows
                for key in keys_of(str(row.name), str(row.phone))
            )
            calls = list(_attempts(chance, rows, staff))
            CallAttempt.objects.bulk_create(calls)
            AuditEntry.objects.bulk_create(_reveals(calls, seen))
            seen += len(calls)
        copy_requests(chance, total - len(in_full), world, LINKED_SHARE)
        seen += total - len(in_full)
    head = AuditHead(pk=1, count=seen, hash=NO_HASH)
    head.seal = head.expected_seal()
    head.save()
    # No day was counted yet, so nothing has to be counted again.
    ReportChange.objects.all()._raw_delete("default")


@contextmanager
def _indexes_later(*models: type[Model]) -> Iterator[None]:
    """Drop the indexes and make them again at the end, which is several times faster."""
    indexes = [(model, index) for model in models for index in model._meta.indexes]
    with connection.schema_editor() as editor:
        for model, index in indexes:
            editor.remove_index(model, index)
    yield
    with connection.schema_editor() as editor:
        for model, index in indexes:
            editor.add_index(model, index)


def _name(chance: random.Random) -> str:
    """A plainly made-up name; two callers share one about as often as real people do."""
    parts = ("".join(chance.choices(SYLLABLES, k=k)) for k in (2, 3))
    return " ".join(part.title() for part in parts)


def _request(
    chance: random.Random, now: datetime, world: World, *, is_open: bool
) -> CallbackRequest:
    age = timedelta(minutes=chance.uniform(0, 3 * 24 * 60 if is_open else DAYS * 24 * 60))
    asked = now - age
    caller, identity = chance.choice(world.callers), _uuid(chance)
    request = CallbackRequest(
        id=identity,
        reference=reference_for(identity),
        created_at=asked,
        received_at=asked,
        name=caller.name,
        phone=caller.number,
        phone_index=caller.phone_index,
        line_index=caller.phone_index,
        person=caller.person if chance.random() < LINKED_SHARE else identity,
        name_index=world.sounds[caller.name],
        message="Plainly made-up words about nobody." if chance.random() < 0.5 else "",
        calling_for=chance.choice(("self", "someone_else")),
        best_time=chance.choice(("any", "any", "morning", "afternoon", "evening")),
        time_zone=chance.choice(ZONES),
        language=_drawn(chance, LANGUAGES),
        priority=_drawn(chance, PRIORITIES),
        source=chance.choice(SOURCES),
        hour_of_week=hour_of_week(asked),
        asked_while_open=9 <= hour_of_week(asked) % 24 < 17,
        is_secret_shopper=identity.int % SHOPPER_IN == 0,
        origin=_drawn(chance, ORIGINS),
        consent_version="bench",
        notified_at=asked,
    )
    request.danger_at = asked if request.is_danger else None
    _plan(chance, request, now, is_open=is_open)
    if is_open:
        request.tries = chance.choice((0, 0, 1, 2, 3))
        request.status = "trying" if request.tries else "new"
        if chance.random() < 0.05:
            request.status = "lead"
    else:
        _close(chance, request, now, world)
    if chance.random() < 0.1:
        request.assigned_to = chance.choice(world.staff)
    return request


def _plan(chance: random.Random, request: CallbackRequest, now: datetime, *, is_open: bool) -> None:
    # `run_jobs` replans missed requests within seconds, so no open one ends in the past.
    begins = now - timedelta(hours=12) if is_open else request.created_at
    due = begins + timedelta(hours=chance.uniform(0, 48))
    ends = due + timedelta(hours=chance.uniform(2, 40))
    request.due_at = due
    request.due_until = max(ends, now + timedelta(hours=1)) if is_open else ends
    request.call_by = due + timedelta(hours=1)
    # A caller who was missed is late until the next hours.
    if is_open and due > now and chance.random() < 0.05:
        request.call_by = now - timedelta(hours=chance.uniform(0, 12))
    request.turn_at = request.turn_for(request.call_by)


def _close(chance: random.Random, request: CallbackRequest, now: datetime, world: World) -> None:
    request.status, request.outcome = "closed", _drawn(chance, OUTCOMES)
    if request.outcome == "referred":
        request.referred_to = world.place
    request.tries = chance.choice((1, 1, 2, 3))
    request.closed_at = min(now, request.created_at + timedelta(hours=chance.uniform(1, 90)))
    minutes = int(chance.expovariate(1 / 45))
    request.first_attempt_minutes = minutes
    request.first_attempt_at = request.created_at + timedelta(minutes=minutes)
    request.reached_at = request.first_attempt_at if chance.random() < 0.5 else None


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def _drawn[T](chance: random.Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def _attempts(
    chance: random.Random, rows: list[CallbackRequest], staff: list[User]
) -> Iterator[CallAttempt]:
    for row in rows:
        if row.first_attempt_at:
            yield CallAttempt(
                id=_uuid(chance),
                request=row,
                by=chance.choice(staff),
                at=row.first_attempt_at,
                outcome=_drawn(chance, CALLS),
                direction=_drawn(chance, DIRECTIONS),
                number=1,
                hour_of_week=hour_of_week(row.first_attempt_at),
            )


def _reveals(calls: list[CallAttempt], seen: int) -> Iterator[AuditEntry]:
    for number, call in enumerate(calls, start=seen + 1):
        yield AuditEntry(
            number=number,
            at=call.at,
            actor=call.by,
            actor_name=call.by.get_username(),
            action=AuditAction.REVEALED,
            request_id=call.request_id,
            previous=NO_HASH,
            hash=NO_HASH,
        )
