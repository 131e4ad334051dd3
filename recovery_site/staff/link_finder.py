"""Answers the link dialog of the editor: is it an address, what was meant, which pages fit."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from articles.links import addresses, checks
from articles.links.rows import Problem
from articles.publishing.kinds import publication_models
from articles.text.clean_text import clean_text

MAX_TYPED = 200
MAX_PAGES = 8
# Of these a browser or a phone can make nothing at all.
REFUSED = {Problem.NO_ADDRESS, Problem.NUMBER, Problem.MAIL}
# Pages that no publication holds.
LINKABLE_ROUTES: dict[str, Any] = {
    "home": _("Home"),
    "help_now": _("Help now"),
    "contact:callback": _("Ask us to call you"),
    "contact:my_request": _("My request"),
    "articles:article_list": _("All articles"),
    "faq:question_list": _("All questions"),
    "search": _("Search"),
}


class FoundPage(NamedTuple):
    title: str
    url: str


@require_safe
def find_link(request: HttpRequest) -> JsonResponse:
    if not any(request.user.has_module_perms(app) for app in ("articles", "faq")):
        raise PermissionDenied
    typed = clean_text(request.GET.get("q", "")).strip()[:MAX_TYPED]
    address = addresses.parse_href(typed)
    problem = checks.LinkTargets([address]).problem(address, frozenset({address.fragment}))
    return JsonResponse(
        {
            "problem": gettext("This link %s.") % problem.label if problem else "",
            "is_refused": problem in REFUSED,
            "suggestion": addresses.suggestion(typed),
            "pages": [page._asdict() for page in found_pages(typed)],
        }
    )


def found_pages(typed: str) -> list[FoundPage]:
    """Pages that visitors can see whose titles hold every word."""
    words = typed.split()[:10]
    if not any(len(word) > 1 for word in words):
        return []
    fixed = [
        FoundPage(str(title), reverse(name))
        for name, title in LINKABLE_ROUTES.items()
        if all(word.lower() in str(title).lower() for word in words)
    ]
    found = []
    for model in publication_models().values():
        has_words = Q()
        for word in words:
            has_words &= Q(live__title__icontains=word)
        published = model.objects.published().filter(has_words).order_by("live__title")
        found += [
            FoundPage(each.live.title, each.get_absolute_url()) for each in published[:MAX_PAGES]
        ]
    return [*fixed, *found][:MAX_PAGES]
