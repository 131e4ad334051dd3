"""What stays in red above the lists as long as it is so."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from contact.intake.capped_counts import capped, row_count
from contact.lifecycle import clock
from contact.lifecycle.alerting import watch
from contact.lifecycle.alerting.mail_path import MailFailure
from contact.models import CallbackRequest
from contact.records.enums import Priority


class Alarms(NamedTuple):
    """`danger`: in how many requests nobody has taken the call; `mail`: why no mail goes out.

    `clock`: how it jumped.
    """

    danger: int
    mail: str
    clock: str

    @property
    def sentences(self) -> list[str]:
        danger = watch.danger_words(self.danger, capped(self.danger))
        found = [_with_link(danger)] if self.danger else []
        found += [words for words in (self.mail, self.clock) if words]
        return found if watch.jobs_are_alive() else [*found, watch.jobs_words()]


def _with_link(words: str) -> str:
    """Lead to the requests with danger words, on whichever list they are."""
    url = reverse("intake:list", query={"priority": Priority.DANGER.value})
    return format_html('{} <a href="{}">{}</a>', words, url, gettext("Show them"))


def alarm_expressions(now: datetime) -> dict[str, Any]:
    """What to read of the desk's row for `take_alarms`."""
    return {
        "danger": row_count(CallbackRequest.objects.danger_nobody_holds(now)),
        "failing_since": F("mail_failed_at"),
        "failing_kind": F("mail_error"),
        "jumped_from": F("clock_jumped_from"),
        "jumped_at": F("clock_jumped_at"),
    }


def take_alarms(state: dict[str, Any], now: datetime) -> Alarms:
    """Take what was read out of `state`."""
    since, kind = state.pop("failing_since"), state.pop("failing_kind")
    failure = watch.mail_words(MailFailure(since, kind), now) if since else ""
    jumped = clock.jump_words(state.pop("jumped_from"), state.pop("jumped_at"), now)
    return Alarms(state.pop("danger"), failure, jumped)
