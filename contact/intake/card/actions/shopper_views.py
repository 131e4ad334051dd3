"""Leads mark a request as a secret shopper's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from contact.intake.card.forms.card_forms import SecretShopperForm
from contact.intake.permissions import LEAD_INTAKE, staff_permission_required
from contact.lifecycle.changes import secret_shoppers
from contact.models import CallbackRequest

from .card_action import card_action, card_url


@require_POST
@staff_permission_required(LEAD_INTAKE)
@card_action(SecretShopperForm)
def secret_shopper(
    request: HttpRequest, callback: CallbackRequest, data: dict[str, Any]
) -> HttpResponse:
    secret_shoppers.mark(callback, request.user, is_secret_shopper=data["mark"])
    text = (
        gettext("Marked: reports leave it out of all but their line for secret shoppers.")
        if data["mark"]
        else gettext("No longer marked: reports count it like any other.")
    )
    messages.success(request, text)
    return HttpResponseRedirect(card_url(request, callback))
