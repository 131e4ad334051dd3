"""The callback form: few questions, with the safest answers as defaults."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import cached_property, lazy
from django.utils.html import escape, format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.models import CallbackRequest
from contact.records import phones
from contact.records.clean_text import CleanCharField, FreeTextField, strip_control_characters
from contact.records.enums import CallingFor, contradiction
from contact.schedule.calling_hours import known_zones
from contact.visitor.told.wished_times import FOR_VISITORS, desk_schedule, offer_times

from .form_layout import callback_helper, for_either

# Raise it with every change of the words in templates/contact/consent.html.
CONSENT_VERSION = "2026-11-22"

TIME_ZONES = [
    ("", _("Not sure")),
    ("America/New_York", _("Eastern (New York, Miami)")),
    ("America/Chicago", _("Central (Chicago, Houston)")),
    ("America/Denver", _("Mountain (Denver, Salt Lake City)")),
    ("America/Phoenix", _("Arizona (Phoenix, Tucson)")),
    # In Arizona too, but with daylight time.
    ("America/Shiprock", _("Navajo Nation (Window Rock, Shiprock)")),
    ("America/Los_Angeles", _("Pacific (Los Angeles, Seattle)")),
    ("America/Anchorage", _("Alaska")),
    ("Pacific/Honolulu", _("Hawaii")),
    ("America/Puerto_Rico", _("Puerto Rico and US Virgin Islands")),
    ("Pacific/Guam", _("Guam")),
    ("Pacific/Pago_Pago", _("American Samoa")),
]
# Answers of browsers that can't or won't tell.
MEANINGLESS_ZONES = (
    *("Etc/Unknown", "undefined", "null"),
    # The answers of browsers that hide where they are.
    *("UTC", "Etc/UTC", "GMT", "Etc/GMT", "Atlantic/Reykjavik"),
)
# A slug in an article's address.
SLUG = re.compile(r"[-a-z0-9_]{1,100}")
ARTICLE_PATH = re.compile(rf"/articles/(?P<slug>{SLUG.pattern})/")
BRACKETS = re.compile(r"\([^)]*\)")


def referring_article(request: HttpRequest) -> str:
    """Return the slug of our article that linked here, or an empty text."""
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if referrer.netloc != request.get_host():
        return ""
    found = ARTICLE_PATH.fullmatch(referrer.path)
    return found["slug"] if found else ""


def with_phone_link(problem: Any) -> str:
    """Return the text as HTML, with a link that dials the centre in place of `{phone}`."""
    own = settings.SITE_PHONE
    link = format_html('<a href="tel:{}"><bdi>{}</bdi></a>', phones.dial(own), own)
    return format_html(escape(problem), phone=link)


def _join_brackets(label: str) -> str:
    return BRACKETS.sub(lambda found: found[0].replace(" ", "\u00a0"), str(label))


# Keeps the hours of "Evening (5 to 9 p.m.)" on one line.
with_whole_brackets = lazy(_join_brackets, str)


class PhoneField(FreeTextField):
    widget = forms.TextInput

    def clean(self, value: Any) -> phones.Phone:
        phone = phones.parse_phone(super().clean(value))
        if phone.e164 == phones.dial(settings.SITE_PHONE):
            raise ValidationError(
                gettext("This is our own number. Which number should we call?"), code="phone"
            )
        return phone


class EnumField(forms.ChoiceField):
    """A choice of the model; a missing answer means the first one, which is the safest."""

    default_error_messages = {
        "invalid_choice": _("That answer is not on the list. Please choose again.")
    }

    def __init__(self, choices: Any, labels: Any = (), **kwargs: Any) -> None:
        named = dict(choices.choices) | dict(labels)
        labels = [(value, with_whole_brackets(label)) for value, label in named.items()]
        super().__init__(choices=labels, required=False, initial=choices.values[0], **kwargs)

    def clean(self, value: Any) -> str:
        return super().clean(value) or self.initial

    def bound_data(self, data: Any, initial: Any) -> Any:
        return strip_control_characters(data) if data else initial


class TimeZoneField(forms.CharField):
    widget = forms.Select(choices=TIME_ZONES)

    def clean(self, value: Any) -> str:
        zone = strip_control_characters(value or "").strip()
        if zone in MEANINGLESS_ZONES:
            return ""
        if zone and zone not in known_zones():
            raise ValidationError(
                gettext("We do not know this time zone. Please choose one, or “Not sure”."),
                code="time_zone",
            )
        return zone

    def bound_data(self, data: Any, initial: Any) -> Any:
        return strip_control_characters(data or "")


def offer_zone(field: forms.Field, zone: str) -> None:
    """Add a valid zone to the list, such as one that a browser found."""
    if zone in known_zones() and zone not in dict(TIME_ZONES):
        field.widget.choices = [*TIME_ZONES, (zone, zone.replace("_", " "))]


class SourceField(CleanCharField):
    """The slug of the article that led here; anything else counts as none."""

    widget = forms.HiddenInput(attrs={"autocomplete": "off"})

    def clean(self, value: Any) -> str:
        return self.bound_data(value, None)

    def bound_data(self, data: Any, initial: Any) -> str:
        return data if isinstance(data, str) and SLUG.fullmatch(data) else ""


def new_key() -> str:
    return secrets.token_urlsafe(16)


NAME_MISSING = _("Enter a name we may ask for.")
PHONE_MISSING = _("Enter the number we should call.")


class CallbackForm(forms.Form):
    time_headings = FOR_VISITORS

    calling_for = EnumField(
        CallbackRequest.CallingFor, label=_("Who is this about?"), widget=forms.RadioSelect
    )
    relationship = FreeTextField(
        label=for_either(
            _("If it is about someone else: who are they to you?"), _("Who are they to you?")
        ),
        help_text=_("For example: my son, a friend. Below, give your own name and number."),
        longest=200,
        required=False,
        # A placeholder, so that the style sheet can tell whether it is empty.
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": " ", "enterkeyhint": "next"}
        ),
    )
    name = FreeTextField(
        label=_("Your name"),
        help_text=_("Any name you like."),
        longest=200,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "name",
                "enterkeyhint": "next",
                "data-missing": NAME_MISSING,
            }
        ),
        error_messages={"required": NAME_MISSING},
    )
    phone = PhoneField(
        label=_("Your phone number"),
        help_text=_("With area code."),
        longest=200,
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "inputmode": "tel",
                "autocomplete": "tel",
                "enterkeyhint": "send",
                "data-missing": PHONE_MISSING,
            }
        ),
        error_messages={"required": PHONE_MISSING},
    )
    announce = EnumField(
        CallbackRequest.Announce,
        labels={"no": _("No"), "yes": _("Yes")},
        label=for_either(
            _("If someone else answers, may we say who we are?"),
            _("If they or anyone else answers, may we say who we are?"),
        ),
        widget=forms.RadioSelect,
    )
    voicemail = EnumField(
        CallbackRequest.Voicemail,
        # Short enough for the narrow box of a phone.
        labels={
            "callback_only": _("Only a first name and a number"),
            "full": _("Say who is calling, and why"),
        },
        label=_("May we leave a voicemail?"),
        help_text=_("Think about who else listens to it."),
    )
    best_time = EnumField(CallbackRequest.BestTime, label=_("Best time to call"))
    time_zone = TimeZoneField(label=_("Your time zone"), required=False)
    language = EnumField(CallbackRequest.Language, label=_("Language for the call"))
    needs = FreeTextField(
        label=_("Anything that makes the call easier for you"),
        help_text=_("For example: a relay service, a slower pace, an interpreter."),
        longest=1000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "send"}),
    )
    message = FreeTextField(
        label=_("Anything you want us to know before we call"),
        help_text=_("You do not have to write anything here."),
        longest=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    source = SourceField(required=False)
    key = CleanCharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    # A form that was refused for the sake of others is taken when it is sent again with it.
    anyway = CleanCharField(required=False, widget=forms.HiddenInput)
    company = CleanCharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", new_key())
        self.prepare_to_show()

    def prepare_to_show(self) -> None:
        offer_times(self, desk_schedule(), self.time_headings)
        if self.is_bound:
            offer_zone(self.fields["time_zone"], self["time_zone"].value())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if problem := contradiction(data.get("announce", ""), data.get("voicemail", "")):
            self.add_error("voicemail", ValidationError(problem, code="contradiction"))
        if data.get("relationship"):
            # A relationship means that they ask about someone else.
            data["calling_for"] = CallingFor.SOMEONE_ELSE
        return data

    def payload(self) -> dict[str, Any]:
        """Return the answers for the journal, without the fields of the form itself."""
        data = dict(self.cleaned_data)
        phone = data.pop("phone")
        suspected_spam = bool(data.pop("company", ""))
        del data["key"]
        data.pop("anyway", None)
        return data | {
            "phone": phone.e164,
            "extension": phone.extension,
            "phone_as_typed": strip_control_characters(self.data.get("phone", "")).strip(),
            "consent_version": CONSENT_VERSION,
            "suspected_spam": suspected_spam,
        }

    @property
    def times(self) -> tuple[Any, ...]:
        """Help text about the times of day."""
        field: Any = self.fields["best_time"]
        return (*(value for value, _label in field.widget.choices), str(field.help_text))

    @cached_property
    def helper(self) -> FormHelper:
        return callback_helper(self)
