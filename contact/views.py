from __future__ import annotations

import errno
import logging

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from . import journal, references, throttle
from .forms import CallbackForm

logger = logging.getLogger(__name__)

signer = TimestampSigner(salt="contact.thanks")
THANKS_SECONDS = 24 * 3600


# Exempt: the form must work with cookies blocked, and there is no session to ride on.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def callback(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, CallbackForm())
    form = CallbackForm(request.POST)
    phone = {"phone": settings.SITE_PHONE}
    if not throttle.allows(request):
        return _page(request, form, 429, _("Many requests came from your network. Your words are still here: please press the button again in ten minutes, or call %(phone)s now.") % phone)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _page(request, form, 403, _("This came from another website. If you want us to call you, please press the button once more."))
    if not form.is_valid():
        return _page(request, form)
    try:
        entry = journal.append(form.payload(), form.cleaned_data["key"])
    except OSError as error:
        logger.critical("journal refused an entry (%s)", errno.errorcode.get(error.errno or 0, "?"))
        return _page(request, form, 503, _("We could not save your request. Your words are still here: please press the button again in a minute, or call %(phone)s now.") % phone)
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


def _page(request: HttpRequest, form: CallbackForm, status: int = 200, problem: str = "") -> HttpResponse:
    if problem:
        form.add_error(None, problem)
    return render(request, "contact/callback.html", {"form": form}, status=status)
