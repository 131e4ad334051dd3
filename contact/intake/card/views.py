"""One request as intake sees it: how to call safely, then the number, then what happened."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.permissions import (
    LEAD_INTAKE,
    VIEW_REQUESTS,
    WORK_REQUESTS,
    staff_permission_required,
)
from contact.intake.queue import return_query
from contact.intake.queue.lists import queue_list_of
from contact.lifecycle import claims, transitions
from contact.lifecycle.named_times import has_named_time
from contact.models import CallAttempt, CallbackRequest
from contact.privacy import audit
from contact.privacy.audit import AuditAction
from contact.records import phones
from contact.records.outcomes import CallOutcome, NextStep
from contact.schedule.calling_hours import day_and_time, on_both_clocks
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences, overlaps_opening_hours

from . import timeline
from .forms import FORMS, CardForm, CloseForm, NoteForm
from .safe_call import allowed as allowed_to
from .safe_call import safe_call, script
from .sentences import sentence

LONGEST_CALL = timedelta(hours=2)


class Number(NamedTuple):
    """What to dial; `dial` is empty if it can't be read."""

    dial: str
    shown: str
    extension: str
    as_typed: str


class May(NamedTuple):
    """What this person may do with this request now."""

    work: bool
    lead: bool
    holds: bool
    take: bool
    end: bool
    decides: bool


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def request_card(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    callback = find(pk)
    if request.user.has_perm(WORK_REQUESTS) and claims.renew(callback, request.user):
        callback.refresh_from_db(fields=["claimed_until"])
    return show(request, callback)


def find(pk: uuid.UUID) -> CallbackRequest:
    """The request as it is now, with who works on it. Raises Http404."""
    people = ("claimed_by", "assigned_to", "referred_to")
    try:
        return CallbackRequest.objects.select_related(*people).get(pk=pk)
    except CallbackRequest.DoesNotExist:
        raise Http404 from None


def show(
    request: HttpRequest,
    callback: CallbackRequest,
    refused: CardForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The card; with a refused form, everything typed in it, and what is said about it."""
    context: dict[str, Any] = {
        "callback": callback,
        "said": said,
        "carry": return_query.return_query(request),
    }
    context |= {"back": return_query.return_url(request), "state": state(callback)}
    if callback.assigned_to:
        context["assigned_to"] = display_name(callback.assigned_to)
    if callback.is_purged:
        audit.record(request.user, AuditAction.VIEWED, callback.pk)
        context["kept"] = refused.typed() if refused else ""
        return render(request, "intake/request.html", context, status=status)
    may = allowed(request.user, callback)
    shown = may.holds and callback.revealed_at is not None
    # Every open one rules the call; only of the newest are the words shown.
    all_open = list(callback.earlier_requests().open())
    also_open = all_open[: timeline.OTHERS_SHOWN]
    others = timeline.others(callback, also_open)
    last = callback.attempts.order_by("-at", "-id").first()
    linked, alike = timeline.linked(callback), timeline.alike(callback)
    lines = timeline.time_line(callback, others, linked)
    note_viewed(request.user, callback, *also_open, *alike, *(line.request for line in lines))
    rules = allowed_to(callback, *all_open)
    wrap_up = may.holds and not shown and was_just_reached(callback, last, request.user)
    context |= {
        "may": may,
        "safe": safe_call(callback, rules=rules),
        "script": script(callback, rules),
        "also_said": [(other, decrypted(other, "message")) for other in also_open],
        "message": decrypted(callback, "message"),
        "reason": decrypted(callback, "reason"),
        "number": number(callback) if shown else None,
        "wrap_up": wrap_up,
        "decides": may.decides and not shown and not wrap_up,
        "set_time": set_time(callback),
        "others": others,
        "open_others": len(all_open),
        "stopped_at": transitions.stopped_at(callback) if callback.is_open else None,
        "linked": linked,
        "alike": [(other, decrypted(other, "name")) for other in alike],
        "lines": lines,
        "why_lead": timeline.why_a_lead_decides(callback, others),
        "other_hours": other_hours(callback) if callback.is_open else "",
        "silence": None if shown else timeline.silence(callback, others),
        "call_began": timezone.now() - LONGEST_CALL,
    }
    context |= forms(context, refused)
    context["to_close"] = to_close(context["forms"]["close"], also_open)
    return render(request, "intake/request.html", context, status=status)


def to_close(form: CloseForm, others: list[CallbackRequest]) -> list[tuple[Any, str, bool]]:
    """Each request that can be closed with this one, whose it is, and whether it is ticked."""
    return [(other, decrypted(other, "name"), form.takes_along(other)) for other in others]


def note_viewed(account: Any, *shown: CallbackRequest | None) -> None:
    """Put each request of which the page shows sealed words on record."""
    audit.record_each(account, AuditAction.VIEWED, dict.fromkeys(each.pk for each in shown if each))


def forms(context: dict[str, Any], refused: CardForm | None) -> dict[str, Any]:
    """The card's forms; what was typed in one that no longer fits waits as a note."""
    callback, may = context["callback"], context["may"]
    found: dict[str, CardForm] = {form.name: form(callback) for form in FORMS}
    if refused is None:
        return {"forms": found}
    has_place = {
        "attempt": context["number"],
        "close": may.end,
        "plan": may.end,
        "note": may.work,
        "reveal": may.holds and not context["number"],
        "hand_over": may.holds,
        "assign": may.lead and callback.is_open,
    }
    if has_place.get(refused.name):
        return {"forms": found | {refused.name: refused}, "refused": refused.name}
    if not (kept := refused.typed()):
        return {"forms": found}
    found["note"] = NoteForm(callback, initial={"text": kept})
    return {"forms": found, "kept": kept}


def allowed(account: Any, callback: CallbackRequest) -> May:
    work, lead = account.has_perm(WORK_REQUESTS), account.has_perm(LEAD_INTAKE)
    holds = work and callback.is_open and callback.is_held_by(account)
    for_them = lead or callback.status != CallbackRequest.Status.LEAD
    take = work and callback.is_open and not callback.is_held() and for_them
    end = callback.is_open and (holds or (work and lead))
    decides = lead and callback.status == CallbackRequest.Status.LEAD and (holds or take)
    return May(work, lead, holds, take, end, decides)


def state(callback: CallbackRequest) -> dict[str, Any]:
    """Where it stands, in words."""
    now = timezone.now()
    name = queue_list_of(callback, now)
    if name is None or callback.call_by is None or callback.due_at is None:
        return {}
    return {
        "list": name.label,
        "is_late": callback.call_by < now,
        "call_by": day_and_time(callback.call_by, now=now),
        "not_before": (
            on_both_clocks(callback.due_at, callback.time_zone, now)
            if callback.due_at > now
            else ""
        ),
        "holder": display_name(callback.claimed_by) if callback.is_held(now) else "",
    }


def other_hours(callback: CallbackRequest) -> str:
    """Why they are called outside the hours that they chose; empty if they need not be."""
    schedule, now = Schedule.current(), timezone.now()
    caller = CallPreferences(callback.best_time, callback.time_zone)
    if schedule.next_opening(now) is None or overlaps_opening_hours(schedule, caller, now):
        return ""
    return _("Their hours never meet ours: they are called at the nearest time.")


def number(callback: CallbackRequest) -> Number:
    e164 = decrypted(callback, "phone")
    is_readable = e164.startswith("+")
    return Number(
        e164 if is_readable else "",
        phones.national(e164) if is_readable else e164,
        decrypted(callback, "extension"),
        decrypted(callback, "phone_as_typed"),
    )


def was_just_reached(callback: CallbackRequest, last: CallAttempt | None, account: Any) -> bool:
    """Whether `account` reached them and has yet to say how it ended."""
    if last is None or last.by_id != account.pk:
        return False
    if CallOutcome(last.outcome).facts.next_step is not NextStep.WRAP_UP:
        return False
    # Once the next try is due, that is the next call's card.
    return callback.due_at is not None and callback.due_at > timezone.now()


def set_time(callback: CallbackRequest) -> str:
    """The time of the next call, if they or staff named one; empty otherwise."""
    if callback.due_at is None or not has_named_time(callback):
        return ""
    when = on_both_clocks(callback.due_at, callback.time_zone)
    return sentence(_("Time set for this call: %(when)s.") % {"when": when})
