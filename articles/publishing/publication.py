"""The editorial life cycle that articles, questions and pages share.

A revision holds all that visitors can notice of a page: its words and its place (address, topic and
what else it says of where the page stands). Revisions never change: saving writes a new one,
publishing points `live` at one of them, scheduling publishes at a given time, restoring copies an
old revision to a new draft. The columns of a publication repeat the place of its live revision, so
that lists and addresses are found without it; before the first publication, that of the newest.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.addresses.old_addresses import OldAddress
from articles.links import index as links
from articles.search import index
from articles.stock import upkeep as stock
from articles.wording.dismissals import DismissedAdvice

from .completeness import PARTS
from .ownership import OwnedPublication
from .schedules import ScheduledPublication


def live_in_a_topic(name: str) -> models.CheckConstraint:
    condition = models.Q(live=None) | models.Q(topic__isnull=False)
    return models.CheckConstraint(condition=condition, name=name)


def off_site_in_bin(name: str) -> models.CheckConstraint:
    off_site = models.Q(live=None, scheduled=None)
    return models.CheckConstraint(condition=models.Q(binned_at=None) | off_site, name=name)


class Publication(OwnedPublication, ScheduledPublication):
    """Abstract. Subclasses add `live` and `scheduled`, foreign keys to their own revisions."""

    PUBLISHING_FIELDS = (
        *ScheduledPublication.SCHEDULE_FIELDS,
        *("live", "published_at", "updated_at", "binned_at"),
    )

    slug = models.SlugField(
        _("address"),
        max_length=100,
        help_text=_(
            "The last part of the page's web address. When it changes, the old address leads here."
        ),
    )
    language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    published_at = models.DateTimeField(_("first published"), null=True, editable=False)
    updated_at = models.DateTimeField(_("words last changed"), null=True, editable=False)
    binned_at = models.DateTimeField(_("put into the bin"), null=True, editable=False)
    # The address of a page on which all of this kind stand, each under its own name.
    listed_at: ClassVar[Any] = ""

    objects: ClassVar[Any]
    live: Any
    live_id: int | None
    revisions: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        if newest_title := self.__dict__.get("newest_title"):
            return newest_title
        revision = self.live or self.newest_revision
        return (revision.title or gettext("(title missing)")) if revision else self.slug

    if TYPE_CHECKING:

        def get_absolute_url(self) -> str: ...

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Lead visitors from an address that the page had while it was published."""
        if self.pk is None:
            # It has neither an address to lead from nor words to list.
            super().save(*args, **kwargs)
            return
        names = kwargs.get("update_fields")
        old = self._old_path() if names is None or "slug" in names else ""
        super().save(*args, **kwargs)
        if old:
            OldAddress.objects.record(old, self.get_absolute_url())
        stock.update_row(self)

    def _old_path(self) -> str:
        stored = type(self).objects.filter(pk=self.pk, published_at__isnull=False)
        slug = stored.exclude(slug=self.slug).values_list("slug", flat=True).first()
        return type(self)(slug=slug).get_absolute_url() if slug else ""

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete it with all its revisions (see `require_off_site`)."""
        self.require_off_site()
        OldAddress.objects.filter(target=self.get_absolute_url()).delete()
        links.drop_links(self)
        stock.drop_row(self)
        DismissedAdvice.objects.of_page(self).delete()
        return super().delete(*args, **kwargs)

    @property
    def is_reviewed(self) -> bool:
        """Whether a clinician's review of one of its versions is kept."""
        return False

    @property
    def awaits_review(self) -> bool:
        """Whether visitors read medical content for which no clinician's review stands."""
        return False

    def needs_sources(self, revision: Any) -> bool:
        """Whether readers should be told where the words of `revision` come from."""
        return False

    @classmethod
    def shows(cls, model: type[Publication], keys: set[int]) -> set[int]:  # noqa: ARG003
        """Which publications of `model`, of these keys, live pages of this kind show or name."""
        return set()

    def missing_review(self, digest: str, is_medical: bool = True, when: Any = None) -> str:
        """Why words may not be live for want of a clinician's review; here they always may."""
        return ""

    @property
    def is_published(self) -> bool:
        return self.live_id is not None

    @cached_property
    def newest_revision(self) -> Any:
        """The newest revision, or None before the first save."""
        return self.revisions.order_by("-number").first() if self.pk else None

    @classmethod
    def place_columns(cls) -> list[str]:
        """The columns that repeat a revision's `PLACE_FIELDS`."""
        revisions: Any = cls._meta.get_field("revisions").related_model
        columns = {field.attname for field in cls._meta.concrete_fields}
        return [name for name in revisions.PLACE_FIELDS if name in columns]

    @property
    def place(self) -> dict[str, Any]:
        """A revision's `PLACE_FIELDS` as visitors meet them now."""
        return {name: getattr(self, name) for name in self.place_columns()}

    def show_in_place_of(self, revision: Any) -> None:
        """Take over the place of `revision` without saving it, as a preview does."""
        self._fill_place(revision)

    def _fill_place(self, revision: Any) -> None:
        for name in self.place_columns():
            value = getattr(revision, name)
            # A topic that is gone since leaves the page in the one that it has.
            if value is not None or (name != "topic_id" and self._meta.get_field(name).null):
                setattr(self, name, value)

    def _take_place_of(self, revision: Any) -> None:
        # Its review is looked up once the row is locked, by `_save_publishing_fields`.
        self._fill_place(revision)

    def lock(self) -> None:
        """Read what stands now, and let others wait until the surrounding transaction ends.

        `run_jobs` may have published or taken down since the page was read.
        """
        rows = type(self).objects.select_for_update(of=("self",))
        names = (*self.PUBLISHING_FIELDS, *self.place_columns())
        self.refresh_from_db(fields=names, from_queryset=rows)
        self.__dict__.pop("newest_revision", None)

    @transaction.atomic
    def save_revision(
        self,
        by: Any = None,
        note: str = "",
        place: dict[str, Any] | None = None,
        is_starter: bool = False,
        **content: Any,
    ) -> Any:
        """Save words, of a revision's `CONTENT_FIELDS`, as the next revision and return it.

        What `place` does not name stays as visitors meet it now. Return the newest revision instead
        if it is the same.
        """
        self.lock()
        newest, place = self.newest_revision, self.place | (place or {})
        if newest and newest.is_same_as(place, content):
            return newest
        number = newest.number + 1 if newest else 1
        written = {"author": by, "note": note, "is_starter": is_starter}
        revision = self.revisions.create(number=number, **written, **place, **content)
        self.newest_revision = revision
        if self.published_at is None and self._is_free(revision):
            self._take_place_of(revision)
            self.save(update_fields=self.place_columns())
        else:
            stock.update_row(self)
        return revision

    def _is_free(self, revision: Any) -> bool:
        """Whether no other page has the address of `revision`."""
        others = type(self).objects.exclude(pk=self.pk)
        return not others.filter(slug=revision.slug, language=revision.language).exists()

    @transaction.atomic
    def publish(self, revision: Any = None, keep_schedule: bool = False) -> None:
        """Show `revision` (default: the newest) to visitors from now on, in its place."""
        self.lock()
        revision = self._require_publishable(revision)
        self._take_place_of(revision)
        now = timezone.now()
        if self.live_id != revision.pk:
            self.updated_at = now
        self.live = revision
        self.published_at = self.published_at or now
        if not keep_schedule:
            self._forget_schedule()
        self._save_publishing_fields(*self.place_columns())
        # Where its visitors were led while it was off the site.
        OldAddress.objects.filter(path=self.get_absolute_url()).delete()

    @transaction.atomic
    def unpublish(self, lead_to: str = "", keep_schedule: bool = False) -> None:
        """Take the page off the site; staff keep all revisions.

        Visitors of its address are led to `lead_to`, the address of another page, if it is given.
        """
        self.lock()
        self.live = None
        self._forget_take_down()
        if not keep_schedule:
            self._forget_schedule()
        self._save_publishing_fields()
        # That page may have moved since somebody chose it; it may even lead here.
        lead_to = OldAddress.objects.target_of(lead_to) or lead_to
        if lead_to and lead_to != self.get_absolute_url():
            OldAddress.objects.record(self.get_absolute_url(), lead_to)
        else:
            OldAddress.objects.filter(path=self.get_absolute_url()).delete()

    @transaction.atomic
    def put_into_bin(self) -> None:
        """Put the page aside with all its revisions (see `require_off_site`)."""
        self.lock()
        self.require_off_site()
        self.binned_at = timezone.now()
        self.save(update_fields=["binned_at"])

    def bring_back(self) -> None:
        self.binned_at = None
        self.save(update_fields=["binned_at"])

    def require_off_site(self) -> None:
        """Raise ValidationError if the page may not go: it is live, scheduled, or always needed."""
        if self.live_id or self.scheduled_id:
            raise ValidationError(_("Take the page off the site before deleting it."))

    def restore(self, revision: Any, by: Any = None) -> Any:
        """Save the words and the place of an older revision as a new draft and return it."""
        revision = self._require_own(revision)
        content = {name: getattr(revision, name) for name in revision.CONTENT_FIELDS}
        note = gettext("Words of version %(number)s again") % {"number": revision.number}
        return self.save_revision(by=by, note=note, place=revision.place, **content)

    def _require_own(self, revision: Any) -> Any:
        revision = revision or self.newest_revision
        if revision is None or revision.publication_id != self.pk:
            raise ValidationError(_("There are no words to publish yet."))
        return revision

    def _require_publishable(self, revision: Any, when: datetime | None = None) -> Any:
        """Return `revision`, or raise ValidationError if it may not be live at `when`."""
        revision = self._require_own(revision)
        if self.binned_at:
            raise ValidationError(_("The page is in the bin. Bring it back first."))
        # A topic that is gone since leaves the page in the one that it has.
        stays = {"body"} | ({"topic"} if getattr(self, "topic_id", None) else set())
        if missing := [name for name in revision.missing_parts if name not in stays]:
            raise ValidationError(PARTS[missing[0]])
        revision.require_finished()
        return revision

    def _save_publishing_fields(self, *further: str) -> None:
        """Save these fields alone: an editor may be saving others at the same time."""
        with transaction.atomic():
            self.save(update_fields=[*self.PUBLISHING_FIELDS, *self._date_next_review(), *further])
            index.update_index(self)
