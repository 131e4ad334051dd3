"""The accounting of disclosures of one person: read by intake, written by whoever disclosed."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.permissions import VIEW_REQUESTS, staff_permission_required
from contact.lifecycle.safeguards.disclosures import add_disclosure
from contact.models import CallbackRequest, Disclosure
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.history.calls import RequestPurged

from .forms import DisclosureForm
from .person_views import find_person


class ShownDisclosure(NamedTuple):
    """A disclosure with its words opened."""

    disclosure: Disclosure
    reference: str
    recipient: str
    what: str
    purpose: str
    who: str


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(VIEW_REQUESTS)
def disclosures(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    callback, requests = find_person(pk)
    form = DisclosureForm(request.POST or None, initial=_initial(callback))
    if request.method == "POST" and form.is_valid():
        try:
            add_disclosure(callback, request.user, form.instance)
        except RequestPurged:
            messages.warning(request, gettext("Nothing is saved: this request was emptied."))
        else:
            messages.success(request, gettext("The disclosure is written down."))
        return redirect("intake:disclosures", pk)
    shown = shown_disclosures(requests)
    audit.record_each(request.user, AuditAction.VIEWED, [each.pk for each in requests])
    context = {"callback": callback, "disclosures": shown, "form": form}
    status = 422 if form.errors else 200
    return render(request, "intake/privacy_officer/disclosures.html", context, status=status)


def shown_disclosures(requests: list[CallbackRequest]) -> list[ShownDisclosure]:
    """What was disclosed about these requests, the newest first."""
    references = {each.pk: str(each) for each in requests}
    found = Disclosure.objects.filter(request__in=references).select_related("by")
    return [
        ShownDisclosure(
            each,
            references[each.request_id],
            decrypted(each, "recipient"),
            decrypted(each, "what"),
            decrypted(each, "purpose"),
            display_name(each.by),
        )
        for each in found.order_by("-disclosed_on", "-at", "-id")
    ]


def _initial(callback: CallbackRequest) -> dict[str, object]:
    return {"disclosed_on": timezone.localdate(), "recipient": str(callback.referred_to or "")}
