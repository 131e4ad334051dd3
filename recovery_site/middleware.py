"""Middleware that prepares requests before any view sees them."""

import re
import time
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from .environment.roles import PUBLIC
from .errors import error_page

# A page polls these on its own, so they do not keep its reader logged in.
UNATTENDED_PATHS = re.compile("/intake/pulse/|/admin/.*/pulse/$")
HEALTH_PATHS = ("/healthz", "/readyz")
RENEWED, RENEWED_SECONDS = "renewed", 60
View = Callable[[HttpRequest], HttpResponse]


def is_trusted_proxy(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)


def trust_proxies(get_response: View) -> View:
    """Give REMOTE_ADDR and the scheme as seen by the outermost proxy that we trust."""

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        if is_trusted_proxy(meta.get("REMOTE_ADDR", "")):
            # The rightmost address that is not one of ours; all left of it may be invented.
            for hop in reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                if not hop.strip():
                    break
                meta["REMOTE_ADDR"] = hop.strip()
                if not is_trusted_proxy(hop.strip()):
                    break
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        meta.pop("HTTP_X_FORWARDED_FOR", None)
        return get_response(request)

    return middleware


def serve_own_role(get_response: View) -> View:
    """Answer "not found" in a public process to what needs keys that it does not hold."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.ROLE == PUBLIC and request.path_info.startswith(settings.PATHS_WITH_KEYS):
            return error_page(404)
        return get_response(request)

    return middleware


def answer_health_to_all(get_response: View) -> View:
    """Give the site's own host to requests for health: monitoring may ask by address or name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in HEALTH_PATHS:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
        return get_response(request)

    return middleware


def activate_default_language(get_response: View) -> View:
    """Activate a language for each request; otherwise Django looks for one at every text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        translation.activate(translation.get_language() or settings.LANGUAGE_CODE)
        return get_response(request)

    return middleware


def require_utf8_form(get_response: View) -> View:
    """Read every form as UTF-8, as our pages send it, and refuse one without a length.

    A charset chosen by the sender can name codecs that fail or make half characters;
    a chunked body would look like an empty form.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return error_page(400)
        return get_response(request)

    return middleware


def accept_same_site_null_origin(get_response: View) -> View:
    """Tell our own forms from foreign ones on pages with `Referrer-Policy: no-referrer`.

    From such a page a browser sends `Origin: null` even to the page's own site (Fetch
    standard, "append a request Origin header"), which the CSRF check would refuse.
    Sec-Fetch-Site, which no script can set, says where the form came from. The token
    is still required.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        own = request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin"
        if own and request.META.get("HTTP_ORIGIN") == "null":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return get_response(request)

    return middleware


class StaffSessionMiddleware(SessionMiddleware):
    """Sessions on staff pages alone: a visitor's cookie reads and writes nothing.

    Work keeps staff logged in; their session is saved at most once a minute.
    """

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith(settings.STAFF_PATHS):
            super().process_request(request)
        else:
            request.session = self.SessionStore(None)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        is_staff = request.path.startswith(settings.STAFF_PATHS)
        if not is_staff or UNATTENDED_PATHS.match(request.path):
            return response
        session = request.session
        if not session.is_empty() and time.time() - session.get(RENEWED, 0) >= RENEWED_SECONDS:
            session[RENEWED] = int(time.time())
        return super().process_response(request, response)
