"""Where a request stands for one reader: what they may do, and when it is called."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.permissions import LEAD_INTAKE, WORK_REQUESTS
from contact.intake.punctuation import fix_full_stop
from contact.intake.queue.selection.lists import queue_list_of
from contact.lifecycle.planning.named_times import has_named_time
from contact.models import CallAttempt, CallbackRequest
from contact.records import phones
from contact.records.desk import caller_ids
from contact.records.enums import Status
from contact.records.outcomes import CallOutcome, NextStep
from contact.schedule.calling_hours import BestTime, day_and_time, on_both_clocks
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import first_wished, is_open_at_night, keeps_wish, next_slot


class CardPermissions(NamedTuple):
    """What the reader may do with this request now.

    `can_close`: they may close and plan it. `decides`: it waits for their decision as a lead.
    """

    can_work: bool
    can_lead: bool
    is_holder: bool
    can_take: bool
    can_close: bool
    decides: bool


class DialableNumber(NamedTuple):
    """What to dial; `dial` is empty if it can't be read."""

    dial: str
    shown: str
    extension: str
    as_typed: str
    concerns: list[str]


def card_permissions(account: Any, callback: CallbackRequest) -> CardPermissions:
    can_work, can_lead = account.has_perm(WORK_REQUESTS), account.has_perm(LEAD_INTAKE)
    is_holder = can_work and callback.is_open and callback.is_held_by(account)
    is_for_leads = callback.status == Status.LEAD
    can_take = can_work and callback.is_open and not callback.is_held()
    can_take = can_take and (can_lead or not is_for_leads)
    can_close = callback.is_open and (is_holder or (can_work and can_lead))
    decides = can_lead and is_for_leads and (is_holder or can_take)
    return CardPermissions(can_work, can_lead, is_holder, can_take, can_close, decides)


def open_state(callback: CallbackRequest) -> dict[str, Any]:
    """Where an open request stands, in words; empty for a closed one."""
    now = timezone.now()
    name = queue_list_of(callback, now)
    if name is None or callback.call_by is None or callback.due_at is None:
        return {}
    not_before = ""
    if callback.due_at > now:
        not_before = on_both_clocks(callback.due_at, callback.time_zone, now)
    return {
        "list": name.label,
        "is_late": callback.is_late(now),
        "call_by": day_and_time(callback.call_by, now=now),
        "not_before": not_before,
        "earlier": day_and_time(callback.earlier_call_by) if callback.earlier_call_by else "",
        "holder": display_name(callback.claimed_by) if callback.is_held(now) else "",
    }


def scheduled_time(callback: CallbackRequest) -> str:
    """The time of the next call, if the caller or staff named one; else empty."""
    if callback.due_at is None or not has_named_time(callback):
        return ""
    when = on_both_clocks(callback.due_at, callback.time_zone)
    return fix_full_stop(gettext("Time set for this call: %(when)s.") % {"when": when})


def other_hours(callback: CallbackRequest) -> str:
    """Why they are called outside the hours that they chose; empty if they are not."""
    schedule, now = Schedule.current(), timezone.now()
    caller = callback.preferences
    if caller.best_time == BestTime.NOW and not is_open_at_night(schedule):
        return gettext("They asked for a call at night too: the desk is not open then.")
    if schedule.next_opening(now) is None or keeps_wish(schedule, caller, now):
        return ""
    wished = first_wished(schedule, caller, now)
    if wished and wished.start <= next_slot(schedule, caller, now).start:
        return ""
    if wished:
        words = {"day": day_and_time(wished.start)}
        return (
            gettext(
                "The desk meets the hours they chose only from %(day)s on: they are called before."
            )
            % words
        )
    return gettext("Their hours never meet ours: they are called at the nearest time.")


def dialable_number(callback: CallbackRequest) -> DialableNumber:
    e164 = decrypted(callback, "phone")
    is_readable = e164.startswith("+")
    return DialableNumber(
        e164 if is_readable else "",
        phones.national(e164) if is_readable else e164,
        decrypted(callback, "extension"),
        decrypted(callback, "phone_as_typed"),
        caller_ids.concerns(e164) if is_readable else [],
    )


def is_just_reached(callback: CallbackRequest, account: Any) -> bool:
    """Whether `account` reached them and has yet to say how it ended."""
    last: CallAttempt | None = callback.attempts.standing().order_by("-at", "-id").first()
    if last is None or last.by_id != account.pk:
        return False
    if CallOutcome(last.outcome).facts.next_step is not NextStep.WRAP_UP:
        return False
    # Once the next try is due, the card is about that call.
    return callback.due_at is not None and callback.due_at > timezone.now()
