"""Clinical review: which words one stands for, and what a clinician says of them.

The last event on the same words decides: they are reviewed after an approval and after being
checked again, and not after being returned or withdrawn. Words that passed as a typo only have the
review of the words from which they differ in spelling, as long as it stands.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.text.clean_text import clean_text

from .checklist import known_answers
from .ownership import NEXT_REVIEW, require_near
from .publication import Publication
from .publication_lists import PublicationQuerySet
from .review_events import Verdict
from .revision import Revision
from .schedules import ScheduleProblem


class ReviewedPublicationQuerySet[T: ReviewedPublication](PublicationQuerySet[T]):
    def awaiting_review(self) -> Self:
        """Live publications whose live words no clinician's review stands for."""
        return self.filter(live__isnull=False, review__isnull=True)


class ReviewedPublication(Publication):
    """Abstract. Subclasses add `review`, a foreign key to the review that stands for live words."""

    review: Any
    review_id: int | None

    class Meta:
        abstract = True

    @property
    def is_reviewed(self) -> bool:
        reviews: Any = self.revisions.model.reviews.rel.related_model
        return reviews.objects.filter(revision__publication=self).exists()

    @property
    def awaits_review(self) -> bool:
        is_medical = getattr(self, "is_medical", True)
        return self.is_published and is_medical and self.review_id is None

    def needs_sources(self, revision: Any) -> bool:
        return bool(getattr(revision, "is_medical", True))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise ValidationError if a clinician reviewed a version of it."""
        if self.is_reviewed:
            raise ValidationError(_("A clinician's review is kept, and so is the page."))
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        ends = self.review.next_review_on if self.review else None
        if ends and self.next_review_on and self.next_review_on > max(ends, timezone.localdate()):
            words = _("The clinician’s review holds until %(day)s. Only a review can renew it.")
            error = ValidationError(words, params={"day": date_format(ends)})
            raise ValidationError({"next_review_on": error})

    def show_in_place_of(self, revision: Any) -> None:
        super().show_in_place_of(revision)
        self.show_review(revision.standing_review())

    def missing_review(self, digest: str, is_medical: bool = True, when: Any = None) -> str:
        """Why words may not be live from `when` on for want of a review; empty if they may.

        `digest` is their `words_digest`, `is_medical` what their version says of itself. What
        visitors read already and starter content go without, but not without their mark.
        """
        loses_mark = bool(self.published_at) and getattr(self, "is_medical", True) > is_medical
        if not settings.REVIEW_REQUIRED or not (is_medical or loses_mark):
            return ""
        if self.pk is None:
            return gettext("No clinician has approved exactly these words.")
        same = self.revisions.filter(words_digest=digest)
        if not loses_mark and (
            (self.live and self.live.words_digest == digest) or same.filter(is_starter=True)
        ):
            return ""
        first = same.first()
        review = first.standing_review() if first else None
        if review is None:
            return gettext("No clinician has approved exactly these words.")
        if getattr(review.revision, "is_medical", True) > is_medical:
            return gettext("The clinician approved these words as medical content.")
        day = timezone.localdate(when) if when else timezone.localdate()
        if review.next_review_on and review.next_review_on < day:
            ends = {"day": date_format(review.next_review_on)}
            return gettext("The clinician’s review of these words holds until %(day)s.") % ends
        return ""

    def _require_publishable(self, revision: Any, when: datetime | None = None) -> Any:
        revision = super()._require_publishable(revision, when)
        is_medical = getattr(revision, "is_medical", True)
        if lacks := self.missing_review(revision.words_digest, is_medical, when):
            raise ValidationError(lacks, code=ScheduleProblem.NOT_REVIEWED)
        return revision

    @transaction.atomic
    def unpublish(self, lead_to: str = "", keep_schedule: bool = False) -> None:
        super().unpublish(lead_to, keep_schedule)
        # Links to a review of what leaves the site end with it.
        requests: Any = self.revisions.model.requests.rel.related_model
        links = requests.objects.filter(revision__publication=self, answer=None)
        links.filter(key_digest__isnull=False, revoked_at=None).update(revoked_at=timezone.now())

    @transaction.atomic
    def _save_publishing_fields(self, *further: str) -> None:
        # Somebody may have reviewed it, or set the day, since this was read; or be about to.
        rows = type(self).objects.select_for_update(of=("self",))
        self.refresh_from_db(fields=["review", "next_review_on"], from_queryset=rows)
        self.show_review(self.live.standing_review() if self.live else None)
        super()._save_publishing_fields("review", "next_review_on", *further)

    def show_review(self, review: Any) -> None:
        """Let visitors read of `review`, and renew the day of the next one with it."""
        if review and review.pk != self.review_id and review.next_review_on:
            self.next_review_on = review.next_review_on
        self.review = review


class ReviewedRevision(Revision):
    """Abstract. Its reviews are `reviews`; those of the same words count for each other.

    `requests` are those to review it.
    """

    reviews: Any
    requests: Any

    class Meta(Revision.Meta):
        abstract = True

    def reviews_of_words(self) -> Any:
        """All events on these words, whichever revision of the page had them, the latest first."""
        return self.reviews.model.objects.filter(revision__in=self._with_these_words())

    def requests_of_words(self) -> Any:
        """All requests to review these words."""
        return self.requests.model.objects.filter(revision__in=self._with_these_words())

    def _with_these_words(self) -> Any:
        same = {"publication": self.publication_id, "words_digest": self.words_digest}
        return type(self).objects.filter(**same)

    def standing_review(self) -> Any:
        last = self.reviews_of_words().first()
        if last and last.carried:
            return last.carried.revision.standing_review()
        return last if last and last.stands else None

    @transaction.atomic
    def review(
        self,
        verdict: Verdict,
        by: Any,
        reviewer: str,
        *,
        remark: str = "",
        next_review_on: date | None = None,
        checklist: dict[str, bool] | None = None,
    ) -> Any:
        """Write down what a clinician says of these words and return it.

        Raise ValidationError if that cannot be said now.
        """
        publication = self.lock_publication()
        self._require_allowed(verdict, by, remark)
        if verdict.stands:
            next_review_on = next_review_on or timezone.localdate() + NEXT_REVIEW
            require_near(next_review_on)
        said = {
            "verdict": verdict,
            "by": by,
            "reviewer": clean_text(reviewer),
            "remark": clean_text(remark),
            "next_review_on": next_review_on if verdict.stands else None,
            "checklist": known_answers(checklist or {}),
        }
        standing = self.standing_review()
        if verdict == Verdict.WITHDRAWN and standing.revision.words_digest != self.words_digest:
            # What is wrong with words that differ in spelling is wrong with those that were read.
            standing.revision.reviews.create(**said)
        return self.add_review(publication, **said)

    def lock_publication(self) -> Any:
        """Reviews of the same page at the same moment take turns."""
        publication: Any = type(self.publication).objects.get(pk=self.publication_id)
        publication.lock()
        publication.refresh_from_db(fields=["review", "next_review_on"])
        return publication

    def add_review(self, publication: Any, **said: Any) -> Any:
        """Write an event down, answer who asked for it, and show visitors what stands now."""
        event = self.reviews.create(**said)
        self.requests_of_words().filter(answer=None).update(answer=event)
        if publication.live:
            publication.show_review(publication.live.standing_review())
            publication.save(update_fields=["review", "next_review_on"])
        return event

    def _require_allowed(self, verdict: Verdict, by: Any, remark: str) -> None:
        if verdict == Verdict.TYPO_ONLY:
            raise ValidationError(_("This is no answer of a clinician."))
        standing = self.standing_review()
        if standing and not verdict.follows_a_review:
            raise ValidationError(
                _("%(reviewer)s has already signed off these words."),
                params={"reviewer": standing.reviewer},
            )
        if not standing and verdict.follows_a_review:
            raise ValidationError(_("No review of these words stands."))
        if verdict.needs_a_remark and not clean_text(remark).strip():
            raise ValidationError(_("Say why, so that the author can act on it."))
        if verdict.stands and self.was_written_by(by):
            raise ValidationError(_("Nobody signs off their own words. Ask somebody else."))

    def was_written_by(self, account: Any) -> bool:
        """Whether the account wrote these words, or a version since the last that was reviewed."""
        if account is None or account.pk is None:
            return False
        mine = type(self).objects.filter(publication=self.publication_id, author=account)
        if mine.filter(words_digest=self.words_digest).exists():
            return True
        earlier = self.last_reviewed()
        return mine.filter(
            number__gt=earlier.number if earlier else 0, number__lte=self.number
        ).exists()

    def last_reviewed(self) -> Any:
        """The newest revision before this one whose words a clinician approved, or None."""
        approving = [each.value for each in Verdict if each.stands]
        return (
            type(self)
            .objects.filter(publication=self.publication_id, number__lt=self.number)
            .filter(reviews__verdict__in=approving)
            .order_by("-number")
            .first()
        )
