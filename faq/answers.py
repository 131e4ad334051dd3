"""The columns of questions that lists show, read without model instances."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from articles.addresses.old_addresses import OldAddress
from articles.text import markup

# With its short answer; `python -m bench.first_visit` prints what the list weighs.
MAX_WORDS_IN_LISTS = 110


class ShortAnswer(NamedTuple):
    """A question and the first part of its answer."""

    pk: int
    slug: str
    title: str
    summary: str
    review_id: int | None
    next_review_on: date | None

    @staticmethod
    def columns() -> tuple[str, ...]:
        return ("pk", "slug", "live__title", "live__summary", "review_id", "next_review_on")

    @property
    def is_reviewed(self) -> bool:
        """Whether visitors may take it for reviewed."""
        is_overdue = self.next_review_on and self.next_review_on < timezone.localdate()
        return bool(self.review_id and not is_overdue)

    @property
    def url(self) -> str:
        return reverse("faq:question_detail", args=[self.slug])


class Answer(NamedTuple):
    """A question and its answer, whole unless that is long."""

    pk: int
    slug: str
    title: str
    summary: str
    rendered: str
    plain_text: str
    word_count: int
    topic_slug: str
    topic: str
    # Names that its place on the list had before.
    earlier: tuple[str, ...] = ()

    @staticmethod
    def columns() -> tuple[str, ...]:
        return (
            *("pk", "slug", "live__title", "live__summary", "live__rendered", "live__plain_text"),
            *("live__word_count", "topic__slug", "topic__name"),
        )

    @property
    def url(self) -> str:
        return reverse("faq:question_detail", args=[self.slug])

    @property
    def is_urgent(self) -> bool:
        return markup.begins_with_numbers(self.rendered)

    @property
    def is_shortened(self) -> bool:
        """Whether lists show the short answer alone: many whole ones take long on a slow line."""
        is_long = bool(self.summary) and self.word_count > MAX_WORDS_IN_LISTS
        # Nobody should have to open steps that save a life.
        return is_long and not self.is_urgent

    @property
    def html(self) -> SafeString:
        return markup.trusted(self.rendered)


def with_earlier_places(answers: list[Answer]) -> list[Answer]:
    """Name the places that lead on, as addresses do: of answers that moved or were merged."""
    found: dict[str, list[str]] = {}
    old = OldAddress.objects.filter(target__in=[answer.url for answer in answers])
    for path, target in old.order_by("path").values_list("path", "target"):
        before, _mark, slug = path.strip("/").rpartition("/")
        if f"/{before}/" == reverse("faq:question_list"):
            found.setdefault(target, []).append(slug)
    return [answer._replace(earlier=tuple(found.get(answer.url, ()))) for answer in answers]
