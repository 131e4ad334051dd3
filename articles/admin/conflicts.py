"""Words that somebody saved while a form was open: told by the version it began with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing.revision import Revision


class ConflictForm(forms.ModelForm):
    """A form of words that says on which version they are based."""

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Tells the windows of one account apart.
    form_key = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    content: dict[str, Any]
    place: dict[str, Any]
    author: Any = None
    # By form_key: the newest version that each open window of the account saved.
    saved_from: Mapping[str, int] = {}

    def _saved_meanwhile(self, cleaned: dict[str, Any]) -> Revision | None:
        """The newest revision, if another window saved one after this form was opened."""
        newest = self.instance.newest_revision
        if newest is None or newest.is_same_as(self.place, self.content):
            return None
        own = self.saved_from.get(cleaned.get("form_key", ""), 0)
        others = self.instance.revisions.filter(number__gt=cleaned.get("base") or 0).exclude(
            author__isnull=False, author=self.author, number__lte=own
        )
        return newest if others.exists() else None

    def _explain_conflict(self, newest: Revision) -> None:
        meta, pk = self.instance._meta, self.instance.pk
        admin = f"admin:{meta.app_label}_{meta.model_name}"
        if newest.author and newest.author == self.author:
            what = gettext("You saved version {number} in another window while you were writing")
        else:
            what = gettext("{who} saved version {number} while you were writing")
        base = self.cleaned_data.get("base") or newest.number
        self.add_error(
            None,
            format_html(
                what
                + gettext(
                    ", so nothing was saved. Your words are still here. <a href='{url}'"
                    " target='_blank'>Look at version {number}</a> or <a href='{compare}'"
                    " target='_blank'>at what changed</a>; then save again to put yours on top."
                    " The other one stays in the list of versions."
                ),
                who=newest.author or _("Someone"),
                number=newest.number,
                url=reverse(f"{admin}_preview", args=[pk, newest.number]),
                compare=f"{reverse(f'{admin}_compare', args=[pk])}?old={base}&new={newest.number}",
            ),
        )
        # The editor has now been told of the other version, so the next save may replace it.
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("base")] = str(newest.number)
        self.data = data
