"""Correcting what a visitor gave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from contact.intake.card.forms.correction_form import CorrectionForm
from contact.intake.permissions import WORK_REQUESTS, staff_permission_required
from contact.lifecycle.changes.corrections import LineIsBusy
from contact.lifecycle.changes.corrections import correct as save_corrections
from contact.models import CallbackRequest

from .card_action import (
    ActionRefused,
    card_action,
    card_url,
    require_holder_or_lead,
    require_open,
    require_unchanged,
    tell_of_danger,
)


@require_POST
@staff_permission_required(WORK_REQUESTS)
@card_action(CorrectionForm, require_open, require_holder_or_lead, require_unchanged)
def correct_request(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    form = CorrectionForm(callback, request.POST)
    form.full_clean()
    try:
        was_danger = callback.is_danger
        changed = save_corrections(callback, request.user, form.values())
    except LineIsBusy:
        raise ActionRefused(
            gettext(
                "Nothing is saved yet: a colleague is calling somebody on that line now. What you "
                "wrote is still here."
            )
        ) from None
    text = gettext("Corrected.") if changed else gettext("Nothing was changed.")
    messages.success(request, text)
    tell_of_danger(request, callback, was_danger=was_danger)
    return HttpResponseRedirect(card_url(request, callback))
