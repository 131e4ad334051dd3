"""Brakes on guessing passwords and codes: waits that grow with each failure, and shut nobody out.

Failures are counted in the database, so that all processes and machines share them, under keyed
hashes of names and networks. A *lane* is what is counted together. Whoever logged in from a
network before has a lane of their own there: neither what others type there nor what is typed
elsewhere makes them wait.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from .key_marker import all_index_keys
from .keys import IndexKey, Purpose, keyed_hash
from .rate_limit import network

FIRST_WAIT = 5
# Failures are forgotten when none was added for so long.
MEMORY = timedelta(hours=1)
# How long a network counts as one from which the account logged in before.
KNOWN_FOR = timedelta(days=90)


class Brake(models.Model):
    """The failures of one lane, and when its account last got in."""

    key = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.failures}"

    def recent_failures(self, now: datetime) -> int:
        # A clock that was set back makes nobody wait for what lies ahead.
        is_recent = self.failed_at and abs(now - self.failed_at) < MEMORY
        return self.failures if is_recent else 0


class Lane(NamedTuple):
    key: str
    # The first failures cost nothing.
    free: int
    longest_wait: int
    # Whether a success forgives earlier failures. One's own must not buy guesses at others.
    is_forgiven: bool = True

    def wait(self, brake: Brake, now: datetime) -> int:
        """How many seconds from now the next try may come; 0 if at once."""
        failures = brake.recent_failures(now)
        if failures < self.free or brake.failed_at is None:
            return 0
        # Doubled at most 16 times: a longer number is cut anyway.
        wait = min(FIRST_WAIT * 2 ** min(failures - self.free, 16), self.longest_wait)
        return max(0, math.ceil(wait - abs((now - brake.failed_at).total_seconds())))


def normalized(name: str) -> str:
    """The account's name as Django reads it: many ways of typing it reach the same account."""
    return unicodedata.normalize("NFKC", name[:200].strip()).casefold()


def _key(*parts: str, key: IndexKey | None = None) -> str:
    return keyed_hash(Purpose.SIGN_IN, "brake", "\0".join(parts), key).hex()


def _pair_key(name: str, address: str, key: IndexKey | None = None) -> str:
    return _key("account and network", normalized(name), network(address), key=key)


def log_in_lanes(name: str, address: str, what: str = "password") -> list[Lane]:
    """The lanes in which a try at this account from this address counts."""
    pair = _pair_key(name, address)
    since = timezone.now() - KNOWN_FOR
    pairs = [_pair_key(name, address, key) for key in all_index_keys()]
    if Brake.objects.filter(pk__in=pairs, passed_at__gt=since).exists():
        return [Lane(_key(what, pair), free=5, longest_wait=60)]
    return [
        Lane(_key(what, "account", normalized(name)), free=5, longest_wait=15 * 60),
        Lane(_key("network", network(address)), 20, longest_wait=5 * 60, is_forgiven=False),
    ]


def network_lanes(address: str, what: str) -> list[Lane]:
    """The lane of tries from this network that name no account."""
    return [Lane(_key(what, "network", network(address)), free=20, longest_wait=60)]


def own_password_lanes(name: str) -> list[Lane]:
    """The lane of all pages on which somebody logged in types the password again."""
    return [Lane(_key("own password", normalized(name)), free=5, longest_wait=15 * 60)]


@transaction.atomic
def begin_try(lanes: Iterable[Lane]) -> int:
    """Count a try as a failure; return 0, or how many seconds to wait if it may not be made yet.

    Counted before the check, so that tries sent at the same time count too.
    """
    now, brakes = timezone.now(), _locked(lanes)
    wait = max(lane.wait(brakes[lane.key], now) for lane in lanes)
    if wait:
        return wait
    for brake in brakes.values():
        brake.failures = brake.recent_failures(now) + 1
        brake.failed_at = now
        brake.save()
    return 0


@transaction.atomic
def forgive(lanes: Iterable[Lane]) -> None:
    """Take the try back that turned out right, and forget the failures before where that is due."""
    brakes = _locked(lanes)
    for lane in lanes:
        brake = brakes[lane.key]
        brake.failures = 0 if lane.is_forgiven else max(0, brake.failures - 1)
        brake.save()


def remember_network(name: str, address: str) -> None:
    """Note that this account got in from there."""
    Brake.objects.update_or_create({"passed_at": timezone.now()}, pk=_pair_key(name, address))


def move_along(before: datetime, jump: timedelta) -> None:
    """Keep recent failures recent on a clock that jumped."""
    recent = Brake.objects.filter(failed_at__gt=before - MEMORY)
    recent.update(failed_at=models.F("failed_at") + jump)


def forget_old() -> None:
    now = timezone.now()
    old = models.Q(failed_at=None) | models.Q(failed_at__lt=now - MEMORY)
    unknown = models.Q(passed_at=None) | models.Q(passed_at__lt=now - KNOWN_FOR)
    Brake.objects.filter(old & unknown).delete()


def _locked(lanes: Iterable[Lane]) -> dict[str, Brake]:
    # Always in the same order, so that nobody waits for each other.
    keys = sorted(lane.key for lane in lanes)
    Brake.objects.bulk_create([Brake(key=key) for key in keys], ignore_conflicts=True)
    locked = Brake.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    return {brake.key: brake for brake in locked}


def wait_text(seconds: int) -> str:
    return ngettext(
        "Wait %(seconds)d second, then try again.",
        "Wait %(seconds)d seconds, then try again.",
        seconds,
    ) % {"seconds": seconds}


def require_own_password(account: Any, password: str) -> None:
    """Raise ValidationError, with `throttled` as its code after too many, unless it is right."""
    lanes = own_password_lanes(account.get_username())
    if wait := begin_try(lanes):
        text = f"{gettext('Too many wrong passwords.')} {wait_text(wait)}"
        raise ValidationError(text, code="throttled")
    if not account.check_password(password):
        raise ValidationError(gettext("This is not your password."), code="wrong")
    forgive(lanes)
