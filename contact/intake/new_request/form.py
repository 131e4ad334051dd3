"""The form with which staff write down a request for somebody on the line or at the door."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contact.intake.doubted_number import DoubtedNumberForm
from contact.records import phones
from contact.records.enums import Announce, CallingFor, Origin, Voicemail
from contact.visitor.callback_form.forms import CallbackForm, EnumField
from contact.visitor.told.wished_times import FOR_STAFF

# Raise it with every change of the words in templates/intake/_spoken_consent.html.
SPOKEN_CONSENT_VERSION = "spoken 2026-11-29"
QUESTIONS: dict[str, Any] = {
    "name": _("Their name, or what we should call them"),
    "phone": _("The number that we should call"),
    "calling_for": _("Whom is it about?"),
    "relationship": _("If it is about someone else: who are they to the one we call?"),
    "best_time": _("Best time to call them"),
    "time_zone": _("Their time zone"),
    "language": _("Language for the call"),
    "needs": _("What makes the call easier for them"),
    "message": _("What they tell us"),
}


class NewRequestForm(DoubtedNumberForm, CallbackForm):
    """The visitors' questions and their cleaning, asked aloud."""

    time_headings = FOR_STAFF
    company = None  # type: ignore[assignment]
    anyway = None  # type: ignore[assignment]
    source = None  # type: ignore[assignment]

    announce = EnumField(
        Announce,
        label=_("If someone else answers, may we say who is calling?"),
        widget=forms.RadioSelect,
    )
    voicemail = EnumField(
        Voicemail,
        label=_("If nobody answers, may we leave a voicemail?"),
        help_text=_("Think about who else listens to it."),
        widget=forms.RadioSelect,
    )
    origin = forms.ChoiceField(
        label=_("Who asks?"),
        choices=[(each.value, each.label) for each in Origin if each.talk],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who asks.")},
    )
    consent_given = forms.BooleanField(
        label=_("I read this aloud, and they said yes"),
        error_messages={"required": _("Read it aloud, and tick this once they said yes.")},
    )

    QUESTIONS = (
        *("origin", "name", "phone", "number_is_right", "calling_for", "relationship"),
        *("announce", "voicemail", "best_time", "time_zone", "language", "needs", "message"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Fields bound earlier still have the visitors' labels.
        self._bound_fields_cache: dict[str, Any] = {}
        for name, label in QUESTIONS.items():
            self.fields[name].label = label
        for name in ("name", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for name in ("name", "relationship", "message"):
            self.fields[name].help_text = ""
        # Staff must not lose what they typed while they talk.
        self.fields["message"].widget.attrs["data-unsaved-text"] = ""
        choices: Any = self.fields["calling_for"]
        choices.choices = [(each.value, each.staff_label) for each in CallingFor]

    @property
    def questions(self) -> list[Any]:
        """The fields to show, in their order; a doubt about the number only where there is one."""
        names = [name for name in self.QUESTIONS if name != "number_is_right" or self.is_doubted]
        return [self[name] for name in names]

    def payload(self) -> dict[str, Any]:
        data = super().payload() | {"consent_version": SPOKEN_CONSENT_VERSION}
        for name in ("number_is_right", "consent_given"):
            del data[name]
        return data


def initial_from(term: str) -> dict[str, str]:
    """What a search that found nobody says about whoever is on the line."""
    with suppress(ValidationError):
        phones.parse_phone(term)
        return {"phone": term}
    words = "".join(each if not each.isdecimal() else " " for each in term)
    return {"name": " ".join(words.split())}
