"""Words published from the live ones while a draft waits: what becomes of that draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.publishing.revision import Revision

from .conflicts import ConflictForm
from .named_versions import is_draft

LIVE_WORDS = "live"


class Unfinished(models.TextChoices):
    KEEP = "keep", _("It stays the newest draft, without what you publish or schedule now")
    LEAVE = "leave", _("It stays in the list of versions only")


class UnfinishedDraftForm(ConflictForm):
    """A form that may hold the live words though a newer draft exists."""

    unfinished = forms.ChoiceField(
        choices=Unfinished.choices, required=False, widget=forms.RadioSelect, label=""
    )

    # LIVE_WORDS opens the form with what visitors read; otherwise it has the newest words.
    words = ""

    if TYPE_CHECKING:

        def _goes_live(self, cleaned: dict[str, Any]) -> bool: ...

    @property
    def draft_beneath(self) -> Revision | None:
        """The draft over which this form would write the live words."""
        if self.words != LIVE_WORDS or not self.instance.live_id or not is_draft(self.instance):
            return None
        newest: Revision = self.instance.newest_revision
        return newest

    def draft_to_keep(self) -> Revision | None:
        """The draft that should be the newest again, once these words are published."""
        keeps = self.cleaned_data["unfinished"] == Unfinished.KEEP
        return self.draft_beneath if keeps and self._goes_live(self.cleaned_data) else None

    def _ask_for_the_draft(self, cleaned: dict[str, Any]) -> None:
        """Whoever publishes over an unfinished draft says what becomes of it."""
        draft = self.draft_beneath
        if draft is None or draft.is_same_as(self.place, self.content):
            return
        if self.instance.live.is_same_as(self.place, self.content):
            self.add_error(None, _("Visitors read exactly these words already. Nothing was saved."))
        elif not cleaned.get("unfinished"):
            question = _(
                "Version %(number)s is an unfinished draft, and what you publish would be newer."
                " Choose what becomes of the draft; nothing was saved yet."
            )
            self.add_error("unfinished", question % {"number": draft.number})
