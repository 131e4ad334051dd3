"""Refusals and failures. Each page dials the centre, 911 and 988, and needs no database."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from .context_processors import current_site

logger = logging.getLogger(__name__)
LAST_RESORT = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>%(name)s</title>
<h1>This page is not working right now.</h1>
<p>Call us: <a href="tel:%(dial)s">%(phone)s</a></p>
<p>In danger: <a href="tel:911">911</a>. In crisis: <a href="tel:988">988</a>, call or text.</p>
</html>"""


def error_page(status: int, template: str | None = None) -> HttpResponse:
    # Without the request: a context processor must not be able to fail here again.
    html = render_to_string(template or f"{status}.html", {"site": current_site()})
    return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    try:
        return error_page(500)
    except Exception:
        # Whatever broke the page may have broken its error page too.
        logger.exception("the error page failed")
        return HttpResponse(LAST_RESORT % current_site()._asdict(), status=500)


def explain_methods(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give the empty 405 of `require_http_methods` a page that helps."""

    def middleware(request: HttpRequest) -> Any:
        response = get_response(request)
        if response.status_code == 405 and not response.content and request.method != "HEAD":
            response.content = error_page(405, "400.html").content
        return response

    return middleware
