"""What articles and questions are about."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .addresses.page_addresses import SAME_ADDRESS

if TYPE_CHECKING:
    from .publishing.publication import Publication


class TopicQuerySet(models.QuerySet["Topic"]):
    def with_published_content(self, *publication_models: type[Publication]) -> TopicQuerySet:
        """Topics in the active language with something published of one of the models."""
        has_any = [
            models.Exists(model.objects.published().filter(topic=models.OuterRef("pk")))
            for model in publication_models
        ]
        return self.filter(reduce(or_, has_any), language=get_language())


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
