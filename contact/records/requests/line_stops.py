"""Lines that nobody calls any more, because somebody on them asked for that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LineStopQuerySet(models.QuerySet["LineStop"]):
    def holding(self, line_index: str, phone_index: str) -> Self:
        """Return the stops that hold for this line, the newest first.

        A stop of the number itself holds for every extension: its phone rings first.
        """
        lines = {line_index, phone_index} - {""}
        return self.filter(line_index__in=lines, lifted_at=None).order_by("-stopped_at", "-pk")

    def of_request(self) -> Self:
        """Return the stops that hold for the line of a request, inside a query of requests."""
        lines = Q(line_index=OuterRef("line_index")) | Q(line_index=OuterRef("phone_index"))
        return self.filter(lines, lifted_at=None)

    def newest_by_line(self, lines: Iterable[str]) -> dict[str, datetime]:
        """Return when each of these lines was stopped last, as far as the stop holds."""
        holding = self.filter(line_index__in={*lines} - {""}, lifted_at=None)
        return dict(holding.order_by("stopped_at").values_list("line_index", "stopped_at"))


class LineStop(models.Model):
    """A wish for no calls to a line. It outlives the request on which staff wrote it down.

    `stopped_by` is empty for stops of earlier releases, which did not keep who wrote them down.
    """

    line_index = models.CharField(max_length=64, db_index=True, editable=False)
    # Which of INDEX_KEY made it, as far as that was noted: the number may be emptied, and then it
    # cannot be made anew.
    index_key = models.CharField(max_length=16, default="", editable=False)
    stopped_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("written down by"),
        null=True,
        related_name="+",
        db_index=False,
        editable=False,
    )

    # Set when the stop was written down by mistake.
    lifted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[LineStopQuerySet] = LineStopQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("stop of a line")
        verbose_name_plural = _("stops of lines")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.stopped_at:%Y-%m-%d}"
