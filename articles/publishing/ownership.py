"""Who looks after a publication, and when it is to be checked again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NEXT_REVIEW = timedelta(days=365)
# No review is trusted for longer.
MAX_NEXT_REVIEW = timedelta(days=731)


def require_near(day: date) -> None:
    """Raise ValidationError if the day is so far away that nobody would check in time."""
    if day > timezone.localdate() + MAX_NEXT_REVIEW:
        raise ValidationError(_("This is more than two years ahead. Choose a nearer day."))


class OwnedPublication(models.Model):
    """Abstract."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("owner"),
        related_name="+",
        help_text=_("Who looks after this page, and is mailed when it is due for its review."),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("deputy"),
        related_name="+",
        help_text=_("Is mailed too."),
    )
    next_review_on = models.DateField(
        _("next review"),
        null=True,
        blank=True,
        validators=[require_near],
        help_text=_(
            "When someone should check that this is still right. A review sets it. Where none is "
            "needed and the day is empty, publishing sets it to a year ahead."
        ),
    )
    # The day of which owner and deputy were told that it passed.
    review_told_for = models.DateField(null=True, editable=False)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        live_id: int | None

        @property
        def awaits_review(self) -> bool: ...

    def _date_next_review(self) -> list[str]:
        """Set the day of a live page that lacks one; return the names of changed fields.

        What awaits a clinician has none: the first review sets it.
        """
        if not self.live_id or self.next_review_on is not None or self.awaits_review:
            return []
        self.next_review_on = timezone.localdate() + NEXT_REVIEW
        return ["next_review_on"]

    @property
    def is_review_overdue(self) -> bool:
        """Whether the day of the next review has passed, so that visitors are not told of it."""
        return bool(self.next_review_on and self.next_review_on < timezone.localdate())

    @property
    def coming_review_on(self) -> date | None:
        return None if self.is_review_overdue else self.next_review_on

    @property
    def keepers(self) -> list[str]:
        """The addresses of owner and deputy, where their accounts are in use."""
        people = [each for each in (self.owner, self.deputy) if each and each.is_active]
        return list(dict.fromkeys(each.email for each in people if each.email))
