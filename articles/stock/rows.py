"""One row for each publication: where it stands and what is wrong with it, stored at its save."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.search.index_rows import SearchWordQuerySet
from articles.text.readability import HARD_GRADE

OLD_DRAFT = timedelta(days=30)
# What the list of all pages can be filtered by.
FILTERED = (
    *("kind", "state", "topic", "owner", "deputy", "next_review_on", "draft_since"),
    *("awaits_review", "grade", "terms", "broken_links"),
    *("lacks_sources", "lacks_summary", "is_orphan"),
)


class StockState(models.TextChoices):
    LIVE = "live", _("Live")
    SCHEDULED = "scheduled", _("Scheduled")
    DRAFT = "draft", _("Not on the site")
    BIN = "bin", _("In the bin")


class StockWord(models.Model):
    """A word of a title, an address or a summary, in the form in which words are compared."""

    word = models.CharField(max_length=30, unique=True)
    # How English speakers would say it.
    sound = models.CharField(max_length=30, db_index=True)

    objects: ClassVar[Any] = SearchWordQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.word


class StockQuerySet(models.QuerySet["StockRow"]):
    def outside_bin(self) -> Self:
        return self.exclude(state=StockState.BIN)

    def unowned(self) -> Self:
        """Live, without an owner whose account is in use."""
        gone = get_user_model().objects.filter(is_active=False)
        # A list, not a subquery: accounts that ended are few, and an index finds their pages.
        nobodys = models.Q(owner=None) | models.Q(owner__in=list(gone.values_list("pk", flat=True)))
        return self.filter(nobodys, state=StockState.LIVE)

    def review_due(self, today: date | None = None) -> Self:
        today = today or timezone.localdate()
        return self.filter(state=StockState.LIVE, next_review_on__lt=today)

    def old_drafts(self) -> Self:
        return self.filter(draft_since__lt=timezone.now() - OLD_DRAFT)


class StockRow(models.Model):
    """The checks are of the words that visitors read; of a page off the site, of the newest."""

    kind = models.CharField(max_length=40)
    publication = models.PositiveBigIntegerField()
    # Whose words were checked, and by which checks (`upkeep.checked_with`).
    revision = models.PositiveBigIntegerField()
    checked_with = models.CharField(max_length=40)
    title = models.CharField(_("title"), max_length=200)
    topic = models.ForeignKey(
        "articles.Topic", models.SET_NULL, null=True, related_name="+", verbose_name=_("topic")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=StockState.choices)
    changed_at = models.DateTimeField(_("changed"))
    # Since when words wait that are neither live nor scheduled.
    draft_since = models.DateTimeField(_("draft since"), null=True)
    next_review_on = models.DateField(_("next review"), null=True)
    awaits_review = models.BooleanField(default=False)
    # School grade; 0 where the text is too short for one.
    grade = models.FloatField(_("grade"), default=0)
    terms = models.PositiveSmallIntegerField(_("words to avoid"), default=0)
    broken_links = models.PositiveSmallIntegerField(_("broken links"), default=0)
    lacks_sources = models.BooleanField(default=False)
    lacks_summary = models.BooleanField(default=False)
    # Visitors reach it by lists and by the search alone.
    is_orphan = models.BooleanField(default=False)
    words = models.ManyToManyField(StockWord, related_name="rows")

    objects: ClassVar[StockQuerySet] = StockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "publication"], name="stock_row_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # With all that filters ask for: the list in its order reads the index alone, and not
            # each row, where few rows are wanted (`python -m bench.stock`: “drafts alone”).
            models.Index(fields=["title", "id", *FILTERED], name="stock_list"),
            models.Index(fields=["changed_at", "id"], name="stock_changed"),
            models.Index(fields=["grade", "id"], name="stock_grade"),
            models.Index(fields=["terms", "id"], name="stock_terms"),
            models.Index(fields=["broken_links", "id"], name="stock_links"),
            models.Index(fields=["next_review_on", "id"], name="stock_next_review"),
            models.Index(fields=["draft_since", "id"], name="stock_draft"),
            models.Index(fields=["checked_with"], name="stock_checked_with"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def anchor(self) -> str:
        """Where the row stands on its page."""
        return f"{self.kind.rpartition('.')[2]}-{self.publication}"

    @property
    def is_hard(self) -> bool:
        return self.grade > HARD_GRADE

    @property
    def is_due(self) -> bool:
        is_live = self.state == StockState.LIVE
        return bool(is_live and self.next_review_on and self.next_review_on < timezone.localdate())

    @property
    def lacks(self) -> list[Any]:
        """What is missing from the page, in words."""
        named = [
            (self.lacks_sources, _("sources")),
            (self.lacks_summary, _("summary")),
            (self.is_orphan, _("a link to it")),
        ]
        return [label for is_missing, label in named if is_missing]
