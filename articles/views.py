from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from .models import Article, Page, Topic
from .reading import structured_data
from .reading.article_page import get_published_article, related_articles, related_in
from .reading.caching import public
from .reading.pagination import paginate
from .reading.summaries import ArticleSummary

ARTICLES_PER_PAGE = 20


@require_safe
@public
def article_list(request: HttpRequest, after: int | None = None) -> HttpResponse:
    """The newest articles, or those older than the one with the primary key `after`."""
    articles = paginate(
        Article.objects.published(),
        ArticleSummary,
        "-published_at",
        after,
        per_page=ARTICLES_PER_PAGE,
        first_url=reverse("articles:article_list"),
        url_after=lambda pk: reverse("articles:older_articles", args=[pk]),
    )
    context = {
        "article_list": articles,
        "up_to": articles.items[0].published_at if after else None,
    }
    return render(request, "articles/article_list.html", context)


@require_safe
@public
def topic_detail(request: HttpRequest, slug: str, after: int | None = None) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug, language=get_language())
    articles = paginate(
        topic.articles.published(),
        ArticleSummary,
        "-published_at",
        after,
        per_page=ARTICLES_PER_PAGE,
        first_url=topic.get_absolute_url(),
        url_after=lambda pk: reverse("articles:older_articles_of_topic", args=[slug, pk]),
    )
    context = {
        "topic": topic,
        "article_list": articles,
        "up_to": articles.items[0].published_at if after else None,
    }
    return render(request, "articles/topic_detail.html", context)


@require_safe
@public
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_published_article(slug)
    return render_article(request, article, article.live)


def render_article(
    request: HttpRequest, article: Article, revision: Any, preview: bool = False
) -> HttpResponse:
    """The page of `article` with the content of `revision`, for visitors and previews."""
    # Only a preview may be without.
    topic = article.topic or Topic(name=gettext("(topic missing)"), slug="-")
    topic_url = topic.get_absolute_url()
    context = {
        "article": article,
        "revision": revision,
        "preview": preview,
        "topic": topic.name,
        "topic_url": topic_url,
        "related": related_in(article, revision) if preview else related_articles(article),
        "json_ld": [
            structured_data.medical_page(article, revision),
            structured_data.breadcrumbs(
                (settings.SITE_NAME, "/"),
                (gettext("Articles"), reverse("articles:article_list")),
                (topic.name, topic_url),
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
    return render_page(request, page, page.live)


def render_page(
    request: HttpRequest, page: Page, revision: Any, preview: bool = False
) -> HttpResponse:
    """The plain page with the content of `revision`, for visitors and previews."""
    context = {"page": page, "revision": revision, "preview": preview}
    return render(request, "articles/page_detail.html", context)
