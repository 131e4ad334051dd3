"""Pages that combine apps, and the few that belong to none."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from articles.models import Article, Topic
from articles.reading.caching import public
from articles.reading.summaries import ArticleSummary
from articles.search.stems import SPANISH
from contact.models import Helpline
from contact.visitor.told.desk_hours import desk_now
from faq.answers import ShortAnswer
from faq.models import Question

from .context_processors import current_site
from .facts.data import centre, website
from .models import Fact
from .search import failed
from .search.danger import language_of_danger
from .search.pages import spanish_page
from .search.results import search
from .serving import health

# Doors on the first page; the list of articles leads to all topics.
MOST_TOPICS = 12
PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "articles": Article.objects.published()[:5].rows(ArticleSummary),
        "questions": Question.objects.published()[:6].rows(ShortAnswer),
        "topics": Topic.objects.with_published_content(Article, Question)[:MOST_TOPICS],
        "json_ld": [centre(Fact.objects.shown()), website()],
    }
    return render(request, "home.html", context)


@require_safe
@public
def help_now(request: HttpRequest) -> HttpResponse:
    lines = list(Helpline.objects.published())
    poison_help = next((line for line in lines if line.slug == "poison-help" and line.dial), None)
    context = {"helplines": lines, "poison_help": poison_help}
    return render(request, "help_now.html", context)


@require_safe
@public
def help_now_es(request: HttpRequest) -> HttpResponse:
    """In Spanish: whom to call, and what to do in an overdose."""
    with translation.override("es"):
        lines = [line for line in Helpline.objects.published() if line.speaks("es")]
        return render(request, "help_now_es.html", {"helplines": lines})


@require_safe
@public
def overdose_sheet(request: HttpRequest) -> HttpResponse:
    """The steps to print, with the lines for danger."""
    lines = Helpline.objects.published().filter(kind=Helpline.Kind.CRISIS)
    return render(request, "overdose_sheet.html", {"helplines": lines})


@require_safe
def search_view(request: HttpRequest) -> HttpResponse:
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:200]
    danger_language = language_of_danger(query)
    context = {"query": query, "desk": desk_now(), "danger_language": danger_language}
    try:
        context |= _found(query, danger_language)
    except DatabaseError:
        # Whom to call stands in files. Without danger the error page says what is wrong.
        if not danger_language:
            raise
        context["spanish_page"] = reverse("help_now_es")
    return render(request, "search.html", context)


def _found(query: str, danger_language: str) -> dict[str, Any]:
    """What the database knows for a page of results."""
    with_content = Topic.objects.with_published_content(Article, Question)
    found = search(query, is_danger=bool(danger_language))
    if not danger_language:
        failed.count_failed(query, found.in_vain)
    is_spanish = SPANISH in (found.query.language, danger_language)
    return {
        "danger_language": SPANISH if danger_language and is_spanish else danger_language,
        "poison_help": Helpline.objects.poison_help() if danger_language else None,
        "is_spanish": is_spanish,
        "spanish_page": spanish_page(),
        "results": found.pages,
        "corrected": found.query.corrected,
        "topics": [] if found.pages else with_content[:MOST_TOPICS],
    }


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the process is alive."""
    return HttpResponse("alive\n", content_type=PLAIN_TEXT)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while requests are taken and brought to the team, else 503 naming what is wrong."""
    faults, notes = health.current_health()
    text = "\n".join([*(faults or ["ready"]), *notes])
    return HttpResponse(f"{text}\n", content_type=PLAIN_TEXT, status=503 if faults else 200)


@require_safe
@public
def robots_txt(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/admin/", "/intake/", "/contact/thanks/", "/search/")),
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN_TEXT)


@require_safe
@public
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116)."""
    expires = (timezone.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {settings.SECURITY_CONTACT or f'tel:{current_site().dial}'}",
        f"Expires: {expires}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
        "Preferred-Languages: en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN_TEXT)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(staticfiles_storage.url("site/favicon.svg"), permanent=True)
