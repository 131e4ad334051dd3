"""Refusals and failures. Each page dials the centre, 911 and 988, and needs no database."""

import logging
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models import OldAddress
from contact.visitor.told.desk_hours import desk_now

from .context_processors import current_site
from .sign_in.options import STAFF_PATHS

logger = logging.getLogger(__name__)
# No old address is longer.
LONGEST_PATH = 200
# Where static/staff/staff.js offers unsaved words again.
AUTOSAVED_FORMS = re.compile(r"/admin/(articles/(article|page)|faq/question)/(add|\d+/change)/$")
# The pages of the workspace that can be read; the rest of it only takes forms.
GET_PATHS = re.compile(r"/intake/(requests/[0-9a-f-]{36}/|handover/|reports/)?")
FALLBACK_HTML = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>%(name)s</title>
<h1>This page is not working right now.</h1>
<p>Call us: <a href="tel:%(dial)s">%(phone)s</a></p>
<p>In danger: <a href="tel:%(danger)s">%(danger)s</a></p>
<p>In crisis: <a href="tel:%(crisis)s">%(crisis)s</a></p>
</html>"""
MESSAGES = {
    400: (
        _("That request didn’t make sense to us"),
        _(
            "Something in the address or the form arrived broken. Go back and try once more, "
            "or call us and tell us what you need."
        ),
    ),
    403: (
        _("This page isn’t open to you"),
        _(
            "You may need to sign in, or the page may have waited too long. Nothing is wrong on "
            "your side. You can always call us."
        ),
    ),
    404: (
        _("We can’t find that page"),
        _(
            "It may have moved or been taken down. Search for it, start from the first page, "
            "or call us and ask."
        ),
    ),
    405: (
        _("This page can only be read"),
        _("What was sent to it went nowhere. Open the page anew, or call us."),
    ),
    413: (
        _("That was more than we can take at once"),
        _(
            "Please go back and send a shorter text. What matters most is your name and number; "
            "the rest you can say on the phone."
        ),
    ),
    429: (
        _("Please wait before the next try"),
        _("Please wait a few minutes and try again. If you would rather not wait, call us."),
    ),
    500: (
        _("Something broke on our side"),
        _("It isn’t your fault, and we can’t fix it for you this second. The phone still works."),
    ),
}
# What staff read instead, on pages of theirs.
STAFF_MESSAGES = {
    403: _(
        "Your account may not do this. If your work needs it, ask whoever looks after accounts."
    ),
    413: _(
        "What was sent is larger than this page takes, and nothing of it was kept. Go back and "
        "choose a smaller file, or paste less at once."
    ),
}


def error_page(status: int, words: str = "") -> HttpResponse:
    title, text = MESSAGES[status]
    # Without the request: a context processor must not be able to fail here again.
    context = {"site": current_site(), "title": title, "text": words or text, "desk": desk_now()}
    return HttpResponse(render_to_string("error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return error_page(413, _for_staff(request, 413))
    return error_page(400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(403, _for_staff(request, 403))


def _for_staff(request: HttpRequest, status: int) -> str:
    """What somebody who is logged in reads on a page of staff."""
    account = getattr(request, "user", None)
    if not request.path.startswith(STAFF_PATHS) or account is None:
        return ""
    try:
        return str(STAFF_MESSAGES[status]) if account.is_authenticated else ""
    except DatabaseError:
        return ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    # A log-in in another tab made the form's token old.
    readable = GET_PATHS.match(request.path)
    if readable or request.path.startswith("/admin/"):
        context = {
            "site": current_site(),
            "path": readable[0] if readable else request.get_full_path(),
            "first": reverse("intake:list" if readable else "admin:index"),
            "is_kept": AUTOSAVED_FORMS.match(request.path),
        }
        return HttpResponse(render_to_string("admin/logged_in_anew.html", context), status=403)
    return error_page(403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Lead to where the page is now, if it had this address before."""
    # A view looked for it and found nothing: only then can it be an old address.
    if request.resolver_match and (target := _new_address(request.path)):
        response = HttpResponsePermanentRedirect(target)
        # Editors may take it back.
        response["Cache-Control"] = "max-age=600"
        return response
    return error_page(404)


def _new_address(path: str) -> str:
    try:
        return OldAddress.objects.target_of(path) if len(path) <= LONGEST_PATH else ""
    except DatabaseError:
        return ""


def server_error(request: HttpRequest) -> HttpResponse:
    try:
        return error_page(500)
    except Exception:
        # Whatever broke the page may have broken its error page too.
        logger.exception("the error page failed")
        site = current_site()
        numbers = {"danger": site.lines.emergency.dial, "crisis": site.lines.lifeline.dial}
        return HttpResponse(FALLBACK_HTML % (site._asdict() | numbers), status=500)


def explain_methods(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give the empty 405 of `require_http_methods` a page that helps."""

    def middleware(request: HttpRequest) -> Any:
        response = get_response(request)
        if response.status_code == 405 and not response.content and request.method != "HEAD":
            response.content = error_page(405).content
        return response

    return middleware
