"""The form that writes the next revision of a publication: its words and its place."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField

from articles.addresses.page_addresses import SAME_ADDRESS
from articles.pictures.addresses import with_prefix
from articles.pictures.figures import refuse_foreign_pictures
from articles.pictures.uses import require_whole_pictures
from articles.publishing.autosave import Autosave
from articles.publishing.completeness import (
    PARTS,
    has_no_address,
    missing_parts,
    stand_in_address,
)
from articles.publishing.revision import Revision
from articles.text import markup
from articles.text.clean_text import SingleLineField, clean_text
from articles.text.instructions import refuse_instructions

from .moments import MomentField, require_to_come
from .named_versions import moment
from .source_lines import SourcesField
from .unfinished_draft import LIVE_WORDS, UnfinishedDraftForm

MAX_BODY_LENGTH = 200_000
WINDOW_FIELDS = ("form_key", "edits")  # of the browser window, not of the page
# Names of form fields for what a revision holds under other names than the publication.
PLACE_FORM_FIELDS = {"related_keys": "related"}


class Planned(models.TextChoices):
    """What becomes of a scheduled version when other words are saved."""

    KEEP = "keep", _("It goes live as planned, without what you save now")
    REPLACE = "replace", _("What you save now goes live then instead")
    CALL_OFF = "call_off", _("Nothing goes live then")


class BodyField(ProseEditorFormField):
    def clean(self, value: Any) -> str:
        body = super().clean(clean_text(value))
        markup.check_depth(body)
        refuse_foreign_pictures(body)
        return body

    def prepare_value(self, value: Any) -> Any:
        """With pictures as staff see them before visitors do."""
        return with_prefix(value) if isinstance(value, str) else value


class PublicationForm(UnfinishedDraftForm):
    title = SingleLineField(
        label=_("Title"),
        max_length=200,
        widget=AdminTextInputWidget(attrs={"class": "vTextField words-title"}),
        help_text=_("What the page answers, in the reader's words."),
    )
    summary = SingleLineField(
        label=_("Summary"),
        required=False,
        max_length=600,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("The answer in one to three sentences. Lists and search engines show it."),
    )
    body = BodyField(
        label=_("Text"),
        required=False,
        max_length=MAX_BODY_LENGTH,
        config={"extensions": markup.EXTENSIONS},
        widget=AdminTextareaWidget(attrs={"rows": 24}),
        help_text=_(
            "One idea in each paragraph. Say “you”. Explain a medical word where it first appears."
            " Alt+F10 leads from the words to the tools."
        ),
    )
    sources = SourcesField(
        label=_("Sources"),
        required=False,
        max_length=20_000,
        widget=AdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line, like this: NIDA: Heroin Research Report | https://nida.nih.gov/…"),
    )
    byline = SingleLineField(
        label=_("Written by"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget(),
        help_text=_("A real person's name, with credentials if any. Empty: the page names nobody."),
    )
    note = SingleLineField(
        label=_("What changed"),
        required=False,
        max_length=200,
        widget=AdminTextInputWidget(),
        help_text=_("For your colleagues; the list of versions shows it. Visitors don't see it."),
    )
    publish_at = MomentField(label=_("Goes live at"))
    planned = forms.ChoiceField(
        choices=Planned.choices, required=False, widget=forms.RadioSelect, label=""
    )
    edits = forms.IntegerField(required=False, widget=forms.HiddenInput)  # counted by a script

    may_publish = False
    kept: Autosave | None = None  # what its author typed before and did not save
    log_messages: list[str]  # set by PublicationAdmin.save_model, for the history

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = self.instance.newest_revision
        if shown := self.shown_revision:
            self.initial["origin"] = shown.number
            for name in shown.CONTENT_FIELDS:
                self.initial.setdefault(name, getattr(shown, name))
            for name, value in shown.place.items():
                self.initial[self._field_of(name)] = value
        self.initial["base"] = newest.number if newest else None
        self.initial["form_key"] = secrets.token_urlsafe(9)
        self.initial["edits"] = 0
        self.initial["publish_at"] = self.instance.scheduled_for
        if self.kept:
            self._open_with(self.kept)
        for name in PARTS.keys() & self.fields.keys():
            self.fields[name].required = False
        if has_no_address(self.initial.get("slug") or ""):
            self.initial["slug"] = ""
        self.fields["publish_at"].help_text = _("For “Schedule”. Time zone: %(zone)s.") % {
            "zone": settings.TIME_ZONE
        }

    def _open_with(self, kept: Autosave) -> None:
        """Take over what the browser sent, also the version on which it is based."""
        data = kept.data
        for name in set(self.fields) - set(WINDOW_FIELDS):
            widget = self.fields[name].widget
            if not widget.value_omitted_from_data(data, {}, name):
                self.initial[name] = widget.value_from_datadict(data, {}, name)
        self.initial["form_key"], self.initial["edits"] = kept.form_key, kept.edits

    @property
    def shown_revision(self) -> Any:
        """The version whose words the form opens with."""
        if self.words == LIVE_WORDS and self.instance.live_id:
            return self.instance.live
        return self.instance.newest_revision

    def _field_of(self, name: str) -> str:
        """The form's field for one of a revision's `PLACE_FIELDS`."""
        return PLACE_FORM_FIELDS.get(name) or self.instance._meta.get_field(name).name

    def clean_slug(self) -> str:
        """Refuse an address to which a scheduled version of another page moves."""
        slug: str = self.cleaned_data["slug"]
        if not slug:
            newest = self.instance.newest_revision
            return newest.slug if newest and has_no_address(newest.slug) else stand_in_address()
        others = type(self.instance).objects.exclude(pk=self.instance.pk)
        language = self.data.get(self.add_prefix("language"), self.instance.language)
        if others.filter(scheduled__slug=slug, scheduled__language=language).exists():
            raise ValidationError(SAME_ADDRESS)
        if others.filter(slug=slug, language=language, binned_at__isnull=False).exists():
            raise ValidationError(
                _("A page in the bin has this address. Bring that one back, or choose another one.")
            )
        return slug

    def clean_publish_at(self) -> Any:
        when = self.cleaned_data["publish_at"]
        if "_schedule" in self.data:
            if when is None:
                raise ValidationError(_("Give the day and time when the page should go live."))
            require_to_come(when)
        return when

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not all(name in cleaned for name in Revision.CONTENT_FIELDS):
            return cleaned
        self.content = {name: cleaned[name] for name in Revision.CONTENT_FIELDS}
        self.place = self._place(cleaned)
        if "_publish" in self.data or "_schedule" in self.data:
            words = markup.plain_text(self.content["body"])
            try:
                refuse_instructions(self.content["title"], self.content["summary"], words)
                require_whole_pictures(markup.sanitise(self.content["body"]))
            except ValidationError as error:
                self.add_error("body", error)
        if self.instance.pk:
            self.instance.lock()
            if meanwhile := self._saved_meanwhile(cleaned):
                self._explain_conflict(meanwhile)
            self._ask_for_the_schedule(cleaned)
        goes_live = self._goes_live(cleaned)
        self._ask_for_the_draft(cleaned, goes_live)
        if goes_live:
            self._require_complete()
            self._require_review(cleaned)
        return cleaned

    def _goes_live(self, cleaned: dict[str, Any]) -> bool:
        """Whether visitors get these words, now or by themselves later."""
        replaces = cleaned.get("planned") == Planned.REPLACE and self.instance.scheduled_for
        return "_publish" in self.data or "_schedule" in self.data or bool(replaces)

    def _require_complete(self) -> None:
        """Refuse to bring to the site what a draft may lack."""
        for name in missing_parts(self.place, self.content):
            self.add_error(name, PARTS[name])

    def links_to(self, names: Iterable[str]) -> list[tuple[Any, str]]:
        """Label and fragment of each of these fields."""
        fields = [self[name] for name in names if name in self.fields]
        return [(field.label, f"#{field.id_for_label}") for field in fields]

    def _place(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What the form says of a revision's `PLACE_FIELDS`; it may lack some."""
        place = {}
        for name in type(self.instance).revisions.rel.related_model.PLACE_FIELDS:
            field = self._field_of(name)
            if field not in cleaned:
                continue
            value = cleaned[field]
            if isinstance(value, QuerySet):
                value = sorted(value.values_list("pk", flat=True))
            place[name] = getattr(value, "pk", value)
        return place

    def _post_clean(self) -> None:
        """Check the place as the publication's own, but leave that as visitors meet it."""
        before = {name: getattr(self.instance, name) for name in self.instance.place_columns()}
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk:
            for name, value in before.items():
                setattr(self.instance, name, value)

    def _save_m2m(self) -> None:
        """Save nothing: it belongs to the revision."""

    def _require_review(self, cleaned: dict[str, Any]) -> None:
        """Refuse to bring medical content to the site that no clinician approved."""
        when = cleaned.get("publish_at") if "_schedule" in self.data else None
        if cleaned.get("planned") == Planned.REPLACE:
            when = self.instance.scheduled_for
        digest = Revision.digest_of_content(self.content)
        is_medical = self.place.get("is_medical", True)
        if lacks := self.instance.missing_review(digest, is_medical, when):
            self.add_error(
                None,
                format_html(
                    "{} {}",
                    lacks,
                    gettext(
                        "So they can’t be published yet, and nothing was saved. Save them as a"
                        " draft, then ask for a review."
                    ),
                ),
            )

    def _ask_for_the_schedule(self, cleaned: dict[str, Any]) -> None:
        """Whoever saves other words than the scheduled ones says what goes live then."""
        scheduled = self.instance.scheduled
        if not scheduled or not self.may_publish or "_schedule" in self.data:
            return
        if not cleaned.get("planned") and not scheduled.is_same_as(self.place, self.content):
            question = _(
                "Version %(number)s is scheduled to go live on %(when)s, and this is another one."
                " Choose what goes live then; nothing was saved yet."
            )
            when = moment(self.instance.scheduled_for)
            self.add_error("planned", question % {"number": scheduled.number, "when": when})
