"""What was said in reviews: dated events, each of one revision. They neither change nor go."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .checklist import ClearScore, score_of


class Verdict(models.TextChoices):
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    CHECKED_AGAIN = "checked_again", _("checked again")
    WITHDRAWN = "withdrawn", _("withdrawn")
    TYPO_ONLY = "typo_only", _("passed as a typo only")

    @property
    def stands(self) -> bool:
        """Whether a clinician vouches for the words with it."""
        return self in (Verdict.APPROVED, Verdict.CHECKED_AGAIN)

    @property
    def follows_a_review(self) -> bool:
        """Whether it is given where a review stands; the others are given where none does."""
        return self in (Verdict.CHECKED_AGAIN, Verdict.WITHDRAWN)

    @property
    def needs_a_remark(self) -> bool:
        return self in (Verdict.RETURNED, Verdict.WITHDRAWN)


class Review(models.Model):
    """Abstract. Subclasses add `revision`, a protected foreign key."""

    verdict = models.CharField(max_length=16, choices=Verdict.choices)
    # Name and credentials as the page shows them; they stay when the account goes. Of a typo only,
    # who says so: visitors never read that.
    reviewer = models.CharField(max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    remark = models.TextField(max_length=2000, blank=True)
    next_review_on = models.DateField(null=True)
    # Of the points of the checklist that the reviewer looked at, whether each is met.
    checklist = models.JSONField(default=dict)
    # The review of other words that a typo only leaves standing for these.
    carried = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    revision: Any
    objects: ClassVar[Any]

    class Meta:
        abstract = True
        ordering = ["-at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict="typo_only", carried__isnull=False)
                | (~models.Q(verdict="typo_only") & models.Q(carried=None)),
                name="%(class)s_carried",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.get_verdict_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValidationError(_("What was said in a review never changes."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise ValidationError(_("A review is never deleted; withdraw it instead."))

    @property
    def stands(self) -> bool:
        return Verdict(self.verdict).stands

    @property
    def score(self) -> ClearScore | None:
        return score_of(self.checklist)
