"""Export of all that we keep of one person, as a page or as data."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from contact.intake.permissions import PROTECT_PRIVACY, staff_permission_required
from contact.intake.reports.csv_export import PART_2
from contact.lifecycle.safeguards.disclosures import add_disclosure
from contact.models import CallbackRequest, Disclosure
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .forms import PersonExportForm
from .person_record import as_json, person_record
from .person_views import find_person


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission_required(PROTECT_PRIVACY)
def export_person(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    callback, requests = find_person(pk)
    kept = [each for each in requests if not each.is_purged]
    form = PersonExportForm(request.POST or None, account=request.user)
    if request.method == "POST" and kept and form.is_valid():
        _put_on_record(request.user, kept, form.cleaned_data)
        return _file(callback, kept, form.cleaned_data["format"])
    context = {"callback": callback, "requests": kept, "form": form}
    return render(request, "intake/privacy_officer/person_export.html", context, status=form.status)


@transaction.atomic
def _put_on_record(by: Any, requests: list[CallbackRequest], data: dict[str, Any]) -> None:
    """Record the export, and for others the disclosure, before the first byte is made."""
    if data["recipient"] == "others":
        for each in requests:
            disclosure = Disclosure(
                disclosed_on=timezone.localdate(),
                recipient=data["name"],
                what=gettext("An export of all that we keep of this person"),
                purpose=data["reason"],
                basis=data["basis"],
            )
            add_disclosure(each, by, disclosure)
    detail = {name: data[name] for name in ("recipient", "format", "reason")}
    audit.record_each(by, AuditAction.EXPORTED, [each.pk for each in requests], **detail)


def _file(callback: CallbackRequest, requests: list[CallbackRequest], kind: str) -> HttpResponse:
    record = person_record(requests)
    if kind == "json":
        text = json.dumps(as_json(record, PART_2), indent=2, ensure_ascii=False)
        content_type = "application/json"
    else:
        context = {"record": record, "notice": PART_2, "now": timezone.now()}
        text = render_to_string("intake/privacy_officer/person_file.html", context)
        content_type = "text/html; charset=utf-8"
    name = f'attachment; filename="request-{callback}.{kind}"'
    return HttpResponse(text, content_type=content_type, headers={"Content-Disposition": name})
