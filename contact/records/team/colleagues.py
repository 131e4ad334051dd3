"""What the team knows of a colleague: languages, and whether they are there and take calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact.records.enums import Language

# After this time without a page of the workspace, a colleague counts as away.
PRESENT_FOR = timedelta(minutes=5)
# Languages that requests come in, and that scripts exist for.
SPOKEN = [each for each in Language if each.is_written]


class Presence(NamedTuple):
    """Whether somebody may be counted on now, and what is known of that, in words."""

    is_there: bool
    words: str


class ColleagueQuerySet(models.QuerySet["Colleague"]):
    def present(self, now: datetime | None = None) -> Self:
        """Return those who were seen within PRESENT_FOR and take calls."""
        since = (now or timezone.now()) - PRESENT_FOR
        return self.filter(seen_at__gt=since, takes_calls=True, account__is_active=True)


class Colleague(models.Model):
    """An account without a row counts as speaking English, and as never seen."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="colleague"
    )
    # Values of `Language`, separated by commas.
    languages = models.CharField(_("languages"), max_length=40, default=Language.ENGLISH.value)
    further_languages = models.CharField(
        _("further languages"), max_length=100, blank=True, default=""
    )
    takes_calls = models.BooleanField(_("takes calls now"), default=True)
    # When they last opened a page of the workspace; empty after logging out.
    seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)

    objects: ClassVar[ColleagueQuerySet] = ColleagueQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.account)

    @property
    def spoken(self) -> list[Language]:
        return [each for each in SPOKEN if each.value in self.languages.split(",")]

    @property
    def language_words(self) -> str:
        """`English, Spanish (español), Navajo`."""
        words = [str(each.label) for each in self.spoken]
        return ", ".join([*words, self.further_languages] if self.further_languages else words)

    def presence(self, now: datetime | None = None) -> Presence:
        """Say no more than what was seen."""
        now = now or timezone.now()
        if self.seen_at is None:
            return Presence(is_there=False, words=gettext("not here"))
        seen = _seen(now - self.seen_at)
        if now - self.seen_at >= PRESENT_FOR:
            return Presence(is_there=False, words=gettext("last seen %s") % seen)
        if not self.takes_calls:
            return Presence(is_there=False, words=gettext("takes no calls now, seen %s") % seen)
        return Presence(is_there=True, words=gettext("takes calls, seen %s") % seen)


def _seen(ago: timedelta) -> str:
    minutes = int(ago.total_seconds() // 60)
    if minutes < 1:
        return gettext("less than a minute ago")
    if minutes < 60:
        return ngettext("%d minute ago", "%d minutes ago", minutes) % minutes
    if minutes < 48 * 60:
        return ngettext("%d hour ago", "%d hours ago", minutes // 60) % (minutes // 60)
    return ngettext("%d day ago", "%d days ago", ago.days) % ago.days
