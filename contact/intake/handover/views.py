"""The end of a shift: what the next one must know of, and their word that they have seen it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as now_translated
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contact.intake.card.safe_call import opened
from contact.intake.permissions import SEE, WORK, staff_with
from contact.intake.queue import kept
from contact.intake.queue.filters import shown_name
from contact.intake.queue.lists import MOST, told
from contact.intake.queue.rows import with_staff
from contact.models import CallAttempt, CallbackRequest, CallbackRequestQuerySet
from contact.privacy import audit
from contact.privacy.encryption import keyed_hash
from contact.records.handovers import Handover
from contact.schedule.calling_hours import spoken

from .forms import HandoverForm

AHEAD = timedelta(hours=12)
MANY_TRIES = 3
SHOWN = 40
PAST_HANDOVERS = 20
# Who cancelled is told of until the next handover; a desk that makes none sees these days.
CANCELLED_DAYS = timedelta(days=7)
# Closed by then, but perhaps not yet saved when the last handover was made.
OVERLAP = timedelta(minutes=5)
NEEDED = (
    *("pk", "reference", "status", "outcome", "call_by", "turn_at", "time_zone", "tries"),
    *(
        "priority",
        "language",
        "closed_at",
        "purged_at",
        "claimed_by",
        "claimed_until",
        "assigned_to",
    ),
)
NAMES = [f"claimed_by__{name}" for name in ("username", "first_name", "last_name")]


class Name(models.TextChoices):
    """A request stands in the first of these that fits."""

    LATE = "late", _("Late")
    CANCELLED = "cancelled", _("Words that may mean danger, and cancelled before anybody called")
    PROMISED = "promised", _("To be called within 12 hours")
    TRIED = "tried", _("Three tries or more without reaching them")


class Section(NamedTuple):
    name: Name
    rows: list[CallbackRequest]
    total: int

    @property
    def shown_total(self) -> str:
        return told(self.total)

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


class Row(NamedTuple):
    """A request as the lists show it."""

    request: CallbackRequest
    when: str
    callers_time: str
    is_held: bool

    @property
    def is_danger(self) -> bool:
        return is_danger(self.request)


class Item(NamedTuple):
    """What was handed over, and what became of it."""

    request: CallbackRequest
    state: str
    late_since: str

    @property
    def is_danger(self) -> bool:
        return is_danger(self.request)


def is_danger(request: CallbackRequest) -> bool:
    return request.priority == CallbackRequest.Priority.DANGER


def waiting_for(account: Any) -> Handover | None:
    """The newest handover that this account may acknowledge; one query."""
    if not account.has_perm(WORK):
        return None
    return _unacknowledged().exclude(by=account).first()


def wanted(name: Name, now: datetime) -> CallbackRequestQuerySet:
    """The requests in this section."""
    requests = CallbackRequest.objects.open()
    soon = now + AHEAD
    match name:
        case Name.LATE:
            return requests.filter(call_by__lt=now).order_by("turn_at", "pk")
        case Name.CANCELLED:
            return _cancelled(now).order_by("-closed_at", "pk")
        case Name.PROMISED:
            return requests.filter(call_by__gte=now, call_by__lte=soon).order_by("call_by", "pk")
    reached = CallAttempt.objects.filter(
        request=OuterRef("pk"), outcome=CallAttempt.Outcome.REACHED
    )
    tried = requests.filter(call_by__gt=soon, tries__gte=MANY_TRIES).exclude(Exists(reached))
    return tried.order_by("call_by", "pk")


def _cancelled(now: datetime) -> CallbackRequestQuerySet:
    """Those who wrote of danger and ended it themselves, uncalled, since the last handover."""
    made = Handover.objects.order_by("-at").values_list("at", flat=True).first()
    since = max(now - CANCELLED_DAYS, made - OVERLAP) if made else now - CANCELLED_DAYS
    # With `purged_at`, an index leads the databases to the few that were closed lately.
    return CallbackRequest.objects.filter(
        purged_at=None,
        closed_at__gte=since,
        outcome__in=(CallbackRequest.Outcome.CANCELLED, CallbackRequest.Outcome.STOP),
        priority=CallbackRequest.Priority.DANGER,
        first_attempt_at=None,
    )


def sections(now: datetime) -> list[Section]:
    """What the next shift must know of; two queries each, one for the staff, one for when the
    last one began."""
    found = []
    for name in Name:
        requests = wanted(name, now)
        rows = list(requests.only(*NEEDED)[:SHOWN])
        total = len(rows) if len(rows) < SHOWN else requests.order_by()[: MOST + 1].count()
        found.append(Section(name, rows, total))
    with_staff([row for section in found for row in section.rows])
    return found


@transaction.atomic
def hand_over(account: Any, key: uuid.UUID, note: str) -> Handover:
    """Write down what waits; the same `key` and note give the same handover."""
    handed = [(name, row) for name, rows, _total in sections(timezone.now()) for row in rows]
    items = [[str(row.pk), str(name)] for name, row in handed]
    values = {"by": account, "note": note, "items": items}
    handover, is_new = Handover.objects.get_or_create(pk=key, defaults=values)
    if is_new:
        names = [name for name, _row in handed]
        counts: dict[str, Any] = {str(name): names.count(name) for name in Name}
        audit.record(account, "handed the shift over", handover=str(key), **counts)
    elif opened(handover, "note") != note:
        # Words were added while the first answer was on its way: the next shift reads both.
        own = keyed_hash("handover", f"{key} {note}")[:16]
        return hand_over(account, uuid.UUID(bytes=own, version=4), note)
    return handover


@transaction.atomic
def acknowledge(handover: Handover, account: Any) -> bool:
    """Take a shift over; False if it was one's own, or somebody else was first."""
    waiting = _unacknowledged().filter(pk=handover.pk).exclude(by=account)
    if not waiting.update(acknowledged_by=account, acknowledged_at=timezone.now()):
        return False
    audit.record(account, "took the shift over", handover=str(handover.pk))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with(SEE)
def handover(request: HttpRequest) -> HttpResponse:
    may_work = request.user.has_perm(WORK)
    if request.method == "POST" and not may_work:
        raise PermissionDenied
    form = HandoverForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        made = hand_over(request.user, form.cleaned_data["key"], form.cleaned_data["note"])
        messages.success(request, _("Handed over. Someone of the next shift acknowledges it."))
        return redirect("intake:handover_detail", made.pk)
    now = timezone.now()
    found = sections(now)
    _audit_look(request, (row for section in found for row in section.rows))
    past = Handover.objects.select_related("by", "acknowledged_by").defer("note")
    context = {
        "sections": [(section, [_row(row, now) for row in section.rows]) for section in found],
        "form": form if may_work else None,
        "waiting": list(_unacknowledged()[:PAST_HANDOVERS]),
        "past": list(past.filter(acknowledged_at__isnull=False)[:PAST_HANDOVERS]),
    }
    status = 422 if form.errors else 200
    return render(request, "intake/handover.html", context, status=status)


@require_safe
@staff_with(SEE)
def handover_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    made = get_object_or_404(Handover.objects.select_related("by", "acknowledged_by"), pk=pk)
    found = items(made, timezone.now())
    _audit_look(request, (item.request for _name, handed in found for item in handed), made)
    waits = made.acknowledged_at is None
    context = {
        "handover": made,
        "note": opened(made, "note"),
        "most": SHOWN,
        "sections": [(name, handed, len(handed) >= SHOWN) for name, handed in found],
        "is_mine_now": made.acknowledged_by_id == request.user.pk,
        "may_acknowledge": waits and made.by_id != request.user.pk and request.user.has_perm(WORK),
    }
    return render(request, "intake/handover_detail.html", context)


@require_POST
@staff_with(WORK)
def handover_acknowledge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    made = get_object_or_404(Handover, pk=pk)
    if acknowledge(made, request.user):
        messages.success(request, _("You have taken this shift over."))
    else:
        made.refresh_from_db()
        messages.warning(request, _not_taken(made, request.user))
    return redirect("intake:handover_detail", made.pk)


def items(made: Handover, now: datetime) -> list[tuple[Name, list[Item]]]:
    """What was handed over, as it stands now; two queries."""
    wanted = [pk for pk, _name in made.items]
    requests = CallbackRequest.objects.select_related("claimed_by").only(*NEEDED, *NAMES)
    found = {str(row.pk): row for row in requests.filter(pk__in=wanted)}
    calls = CallAttempt.objects.filter(request__in=wanted, at__gte=made.at).order_by("at", "pk")
    latest = {str(call.request_id): call for call in calls.only("request", "at", "outcome")}
    return [
        (name, [
            _item(found[pk], latest.get(pk), now)
            for pk, where in made.items if where == name and pk in found
        ])
        for name in Name
    ]  # fmt: skip


def _item(request: CallbackRequest, call: CallAttempt | None, now: datetime) -> Item:
    said = []
    if call:
        words = {"time": spoken(call.at, now=now), "outcome": call.get_outcome_display()}
        said.append(now_translated("called %(time)s: %(outcome)s") % words)
    if request.closed_at:
        outcome = request.get_outcome_display()
        words = {"time": spoken(request.closed_at, now=now), "outcome": outcome}
        said.append(now_translated("closed %(time)s: %(outcome)s") % words)
        return Item(request, " · ".join(said), "")
    if request.is_held(now):
        said.append(now_translated("being called by %s") % shown_name(request.claimed_by))
    if request.status == CallbackRequest.Status.LEAD:
        said.append(str(request.get_status_display()))
    call_by = spoken(request.call_by, now=now) if request.call_by else ""
    if request.call_by and request.call_by < now:
        return Item(request, " · ".join(said), call_by)
    said.append(now_translated("call by %s") % call_by)
    return Item(request, " · ".join(said), "")


def _row(request: CallbackRequest, now: datetime) -> Row:
    moment = request.closed_at or request.call_by
    when = kept.spoken(moment, now) if moment else ""
    return Row(request, when, kept.callers_time(request.time_zone, now), request.is_held(now))


def _unacknowledged() -> models.QuerySet[Handover]:
    waiting = Handover.objects.filter(acknowledged_at=None).defer("note")
    return waiting.select_related("by").order_by("-at", "-pk")


def _audit_look(
    request: HttpRequest, shown: Iterable[CallbackRequest], made: Handover | None = None
) -> None:
    which: dict[str, Any] = {"handover": str(made.pk)} if made else {}
    audit.record(request.user, "listed", references=[str(row) for row in shown], **which)


def _not_taken(made: Handover, account: Any) -> str:
    if made.acknowledged_at is None:
        return now_translated("Someone else must acknowledge what you handed over.")
    if made.acknowledged_by == account:
        return now_translated("You have taken this shift over already.")
    who, when = shown_name(made.acknowledged_by), spoken(made.acknowledged_at)
    # The time at the end would bring its own dot: 3 p.m.
    return now_translated("%(who)s took it over already (%(when)s).") % {"who": who, "when": when}
