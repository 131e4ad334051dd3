"""Rows by which editors teach the search the words of visitors."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

QUERY_LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]


class SearchSynonym(models.Model):
    """Words of visitors, and words that our pages have for the same thing."""

    words = models.CharField(
        _("what visitors write"),
        max_length=500,
        unique=True,
        help_text=_(
            "Words or short phrases with commas between: narcan, nasal spray. Capitals, accents "
            "and endings make no difference."
        ),
    )
    means = models.CharField(
        _("words on our pages"),
        max_length=500,
        help_text=_(
            "With commas between: naloxone. Who searches for one of the words above also finds "
            "pages with these."
        ),
    )
    language = models.CharField(_("language"), max_length=8, choices=QUERY_LANGUAGES, default="en")

    objects: ClassVar[models.Manager[SearchSynonym]]

    class Meta:
        verbose_name = _("words for the same thing")
        verbose_name_plural = _("words for the same thing")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words


class SearchPhrase(models.Model):
    """Other ways in which visitors ask for a page. They count like its title."""

    path = models.CharField(
        _("address of the page"), max_length=300, help_text=_("For example /faq/real-name/.")
    )
    phrases = models.TextField(
        _("also asked as"),
        max_length=5000,
        help_text=_("One to a line, as visitors would type it: can i use a fake name"),
    )
    language = models.CharField(_("language"), max_length=8, choices=QUERY_LANGUAGES, default="en")

    objects: ClassVar[models.Manager[SearchPhrase]]

    class Meta:
        verbose_name = _("other ways to ask")
        verbose_name_plural = _("other ways to ask")
        ordering = ["path", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "language"],
                name="search_phrases_once",
                violation_error_message=_("This page has some already. Add to those."),
            )
        ]

    def __str__(self) -> str:
        return self.path

    def clean(self) -> None:
        try:
            resolve(self.path)
        except Resolver404:
            raise ValidationError({"path": _("No page has this address.")}) from None


class FailedSearch(models.Model):
    """A word that no page has, and how often it was looked for in the week from `week` on."""

    # A word that was looked for less often in a week is not kept.
    LEAST = 3

    word = models.CharField(_("word"), max_length=30)
    week = models.DateField(_("week from"))
    count = models.PositiveIntegerField(_("how often"))

    objects: ClassVar[models.Manager[FailedSearch]]

    class Meta:
        verbose_name = _("word searched in vain")
        verbose_name_plural = _("words searched in vain")
        ordering = ["-week", "-count", "word"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["word", "week"], name="failed_search_once_a_week")
        ]

    def __str__(self) -> str:
        return self.word
