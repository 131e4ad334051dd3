"""Response headers that keep a visit private."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Pages that show or take what a person told us, or what they looked for.
PRIVATE_PATHS = ("/contact/", "/search/", "/admin/", "/intake/")
# Whoever searches for a call back may find the form, and nothing that follows it.
SEARCHABLE = "/contact/"
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
        if request.path.startswith(PRIVATE_PATHS):
            response["Cache-Control"] = "no-store, private"
            response["Referrer-Policy"] = "no-referrer"
            if request.path != SEARCHABLE:
                response["X-Robots-Tag"] = "noindex"
        return response

    return middleware
