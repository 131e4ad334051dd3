from __future__ import annotations

import errno
import logging
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from . import journal, references, throttle
from .forms import CallbackForm

logger = logging.getLogger(__name__)

signer = TimestampSigner(salt="contact.thanks")
THANKS_SECONDS = 24 * 3600
TOO_MANY = _(
    "Many requests came from your network. What you wrote is still here: please press the "
    "button again in ten minutes, or call %(phone)s now."
)
FOREIGN = _(
    "This came from another website. If you want us to call you, please press the button once more."
)
NOT_SAVED = _(
    "We could not save your request. What you wrote is still here: please press the button "
    "again in a minute, or call %(phone)s now."
)


# Exempt: the form must work with cookies blocked, and there is no session to ride on.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def callback(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, CallbackForm())
    form = CallbackForm(request.POST)
    if not throttle.allows(request):
        return _page(request, form, 429, TOO_MANY)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _page(request, form, 403, FOREIGN)
    if not form.is_valid():
        return _page(request, form)
    try:
        entry = journal.append(form.payload(), form.cleaned_data["key"])
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "OSError")
        logger.critical("journal refused an entry (%s)", name)
        return _page(request, form, 503, NOT_SAVED)
    logger.info("journal entry %s accepted", entry.id)
    thanks = reverse("contact:callback_thanks", query={"r": signer.sign(entry.reference)})
    response = HttpResponseRedirect(thanks)
    response.status_code = 303
    return response


@require_safe
def callback_thanks(request: HttpRequest) -> HttpResponse:
    try:
        reference = signer.unsign(request.GET.get("r", ""), max_age=THANKS_SECONDS)
    except BadSignature:
        reference = ""
    context = {"reference": references.display(reference) if reference else ""}
    return render(request, "contact/callback_thanks.html", context)


def _page(
    request: HttpRequest, form: CallbackForm, status: int = 200, problem: Any = None
) -> HttpResponse:
    if problem:
        form.add_error(None, problem % {"phone": settings.SITE_PHONE})
    return render(request, "contact/callback.html", {"form": form}, status=status)
