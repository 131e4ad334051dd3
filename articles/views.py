from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import structured_data
from .models import Article, Page, Topic

PER_PAGE = 20


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    articles = Article.objects.published().select_related("topic")
    try:
        page = Paginator(articles, PER_PAGE).page(request.GET.get("page", "1"))
    except InvalidPage as nonsense:
        raise Http404 from nonsense
    context = {
        "articles": page.object_list,
        "page": page,
        "topics": Topic.objects.with_something_to_read(),
    }
    return render(request, "articles/article_list.html", context)


@require_safe
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug, language=get_language())
    context = {
        "topic": topic,
        "articles": topic.articles.published(),
        "questions": topic.questions.published(),
    }
    return render(request, "articles/topic_detail.html", context)


@require_safe
def article_detail(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.published().select_related("topic"), slug=slug)
    return article_page(request, article, article.live)


def article_page(
    request: HttpRequest, article: Article, revision: Any, preview: bool = False
) -> HttpResponse:
    """The page of `article` with the words of `revision`, for visitors and for previews."""
    context = {
        "article": article,
        "revision": revision,
        "preview": preview,
        "related": article.related.published().select_related("topic")[:4]
        or article.same_topic().select_related("topic")[:4],
        "questions": article.questions.published()[:6],
        "json_ld": [
            structured_data.medical_page(article, revision),
            structured_data.breadcrumbs(
                (settings.SITE_NAME, "/"),
                (_("Articles"), "/articles/"),
                (article.topic.name, article.topic.get_absolute_url()),
                (revision.title, article.get_absolute_url()),
            ),
        ],
    }
    return render(request, "articles/article_detail.html", context)


@require_safe
def page_detail(request: HttpRequest, slug: str) -> HttpResponse:
    page = get_object_or_404(Page.objects.published(), slug=slug)
    return plain_page(request, page, page.live)


def plain_page(
    request: HttpRequest, page: Page, revision: Any, preview: bool = False
) -> HttpResponse:
    """A plain page with the words of `revision`, for visitors and for previews."""
    context = {"page": page, "revision": revision, "preview": preview}
    return render(request, "articles/page_detail.html", context)
