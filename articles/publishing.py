"""The editorial life that articles, questions and pages share.

A publication is an address; a revision is its words. Revisions never change:
saving writes a new one, publishing moves the pointer `live` to one of them,
scheduling dates that move, restoring copies old words forward.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as now_translated
from django.utils.translation import gettext_lazy as _

from . import markup
from .characters import printable
from .readability import reading_time

SAME_ADDRESS = _("Another one already has this address. Choose a different one.")


class PublicationQuerySet[T: Publication](models.QuerySet[T]):
    def published(self, language: Any = None) -> Self:
        """Those that visitors can read now in the page's language, each with its live words."""
        language = language or get_language() or settings.LANGUAGE_CODE
        return self.filter(live__isnull=False, language=language).select_related("live")

    def rows[R](self, kind: type[R]) -> list[R]:
        """Each as a `kind`, made of its `columns()` alone."""
        return [kind(*row) for row in self.values_list(*kind.columns())]  # type: ignore[attr-defined]

    def due(self, now: datetime | None = None) -> Self:
        """Those whose scheduled words should be live by now."""
        return self.filter(scheduled_for__lte=now or timezone.now())

    def with_newest(self) -> Self:
        """Each with `newest_pk` and `newest_title` of its newest revision."""
        revisions: Any = self.model._meta.get_field("revisions").related_model
        newest = revisions.objects.filter(publication=models.OuterRef("pk")).order_by("-number")
        return self.annotate(
            newest_pk=models.Subquery(newest.values("pk")[:1]),
            newest_title=models.Subquery(newest.values("title")[:1]),
        )

    def with_draft(self) -> Self:
        """Those whose newest words are neither live nor scheduled."""
        return (
            self.with_newest()
            .filter(newest_pk__isnull=False)
            .exclude(newest_pk=Coalesce("live_id", 0))
            .exclude(newest_pk=Coalesce("scheduled_id", 0))
        )

    def awaiting_review(self) -> Self:
        """Live ones whose words no clinician has signed off."""
        return self.filter(live__isnull=False, live__reviewed_at__isnull=True)

    def review_overdue(self) -> Self:
        """Live ones whose next review lies in the past."""
        return self.filter(live__isnull=False, next_review_on__lt=timezone.localdate())


class Publication(models.Model):
    """An address. Subclasses add `live` and `scheduled`, pointers to their own revisions."""

    # What publishing moves.
    STATE = ("live", "scheduled", "scheduled_for", "published_at", "updated_at")

    slug = models.SlugField(
        _("address"),
        max_length=100,
        help_text=_("The last part of the page's web address. Links break when it changes."),
    )
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    scheduled_for = models.DateTimeField(_("goes live at"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    updated_at = models.DateTimeField(_("words last changed"), null=True, editable=False)
    next_review_on = models.DateField(
        _("next review"),
        null=True,
        blank=True,
        help_text=_("When someone should check that this is still right."),
    )

    objects: ClassVar[Any]
    live: Any
    live_id: int | None
    scheduled: Any
    scheduled_id: int | None
    revisions: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        if newest_title := self.__dict__.get("newest_title"):
            return newest_title
        words = self.live or self.latest
        return words.title if words else self.slug

    if TYPE_CHECKING:

        def get_absolute_url(self) -> str: ...

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise ValidationError while visitors read the page or are about to."""
        if self.live_id or self.scheduled_id:
            raise ValidationError(_("Take the page off the site before deleting it."))
        return super().delete(*args, **kwargs)

    @property
    def is_published(self) -> bool:
        return self.live_id is not None

    @cached_property
    def latest(self) -> Any:
        """The newest revision, or None before the first save."""
        return self.revisions.order_by("-number").first() if self.pk else None

    @property
    def has_draft(self) -> bool:
        """Whether the newest words are neither live nor scheduled."""
        return self.latest is not None and self.latest.pk not in (self.live_id, self.scheduled_id)

    def lock(self) -> None:
        """Keep other editors' saves waiting until the surrounding transaction ends."""
        rows = type(self).objects.select_for_update(of=("self",))
        self.refresh_from_db(fields=self.STATE, from_queryset=rows)
        self.__dict__.pop("latest", None)

    @transaction.atomic
    def save_words(self, by: Any = None, note: str = "", **words: Any) -> Any:
        """Write `words` (title, summary, body, sources …) as the next revision and return it.

        Words that the newest revision says already make no new one.
        """
        self.lock()
        newest = self.latest
        if newest and newest.says(**words):
            return newest
        number = newest.number + 1 if newest else 1
        self.latest = self.revisions.create(number=number, author=by, note=note, **words)
        return self.latest

    def publish(self, revision: Any = None) -> None:
        """Make `revision` (default: the newest) what visitors read, now."""
        revision = self._own(revision)
        now = timezone.now()
        if self.live_id != revision.pk:
            self.updated_at = now
        self.live = revision
        self.published_at = self.published_at or now
        self.scheduled = self.scheduled_for = None
        self._save_state()

    def schedule(self, when: datetime, revision: Any = None) -> None:
        """Publish `revision` (default: the newest) at `when`; until then nothing changes."""
        self.scheduled = self._own(revision)
        self.scheduled_for = when
        self._save_state()

    def unschedule(self) -> None:
        self.scheduled = self.scheduled_for = None
        self._save_state()

    @transaction.atomic
    def publish_scheduled(self) -> bool:
        """Publish the scheduled words; False if they are not due (any more)."""
        due = type(self).objects.due().select_for_update(of=("self",)).filter(pk=self.pk).first()
        if due is None:
            return False
        due.publish(due.scheduled)
        self.refresh_from_db()
        return True

    def unpublish(self) -> None:
        """Take the page off the site; its words stay with the staff."""
        self.live = self.scheduled = self.scheduled_for = None
        self._save_state()

    def restore(self, revision: Any, by: Any = None) -> Any:
        """Copy an older revision's words forward as the newest draft and return it."""
        revision = self._own(revision)
        words = {name: getattr(revision, name) for name in revision.WORDS}
        note = now_translated("Words of version %(number)s again") % {"number": revision.number}
        return self.save_words(by=by, note=note, **words)

    def _own(self, revision: Any) -> Any:
        revision = revision or self.latest
        if revision is None or revision.publication_id != self.pk:
            raise ValidationError(_("There are no words to publish yet."))
        return revision

    def _save_state(self) -> None:
        """Save what publishing moves and nothing else: an editor may be saving the address."""
        self.save(update_fields=self.STATE)


class Revision(models.Model):
    """Words that never change. Subclasses add `publication`."""

    WORDS = ("title", "summary", "body", "sources", "byline")

    number = models.PositiveIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=600, blank=True)
    body = models.TextField(_("text"), blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    byline = models.CharField(_("written by"), max_length=200, blank=True)
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Made once, at save, so that a page view only copies it.
    rendered = models.TextField(editable=False)
    contents = models.JSONField(editable=False, default=list)
    plain_text = models.TextField(editable=False)
    word_count = models.PositiveIntegerField(editable=False, default=0)
    # The sign-off belongs to exactly these words.
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    reviewer = models.CharField(_("reviewer and credentials"), max_length=200, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[Any]
    publication: Any
    publication_id: int

    class Meta:
        abstract = True
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Clean and render the words.

        Raise ValidationError if the revision was saved before, or its body is nested too deeply.
        """
        if not self._state.adding:
            raise ValidationError(_("A saved revision never changes; save a new one."))
        for name in (*self.WORDS, "note"):
            setattr(self, name, printable(getattr(self, name)))
        self.body = markup.sanitise(self.body)
        page = markup.render(self.body)
        self.rendered, self.contents = page.html, page.contents
        self.plain_text = markup.plain_text(self.body)
        self.word_count = len(f"{self.summary} {self.plain_text}".split())
        super().save(*args, **kwargs)

    def says(self, **words: Any) -> bool:
        """Whether these are its words already (those not given count as empty)."""
        words = printable(words)
        if "body" in words:
            words["body"] = markup.sanitise(words["body"])
        empty = type(self)()
        return all(
            getattr(self, name) == words.get(name, getattr(empty, name)) for name in self.WORDS
        )

    def sign_off(self, by: Any, reviewer: str) -> None:
        """Record a clinician's review of exactly these words (`reviewer`: name and credentials).

        Raise ValidationError if a clinician did so before.
        """
        review = {"reviewer": printable(reviewer), "reviewed_at": timezone.now()}
        unsigned = type(self).objects.filter(pk=self.pk, reviewed_at=None)
        signed = unsigned.update(reviewed_by=by, **review)
        self.refresh_from_db(fields=["reviewed_by", "reviewer", "reviewed_at"])
        if not signed:
            raise ValidationError(
                _("%(reviewer)s has already signed off these words."),
                params={"reviewer": self.reviewer},
            )

    @property
    def html(self) -> SafeString:
        return markup.trusted(self.rendered)

    @property
    def reading_time(self) -> str:
        return reading_time(self.word_count)
