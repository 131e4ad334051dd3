"""The columns of questions that lists show, read without model instances."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from articles import markup


class ShortAnswer(NamedTuple):
    """A question and the first part of its answer."""

    pk: int
    slug: str
    title: str
    summary: str

    @staticmethod
    def columns() -> tuple[str, ...]:
        return ("pk", "slug", "live__title", "live__summary")

    @property
    def url(self) -> str:
        return reverse("faq:question_detail", args=[self.slug])


class Answer(NamedTuple):
    """A question and its whole answer."""

    pk: int
    slug: str
    title: str
    summary: str
    rendered: str
    plain_text: str
    topic_slug: str
    topic: str

    @staticmethod
    def columns() -> tuple[str, ...]:
        return (
            *("pk", "slug", "live__title", "live__summary", "live__rendered", "live__plain_text"),
            *("topic__slug", "topic__name"),
        )

    @property
    def url(self) -> str:
        return reverse("faq:question_detail", args=[self.slug])

    @property
    def html(self) -> SafeString:
        return markup.trusted(self.rendered)
