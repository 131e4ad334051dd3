"""One action on many requests: confirmed first, then done one by one, with what was left out."""

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
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from contact.intake.colleagues import colleagues, display_name, load_colleagues
from contact.intake.permissions import (
    LEAD_INTAKE,
    VIEW_REQUESTS,
    WORK_REQUESTS,
    staff_permission_required,
)
from contact.intake.queue.rows import only_row_fields, queue_row
from contact.intake.queue.selection import return_query
from contact.lifecycle.changes import persons, transitions
from contact.lifecycle.changes.undo import undoable
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.outcomes import RequestOutcome
from contact.records.requests import references

MAX_REQUESTS = 100
ROW_TOKEN = re.compile(r"([0-9a-f-]{36}):([0-9]{1,9})", re.ASCII)
MARK_SPAM, MARK_DUPLICATE, ASSIGN_TO, RELEASE_CLAIMS = "spam", "duplicate", "assign", "release"


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, account: Any) -> str:
        return display_name(account)


class BulkAssignForm(forms.Form):
    to = ColleagueField(
        None,
        label=_("To"),
        required=False,
        empty_label=_("Anyone: take the assignment back"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.queryset = colleagues()


class DuplicateForm(forms.Form):
    of = forms.CharField(
        label=_("Handled in (reference)"),
        required=False,
        max_length=20,
        help_text=_("May stay empty. With it, both are one person’s from now on."),
    )

    def clean_of(self) -> CallbackRequest | None:
        typed = self.cleaned_data["of"]
        if not typed:
            return None
        reference = references.normalise(typed)
        if found := CallbackRequest.objects.filter(reference=reference).first():
            return found
        raise ValidationError(_("There is no request with this reference."))


class BulkAction(NamedTuple):
    """`question` and `button` stand on the page that confirms it."""

    permission: str
    question: Any
    button: Any
    step: AuditAction
    form: type[forms.Form] = forms.Form


BULK_ACTIONS = {
    MARK_SPAM: BulkAction(
        WORK_REQUESTS, _("Close these as spam?"), _("Close as spam"), AuditAction.CLOSED
    ),
    MARK_DUPLICATE: BulkAction(
        LEAD_INTAKE,
        _("Close these as handled in another request?"),
        _("Close as duplicates"),
        AuditAction.CLOSED,
        DuplicateForm,
    ),
    ASSIGN_TO: BulkAction(
        LEAD_INTAKE,
        _("Assign these to a colleague?"),
        _("Assign"),
        AuditAction.ASSIGNED,
        BulkAssignForm,
    ),
    RELEASE_CLAIMS: BulkAction(
        LEAD_INTAKE, _("Take these from whoever holds them?"), _("Release"), AuditAction.RELEASED
    ),
}


class Skipped(Exception):
    """This request is left as it is; the text says why."""


@require_POST
@staff_permission_required(VIEW_REQUESTS)
def bulk(request: HttpRequest) -> HttpResponse:
    """Ask first; once confirmed, act on each request."""
    name = request.POST.get("do", "")
    if name not in BULK_ACTIONS:
        return redirect(return_query.return_url(request))
    action = BULK_ACTIONS[name]
    if not request.user.has_perm(action.permission):
        raise PermissionDenied
    chosen = dict(_chosen(request))
    if not 0 < len(chosen) <= MAX_REQUESTS:
        messages.warning(request, _wrong_number_text(len(chosen)))
        return redirect(return_query.return_url(request))
    is_confirmed = "confirmed" in request.POST
    form = action.form(request.POST if is_confirmed else None)
    if not (is_confirmed and form.is_valid()):
        return _confirm(request, name, chosen, form)
    group = uuid.uuid4()
    done, skipped = _act_on_each(name, chosen, request.user, form.cleaned_data, group)
    if done:
        messages.success(request, _done_text(request, done, group))
    if skipped:
        messages.warning(request, gettext("Left as they are: %s.") % "; ".join(skipped))
    return redirect(return_query.return_url(request))


def _done_text(request: HttpRequest, done: int, group: uuid.UUID) -> str:
    text = ngettext("Done: %d request.", "Done: %d requests.", done) % done
    if not Step.objects.filter(group=group).exists():
        # They were so before.
        return text
    url = reverse("intake:bulk_undo", args=[group]) + return_query.return_query(request)
    return format_html('{} <a href="{}">{}</a>', text, url, gettext("Take it back"))


def _chosen(request: HttpRequest) -> Iterator[tuple[uuid.UUID, int]]:
    """The ticked requests, each with the version that was shown."""
    for token in request.POST.getlist("chosen"):
        if found := ROW_TOKEN.fullmatch(token):
            try:
                yield uuid.UUID(found[1]), int(found[2])
            except ValueError:
                continue


def _wrong_number_text(number: int) -> str:
    if not number:
        return gettext("Tick the requests first.")
    return gettext("At most %d at once.") % MAX_REQUESTS


def _confirm(
    request: HttpRequest, name: str, chosen: dict[uuid.UUID, int], form: forms.Form
) -> HttpResponse:
    now = timezone.now()
    found = only_row_fields(CallbackRequest.objects.filter(pk__in=chosen))
    requests = list(found.order_by("created_at", "id"))
    load_colleagues(requests)
    audit.record(request.user, AuditAction.LISTED, references=[str(each) for each in requests])
    context = {
        "name": name,
        "action": BULK_ACTIONS[name],
        # The version that was ticked, not the present one: nobody has agreed to later changes.
        "chosen": [
            (queue_row(each, request.user, now), f"{each.pk}:{chosen[each.pk]}")
            for each in requests
        ],
        "form": form,
        "return_url": return_query.return_url(request),
        "carried_query": request.POST.get(return_query.PARAMETER, ""),
    }
    return render(request, "intake/queue/bulk.html", context)


def _act_on_each(
    name: str, chosen: dict[uuid.UUID, int], by: Any, values: dict[str, Any], group: uuid.UUID
) -> tuple[int, list[str]]:
    """The number of requests done, and each of the others with its reason."""
    done, skipped = 0, []
    also_locked = [values["of"].pk] if values.get("of") else []
    # Assigning or releasing one request changes the others of its person, ticked ones too.
    changed: set[uuid.UUID] = set()
    for pk, version in chosen.items():
        reference = references.display(references.reference_for(pk))
        try:
            with transaction.atomic():
                row = claims.lock(pk, *also_locked)
                if values.get("of"):
                    # It was read before the locks; somebody may have linked it since.
                    values["of"].refresh_from_db(fields=["person"])
                reference = str(row)
                is_ours = row.person in changed
                _check(name, row, version, by, is_ours)
                with undoable(row, by, BULK_ACTIONS[name].step, group, values.get("of")):
                    _act(name, row, by, values)
                changed.add(row.person)
            done += 1
        except Skipped as reason:
            skipped.append(f"{reference} ({reason})")
        except (CallbackRequest.DoesNotExist, transitions.InvalidTransition):
            skipped.append(f"{reference} ({gettext('not possible')})")
        except DatabaseError:
            skipped.append(f"{reference} ({gettext('the database was busy, try again')})")
    return done, skipped


def _check(name: str, row: CallbackRequest, version: int, by: Any, is_ours: bool) -> None:
    """`is_ours`: this run has changed the request already, through another of its person.

    Raises Skipped.
    """
    now = timezone.now()
    if not row.is_open:
        raise Skipped(gettext("already closed"))
    if name == RELEASE_CLAIMS:
        if not (row.is_held(now) or is_ours):
            raise Skipped(gettext("nobody holds it"))
    elif row.is_held(now) and row.claimed_by_id != by.pk:
        raise Skipped(gettext("%s is calling") % display_name(row.claimed_by))
    is_delicate = row.status == row.Status.LEAD or row.is_danger
    if name == MARK_SPAM and is_delicate and not by.has_perm(LEAD_INTAKE):
        raise Skipped(gettext("a lead decides"))
    if row.version != version and not (is_ours and name in (ASSIGN_TO, RELEASE_CLAIMS)):
        raise Skipped(gettext("it has changed since you ticked it"))


def _act(name: str, row: CallbackRequest, by: Any, values: dict[str, Any]) -> None:
    match name:
        case "spam":
            transitions.close(row, by, RequestOutcome.SPAM)
        case "duplicate":
            if values["of"]:
                persons.link(row, by, values["of"])
            transitions.close(row, by, RequestOutcome.DUPLICATE)
        case "assign":
            claims.assign(row, by, values["to"])
        case "release":
            claims.release(row, by)
