from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .publishing import SAME_ADDRESS, Publication, PublicationQuerySet, Revision


class TopicQuerySet(models.QuerySet["Topic"]):
    def with_something_to_read(self) -> TopicQuerySet:
        """Those with a published article or question."""
        here = models.OuterRef("pk")
        answered = Topic.objects.filter(pk=here, questions__live__isnull=False)
        articles = Article.objects.published().filter(topic=here)
        return self.filter(models.Exists(articles) | models.Exists(answered))


class Topic(models.Model):
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=100)
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    description = models.TextField(_("description"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="topic_slug_per_language",
                violation_error_message=SAME_ADDRESS,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:topic_detail", args=[self.slug])


class ArticleQuerySet(PublicationQuerySet["Article"]):
    def awaiting_review(self) -> Self:
        return super().awaiting_review().filter(is_medical=True)


class Article(Publication):
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="articles")
    is_medical = models.BooleanField(
        _("medical content"),
        default=True,
        help_text=_("The page then says whether a clinician has reviewed these words."),
    )
    related = models.ManyToManyField(
        "self", verbose_name=_("related articles"), blank=True, symmetrical=False
    )
    live = models.ForeignKey(
        "ArticleRevision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    scheduled = models.ForeignKey(
        "ArticleRevision", models.RESTRICT, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[ArticleQuerySet] = ArticleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="article_slug_per_language",
                violation_error_message=SAME_ADDRESS,
            ),
        ]
        permissions = [("publish_article", "Can publish, schedule and unpublish articles")]

    def get_absolute_url(self) -> str:
        return reverse("articles:article_detail", args=[self.slug])

    def same_topic(self) -> PublicationQuerySet[Article]:
        """Other published articles of the topic."""
        return self.topic.articles.published().exclude(pk=self.pk)


class ArticleRevision(Revision):
    publication = models.ForeignKey(Article, models.CASCADE, related_name="revisions")

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "number"], name="article_revision_number"
            ),
        ]
        permissions = [("review_articlerevision", "Can sign off the medical content of a text")]


class Page(Publication):
    """A plain page such as privacy or accessibility; its address is part of the site map."""

    live = models.ForeignKey(
        "PageRevision", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    scheduled = models.ForeignKey(
        "PageRevision", models.RESTRICT, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[PublicationQuerySet[Page]] = PublicationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="page_slug_per_language",
                violation_error_message=SAME_ADDRESS,
            ),
        ]
        permissions = [("publish_page", "Can publish, schedule and unpublish plain pages")]

    def get_absolute_url(self) -> str:
        return f"/{self.slug}/"


class PageRevision(Revision):
    publication = models.ForeignKey(Page, models.CASCADE, related_name="revisions")

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="page_revision_number"),
        ]
