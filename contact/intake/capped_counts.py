"""Counts that stop early, so that no count walks through a whole table."""

from __future__ import annotations

from django.db import models
from django.db.models import Subquery

from contact.models import CallbackRequestQuerySet

COUNT_CAP = 200


def capped(number: int) -> str:
    """The number as the desk reads it; `200+` above the cap."""
    return f"{COUNT_CAP}+" if number > COUNT_CAP else str(number)


class RowCount(Subquery):
    """How many rows a sliced queryset has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS found)"
    output_field = models.IntegerField()


def row_count(requests: CallbackRequestQuerySet) -> RowCount:
    """How many these are, counted up to one more than `COUNT_CAP`."""
    # Every index of open requests holds this column, so the rows themselves are not read.
    return RowCount(requests.order_by().values("closed_at")[: COUNT_CAP + 1])
