from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware


class StaffCsrfMiddleware(CsrfViewMiddleware):
    """CSRF protection that works on pages with `Referrer-Policy: no-referrer`.

    On such pages a browser sends `Origin: null` even to the page's own site
    (Fetch standard, "append a request Origin header"); Sec-Fetch-Site, which
    no script can set, then tells own forms from foreign ones. The token is
    still required.
    """

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        own = request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin"
        if own and request.META.get("HTTP_ORIGIN") == "null":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return super().process_view(request, callback, callback_args, callback_kwargs)
