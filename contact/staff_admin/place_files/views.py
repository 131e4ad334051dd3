"""Admin pages that hand out the places as a file, and take one in two steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contact.intake.reports.csv_export import csv_file
from contact.models import Place
from contact.privacy.uploads import takes_file

from .columns import COLUMN_FIELDS, all_rows
from .planned_import import ImportPlan, PlanChanged, RowOutcome, carry_out, plan_import
from .sheet import MAX_BYTES

PLACES_SALT = "places to import"


class PlacesFileForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("As the spreadsheet saves it. Nothing is changed before you have seen what."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    plan: ImportPlan

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        # One byte more than may come is enough to be refused.
        data: bytes = upload.read(MAX_BYTES + 1)
        self.plan = plan_import(data)
        return data


@require_safe
@never_cache
def export_places(request: HttpRequest) -> HttpResponseBase:
    may = [f"contact.{verb}_place" for verb in ("view", "change")]
    if not any(request.user.has_perm(each) for each in may):
        raise PermissionDenied
    return csv_file(f"places-{timezone.localdate()}", all_rows(Place.objects.all()), notice="")


@takes_file(MAX_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_places(request: HttpRequest) -> HttpResponse:
    """Show what a file would do; import it once that was seen."""
    if not request.user.has_perms(["contact.add_place", "contact.change_place"]):
        raise PermissionDenied
    if "seen" in request.POST:
        return _carry_out(request)
    form = PlacesFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        return _page(request, form.plan, form.cleaned_data["file"])
    return _page(request, form=form)


def _carry_out(request: HttpRequest) -> HttpResponse:
    try:
        fingerprint, written = signing.loads(request.POST["seen"], salt=PLACES_SALT)
    except signing.BadSignature:
        messages.error(request, gettext("The file did not come back whole. Choose it again."))
        return redirect("admin:contact_place_import")
    data = written.encode("latin-1")
    try:
        plan = carry_out(data, request.user, fingerprint)
    except PlanChanged as changed:
        messages.warning(
            request,
            gettext(
                "Nothing was imported: somebody changed the places after you looked. This is what "
                "the file would do now."
            ),
        )
        return _page(request, changed.plan, data)
    count = len(plan.to_import)
    messages.success(
        request,
        ngettext("%(count)d place was imported.", "%(count)d places were imported.", count)
        % {"count": count},
    )
    return redirect("admin:contact_place_changelist")


def _button(count: int) -> str:
    """Return the words on the button; empty if there is nothing to import."""
    words = ngettext("Import this %(count)d", "Import these %(count)d", count)
    return words % {"count": count} if count else ""


def _page(
    request: HttpRequest,
    plan: ImportPlan | None = None,
    data: bytes = b"",
    form: PlacesFileForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext("Import places"),
        "opts": Place._meta,
        "form": form,
        "columns": ", ".join(COLUMN_FIELDS),
        "plan": plan,
    }
    if plan:
        context |= _planned(plan, data)
    return TemplateResponse(request, "admin/contact/place/import.html", context)


def _planned(plan: ImportPlan, data: bytes) -> dict[str, Any]:
    """What the page shows of a plan, and the file, to be sent back as it was seen."""
    # JSON holds no bytes; each byte is the character of its number.
    seen = [plan.fingerprint, data.decode("latin-1")]
    return {
        "title": gettext("What the file would do"),
        "parts": [
            (gettext("Left out"), plan.of(RowOutcome.REFUSED)),
            (gettext("Changed"), plan.of(RowOutcome.CHANGED)),
            (gettext("Added"), plan.of(RowOutcome.ADDED)),
        ],
        "same": plan.of(RowOutcome.SAME),
        "button": _button(len(plan.to_import)),
        "seen": signing.dumps(seen, salt=PLACES_SALT, compress=True),
    }
