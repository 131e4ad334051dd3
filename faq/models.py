from __future__ import annotations

from typing import Any, ClassVar

from django.db import models, transaction
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from articles.addresses.page_addresses import SAME_ADDRESS
from articles.models import Article, Topic
from articles.publishing.publication import Publication, live_in_a_topic, off_site_in_bin
from articles.publishing.review_events import Review
from articles.publishing.review_requests import ReviewRequest
from articles.publishing.reviews import (
    ReviewedPublication,
    ReviewedPublicationQuerySet,
    ReviewedRevision,
)
from articles.publishing.revision import Revision

# Limit of links to topics on one page.
MAX_TOPIC_LINKS = 200


class Question(ReviewedPublication):
    """A revision's `title` is the question, `summary` the short answer, `body` the rest of it.

    `order` belongs to the list of its topic rather than to a version: it applies at once.
    """

    # Only a draft may be without.
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, related_name="questions")
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("article that says more"),
    )
    live = models.ForeignKey(
        "QuestionRevision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    scheduled = models.ForeignKey(
        "QuestionRevision", models.RESTRICT, null=True, editable=False, related_name="+"
    )

    listed_at = reverse_lazy("faq:question_list")

    review = models.ForeignKey(
        "QuestionReview", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[ReviewedPublicationQuerySet[Question]] = (
        ReviewedPublicationQuerySet.as_manager()  # type: ignore[assignment]
    )

    class Meta:
        ordering = ["topic__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="question_slug_per_language",
                violation_error_message=SAME_ADDRESS,
            ),
            off_site_in_bin("question_in_bin"),
            live_in_a_topic("question_live_in_a_topic"),
        ]
        indexes = [
            models.Index(
                fields=["topic", "order", "id"],
                condition=models.Q(live__isnull=False),
                name="question_topic",
            ),
            models.Index(
                fields=["language", "id", "updated_at", "live"],
                condition=models.Q(live__isnull=False),
                name="question_sitemap",
            ),
        ]
        permissions = [("publish_question", "Can publish, schedule and unpublish questions")]

    @classmethod
    def shows(cls, model: type[Publication], keys: set[int]) -> set[int]:
        """A question and the article that says more show each other."""
        live = cls.objects.filter(live__isnull=False)
        if model is Article:
            return set(live.filter(article__in=keys).values_list("article_id", flat=True))
        if model is cls:
            shown = live.filter(pk__in=keys, article__live__isnull=False)
            return set(shown.values_list("pk", flat=True))
        return set()

    def get_absolute_url(self) -> str:
        return reverse("faq:question_detail", args=[self.slug])

    @transaction.atomic
    def move(self, steps: int) -> bool:
        """Move `steps` places down (negative: up) within its topic; False at the end of it."""
        questions = self._lock_topic()
        if self not in questions:
            return False
        there = questions.index(self) + steps
        if not 0 <= there < len(questions):
            return False
        self._put(questions, there)
        return True

    @transaction.atomic
    def move_after(self, other: int | None) -> bool:
        """Move behind the question with this key, without one to the top of its topic.

        Return False if it cannot be, or stands there already.
        """
        questions = self._lock_topic()
        keys = [question.pk for question in questions]
        if self.pk not in keys or other == self.pk or (other and other not in keys):
            return False
        before = keys.copy()
        keys.remove(self.pk)
        keys.insert(keys.index(other) + 1 if other else 0, self.pk)
        if keys == before:
            return False
        self._put(questions, keys.index(self.pk))
        return True

    def _lock_topic(self) -> list[Question]:
        same_topic = Question.objects.outside_bin().filter(topic=self.topic_id).order_by("pk")
        locked = same_topic.select_for_update().only("topic", "order", "slug")
        return sorted(locked, key=lambda question: (question.order, question.pk))

    def _put(self, questions: list[Question], place: int) -> None:
        questions.insert(place, questions.pop(questions.index(self)))
        for number, question in enumerate(questions, 1):
            question.order = number * 10
        Question.objects.bulk_update(questions, ["order"])


class QuestionRevision(ReviewedRevision):
    PLACE_FIELDS = (*Revision.PLACE_FIELDS, "topic_id", "article_id")

    publication = models.ForeignKey(Question, models.CASCADE, related_name="revisions")
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, related_name="+")
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("article that says more"),
    )

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "number"], name="question_revision_number"
            ),
        ]
        permissions = [
            ("review_questionrevision", "Can sign off the medical content of an answer"),
            ("vouch_questionrevision", "Can vouch that only the spelling of an answer changed"),
        ]

    def named(self, model: Any) -> list[int]:
        return [self.article_id] if model is Article and self.article_id else []


class QuestionReview(Review):
    revision = models.ForeignKey(QuestionRevision, models.PROTECT, related_name="reviews")


class QuestionReviewRequest(ReviewRequest):
    revision = models.ForeignKey(QuestionRevision, models.CASCADE, related_name="requests")
    answer = models.ForeignKey(QuestionReview, models.PROTECT, null=True, related_name="+")
