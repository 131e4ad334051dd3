"""Words that somebody saved while a form was open: told by the version it began with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing.completeness import has_no_address
from articles.publishing.revision import Revision

from .comparison.changes import Comparison


class Difference(NamedTuple):
    name: str  # of the form field
    label: str
    is_theirs_alone: bool  # whoever fills in the form did not touch it


class Conflict(NamedTuple):
    """What a form holds beside the version that somebody saved meanwhile."""

    theirs: Revision
    differences: list[Difference]
    comparison: Comparison


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
    conflict: Conflict | None = None

    if TYPE_CHECKING:

        def _field_of(self, name: str) -> str: ...

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = self.data.getlist("theirs") if isinstance(self.data, QueryDict) else []
        number = self.data.get("theirs_of", "")
        if not (names and number.isdecimal() and len(number) < 10 and self.instance.pk):
            return
        if theirs := self.instance.revisions.filter(number=number).first():
            self._take(theirs, names)

    def _take(self, theirs: Revision, names: list[str]) -> None:
        """Fill in these fields as the other version has them."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name in (*theirs.CONTENT_FIELDS, *theirs.PLACE_FIELDS):
            field = self._field_of(name) if name in theirs.PLACE_FIELDS else name
            if field not in names or field not in self.fields:
                continue
            value = self.fields[field].prepare_value(getattr(theirs, name))
            if value is None or value is False or (name == "slug" and has_no_address(value)):
                value = []
            values = value if isinstance(value, list) else ["on" if value is True else value]
            data.setlist(self.add_prefix(field), [str(each) for each in values])
        self.data = data

    def _compare_with(self, theirs: Revision, base: Revision | None) -> Conflict:
        """`base` is the version on which the form's words are based."""
        place = theirs.place | self.place
        mine: Any = type(theirs)(number=0, **place, **self.content)
        mine.publication = self.instance
        mine.derive()
        differences = []
        for name in (*theirs.CONTENT_FIELDS, *theirs.PLACE_FIELDS):
            field = self._field_of(name) if name in theirs.PLACE_FIELDS else name
            own = getattr(mine, name)
            if field in self.fields and own != getattr(theirs, name):
                is_untouched = base is not None and own == getattr(base, name)
                label = str(self.fields[field].label)
                differences.append(Difference(field, label, is_untouched))
        return Conflict(theirs, differences, Comparison(theirs, mine))

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
        known = self.instance.revisions.filter(number=self.cleaned_data.get("base") or 0)
        self.conflict = self._compare_with(newest, known.first())
        self.add_error(
            None,
            format_html(
                what
                + gettext(
                    ", so nothing was saved. Your words are still here; below, they are"
                    " compared with that version. <a href='{url}' target='_blank'>Look at"
                    " version {number}</a> or <a href='{compare}' target='_blank'>at what"
                    " changed</a>; then save again to put yours on top, or with what you take"
                    " from the other one. That stays in the list of versions."
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
