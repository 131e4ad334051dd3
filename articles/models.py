from __future__ import annotations

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .addresses import page_addresses
from .addresses.old_addresses import OldAddress
from .links.rows import Link
from .pictures.rows import Picture, PictureFile
from .publishing.autosave import Autosave
from .publishing.open_pages import OpenPage
from .publishing.publication import Publication, live_in_a_topic, off_site_in_bin
from .publishing.publication_lists import PublicationQuerySet
from .publishing.review_events import Review
from .publishing.review_requests import ReviewRequest
from .publishing.reviews import (
    ReviewedPublication,
    ReviewedPublicationQuerySet,
    ReviewedRevision,
)
from .publishing.revision import Revision
from .search.index_rows import SearchDocument, SearchWord
from .stock.rows import StockRow, StockWord
from .topics import Topic
from .wording.dismissals import DismissedAdvice
from .wording.rows import TermToAvoid, WordingState, WordList

__all__ = [
    "Article",
    "ArticleReview",
    "ArticleReviewRequest",
    "ArticleRevision",
    "Autosave",
    "DismissedAdvice",
    "Link",
    "OldAddress",
    "OpenPage",
    "Page",
    "PageRevision",
    "Picture",
    "PictureFile",
    "SearchDocument",
    "SearchWord",
    "StockRow",
    "StockWord",
    "TermToAvoid",
    "Topic",
    "WordList",
    "WordingState",
]

RESERVED_ADDRESS = _("The site itself uses this address. Choose a different one.")
FIXED_ADDRESS = _("Every page of the site links to this one, so it keeps its address.")


class ArticleQuerySet(ReviewedPublicationQuerySet["Article"]):
    def awaiting_review(self) -> Self:
        return super().awaiting_review().filter(is_medical=True)


class Article(ReviewedPublication):
    # Only a draft may be without.
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, related_name="articles")
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

    review = models.ForeignKey(
        "ArticleReview", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects: ClassVar[ArticleQuerySet] = ArticleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "language"],
                name="article_slug_per_language",
                violation_error_message=page_addresses.SAME_ADDRESS,
            ),
            off_site_in_bin("article_in_bin"),
            live_in_a_topic("article_live_in_a_topic"),
        ]
        indexes = [
            models.Index(
                fields=["language", "-published_at", "-id"],
                condition=models.Q(live__isnull=False),
                name="article_list",
            ),
            models.Index(
                fields=["topic", "-published_at", "-id"],
                condition=models.Q(live__isnull=False),
                name="article_topic",
            ),
            models.Index(
                # `live` makes the index covering on SQLite.
                fields=["language", "id", "updated_at", "live"],
                condition=models.Q(live__isnull=False),
                name="article_sitemap",
            ),
        ]
        permissions = [("publish_article", "Can publish, schedule and unpublish articles")]

    def get_absolute_url(self) -> str:
        return reverse("articles:article_detail", args=[self.slug])

    @classmethod
    def shows(cls, model: type[Publication], keys: set[int]) -> set[int]:
        if model is not cls:
            return set()
        related = cls.related.through.objects.filter(from_article__live__isnull=False)
        return set(related.filter(to_article__in=keys).values_list("to_article_id", flat=True))

    @cached_property
    def has_related(self) -> bool:
        """Whether one of the related articles is published."""
        return self.related.published().exists()

    @property
    def place(self) -> dict[str, Any]:
        keys = self.related.order_by("pk").values_list("pk", flat=True)
        return {**super().place, "related_keys": list(keys)}

    def _take_place_of(self, revision: Any) -> None:
        super()._take_place_of(revision)
        if revision.related_keys or self.related.exists():
            self.related.set(Article.objects.filter(pk__in=revision.related_keys))


class ArticleRevision(ReviewedRevision):
    PLACE_FIELDS = (*Revision.PLACE_FIELDS, "topic_id", "is_medical", "related_keys")

    publication = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, related_name="+")
    is_medical = models.BooleanField(_("medical content"), default=True)
    # Primary keys in order; articles that are gone since are left out where they are read.
    related_keys = models.JSONField(_("related articles"), default=list)

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "number"], name="article_revision_number"
            ),
        ]
        permissions = [
            ("review_articlerevision", "Can sign off the medical content of a text"),
            ("vouch_articlerevision", "Can vouch that only the spelling of a text changed"),
        ]

    def named(self, model: Any) -> list[int]:
        return list(self.related_keys) if model is Article else []


class ArticleReview(Review):
    revision = models.ForeignKey(ArticleRevision, models.PROTECT, related_name="reviews")


class ArticleReviewRequest(ReviewRequest):
    revision = models.ForeignKey(ArticleRevision, models.CASCADE, related_name="requests")
    answer = models.ForeignKey(ArticleReview, models.PROTECT, null=True, related_name="+")


class Page(Publication):
    """A plain page such as privacy or insurance, at `/<slug>/`."""

    foot_order = models.PositiveSmallIntegerField(
        _("place in the foot"),
        null=True,
        blank=True,
        help_text=_(
            "A number puts a link into the foot of every page, the smallest first. Empty: no link."
        ),
    )

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
                violation_error_message=page_addresses.SAME_ADDRESS,
            ),
            off_site_in_bin("page_in_bin"),
        ]
        permissions = [("publish_page", "Can publish, schedule and unpublish plain pages")]

    def get_absolute_url(self) -> str:
        return reverse(page_addresses.CATCH_ALL, args=[self.slug])

    @classmethod
    def shows(cls, model: type[Publication], keys: set[int]) -> set[int]:
        """The site's own templates link to some, its foot to others."""
        if model is not cls:
            return set()
        live = cls.objects.filter(pk__in=keys, live__isnull=False).only("slug", "foot_order")
        return {each.pk for each in live if each.has_fixed_address or each.foot_order is not None}

    @property
    def has_fixed_address(self) -> bool:
        """Whether the site's own templates link to this page."""
        return page_addresses.is_fixed(self.slug)

    def clean(self) -> None:
        super().clean()
        saved = Page.objects.filter(pk=self.pk).values_list("slug", flat=True).first()
        if not self.slug or self.slug == saved:
            return
        if saved and page_addresses.is_fixed(saved):
            raise ValidationError({"slug": FIXED_ADDRESS})
        if page_addresses.is_reserved(self.slug):
            raise ValidationError({"slug": RESERVED_ADDRESS})

    def require_off_site(self) -> None:
        if self.has_fixed_address:
            raise ValidationError(FIXED_ADDRESS)
        super().require_off_site()


class PageRevision(Revision):
    PLACE_FIELDS = (*Revision.PLACE_FIELDS, "foot_order")

    publication = models.ForeignKey(Page, models.CASCADE, related_name="revisions")
    foot_order = models.PositiveSmallIntegerField(_("place in the foot"), null=True)

    class Meta(Revision.Meta):
        constraints = [
            models.UniqueConstraint(fields=["publication", "number"], name="page_revision_number"),
        ]
