"""Response headers that keep a visit private."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from .negotiation import IDENTITY, coding, compress

# Pages that show or take what a person told us, or what they looked for.
PRIVATE_PATHS = ("/contact/", "/helpful/", "/review/", "/search/", "/admin/", "/intake/")
# Search engines may list the callback form, and no page that follows it.
INDEXABLE_PATH = "/contact/"
COMPRESSED_PATHS = ("/contact/", "/contact/thanks/", "/contact/my-request/", "/search/")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("browsing-topics", "camera", "geolocation", "microphone", "payment", "usb")
)


def privacy_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        if request.path.startswith(PRIVATE_PATHS):
            response["Cache-Control"] = "no-store, private"
            response["Referrer-Policy"] = "no-referrer"
            if request.path != INDEXABLE_PATH or request.GET:
                response["X-Robots-Tag"] = "noindex"
        return response

    return middleware


def compress_visitor_pages(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Compress blank forms, search results and the thank-you, which are never stored.

    Other private pages go out as they are: where a secret stands beside what a stranger may choose,
    the length would tell of it (https://breachattack.com). Forms that nobody filled in and search
    results hold no secret, and a thank-you only what its sealed token holds.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_compressed = request.path in COMPRESSED_PATHS and request.method in ("GET", "HEAD")
        # With a query string, the form shows what somebody typed.
        is_compressed = is_compressed and not (request.path == INDEXABLE_PATH and request.GET)
        if is_compressed and response.status_code == 200:
            name = coding(request.META)
            if name != IDENTITY:
                response.content = compress(response.content, name)
                response["Content-Encoding"] = name
                response["Content-Length"] = str(len(response.content))
            patch_vary_headers(response, ["Accept-Encoding"])
        return response

    return middleware
