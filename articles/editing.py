"""The form in which staff write: a page's address and its newest words together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as now_translated
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField

from . import markup
from .characters import OneLine, PrintableField, printable
from .publishing import Publication, Revision

LONGEST_BODY = 200_000
FURTHEST_AHEAD = timedelta(days=2 * 365)

_check_url = URLValidator(schemes=["http", "https"])


class SourcesField(PrintableField):
    """Sources as staff type them, one a line: `Publisher: Title | https://…`."""

    widget = AdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(as_line, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = super().clean(value).splitlines()
        errors, sources = [], []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                sources.append(as_source(line))
            except ValidationError as error:
                errors.append(
                    _("Line %(number)s: %(problem)s")
                    % {"number": number, "problem": error.messages[0]}
                )
        if errors:
            raise ValidationError(errors)
        return sources

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def as_line(source: dict[str, Any]) -> str:
    year = f" ({source['year']})" if source.get("year") else ""
    url = f" | {source['url']}" if source.get("url") else ""
    return f"{source.get('publisher', '')}: {source['title']}{year}{url}"


def as_source(line: str) -> dict[str, Any]:
    """The source that `line` names; ValidationError says what is missing."""
    name, _bar, url = (part.strip() for part in line.partition("|"))
    publisher, _colon, title = (part.strip() for part in name.partition(":"))
    if not (publisher and title) or "://" in name:
        raise ValidationError(
            _("write it like this: Publisher: Title | https://… (the web address may be missing).")
        )
    if url:
        try:
            _check_url(url)
        except ValidationError:
            raise ValidationError(
                _("“%(url)s” is not a web address. It starts with https://") % {"url": url}
            ) from None
    source: dict[str, Any] = {"title": title, "publisher": publisher, "url": url}
    if title.endswith(")") and (year := title[-5:-1]).isdecimal() and title[-6:-5] == "(":
        source |= {"title": title[:-6].strip(), "year": int(year)}
    return source


class BodyField(ProseEditorFormField):
    def clean(self, value: Any) -> str:
        body = super().clean(printable(value))
        markup.check_depth(body)
        return body


class PublicationForm(forms.ModelForm):
    title = OneLine(
        label=_("Title"),
        max_length=200,
        widget=AdminTextInputWidget(attrs={"class": "vTextField words-title"}),
        help_text=_("What the page answers, in the reader's words."),
    )
    summary = OneLine(
        label=_("Summary"),
        required=False,
        max_length=600,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("The answer in one to three sentences. Lists and search engines show it."),
    )
    body = BodyField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_BODY,
        config={"extensions": markup.EXTENSIONS},
        widget=AdminTextareaWidget(attrs={"rows": 24}),
        help_text=_(
            "One idea in each paragraph. Say “you”. Explain a medical word where it first appears."
            " For an important box: make a quotation, then pick it under “Block style”."
        ),
    )
    sources = SourcesField(
        label=_("Sources"),
        required=False,
        max_length=20_000,
        widget=AdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line, like this: NIDA: Heroin Research Report | https://nida.nih.gov/…"),
    )
    byline = OneLine(
        label=_("Written by"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget(),
        help_text=_("A real person's name, with credentials if any. Empty: the page names nobody."),
    )
    note = OneLine(
        label=_("What changed"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget(),
        help_text=_("For your colleagues; the list of versions shows it. Visitors don't see it."),
    )
    publish_at = forms.DateTimeField(
        label=_("Goes live at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)

    words: dict[str, Any]
    by: Any = None  # who writes
    done: list[str]  # what saving did, in words

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = self.instance.latest
        if newest:
            for name in newest.WORDS:
                self.initial.setdefault(name, getattr(newest, name))
        self.initial["base"] = newest.number if newest else None
        self.initial["publish_at"] = self.instance.scheduled_for
        self.fields["publish_at"].help_text = _("For “Schedule”. Time zone: %(zone)s.") % {
            "zone": settings.TIME_ZONE
        }

    def clean_publish_at(self) -> Any:
        when = self.cleaned_data["publish_at"]
        if "_schedule" in self.data:
            if when is None:
                raise ValidationError(_("Give the day and time when the page should go live."))
            if when <= timezone.now():
                raise ValidationError(_("This time has passed. Choose a later one."))
            if when - timezone.now() > FURTHEST_AHEAD:
                raise ValidationError(_("This is more than two years ahead. Choose a nearer day."))
        return when

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not all(name in cleaned for name in Revision.WORDS):
            return cleaned
        self.words = {name: cleaned[name] for name in Revision.WORDS}
        if self.instance.pk:
            self.instance.lock()
            if meanwhile := self._written_meanwhile(cleaned.get("base")):
                self._explain_conflict(meanwhile)
        return cleaned

    def _written_meanwhile(self, base: int | None) -> Revision | None:
        """The newest revision, if someone else wrote it after this form was opened."""
        newest = self.instance.latest
        if newest is None or newest.says(**self.words):
            return None
        others = self.instance.revisions.filter(number__gt=base or 0).exclude(
            author__isnull=False, author=self.by
        )
        return newest if others.exists() else None

    def _explain_conflict(self, newest: Revision) -> None:
        meta = self.instance._meta
        self.add_error(
            None,
            format_html(
                now_translated(
                    "{who} saved version {number} while you were writing, so nothing was saved."
                    " Your words are still here. <a href='{url}' target='_blank'>Look at version"
                    " {number}</a>; then save again to put yours on top. Theirs stays in the list"
                    " of versions."
                ),
                who=newest.author or _("Someone"),
                number=newest.number,
                url=reverse(
                    f"admin:{meta.app_label}_{meta.model_name}_preview",
                    args=[self.instance.pk, newest.number],
                ),
            ),
        )
        # The next save is a decision made with the other version in sight.
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix("base")] = str(newest.number)
        self.data = data


class RowForm(forms.ModelForm):
    """Fields in a list, each with a name that says whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"


def state_labels(publication: Publication, newest_pk: int | None) -> list[tuple[str, str]]:
    """What a page is now, as (kind, words) labels; the kind names its colour."""
    labels = []
    if publication.live_id:
        labels.append(("live", now_translated("Live")))
        if newest_pk not in (publication.live_id, publication.scheduled_id):
            labels.append(("draft", now_translated("newer draft")))
    elif not publication.scheduled_id:
        labels.append(("draft", now_translated("Draft")))
    if publication.scheduled_for:
        when = date_format(timezone.localtime(publication.scheduled_for), "DATETIME_FORMAT")
        labels.append(("scheduled", now_translated("goes live %s") % when))
    return labels
