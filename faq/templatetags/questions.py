"""Questions for the pages of articles, whose app does not know the models of this one."""

from __future__ import annotations

from typing import NamedTuple

from django import template
from django.utils.translation import get_language

from articles.models import Article, Topic
from articles.reading.compiled_queries import CompiledQuery, Param
from articles.topics import TopicQuerySet

from ..answers import ShortAnswer
from ..models import MAX_TOPIC_LINKS, Question

register = template.Library()

MAX_ABOUT_ARTICLE, MAX_ON_TOPIC = 6, 20

_about_article = CompiledQuery(
    lambda: (
        Question.objects.published(Param("language"))
        .filter(article=Param("article"))
        .values_list(*ShortAnswer.columns())[:MAX_ABOUT_ARTICLE]
    )
)


class TopicQuestions(NamedTuple):
    """The first questions of a topic, and whether it has more."""

    first: list[ShortAnswer]
    has_more: bool


@register.simple_tag
def questions_about(article: Article) -> list[ShortAnswer]:
    rows = _about_article(language=get_language(), article=article.pk)
    return [ShortAnswer(*row) for row in rows]


@register.simple_tag
def questions_on(topic: Topic) -> TopicQuestions:
    published = Question.objects.published().filter(topic=topic).order_by("order", "pk")
    found = published[: MAX_ON_TOPIC + 1].rows(ShortAnswer)
    return TopicQuestions(found[:MAX_ON_TOPIC], has_more=len(found) > MAX_ON_TOPIC)


@register.simple_tag
def topics_with_content() -> TopicQuerySet:
    """Topics with a published article or question."""
    return Topic.objects.with_published_content(Article, Question)[:MAX_TOPIC_LINKS]
