"""A review stays for other words if nothing but spelling changed, and somebody vouches for that.

The words are held against those that the clinician read, so that small corrections never add up to
another text. What visitors read of the review, its name and its day, stays what it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.text.compared_blocks import ComparedBlock, ComparedWord, blocks_of, compared_words
from articles.wording.spelling import is_spelling_of

from .completeness import require_complete
from .review_events import Verdict

SPELT_FIELDS = ("title", "summary", "body")
MOST_NAMED = 20


class CarriedReview(NamedTuple):
    """The review that could stay, the words of which it is, and why it may not."""

    review: Any
    revision: Any
    problems: list[str]


def review_to_carry(revision: Any) -> CarriedReview | None:
    """The review that stands for the live words, else the last before; None if none does."""
    found = []
    for earlier in (revision.publication.live, revision.last_reviewed()):
        if earlier and (review := earlier.standing_review()):
            read = type(revision).objects.filter(
                publication=revision.publication_id, words_digest=review.revision.words_digest
            )
            # The newest of them stands where the page last had these words.
            same = read.exclude(pk=revision.pk).first() or review.revision
            found.append(CarriedReview(review, same, _problems(review, same, revision)))
    return next((each for each in found if not each.problems), found[0] if found else None)


def _problems(review: Any, old: Any, new: Any) -> list[str]:
    problems = more_than_spelling(old, new)
    if review.next_review_on and review.next_review_on < timezone.localdate():
        ends = {"day": date_format(review.next_review_on)}
        problems.insert(0, gettext("The review ended on %(day)s.") % ends)
    return problems


def more_than_spelling(old: Any, new: Any) -> list[str]:
    """What changed between two revisions besides the spelling of single words."""
    problems: list[str] = []
    for name in (*new.CONTENT_FIELDS, *new.PLACE_FIELDS):
        before, after = getattr(old, name), getattr(new, name)
        label = capfirst(str(new._meta.get_field(name).verbose_name))
        if name not in SPELT_FIELDS:
            if before != after:
                problems.append(gettext("“%s” has changed.") % label)
        elif name == "body":
            problems += _text_problems(label, blocks_of(before), blocks_of(after))
        else:
            problems += _word_problems(label, compared_words(before), compared_words(after))
    return problems[:MOST_NAMED]


def _text_problems(
    label: str, before: Sequence[ComparedBlock], after: Sequence[ComparedBlock]
) -> Iterator[str]:
    shape = [(block.path, block.shared) for block in before]
    if shape != [(block.path, block.shared) for block in after]:
        yield gettext("“%s” is built otherwise: a paragraph, heading, box, list or table.") % label
        return
    for old, new in zip(before, after, strict=True):
        yield from _word_problems(label, old.words, new.words)


def _word_problems(
    label: str, before: Sequence[ComparedWord], after: Sequence[ComparedWord]
) -> Iterator[str]:
    if len(before) != len(after):
        yield gettext("“%s” has words or signs more or less than before.") % label
        return
    for old, new in zip(before, after, strict=True):
        if old[1:] != new[1:]:
            yield gettext("“%s” has another link, format or space there.") % new.text
        elif not is_spelling_of(old.text, new.text):
            words = {"old": old.text, "new": new.text}
            yield gettext("“%(new)s” may say something else than “%(old)s”.") % words


def require_unsaid(revision: Any) -> None:
    """Raise ValidationError if a review of exactly these words decides already."""
    if revision.standing_review():
        raise ValidationError(_("A review of these words stands already."))
    if revision.reviews_of_words().exclude(verdict=Verdict.TYPO_ONLY).exists():
        raise ValidationError(_("A clinician did not approve exactly these words."))


@transaction.atomic
def pass_as_typo(revision: Any, by: Any) -> Any:
    """Let the review of earlier words stand for these, write down who vouches, and return that.

    Raise ValidationError if more than spelling changed, or it is not theirs to say.
    """
    publication = revision.lock_publication()
    require_complete(revision)
    require_unsaid(revision)
    if revision.was_written_by(by):
        raise ValidationError(_("Nobody passes their own words. Ask somebody else."))
    carried = review_to_carry(revision)
    if carried is None:
        raise ValidationError(_("No review of earlier words of this page stands."))
    if carried.problems:
        raise ValidationError(carried.problems)
    return revision.add_review(
        publication,
        verdict=Verdict.TYPO_ONLY,
        by=by,
        reviewer=by.get_full_name() or by.get_username(),
        carried=carried.review,
    )
