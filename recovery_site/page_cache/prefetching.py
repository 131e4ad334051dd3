"""Links that a browser may fetch as soon as they are pressed (speculation rules, by a header).

It gains the time until the finger lifts, and fetches no page that nobody chose. The addresses are
those of cached pages alone: form, search and pages of staff are not among them.
"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

PREFETCHED = ("/", "/articles/*", "/faq/*", "/help-now/*", "/es/", "/about/")
RULES = {"prefetch": [{"where": {"href_matches": PREFETCHED}, "eagerness": "conservative"}]}


@require_safe
def prefetch_rules(request: HttpRequest) -> JsonResponse:
    headers = {"Cache-Control": "max-age=86400"}
    return JsonResponse(RULES, content_type="application/speculationrules+json", headers=headers)
