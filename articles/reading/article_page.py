"""The queries of an article's page: three, of only the columns that it shows."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, Model, OuterRef
from django.http import Http404
from django.utils.translation import get_language

from articles.models import Article, ArticleReview, ArticleRevision, Topic

from .compiled_queries import CompiledQuery, Param
from .summaries import ArticleSummary

MAX_RELATED = 4


def _in_order(model: type[Model], *names: str) -> list[str]:
    """The columns of these fields, in the order in which `from_db` expects their values."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


ARTICLE_COLUMNS = _in_order(
    Article,
    *("id", "slug", "language", "published_at", "updated_at", "next_review_on", "is_medical"),
    *("live_id", "topic_id", "review_id"),
)
TOPIC_COLUMNS = _in_order(Topic, "id", "name", "slug")
REVISION_COLUMNS = _in_order(
    ArticleRevision,
    *("id", "number", "title", "summary", "byline", "sources", "rendered", "contents"),
    "word_count",
)
REVIEW_COLUMNS = _in_order(ArticleReview, "id", "reviewer", "at")


def _published() -> Any:
    return Article.objects.published(Param("language"))


_article = CompiledQuery(
    lambda: (
        _published()
        .filter(slug=Param("slug"))
        .annotate(has_related=Exists(_published().filter(article=OuterRef("pk"))))
        .values_list(
            *ARTICLE_COLUMNS,
            *(f"topic__{name}" for name in TOPIC_COLUMNS),
            *(f"live__{name}" for name in REVISION_COLUMNS),
            *(f"review__{name}" for name in REVIEW_COLUMNS),
            "has_related",
        )
    )
)
_related = CompiledQuery(
    lambda: (
        _published()
        .filter(article=Param("article"))
        .values_list(*ArticleSummary.columns())[:MAX_RELATED]
    )
)
_same_topic = CompiledQuery(
    lambda: (
        _published()
        .filter(topic=Param("topic"))
        .exclude(pk=Param("article"))
        .values_list(*ArticleSummary.columns())[:MAX_RELATED]
    )
)


def get_published_article(slug: str) -> Article:
    """The article with its topic, revision and review. Raise Http404 if it is not published."""
    rows = _article(language=get_language(), slug=slug)
    if not rows:
        raise Http404
    row, alias = rows[0], _article.queryset.db
    topic_at = len(ARTICLE_COLUMNS)
    revision_at = topic_at + len(TOPIC_COLUMNS)
    review_at = revision_at + len(REVISION_COLUMNS)
    article = Article.from_db(alias, ARTICLE_COLUMNS, row[:topic_at])
    article.topic = Topic.from_db(alias, TOPIC_COLUMNS, row[topic_at:revision_at])
    article.live = ArticleRevision.from_db(alias, REVISION_COLUMNS, row[revision_at:review_at])
    if article.review_id:
        article.review = ArticleReview.from_db(alias, REVIEW_COLUMNS, row[review_at:-1])
    article.has_related = row[-1]
    return article


def related_articles(article: Article) -> list[ArticleSummary]:
    """The published related articles or, if there are none, other articles of the topic."""
    params = {"language": get_language(), "article": article.pk}
    if article.has_related:
        rows = _related(**params)
    else:
        rows = _same_topic(**params, topic=article.topic_id)
    return [ArticleSummary(*row) for row in rows]


def related_in(article: Article, revision: ArticleRevision) -> list[ArticleSummary]:
    """Like `related_articles`, but with the articles that `revision` names: for previews."""
    found = Article.objects.published(article.language)
    chosen = found.filter(pk__in=revision.related_keys)[:MAX_RELATED].rows(ArticleSummary)
    if chosen:
        return chosen
    same_topic = found.filter(topic=article.topic_id).exclude(pk=article.pk)
    return same_topic[:MAX_RELATED].rows(ArticleSummary)
