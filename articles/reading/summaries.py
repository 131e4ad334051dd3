"""The columns of an article that lists show, read without model instances."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from articles.text.readability import reading_time


class ArticleSummary(NamedTuple):
    pk: int
    slug: str
    published_at: datetime
    title: str
    summary: str
    word_count: int
    topic: str

    @staticmethod
    def columns() -> tuple[str, ...]:
        return (
            *("pk", "slug", "published_at", "live__title", "live__summary", "live__word_count"),
            "topic__name",
        )

    @property
    def url(self) -> str:
        return reverse("articles:article_detail", args=[self.slug])

    @property
    def reading_time(self) -> str:
        return reading_time(self.word_count)
