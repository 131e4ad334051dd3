"""Rows by which danger is found in what people write: a hint for the order of calls, no verdict."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contact.danger.kinds import PatternKind
from contact.danger.patterns import PatternError
from contact.danger.rules import compiled
from contact.danger.verdict import CERTAIN, PatternRow


class DangerPhraseQuerySet(models.QuerySet["DangerPhrase"]):
    def rows(self) -> tuple[PatternRow, ...]:
        """Return the rows as `decide` takes them, in an order that stays the same.

        The words of the site's own name are never the typo of others.
        """
        columns = self.order_by("pk").values_list(
            "words", "kind", "language", "can_be_past", "points"
        )
        own_name = PatternRow(settings.SITE_NAME, PatternKind.ORDINARY)
        return (*(PatternRow(*values) for values in columns), own_name)


class DangerPhrase(models.Model):
    words = models.CharField(
        _("words"),
        max_length=1000,
        unique=True,
        help_text=_(
            "As people write them. Capitals, accents and punctuation make no difference, and "
            "ordinary typos are found too. “hurt/harm myself”: one word or the other. “suicid*”: "
            "any ending. “my [own] life”: may be missing. “took ... pills”: up to three words "
            "between. “@family”: a word of that list. “#”: a number, “##”: ten or more. "
            "Signs: words, pairs or threes with commas between."
        ),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=PatternKind, default=PatternKind.ANY)
    language = models.CharField(_("language"), max_length=10, default="en")
    can_be_past = models.BooleanField(
        _("can be long past"),
        default=False,
        help_text=_(
            "Tick it for words such as “overdosed”, which “two years ago” in the same sentence "
            "takes back."
        ),
    )

    points = models.SmallIntegerField(
        _("points"),
        default=CERTAIN,
        validators=[MinValueValidator(-CERTAIN), MaxValueValidator(CERTAIN)],
        help_text=_(
            "100 points mean danger. The strongest danger that is found counts, and all signs add "
            "their points or, below zero, take up to 100 away. 200: counts whatever else is "
            "written. Points of other kinds mean nothing."
        ),
    )

    objects: ClassVar[DangerPhraseQuerySet] = DangerPhraseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("words that may mean danger")
        verbose_name_plural = _("words that may mean danger")
        ordering = ["language", "words"]

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        """Refuse what could not be read. Other rows define the lists and spellings."""
        try:
            compiled(DangerPhrase.objects.rows()).check(
                PatternRow(self.words, self.kind, self.language, self.can_be_past, self.points)
            )
        except PatternError as error:
            raise ValidationError({"words": str(error)}) from None
