"""The lists of publications that visitors and staff look at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from articles.links import index as links

if TYPE_CHECKING:
    from .publication import Publication


class ListRow(Protocol):
    """A named tuple of the columns that a list shows, read without model instances."""

    @property
    def pk(self) -> int: ...

    @staticmethod
    def columns() -> tuple[str, ...]: ...


class PublicationQuerySet[T: Publication](models.QuerySet[T]):
    def published(self, language: Any = None) -> Self:
        """Publications that visitors can read in the active language, with their live revision."""
        language = language or get_language() or settings.LANGUAGE_CODE
        return self.filter(live__isnull=False, language=language).select_related("live")

    def rows[R: ListRow](self, row: type[R]) -> list[R]:
        """Read only the columns of `row`, without making model instances."""
        return [row(*values) for values in self.values_list(*row.columns())]

    def due(self, now: datetime | None = None) -> Self:
        """Publications whose scheduled revision should be live by `now`."""
        return self.filter(scheduled_for__lte=now or timezone.now())

    def due_to_leave(self, now: datetime | None = None) -> Self:
        """Publications that should be off the site by `now`."""
        return self.filter(take_down_at__lte=now or timezone.now())

    def with_newest(self) -> Self:
        """Annotate `newest_pk` and `newest_title` of the newest revision."""
        revisions: Any = self.model._meta.get_field("revisions").related_model
        newest = revisions.objects.filter(publication=models.OuterRef("pk")).order_by("-number")
        return self.annotate(
            newest_pk=models.Subquery(newest.values("pk")[:1]),
            newest_title=models.Subquery(newest.values("title")[:1]),
        )

    def outside_bin(self) -> Self:
        return self.filter(binned_at=None)

    def with_draft(self) -> Self:
        """Publications whose newest revision is neither live nor scheduled."""
        return (
            self.with_newest()
            .outside_bin()
            .filter(newest_pk__isnull=False)
            .exclude(newest_pk=Coalesce("live_id", 0))
            .exclude(newest_pk=Coalesce("scheduled_id", 0))
        )

    def with_broken_links(self) -> Self:
        """Live publications of which the last check found links that lead nowhere."""
        return self.filter(live__in=links.broken(self.model))

    def with_schedule(self) -> Self:
        """Publications that go live or leave the site by themselves."""
        has_plan = models.Q(scheduled__isnull=False) | models.Q(take_down_at__isnull=False)
        return self.filter(has_plan)

    def unowned(self) -> Self:
        """Live publications without an owner whose account is in use."""
        return self.filter(live__isnull=False).exclude(owner__is_active=True)

    def to_tell_of_review(self) -> Self:
        """Overdue ones whose owner and deputy were not told yet."""
        told = models.Q(review_told_for=models.F("next_review_on"))
        return self.review_overdue().exclude(told).select_related("live", "owner", "deputy")

    def not_gone_live(self) -> Self:
        """Publications of which a scheduled version could not go live."""
        return self.exclude(schedule_problem="")

    def review_overdue(self) -> Self:
        """Live publications whose next review is overdue."""
        return self.filter(live__isnull=False, next_review_on__lt=timezone.localdate())
