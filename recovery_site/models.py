from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from .facts.models import Fact
from .helpful.answers import HelpfulCount
from .question_merging.merges import QuestionMerge
from .search.rows import FailedSearch, SearchPhrase, SearchSynonym
from .sign_in.models import StaffAccount, StaffSession

__all__ = [
    "ContentVersion", "Fact", "FailedSearch", "HelpfulCount", "QuestionMerge", "SearchPhrase",
    "SearchSynonym", "StaffAccount", "StaffSession",
]  # fmt: skip

# The number counts in steps of 2**20 and ends in chance: a failover that loses changes never leads
# to a number that had stood for other content.
VERSION_STEP = 1 << 20


class ContentVersion(models.Model):
    """One row: the number of what visitors can see, raised by triggers with every change of it."""

    number = models.BigIntegerField()
    # Pages show what a day means ("review overdue"), so each local day has a number of its own.
    day = models.DateField()

    objects: ClassVar[models.Manager[ContentVersion]]

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls, using: str = "default") -> int:
        """The number; 1 while nothing was ever written."""
        return cls.objects.using(using).values_list("number", flat=True).first() or 1

    @classmethod
    def raise_number(cls, using: str = "default") -> None:
        """Let every page be made anew, as when anything that visitors can see changes."""
        new = {"number": VERSION_STEP, "day": timezone.localdate()}
        _row, is_new = cls.objects.using(using).get_or_create(pk=1, defaults=new)
        if not is_new:
            cls.objects.using(using).filter(pk=1).update(number=models.F("number") + VERSION_STEP)

    @classmethod
    def begin_day(cls) -> bool:
        """Raise the number once each local day, however many machines ask."""
        today = timezone.localdate()
        old = cls.objects.filter(day__lt=today)
        return bool(
            old.exists() and old.update(number=models.F("number") + VERSION_STEP, day=today)
        )
