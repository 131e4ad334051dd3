"""Taking back what staff wrote down on a request."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from contact.intake.card.page.card_page import find_request, render_card
from contact.intake.card.page.timeline import last_change
from contact.intake.card.page.undoable_steps import step_words, steps_to_undo
from contact.intake.permissions import WORK_REQUESTS, staff_permission_required
from contact.lifecycle.changes.transitions import InvalidTransition
from contact.lifecycle.changes.undo import undo as take_back
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Step

from .card_action import card_url, was_just_now


@require_POST
@staff_permission_required(WORK_REQUESTS)
def undo_step(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    account: Any = request.user
    try:
        with transaction.atomic():
            callback = claims.lock(pk)
            step = _step(account, callback, request.POST.get("step", ""))
            if not _was_taken_back(step, account):
                take_back(step, account)
    except CallbackRequest.DoesNotExist:
        raise Http404 from None
    except (InvalidTransition, Step.DoesNotExist):
        callback = find_request(pk)
        sentences = [
            gettext(
                "Nothing is taken back: the request changed since, or your ten minutes are over."
            ),
            last_change(callback, account),
        ]
        error = " ".join(filter(None, sentences))
        return render_card(request, callback, error=error, status=409)
    messages.success(request, gettext("Taken back: %s") % step_words(step, account))
    return HttpResponseRedirect(card_url(request, callback))


def _step(account: Any, callback: CallbackRequest, key: str) -> Step:
    """The step of this request, if the account may take it back, or just did.

    Raises Step.DoesNotExist.
    """
    try:
        pk = uuid.UUID(key)
    except ValueError:
        raise Step.DoesNotExist from None
    steps = Step.objects.filter(request=callback, pk=pk).select_related("by", "attempt")
    if (step := steps.first()) and _was_taken_back(step, account):
        return step
    return steps_to_undo(account, callback).get(pk=pk)


def _was_taken_back(step: Step, account: Any) -> bool:
    """Whether this account has just done so: a button pressed twice."""
    return step.undone_by_id == account.pk and was_just_now(step.undone_at)
