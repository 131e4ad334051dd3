"""One step for many requests: asked for twice, taken one by one, told what was left out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from contact.intake.colleagues import colleagues, display_name, load_colleagues
from contact.intake.permissions import (
    LEAD_INTAKE,
    VIEW_REQUESTS,
    WORK_REQUESTS,
    staff_permission_required,
)
from contact.lifecycle import claims, transitions
from contact.models import CallbackRequest
from contact.privacy import audit
from contact.records import references

from .filters import BACK, back
from .rows import for_rows, row_of

MOST = 100
TOKEN = re.compile(r"([0-9a-f-]{36}):([0-9]{1,9})", re.ASCII)
SPAM, DUPLICATE, ASSIGN, RELEASE = "spam", "duplicate", "assign", "release"


class Colleague(forms.ModelChoiceField):
    def label_from_instance(self, account: Any) -> str:
        return display_name(account)


class AssignForm(forms.Form):
    to = Colleague(
        None,
        label=gettext_lazy("To"),
        required=False,
        empty_label=gettext_lazy("Anyone: take the assignment back"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = colleagues()


class DuplicateForm(forms.Form):
    of = forms.CharField(
        label=gettext_lazy("Handled in (reference)"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("May stay empty. With it, the cards lead to each other."),
    )

    def clean_of(self) -> CallbackRequest | None:
        typed = self.cleaned_data["of"]
        if not typed:
            return None
        wanted = references.normalise(typed)
        if found := CallbackRequest.objects.filter(reference=wanted).first():
            return found
        raise ValidationError(_("There is no request with this reference."))


class Step(NamedTuple):
    """What can be done to many at once; `question` and `button` confirm it."""

    permission: str
    question: Any
    button: Any
    form: type[forms.Form] = forms.Form


STEPS = {
    SPAM: Step(WORK_REQUESTS, gettext_lazy("Close these as spam?"), gettext_lazy("Close as spam")),
    DUPLICATE: Step(
        LEAD_INTAKE,
        gettext_lazy("Close these as handled in another request?"),
        gettext_lazy("Close as duplicates"),
        DuplicateForm,
    ),
    ASSIGN: Step(
        LEAD_INTAKE,
        gettext_lazy("Assign these to a colleague?"),
        gettext_lazy("Assign"),
        AssignForm,
    ),
    RELEASE: Step(
        LEAD_INTAKE, gettext_lazy("Take these from whoever holds them?"), gettext_lazy("Release")
    ),
}


class Skipped(Exception):
    """This row is left as it is; the text says why."""


@require_POST
@staff_permission_required(VIEW_REQUESTS)
def bulk(request: HttpRequest) -> HttpResponse:
    """Ask first; once confirmed, do it row by row."""
    name = request.POST.get("do", "")
    if name not in STEPS:
        return redirect(back(request))
    step = STEPS[name]
    if not request.user.has_perm(step.permission):
        raise PermissionDenied
    chosen = dict(_chosen(request))
    if not 0 < len(chosen) <= MOST:
        text = _("Tick the requests first.") if not chosen else _("At most %d at once.") % MOST
        messages.warning(request, text)
        return redirect(back(request))
    is_confirmed = "confirmed" in request.POST
    form = step.form(request.POST if is_confirmed else None)
    if not (is_confirmed and form.is_valid()):
        return _ask(request, name, chosen, form)
    done, skipped = _each(name, chosen, request.user, form.cleaned_data)
    if done:
        text = ngettext("Done: %d request.", "Done: %d requests.", done) % done
        messages.success(request, text)
    if skipped:
        messages.warning(request, _("Left as they are: %s.") % "; ".join(skipped))
    return redirect(back(request))


def _chosen(request: HttpRequest) -> Iterator[tuple[uuid.UUID, int]]:
    """Which rows, and in which version they were shown."""
    for token in request.POST.getlist("chosen"):
        if found := TOKEN.fullmatch(token):
            try:
                yield uuid.UUID(found[1]), int(found[2])
            except ValueError:
                continue


def _ask(
    request: HttpRequest, name: str, chosen: dict[uuid.UUID, int], form: forms.Form
) -> HttpResponse:
    now = timezone.now()
    rows = for_rows(CallbackRequest.objects.filter(pk__in=chosen)).order_by("created_at", "id")
    load_colleagues(found := list(rows))
    audit.record(request.user, "listed", references=[str(row) for row in found])
    context = {
        "name": name,
        "step": STEPS[name],
        # The version that was ticked, not the present one: whoever ticked has seen only that.
        "chosen": [(row_of(row, request.user, now), f"{row.pk}:{chosen[row.pk]}") for row in found],
        "form": form,
        "back": back(request),
        "carried": request.POST.get(BACK, ""),
    }
    return render(request, "intake/bulk.html", context)


def _each(
    name: str, chosen: dict[uuid.UUID, int], by: Any, values: dict[str, Any]
) -> tuple[int, list[str]]:
    """How many were done, and each of the others with its reason."""
    done, skipped = 0, []
    also_locked = [values["of"].pk] if values.get("of") else []
    # Assigning and releasing cover all open requests of a number: some of the later rows are newer.
    touched: set[str] = set()
    for pk, version in chosen.items():
        reference = references.display(references.reference_for(pk))
        try:
            with transaction.atomic():
                row = claims.lock(pk, *also_locked)
                reference = str(row)
                is_ours = bool(row.phone_index) and row.phone_index in touched
                _check(name, row, version, by, is_ours)
                _do(name, row, by, values)
                touched.add(row.phone_index)
            done += 1
        except Skipped as reason:
            skipped.append(f"{reference} ({reason})")
        except (CallbackRequest.DoesNotExist, transitions.NotPossible):
            skipped.append(f"{reference} ({_('not possible')})")
        except DatabaseError:
            skipped.append(f"{reference} ({_('the database was busy, try again')})")
    return done, skipped


def _check(name: str, row: CallbackRequest, version: int, by: Any, is_ours: bool) -> None:
    now = timezone.now()
    if not row.is_open:
        raise Skipped(_("already closed"))
    if name == RELEASE:
        if not (row.is_held(now) or is_ours):
            raise Skipped(_("nobody holds it"))
    elif row.is_held(now) and row.claimed_by_id != by.pk:
        raise Skipped(_("%s is calling") % display_name(row.claimed_by))
    is_delicate = row.status == row.Status.LEAD or row.priority == row.Priority.DANGER
    if name == SPAM and is_delicate and not by.has_perm(LEAD_INTAKE):
        raise Skipped(_("a lead decides"))
    if row.version != version and not (is_ours and name in (ASSIGN, RELEASE)):
        raise Skipped(_("it has changed since you ticked it"))


def _do(name: str, row: CallbackRequest, by: Any, values: dict[str, Any]) -> None:
    match name:
        case "spam":
            transitions.close(row, by, CallbackRequest.Outcome.SPAM)
        case "duplicate":
            if values["of"]:
                transitions.link(row, by, values["of"])
            transitions.close(row, by, CallbackRequest.Outcome.DUPLICATE)
        case "assign":
            claims.assign(row, by, values["to"])
        case "release":
            claims.release(row, by)
