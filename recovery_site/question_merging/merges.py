"""One question merged into another: what is kept of it, so that it can be taken back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.addresses.old_addresses import OldAddress
from articles.publishing.completeness import has_no_address
from articles.stock import upkeep as stock
from faq.models import Question

from . import phrases
from .phrases import WaysToAsk

CHANGED_MEANWHILE = _("Somebody changed one of the two questions meanwhile. Look again.")


class QuestionMerge(models.Model):
    """`question` is in the bin as long as this row stands."""

    question = models.OneToOneField("faq.Question", models.CASCADE, related_name="+")
    into = models.ForeignKey("faq.Question", models.CASCADE, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    # Addresses that led to it until then.
    led_here = models.JSONField(default=list)
    # Its other ways to ask, by language, and those of them that the other question did not have.
    asked_as = models.JSONField(default=dict)
    added = models.JSONField(default=dict)

    objects: ClassVar[models.Manager[QuestionMerge]] = models.Manager()

    class Meta:
        verbose_name = _("merged question")
        verbose_name_plural = _("merged questions")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.question} → {self.into}"


def obstacle(question: Question, into: Question) -> str:
    """Why `question` cannot be merged into `into`; empty if it can."""
    if question.pk == into.pk:
        return gettext("A question can’t be merged into itself.")
    if question.binned_at:
        return gettext("This question is in the bin already.")
    if not into.live_id:
        return gettext("Visitors don’t see “%s”. Publish it first, or choose another.") % into
    if into.take_down_at:
        return gettext("“%s” leaves the site by itself. Call that off first.") % into
    if question.language != into.language:
        return gettext("“%s” is in another language.") % into
    return ""


@transaction.atomic
def merge(question: Question, into: Question, by: Any, seen: str | None = None) -> QuestionMerge:
    """Put `question` into the bin and lead its visitors to `into`.

    `seen` is the `state_of` both on which somebody decided. Raise ValidationError if it is another
    one now, or if there is an obstacle.
    """
    _lock(question, into)
    if why := obstacle(question, into):
        raise ValidationError(why)
    if seen is not None and seen != state_of(question, into):
        raise ValidationError(CHANGED_MEANWHILE)
    path = question.get_absolute_url()
    led_here = OldAddress.objects.filter(target=path).order_by("path")
    kept = QuestionMerge(question=question, into=into, by=by)
    kept.led_here = list(led_here.values_list("path", flat=True))
    kept.asked_as, kept.added = phrases.pass_on(question, into)
    question.unpublish("" if has_no_address(question.slug) else into.get_absolute_url())
    question.put_into_bin()
    kept.save()
    stock.update_row(into)
    return kept


def state_of(question: Question, into: Question) -> str:
    """Changes with the words of either, and with what of them visitors see."""
    newest = [each.newest_revision.pk for each in (question, into)]
    return "-".join(map(str, [*newest, question.live_id, question.scheduled_id, into.live_id]))


@transaction.atomic
def take_back(question: Question) -> tuple[Question, WaysToAsk] | None:
    """Bring a merged question back from the bin as a draft that has its address again.

    Return the question that now has its ways to ask, and those that went back; None if it was not
    merged. What staff changed since stays as they left it.
    """
    chain = _chain(question)
    if not chain:
        return None
    holder = chain[-1].into
    _lock(question, *(each.into for each in chain))
    if [each.pk for each in _chain(question)] != [each.pk for each in chain]:
        raise ValidationError(CHANGED_MEANWHILE)
    path = question.get_absolute_url()
    if target := OldAddress.objects.target_of(path):
        OldAddress.objects.filter(path=path).delete()
        OldAddress.objects.filter(path__in=chain[0].led_here, target=target).update(target=path)
    returned = phrases.give_back(
        question, holder, chain[0].asked_as, [each.added for each in chain]
    )
    for number, later in enumerate(chain[1:], 1):
        earlier = [each.added for each in chain[:number]]
        later.asked_as = phrases.without(later.asked_as, returned, earlier)
        later.added = phrases.without(later.added, returned, earlier)
        later.save(update_fields=["asked_as", "added"])
    chain[0].delete()
    question.bring_back()
    stock.update_row(holder)
    return holder, returned


def _chain(question: Question) -> list[QuestionMerge]:
    """How it was merged, then how the other one was merged since, and so on."""
    found: list[QuestionMerge] = []
    merges = QuestionMerge.objects.select_related("into__live")
    while each := merges.filter(question=found[-1].into if found else question).first():
        found.append(each)
    return found


def _lock(*questions: Question) -> None:
    # In one order, so that two who merge at once never wait for each other.
    for each in sorted(questions, key=lambda question: question.pk):
        each.lock()
