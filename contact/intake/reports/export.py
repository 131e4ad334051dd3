"""Export of requests with personal data: needs a reason and a password, and is put on record."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from contact.intake.colleagues import display_name
from contact.intake.decryption import decrypted
from contact.intake.permissions import EXPORT_REQUESTS, LEAD_INTAKE, staff_permission_required
from contact.intake.sensitive_form import ReasonField, SensitiveForm
from contact.models import CallAttempt, CallbackRequest, Note
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records import phones

from .csv_export import csv_file
from .date_range_form import DateRangeForm
from .date_ranges import DateRange, default_range
from .views import file_name_part

MAX_ROWS = 50_000
CHUNK_SIZE = 500
PERSONAL_COLUMNS = [
    ("name", _("Name")),
    ("phone", _("Phone number")),
    ("relationship", _("Relationship")),
    ("needs", _("Needs for the call")),
    ("message", _("Message")),
    ("reason", _("Reason for the outcome")),
    ("notes", _("Notes of the team")),
    ("calls", _("Calls, with their notes")),
]
COMMON_COLUMNS = [
    ("reference", _("Reference")),
    ("created_at", _("Asked at")),
    ("calling_for", _("Calling for")),
    ("language", _("Language")),
    ("status", _("Status")),
    ("outcome", _("Outcome")),
    ("tries", _("Tries")),
    ("talks", _("Talks that they began")),
    ("origin", _("How it came")),
]


class ExportForm(SensitiveForm, DateRangeForm):
    include = forms.MultipleChoiceField(
        label=_("What to export"),
        choices=PERSONAL_COLUMNS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Only what is needed. Reference, time, whom it is about, language, status, outcome, "
            "tries, talks and how it came always come along."
        ),
        error_messages={"required": _("Tick at least one.")},
    )
    reason = ReasonField(label=_("What the export is for"))
    confirmed = forms.MultipleChoiceField(
        label=_("Before you export"),
        choices=[
            (
                "yes",
                _("I may take these records out. I keep the file safe and delete it after use."),
            )
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick this to go on.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pks: list[uuid.UUID] = []
        for name in ("first", "last"):
            self.fields[name].required = True
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": ""}
        names = ("first", "last", "include", "reason", "confirmed", "password")
        self.helper.layout = Layout(*names, Submit("", _("Export")))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "dates" in cleaned:
            self.pks = list(requests_in(cleaned["dates"])[: MAX_ROWS + 1])
            if not self.pks:
                raise ValidationError(_("No requests in these days."), code="empty")
            if len(self.pks) > MAX_ROWS:
                raise ValidationError(
                    _("More than %(rows)s requests. Choose fewer days."),
                    code="many",
                    params={"rows": f"{MAX_ROWS:,}"},
                )
        return cleaned


@staff_permission_required(LEAD_INTAKE)
@staff_permission_required(EXPORT_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def export_requests(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        asked = DateRangeForm(request.GET)
        dates = asked.cleaned_data["dates"] if asked.is_valid() else default_range()
        form = ExportForm(account=request.user, initial=dates._asdict())
        return render(request, "intake/reports/export.html", {"form": form})
    form = ExportForm(request.POST, account=request.user)
    if not form.is_valid():
        return render(request, "intake/reports/export.html", {"form": form}, status=form.status)
    dates, names = form.cleaned_data["dates"], form.cleaned_data["include"]
    audit.record(
        request.user,
        AuditAction.EXPORTED,
        count=len(form.pks),
        first=dates.first.isoformat(),
        last=dates.last.isoformat(),
        fields=names,
        reason=form.cleaned_data["reason"],
    )
    return csv_file(f"callback-requests-{file_name_part(dates)}", export_rows(form.pks, names))


def requests_in(dates: DateRange) -> QuerySet[CallbackRequest, uuid.UUID]:
    """The ids of the requests received in these days, oldest first."""
    asked = CallbackRequest.objects.filter(created_at__gte=dates.start, created_at__lt=dates.end)
    return asked.order_by("created_at", "id").values_list("pk", flat=True)


def export_rows(pks: Sequence[uuid.UUID], names: Sequence[str]) -> Iterator[list[str]]:
    """The heading, then exactly these requests, read in chunks so that no query runs for long."""
    chosen = [(name, label) for name, label in PERSONAL_COLUMNS if name in names]
    yield [str(label) for _name, label in (*COMMON_COLUMNS, *chosen)]
    for start in range(0, len(pks), CHUNK_SIZE):
        chunk = pks[start : start + CHUNK_SIZE]
        entries = {
            "notes": _entries(Note, chunk) if "notes" in names else {},
            "calls": _entries(CallAttempt, chunk) if "calls" in names else {},
        }
        found = CallbackRequest.objects.in_bulk(chunk)
        for request in (found[pk] for pk in chunk):
            texts = (
                "\n".join(entries[name].get(request.pk, ()))
                if name in entries
                else _field_text(request, name)
                for name, _label in chosen
            )
            yield [*_common_values(request), *texts]


def _common_values(request: CallbackRequest) -> list[str]:
    """The values of COMMON_COLUMNS."""
    return [
        str(request),
        _local_time(request.created_at),
        str(request.get_calling_for_display()),
        str(request.get_language_display()),
        str(request.get_status_display()),
        str(request.get_outcome_display()),
        str(request.tries),
        str(request.talks),
        str(request.get_origin_display()),
    ]


def _field_text(request: CallbackRequest, name: str) -> str:
    """The text of a field; empty once the request is purged."""
    words = decrypted(request, name)
    if name != "phone":
        return words
    number, extension = phones.national(words), decrypted(request, "extension")
    if not extension:
        return number
    return gettext("%(number)s ext. %(extension)s") % {"number": number, "extension": extension}


def _entries(
    model: type[Note] | type[CallAttempt], pks: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """The notes or calls of each request as text, oldest first."""
    found: dict[uuid.UUID, list[str]] = {}
    rows: Any = model.objects.filter(request_id__in=pks).select_related("by")
    for entry in rows.order_by("at", "id"):
        if isinstance(entry, CallAttempt):
            words = f"{entry.words}. {decrypted(entry, 'note')}".rstrip()
        else:
            words = decrypted(entry, "text")
        line = f"{_local_time(entry.at)} {display_name(entry.by)}: {words}"
        found.setdefault(entry.request_id, []).append(line)
    return found


def _local_time(moment: datetime) -> str:
    """On the desk's clock."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
