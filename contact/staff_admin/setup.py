"""Admin pages in which leads set up intake: settings, phrases, places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from contact.models import (
    DangerPhrase,
    Desk,
    Place,
)
from contact.records.enums import Language

from . import danger_tool, hints, mail_trial
from .lists import LabelledRowForm, StrictListAdmin
from .place_files import views as place_files

SHORTEST_PHRASE = 3
PHRASE_LANGUAGES = [(each.value, each.label) for each in Language if each.is_written]
CENTRE_CLOCK = _("Days and times are on the centre’s clock (%s).")


class SetupAdmin(StrictListAdmin):
    """A list that shows hints about its rows whenever it is opened."""

    actions = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    # Says whose clock the rows use; `%s` stands for the time zone.
    clock: Any = ""

    def hints(self) -> Iterable[str]:
        return []

    def _context(self, extra_context: Any) -> dict[str, Any]:
        clock = self.clock % settings.TIME_ZONE if self.clock else ""
        return {"clock": clock, **(extra_context or {})}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        return super().changeform_view(request, object_id, form_url, self._context(extra_context))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        context = {"title": title, **self._context(extra_context)}
        response = super().changelist_view(request, context)
        if request.method == "GET" and isinstance(response, TemplateResponse):
            for hint in self.hints():
                messages.warning(request, hint)
        return response


@admin.register(Desk)
class DeskAdmin(SetupAdmin):
    """The list of this single row redirects to it."""

    clock = _("Minutes of opening hours, which are on the centre’s clock (%s).")

    fields = ["target_minutes", "minutes_per_call", "unattended_minutes", "review_days"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return redirect("admin:contact_desk_change", Desk.current().pk)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(mail_trial.try_mail)
        return [path("test-mail/", view, name="contact_desk_test_mail"), *super().get_urls()]


class DayInput(forms.DateInput):
    """A native field for a date, with the value format that browsers demand."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DangerPhraseForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=PHRASE_LANGUAGES)

    class Meta:
        widgets = {"words": forms.Textarea(attrs={"rows": 3, "maxlength": 1000})}

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        # Shorter phrases occur in messages about anything.
        if sum(letter.isalnum() for letter in words) < SHORTEST_PHRASE:
            raise ValidationError(_("Give words of three letters or more."))
        return words


class PhraseLanguage(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return PHRASE_LANGUAGES

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(language=self.value()) if self.value() else queryset


@admin.register(DangerPhrase)
class DangerPhraseAdmin(SetupAdmin):
    form = DangerPhraseForm
    change_list_template = "admin/contact/dangerphrase/change_list.html"
    fields = ["words", "kind", "language", "can_be_past", "points"]
    list_display = ["words", "kind", "in_language", "points"]
    list_filter = ["kind", PhraseLanguage]
    search_fields = ["words"]
    list_per_page = 200

    def hints(self) -> Iterable[str]:
        return hints.phrase_hints()

    @admin.display(description=_("language"), ordering="language")
    def in_language(self, phrase: DangerPhrase) -> str:
        return str(dict(Language.choices).get(phrase.language, phrase.language))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(danger_tool.try_sentence)
        return [path("try/", view, name="contact_dangerphrase_try"), *super().get_urls()]


class PlaceRow(LabelledRowForm):
    class Meta:
        widgets = {"verified_on": DayInput}


@admin.register(Place)
class PlaceAdmin(SetupAdmin):
    change_list_template = "admin/contact/place/change_list.html"
    list_display = ["in_short", "verified_on", "is_active"]
    list_display_links = None
    list_editable = ["verified_on", "is_active"]
    list_filter = ["is_active", ("verified_on", admin.EmptyFieldListFilter)]
    search_fields = ["name", "what_for", "area"]
    fields = [
        *("name", "what_for", "area", "languages", "phone", "dial", "url"),
        *("verified_on", "is_active"),
    ]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=PlaceRow, **kwargs)

    def hints(self) -> Iterable[str]:
        return hints.place_hints()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("export/", view(place_files.export_places), name="contact_place_export"),
            path("import/", view(place_files.import_places), name="contact_place_import"),
            *super().get_urls(),
        ]

    @admin.display(description=_("place"), ordering="name")
    def in_short(self, place: Place) -> SafeString:
        """Put everything in one column, so that the list fits a phone."""
        is_unverified = place.is_active and place.verified_on is None
        number, space, extension = place.phone.partition(" ext")
        phone = format_html('<span class="place__phone">{}</span>{}', number, f"{space}{extension}")
        more = [
            *([place.area] if place.area else []),
            *([phone] if place.phone else []),
            *([_("Not offered: nobody has verified it.")] if is_unverified else []),
        ]
        return format_html(
            '<a href="{}">{}</a>{}',
            reverse("admin:contact_place_change", args=[place.pk]),
            place.name,
            format_html_join("", '<span class="place__more">{}</span>', ((line,) for line in more)),
        )
