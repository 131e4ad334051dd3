"""What lists say of questions. Nothing else of them is read."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.safestring import SafeString

from articles import markup
from articles.addresses import address


class ShortAnswer(NamedTuple):
    """A question with the first part of its answer."""

    pk: int
    slug: str
    title: str
    summary: str

    @staticmethod
    def columns() -> tuple[str, ...]:
        return ("pk", "slug", "live__title", "live__summary")

    @property
    def url(self) -> str:
        return address("faq:question_detail", self.slug)


class Answer(NamedTuple):
    """A question with all of its answer."""

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
        return address("faq:question_detail", self.slug)

    @property
    def html(self) -> SafeString:
        return markup.trusted(self.rendered)
