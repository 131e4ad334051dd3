"""“Was this page helpful?”: the answer that a visitor sends from a page, and the reason."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ..errors import error_page
from . import counting
from .answers import ANSWERED_MODELS, HelpfulAnswer, HelpfulReason


# Exempt: pages from the cache hold no token, and an answer belongs to nobody.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def helpful(request: HttpRequest, kind: str, slug: str, number: int) -> HttpResponse:
    publication = _publication(kind, slug, number)
    if request.method != "POST":
        return _page(request, publication, HelpfulAnswer)
    is_no = request.POST.get("answer") == HelpfulAnswer.NO
    next_page = "helpful_why" if is_no else "helpful_thanks"
    return _keep(request, publication, HelpfulAnswer, next_page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def helpful_why(request: HttpRequest, kind: str, slug: str, number: int) -> HttpResponse:
    publication = _publication(kind, slug, number)
    if request.method != "POST":
        return _page(request, publication, HelpfulReason)
    return _keep(request, publication, HelpfulReason, "helpful_thanks")


@require_safe
def helpful_thanks(request: HttpRequest, kind: str, slug: str, number: int) -> HttpResponse:
    return _page(request, _publication(kind, slug, number), None)


def _publication(kind: str, slug: str, number: int) -> Any:
    """The published page, if it ever had this version. Raises Http404."""
    if kind not in ANSWERED_MODELS:
        raise Http404
    publication = get_object_or_404(ANSWERED_MODELS[kind].objects.published(), slug=slug)
    get_object_or_404(publication.revisions.only("pk"), number=number)
    return publication


def _keep(request: HttpRequest, publication: Any, answers: Any, next_page: str) -> HttpResponse:
    answer = request.POST.get("answer", "")
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return error_page(403)
    if answer not in answers.values:
        return _page(request, publication, answers, status=400)
    where = request.resolver_match.kwargs  # type: ignore[union-attr]
    try:
        counting.count_answer(request, where["kind"], publication.pk, where["number"], answer)
    except counting.NotKept:
        return _page(request, publication, None, status=503)
    return HttpResponseRedirect(reverse(next_page, kwargs=where), status=303)


def _page(request: HttpRequest, publication: Any, answers: Any, status: int = 200) -> HttpResponse:
    context = {
        "publication": publication,
        "answers": answers,
        "is_why": answers is HelpfulReason,
        "is_lost": status == 503,
    }
    return render(request, "helpful.html", context, status=status)
