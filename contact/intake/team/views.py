"""The team: who speaks what, who is there, and what each is told."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from contact.intake.colleagues import colleague_of, colleagues, display_name
from contact.intake.permissions import (
    LEAD_INTAKE,
    VIEW_REQUESTS,
    WORK_REQUESTS,
    staff_permission_required,
)
from contact.intake.queue.selection import return_query
from contact.lifecycle.team import presence
from contact.models import CallbackRequest
from contact.records.team.colleagues import Presence

from .forms import LanguagesForm


class Member(NamedTuple):
    """`holds`: the request that they hold now; `form` is for leads alone."""

    pk: int
    name: str
    is_reader: bool
    languages: str
    presence: Presence
    holds: CallbackRequest | None
    form: LanguagesForm | None


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def team(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@staff_permission_required(WORK_REQUESTS)
def switch_presence(request: HttpRequest) -> HttpResponse:
    """Say whether one takes calls now; the answer is kept until the next time."""
    takes_calls = request.POST.get("takes_calls") == "1"
    presence.set_takes_calls(request.user, takes_calls=takes_calls)
    said = gettext("You take calls now.") if takes_calls else gettext("You take no calls now.")
    messages.success(request, said)
    if request.POST.get("page") == "list":
        return redirect(return_query.return_url(request))
    return redirect("intake:team")


@require_POST
@staff_permission_required(LEAD_INTAKE)
def languages(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a colleague speaks."""
    account = get_object_or_404(colleagues(), pk=pk)
    form = LanguagesForm(colleague_of(account), request.POST)
    if not form.is_valid():
        return _page(request, form)
    form.save()
    words = gettext("Saved what %(who)s speaks.") % {"who": display_name(account)}
    messages.success(request, words)
    return redirect("intake:team")


@require_safe
@staff_permission_required(VIEW_REQUESTS)
def notices(request: HttpRequest) -> HttpResponse:
    """What the reader is told, for a page that is open. Not activity."""
    return render(request, "intake/_notices.html", {"team": request.team})  # type: ignore[attr-defined]


def _page(request: HttpRequest, refused: LanguagesForm | None = None) -> HttpResponse:
    now, reader = timezone.now(), request.user
    held = CallbackRequest.objects.held(now).only("reference", "claimed_by").order_by("-turn_at")
    holds = {each.claimed_by_id: each for each in held}
    may_lead = reader.has_perm(LEAD_INTAKE)
    members = [
        Member(
            account.pk,
            display_name(account),
            account.pk == reader.pk,
            colleague_of(account).language_words,
            colleague_of(account).presence(now),
            holds.get(account.pk),
            _form(account, refused) if may_lead else None,
        )
        for account in colleagues()
    ]
    # Present colleagues first; otherwise the order of the query, which is by name.
    members.sort(key=lambda each: not each.presence.is_there)
    context = {"members": members, "can_work": reader.has_perm(WORK_REQUESTS)}
    return render(request, "intake/team.html", context, status=422 if refused else 200)


def _form(account: Any, refused: LanguagesForm | None) -> LanguagesForm:
    if refused and refused.colleague.account_id == account.pk:
        return refused
    return LanguagesForm(colleague_of(account))
