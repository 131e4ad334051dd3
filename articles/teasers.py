"""What lists say of articles. Nothing else of them is read."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from .addresses import address
from .readability import reading_time


class Teaser(NamedTuple):
    """An article in a list."""

    pk: int
    slug: str
    published_at: datetime
    title: str
    summary: str
    word_count: int
    topic_pk: int
    topic: str

    @staticmethod
    def columns() -> tuple[str, ...]:
        return (
            *("pk", "slug", "published_at", "live__title", "live__summary", "live__word_count"),
            *("topic_id", "topic__name"),
        )

    @property
    def url(self) -> str:
        return address("articles:article_detail", self.slug)

    @property
    def reading_time(self) -> str:
        return reading_time(self.word_count)
