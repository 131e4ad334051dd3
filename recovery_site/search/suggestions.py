"""Pages to choose from while somebody types."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.search.stems import SPANISH

from .danger import language_of_danger
from .results import MOST_SUGGESTIONS, search

LONGEST_TYPED = 100


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    """Titles and addresses; words of danger lead with the help lines."""
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:LONGEST_TYPED]
    language = language_of_danger(query)
    pages = [_help_lines(language)] if language else []
    try:
        found = search(query, is_begun=True).pages if query else []
    except DatabaseError:
        # Whom to call stands in files.
        if not language:
            raise
        found = []
    known = {page["url"] for page in pages}
    pages += [
        {"title": page.title, "url": page.url, "lang": page.language}
        for page in found
        if page.url not in known
    ]
    return JsonResponse({"pages": pages[:MOST_SUGGESTIONS]})


def _help_lines(language: str) -> dict[str, Any]:
    in_spanish = "¿Está en peligro ahora? Hable con una persona"
    title = in_spanish if language == SPANISH else gettext("In danger now? Talk to a person")
    return {"title": title, "url": reverse("help_now"), "lang": language}
