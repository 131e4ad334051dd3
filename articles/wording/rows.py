"""The words to avoid as staff edit them, and the words ready to be looked for.

Each use asks for one small row, `WordingState`, so that a change counts at the next request of
every process. Its digest stands for all lists: put back as they were, they have the same one again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .patterns import PatternError, phrases_in
from .terms import TermData, TermReason, Wording, WordingData, shipped, shipped_wording

log = logging.getLogger(__name__)

MOST_INSTEAD = 200
TERM_LISTS = ("find", "unless", "before", "after", "about")
_ready: dict[str, Wording] = {}


class WordingState(models.Model):
    """One row: the digest of all lists."""

    digest = models.CharField(max_length=24, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest

    @classmethod
    def current(cls) -> str:
        """Nothing where no lists are stored: what is shipped counts then."""
        return cls.objects.filter(pk=1).values_list("digest", flat=True).first() or ""

    @classmethod
    @transaction.atomic
    def renew(cls) -> None:
        """Read all lists; one after the other, so that the last digest knows every change."""
        cls.objects.get_or_create(pk=1)
        state = cls.objects.select_for_update().get(pk=1)
        digest = digest_of(stored())
        if state.digest != digest:
            state.digest = digest
            state.save()


class EditedRow(models.Model):
    """A row that staff edit. One that was shipped has a `shipped_as`, and can be put back."""

    class Meta:
        abstract = True

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        WordingState.renew()

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        done = super().delete(*args, **kwargs)
        WordingState.renew()
        return done

    def shipped_values(self) -> dict[str, Any] | None:
        """The fields as they were shipped; None for a row of the site's own."""
        return None

    @property
    def differs(self) -> bool:
        return any(getattr(self, k) != v for k, v in (self.shipped_values() or {}).items())

    def put_back(self) -> bool:
        """Make it what was shipped; False if it is."""
        if not self.differs:
            return False
        for name, value in (self.shipped_values() or {}).items():
            setattr(self, name, value)
        self.save()
        return True


class WordList(EditedRow):
    name = models.SlugField(
        _("name"),
        max_length=30,
        unique=True,
        help_text=_("Small letters. Phrases name the list by it, as @drug does."),
    )
    words = models.TextField(_("words"), blank=True, help_text=_("One to a line."))

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("list for words to avoid")
        verbose_name_plural = _("lists for words to avoid")

    def __str__(self) -> str:
        return f"@{self.name}"

    @property
    def is_named(self) -> bool:
        """Whether a phrase needs it."""
        data = stored()
        phrases = [each for words in data.lists.values() for each in words]
        for row in TermToAvoid.objects.all():
            phrases += [each for name in TERM_LISTS for each in getattr(row.data, name)]
        return any(f"@{self.name}" in re.findall(r"@\w+", phrase) for phrase in phrases)

    def shipped_values(self) -> dict[str, Any] | None:
        words = shipped().lists.get(self.name)
        return None if words is None else {"words": "\n".join(words)}


class TermQuerySet(models.QuerySet["TermToAvoid"]):
    def used(self) -> Self:
        return self.filter(is_used=True)


class TermToAvoid(EditedRow):
    shipped_as = models.CharField(max_length=40, null=True, unique=True, editable=False)
    # Of two terms that find the same words the first counts; the site's own come before all.
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    find = models.TextField(_("phrases"), help_text=_("One to a line."))
    reason = models.CharField(_("reason"), max_length=20, choices=TermReason.choices)
    instead = models.CharField(
        _("better"),
        max_length=MOST_INSTEAD,
        help_text=_("Stands behind “Better:”, such as “person in recovery”."),
    )
    is_used = models.BooleanField(
        _("in use"), default=True, help_text=_("Untick it to give no such advice.")
    )
    unless = models.TextField(
        _("not if the sentence holds"), blank=True, help_text=_("One phrase to a line.")
    )
    before = models.TextField(
        _("not right behind"), blank=True, help_text=_("What stands right before the phrase.")
    )
    after = models.TextField(
        _("not right before"), blank=True, help_text=_("What stands right behind the phrase.")
    )
    about = models.TextField(
        _("only if the sentence holds"), blank=True, help_text=_("Empty: in every sentence.")
    )

    objects: ClassVar[TermQuerySet] = TermQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        verbose_name = _("word to avoid")
        verbose_name_plural = _("words to avoid")

    def __str__(self) -> str:
        return ", ".join(phrases_in(self.find)[:2])

    @property
    def data(self) -> TermData:
        lists = {name: tuple(phrases_in(getattr(self, name))) for name in TERM_LISTS}
        return TermData(f"{self.pk or ''}", self.reason, self.instead, **lists)

    def shipped_values(self) -> dict[str, Any] | None:
        terms = [each for each in shipped().terms if each.key == self.shipped_as]
        return values_of(terms[0]) if terms else None


def values_of(term: TermData) -> dict[str, Any]:
    """The fields of a row that is as this term was shipped."""
    lists = {name: "\n".join(getattr(term, name)) for name in TERM_LISTS}
    return {"reason": term.reason, "instead": term.instead, "is_used": True, **lists}


def stored() -> WordingData:
    """The lists as staff have them now."""
    lists = {row.name: tuple(phrases_in(row.words)) for row in WordList.objects.order_by("name")}
    return WordingData(lists, tuple(row.data for row in TermToAvoid.objects.used()))


def digest_of(data: WordingData) -> str:
    # A row that is written anew has another key and says the same.
    terms = [term._replace(key="") for term in data.terms]
    written = json.dumps([sorted(data.lists.items()), terms], ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:24]


def current_wording() -> Wording:
    """The words as they are now, ready to be looked for."""
    digest = WordingState.current()
    if not digest:
        return shipped_wording()
    while digest not in _ready:
        data = stored()
        # Changed in between, they would stand for an earlier state.
        if (now := WordingState.current()) == digest:
            _ready.clear()
            _ready[digest] = _readable(data)
        digest = now
        if not digest:
            return shipped_wording()
    return _ready[digest]


def _readable(data: WordingData) -> Wording:
    try:
        return Wording(data)
    except PatternError:
        log.exception("Stored words to avoid can't be read; those that came with the site count.")
        return shipped_wording()


@transaction.atomic
def put_back_all(done: Callable[[EditedRow], None]) -> int:
    """Make all that was shipped what it was, and return how many changed; own rows stay."""
    lists = {row.name: row for row in WordList.objects.all()}
    rows: list[EditedRow] = [lists.get(name) or WordList(name=name) for name in shipped().lists]
    terms = {row.shipped_as: row for row in TermToAvoid.objects.all()}
    for position, term in enumerate(shipped().terms, start=1):
        rows.append(terms.get(term.key) or TermToAvoid(shipped_as=term.key, position=position))
    changed = [row for row in rows if row.put_back()]
    for row in changed:
        done(row)
    return len(changed)
