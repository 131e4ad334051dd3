"""Who of the team is there, and what each speaks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from contact.models import Colleague
from contact.records.enums import Language


def record_seen(account: Any) -> None:
    """Note that this account opened a page of the workspace."""
    Colleague.objects.update_or_create({"seen_at": timezone.now()}, account=account)


def end_presence(account: Any) -> None:
    """Note that this account logged out: from now on nobody is told that they are there."""
    Colleague.objects.filter(account=account).update(seen_at=None)


def set_takes_calls(account: Any, *, takes_calls: bool) -> None:
    Colleague.objects.update_or_create({"takes_calls": takes_calls}, account=account)


def colleague(account: Any) -> Colleague:
    """Return what is known of the account; a new, unsaved row if nothing is."""
    return Colleague.objects.filter(account=account).first() or Colleague(account=account)


def left_to_others(account: Any, now: datetime) -> set[Language]:
    """Return the languages that this account does not speak, and that somebody present does."""
    present = Colleague.objects.present(now).exclude(account=account)
    spoken_here = {language for each in present for language in each.spoken}
    return spoken_here - {*colleague(account).spoken}
