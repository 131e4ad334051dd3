"""The admin page of what phones show when we call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contact.models import CallerId
from contact.records import phones
from contact.records.clean_text import CleanCharField

from . import hints
from .lists import LabelledRowForm
from .setup import DayInput, SetupAdmin


class PhoneNumberField(CleanCharField):
    """Takes a number as people write it."""

    def prepare_value(self, value: Any) -> Any:
        return phones.national(value) if isinstance(value, str) and value[:1] == "+" else value

    def clean(self, value: Any) -> str:
        phone = phones.parse_phone(super().clean(value))
        if phone.extension:
            raise ValidationError(_("Phones show no extension: leave it out."), code="phone")
        return phone.e164


class CallerIdForm(forms.ModelForm):
    phone = PhoneNumberField(label=_("Number"), max_length=40)

    class Meta:
        widgets = {"verified_on": DayInput}


class CallerIdRow(LabelledRowForm):
    class Meta:
        widgets = {"verified_on": DayInput}


@admin.register(CallerId)
class CallerIdAdmin(SetupAdmin):
    form = CallerIdForm
    list_display = ["in_short", "verified_on", "is_active"]
    list_display_links = None
    list_editable = ["verified_on", "is_active"]
    fields = ["phone", "shown_name", "note", "verified_on", "is_active"]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=CallerIdRow, **kwargs)

    def hints(self) -> Iterable[str]:
        return hints.caller_id_hints()

    @admin.display(description=_("number"), ordering="phone")
    def in_short(self, caller_id: CallerId) -> SafeString:
        """Put number and name in one column, so that the list fits a phone."""
        return format_html(
            '<a href="{}">{}</a><span class="place__more">{}</span>',
            reverse("admin:contact_callerid_change", args=[caller_id.pk]),
            caller_id,
            caller_id.shown_name,
        )
