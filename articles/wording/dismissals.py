"""Advice that an editor dismissed with a reason: it stays away from that sentence of that page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.publishing.kinds import kind_of

from .kinds import Advice, AdviceKind

MAX_REASON = 300


class DismissedAdviceManager(models.Manager["DismissedAdvice"]):
    def of_page(self, publication: Any) -> Any:
        return self.filter(kind=kind_of(type(publication)), publication=publication.pk)


class DismissedAdvice(models.Model):
    kind = models.CharField(max_length=50)  # the model of the publication, as `app.model`
    publication = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    advice = models.CharField(max_length=10, choices=AdviceKind.choices)
    said = models.TextField()
    passage = models.TextField()
    reason = models.CharField(_("reason"), max_length=MAX_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[DismissedAdviceManager] = DismissedAdviceManager()

    class Meta:
        default_permissions = ()
        verbose_name = _("dismissed advice")
        verbose_name_plural = _("dismissed advice")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "publication", "digest"], name="advice_dismissed_once"
            )
        ]

    def __str__(self) -> str:
        return self.said

    @property
    def places(self) -> list[DismissedAdvice]:
        return [self]

    @property
    def says_where(self) -> Any:
        return AdviceKind(self.advice).says_where


def still_open(publication: Any, found: Iterable[Advice]) -> list[Advice]:
    """For each kind and key, the first piece that nobody dismissed, and where it says the same.

    Of a page that was never saved (None) nothing is dismissed.
    """
    pieces = list(found)
    dismissed: set[str] = set()
    if pieces and publication is not None:
        rows = DismissedAdvice.objects.of_page(publication)
        dismissed = set(rows.values_list("digest", flat=True))
    first: dict[tuple[str, str], Advice] = {}
    for piece in pieces:
        if piece.digest in dismissed:
            continue
        shown = first.setdefault((piece.kind, piece.key), piece)
        if shown is not piece and shown.text.casefold() == piece.text.casefold():
            first[piece.kind, piece.key] = shown._replace(also=(*shown.also, piece.passage))
    return list(first.values())
