"""What visitors may answer to “Was this page helpful?”: one word, or one of a few reasons.

There is no field for words of their own, so that nothing about a person can be stored.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from articles.publishing.publication import Publication
from faq.models import Question

ANSWERED_MODELS: dict[str, type[Publication]] = {"article": Article, "question": Question}


class HelpfulAnswer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")


class HelpfulReason(models.TextChoices):
    """Why it did not help."""

    MISSING = "missing", _("It did not say what I wanted to know")
    HARD = "hard", _("It was hard to understand")
    WRONG = "wrong", _("Something in it seems wrong or out of date")
    COLD = "cold", _("The way it is written hurt me")


class HelpfulCount(models.Model):
    """How often one version of a page was answered in one way."""

    kind = models.CharField(_("kind"), max_length=10)
    publication = models.PositiveBigIntegerField(_("page"))
    number = models.PositiveIntegerField(_("version"))
    answer = models.CharField(
        _("answer"), max_length=10, choices=[*HelpfulAnswer.choices, *HelpfulReason.choices]
    )
    count = models.PositiveIntegerField(_("how often"), default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "publication", "number", "answer"], name="helpful_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.publication}, {self.number}: {self.answer}"
