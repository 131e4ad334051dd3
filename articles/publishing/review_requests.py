"""Asking a named clinician to review one version; their answer is a review of its words."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.text.clean_text import clean_text

from .completeness import require_complete


class ReviewRequestQuerySet(models.QuerySet["ReviewRequest"]):
    def with_page(self) -> Self:
        named = ("revision__publication", "asked_by", "answer")
        return self.select_related(*named).filter(revision__publication__binned_at=None)

    def waiting_for(self, account: Any) -> Self:
        """What the account was asked to review and nobody has answered, the most urgent first."""
        soonest = models.F("due_on").asc(nulls_last=True)
        return self.with_page().filter(reviewer=account, answer=None).order_by(soonest, "pk")

    def answers_for(self, account: Any) -> Self:
        """What the account asked for and has not looked at since it was answered."""
        unseen = self.with_page().filter(asked_by=account, seen_at=None)
        return unseen.filter(answer__isnull=False).order_by("answer__at")

    def ended_for(self, account: Any) -> Self:
        """Links that the account made, which ended without an answer that they know of."""
        ended = models.Q(expires_at__lte=timezone.now()) | models.Q(revoked_at__isnull=False)
        made = self.with_page().filter(ended, asked_by=account, answer=None, seen_at=None)
        return made.exclude(key_digest=None).order_by("pk")

    def untold(self, since: Any) -> tuple[Self, Self]:
        """Requests whose reviewer, and those whose asker, is to be mailed."""
        found = self.with_page().select_related("reviewer", *("revision__publication", "asked_by"))
        asked = found.filter(answer=None, reviewer_told_at=None, asked_at__gte=since)
        answered = found.filter(seen_at=None, asker_told_at=None, answer__at__gte=since)
        return asked.filter(reviewer__email__gt=""), answered.filter(asked_by__email__gt="")


class ReviewRequest(models.Model):
    """Abstract. Subclasses add `revision` and `answer`, the review that answered it."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Either an account, or somebody outside by a link (`outside_reviews.py`).
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    outside_name = models.CharField(max_length=120, blank=True)
    outside_credentials = models.CharField(max_length=70, blank=True)
    key_digest = models.CharField(max_length=64, null=True, unique=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    remark = models.TextField(max_length=2000, blank=True)
    due_on = models.DateField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    reviewer_told_at = models.DateTimeField(null=True)
    asker_told_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    revision: Any
    answer: Any
    objects: ClassVar[Any] = ReviewRequestQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.revision)

    @property
    def outsider(self) -> str:
        """Name and credentials as the page shows them; empty for a request to an account."""
        return ", ".join(filter(None, [self.outside_name, self.outside_credentials]))

    @property
    def asked(self) -> str:
        """Who was asked."""
        reviewer: Any = self.reviewer
        return self.outsider or (reviewer.get_full_name() or reviewer.get_username())

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < timezone.localdate()


@transaction.atomic
def ask(revision: Any, by: Any, reviewer: Any, remark: str = "", due_on: date | None = None) -> Any:
    """Ask `reviewer` to review `revision`, in place of an earlier version of the page.

    Raise ValidationError if it is not complete, its words are reviewed, or are the reviewer's own.
    """
    require_complete(revision)
    if revision.standing_review():
        raise ValidationError(_("A review of these words stands already."))
    if revision.was_written_by(reviewer):
        raise ValidationError(_("They wrote some of these words. Ask somebody else."))
    requests = revision.requests.model.objects
    page = {"revision__publication": revision.publication_id}
    requests.filter(answer=None, reviewer=reviewer, **page).delete()
    return revision.requests.create(
        asked_by=by, reviewer=reviewer, remark=clean_text(remark), due_on=due_on
    )
