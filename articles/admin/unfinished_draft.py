"""Words saved from the live ones while a draft waits: what becomes of that draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from articles.publishing.revision import Revision

from .conflicts import ConflictForm
from .named_versions import is_draft

LIVE_WORDS = "live"


class Unfinished(models.TextChoices):
    KEEP = "keep", _("It stays the newest draft, without what you save now")
    LEAVE = "leave", _("It stays in the list of versions only, from which it can be restored")


class UnfinishedDraftForm(ConflictForm):
    """A form that may hold the live words though a newer draft exists."""

    # The version with whose words the form began; autosave keeps it with what was typed.
    origin = forms.IntegerField(required=False, widget=forms.HiddenInput)
    unfinished = forms.ChoiceField(
        choices=Unfinished.choices, required=False, widget=forms.RadioSelect, label=""
    )

    # LIVE_WORDS opens the form with what visitors read; otherwise it has the newest words.
    words = ""

    def _version_in(self, name: str) -> int:
        """The number in a hidden field, as it was sent or opened."""
        number = str(self[name].value() or "")
        return int(number) if number.isdecimal() and len(number) < 10 else 0

    @property
    def draft_beneath(self) -> Revision | None:
        """The draft over which this form would write words that began with an older version."""
        began_with = self._version_in("origin")
        if not 0 < began_with < self._version_in("base") or not is_draft(self.instance):
            return None
        newest: Revision = self.instance.newest_revision
        return newest

    def draft_to_keep(self) -> Revision | None:
        """The draft that should be the newest again, once these words are saved."""
        return self.draft_beneath if self.cleaned_data["unfinished"] == Unfinished.KEEP else None

    def _explain_conflict(self, newest: Revision) -> None:
        began_with_the_newest = self._version_in("origin") == self._version_in("base")
        super()._explain_conflict(newest)
        if began_with_the_newest:
            # Told of the other version, they have seen it beside theirs.
            data = QueryDict(mutable=True)
            data.update(self.data)
            data[self.add_prefix("origin")] = str(newest.number)
            self.data = data

    def _ask_for_the_draft(self, cleaned: dict[str, Any], goes_live: bool) -> None:
        """Whoever saves over an unfinished draft says what becomes of it."""
        draft = self.draft_beneath
        if draft is None or draft.is_same_as(self.place, self.content):
            return
        live = self.instance.live
        if goes_live and live and live.is_same_as(self.place, self.content):
            self.add_error(None, _("Visitors read exactly these words already. Nothing was saved."))
        elif not cleaned.get("unfinished"):
            self.conflict = self.conflict or self._compare_with(draft, None)
            question = _(
                "Version %(number)s is an unfinished draft, and what you save would be newer. They"
                " are compared at the top. Choose what becomes of the draft; nothing was saved yet."
            )
            self.add_error("unfinished", question % {"number": draft.number})
        elif saved := self._saved_as(cleaned):
            already = _("Version %(number)s has exactly these words already. Nothing was saved.")
            self.add_error(None, already % {"number": saved.number})

    def _saved_as(self, cleaned: dict[str, Any]) -> Revision | None:
        """The version as which these words were saved when the form was sent before."""
        later = self.instance.revisions.filter(number__gt=cleaned.get("base") or 0)
        same = (each for each in later if each.is_same_as(self.place, self.content))
        return next(same, None)
