"""Dismissing advice, and taking that back; the stored checks of the page follow."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from articles.publishing.kinds import kind_of
from articles.stock import upkeep as stock

from .dismissals import DismissedAdvice
from .kinds import Advice


@transaction.atomic
def dismiss(publication: Any, piece: Advice, reason: str, by: Any) -> bool:
    """False if somebody dismissed it before."""
    _row, is_new = DismissedAdvice.objects.of_page(publication).get_or_create(
        digest=piece.digest,
        defaults={
            "kind": kind_of(type(publication)),
            "publication": publication.pk,
            "advice": piece.kind,
            "said": piece.text,
            "passage": piece.passage,
            "reason": reason,
            "by": by,
            "at": timezone.now(),
        },
    )
    if is_new:
        stock.check_anew(publication)
    return is_new


@transaction.atomic
def take_back(publication: Any, digest: str) -> str:
    """Let the advice be shown again; return what it said, or nothing if it is shown already."""
    row = DismissedAdvice.objects.of_page(publication).filter(digest=digest).first()
    if row is None:
        return ""
    row.delete()
    stock.check_anew(publication)
    return str(row.said)
