"""What the page of an article shows, in three queries of the columns that it shows."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Exists, Model, OuterRef
from django.http import Http404
from django.utils.translation import get_language

from .models import Article, ArticleRevision, Topic
from .prepared import Given, Prepared
from .teasers import Teaser

MOST_RELATED, MOST_QUESTIONS = 4, 6


def _in_order(model: type[Model], *names: str) -> list[str]:
    """Columns in the order in which `from_db` wants their values."""
    return [field.attname for field in model._meta.concrete_fields if field.attname in names]


ARTICLE = _in_order(
    Article,
    *("id", "slug", "language", "published_at", "updated_at", "next_review_on", "is_medical"),
    *("live_id", "topic_id"),
)
TOPIC = _in_order(Topic, "id", "name", "slug")
WORDS = _in_order(
    ArticleRevision,
    *("id", "title", "summary", "byline", "sources", "rendered", "contents", "word_count"),
    *("reviewer", "reviewed_at"),
)


def _readable() -> Any:
    return Article.objects.published(Given("language"))


def _article_query() -> Any:
    return (
        _readable()
        .filter(slug=Given("slug"))
        .annotate(has_related=Exists(_readable().filter(article=OuterRef("pk"))))
        .values_list(
            *ARTICLE,
            *(f"topic__{name}" for name in TOPIC),
            *(f"live__{name}" for name in WORDS),
            "has_related",
        )
    )


_article = Prepared(_article_query)
_related = Prepared(
    lambda: (
        _readable().filter(article=Given("article")).values_list(*Teaser.columns())[:MOST_RELATED]
    )
)
_same_topic = Prepared(
    lambda: (
        _readable()
        .filter(topic=Given("topic"))
        .exclude(pk=Given("article"))
        .values_list(*Teaser.columns())[:MOST_RELATED]
    )
)


def _question() -> Any:
    """The model, which this app does not know by name."""
    return Article._meta.get_field("questions").related_model


def _questions_query() -> Any:
    about = _question().objects.published(Given("language")).filter(article=Given("article"))
    return about.values_list(*_question().SHORT.columns())[:MOST_QUESTIONS]


_questions = Prepared(_questions_query)


def article_at(slug: str) -> Article:
    """The published article of this address, with its topic and live words; Http404 if none."""
    rows = _article(language=get_language(), slug=slug)
    if not rows:
        raise Http404
    row, alias = rows[0], _article.queryset.db
    words = len(ARTICLE) + len(TOPIC)
    article = Article.from_db(alias, ARTICLE, row[: len(ARTICLE)])
    article.topic = Topic.from_db(alias, TOPIC, row[len(ARTICLE) : words])
    article.live = ArticleRevision.from_db(alias, WORDS, row[words:-1])
    article.has_related = row[-1]
    return article


class Around(NamedTuple):
    """What stands around the words of an article."""

    related: list[Teaser]
    questions: list[Any]

    @classmethod
    def of(cls, article: Article) -> Around:
        """What to read next is what an editor chose, else others of the topic."""
        given = {"language": get_language(), "article": article.pk}
        if article.has_related:
            rows = _related(**given)
        else:
            rows = _same_topic(**given, topic=article.topic_id)
        related = [Teaser(*row) for row in rows]
        questions = [_question().SHORT(*row) for row in _questions(**given)]
        return cls(related, questions)
