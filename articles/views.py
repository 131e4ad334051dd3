from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import structured_data
from .caching import public
from .models import Article, Page, Topic
from .reading import Around, article_at
from .stretches import stretch

# Staff make topics by hand; more than these are found by their articles alone.
MOST_TOPICS = 200
MOST_QUESTIONS = 20


@require_safe
@public
def article_list(request: HttpRequest, after: int | None = None) -> HttpResponse:
    """The newest articles, or those older than the published one with the key `after`."""
    context = {
        "page": stretch(Article.objects.published(), reverse("articles:article_list"), after),
        "topics": Topic.objects.with_something_to_read()[:MOST_TOPICS],
    }
    return render(request, "articles/article_list.html", context)


@require_safe
@public
def topic_detail(request: HttpRequest, slug: str, after: int | None = None) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug, language=get_language())
    page = stretch(topic.articles.published(), topic.get_absolute_url(), after)
    questions = []
    if after is None:
        asked = topic.questions.published().order_by("order", "pk")
        questions = asked[: MOST_QUESTIONS + 1].rows(asked.model.SHORT)
    context = {
        "topic": topic,
        "page": page,
        "questions": questions[:MOST_QUESTIONS],
        "has_more_questions": len(questions) > MOST_QUESTIONS,
    }
    return render(request, "articles/topic_detail.html", context)


@require_safe
@public
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = article_at(slug)
    around = Around.of(article)
    return article_page(request, article, article.live, around=around)


def article_page(
    request: HttpRequest,
    article: Article,
    revision: Any,
    preview: bool = False,
    around: Around | None = None,
) -> HttpResponse:
    """The page of `article` with the words of `revision`, for visitors and for previews."""
    around = around or Around.of(article)
    topic_url = article.topic.get_absolute_url()
    context = {
        "article": article,
        "revision": revision,
        "preview": preview,
        "topic_url": topic_url,
        "related": around.related,
        "questions": around.questions,
        "json_ld": [
            structured_data.medical_page(article, revision),
            structured_data.breadcrumbs(
                (settings.SITE_NAME, "/"),
                (_("Articles"), "/articles/"),
                (article.topic.name, topic_url),
                (revision.title, article.get_absolute_url()),
            ),
        ],
    }
    return render(request, "articles/article_detail.html", context)


@require_safe
@public
def page_detail(request: HttpRequest, slug: str) -> HttpResponse:
    pages = Page.objects.published().defer("live__body", "live__plain_text")
    page = get_object_or_404(pages, slug=slug)
    return plain_page(request, page, page.live)


def plain_page(
    request: HttpRequest, page: Page, revision: Any, preview: bool = False
) -> HttpResponse:
    """A plain page with the words of `revision`, for visitors and for previews."""
    context = {"page": page, "revision": revision, "preview": preview}
    return render(request, "articles/page_detail.html", context)
