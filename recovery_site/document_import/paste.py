"""What editors paste into a text, understood as a document is."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles.importing import rich_text
from articles.importing.text import plain_text
from articles.text import markup

WRITERS = tuple(
    f"{app}.{verb}_{model}"
    for app, model in (("articles", "article"), ("articles", "page"), ("faq", "question"))
    for verb in ("add", "change")
)


@require_POST
@never_cache
def understand_paste(request: HttpRequest) -> HttpResponse:
    """Return HTML that texts may hold, and a line for each part that was left out."""
    if not any(request.user.has_perm(each) for each in WRITERS):
        raise PermissionDenied
    html = request.POST.get("html") or plain_text.text_to_html(request.POST.get("text", ""))
    try:
        document = rich_text.pasted(html)
        body = markup.sanitise(document.body)
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    left_out = [f"{part.kind.label}: {part.text or '–'}" for part in document.left_out]
    return JsonResponse({"html": body, "left_out": left_out})
