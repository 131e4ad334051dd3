"""The forms of the card."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contact.intake.colleagues import colleagues, name_languages_presence
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.planning.line_stops import line_stopped_at
from contact.lifecycle.planning.named_times import is_callable_at_night
from contact.models import CallbackRequest, Place
from contact.records.outcomes import CallOutcome, ClosedBy, NextStep, RequestOutcome
from contact.schedule.calling_hours import when_to_call

from .base_form import CardForm, note_field
from .call_times import TimeForm
from .correction_form import CorrectionForm


class ScopeField(forms.TypedChoiceField):
    """For this person alone, which is the default, or for everybody on the line."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        choices = [(each.value, each.label) for each in (Scope.PERSON, Scope.LINE)]
        super().__init__(
            label=_("For whom?"),
            choices=choices,
            coerce=Scope,
            required=False,
            initial=Scope.PERSON,
            empty_value=Scope.PERSON,
            **kwargs,
        )


class AttemptForm(TimeForm):
    name = "attempt"

    scope = ScopeField()

    note = note_field(_("Note"), required=False)
    outcome = forms.ChoiceField(
        choices=CallOutcome,
        error_messages={
            "required": _("Say how the call went."),
            "invalid_choice": _("Say how the call went."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language that they need"), choices=CallbackRequest.Language, required=False
    )

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"language": request.language})
        super().__init__(request, data, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome, at = data.get("outcome"), data.get("call_at")
        if outcome and self.request.talk_direction and not CallOutcome(outcome).facts.talk:
            self.add_error("outcome", _("A talk that they began cannot end so. Choose again."))
        next_step = CallOutcome(outcome).facts.next_step if outcome else None
        if next_step is not NextStep.NAMED_TIME:
            # The picker may hold a time from before another button was pressed.
            for name in ("call_at", "exactly", "while_closed"):
                self.errors.pop(name, None)
            data["call_at"] = None
        elif at:
            self.check_hours(at)
        elif "call_at" not in self.errors:
            self.add_error("call_at", _("Say when they asked to be called."))
        if next_step is not NextStep.NO_CALLS:
            data["scope"] = Scope.PERSON
        if next_step is not NextStep.COLLEAGUE:
            data["language"] = ""
            self.errors.pop("language", None)
        return data

    @property
    def taps(self) -> list[CallOutcome]:
        """The outcomes with a button of their own; those that not every card offers come last.

        Where there may be danger, the hand-over to emergency help comes first.
        """
        taps = [each for each in CallOutcome if each.facts.next_step.is_one_tap]
        if self.request.is_danger:
            taps.sort(key=lambda each: each is not CallOutcome.EMERGENCY)
        if self.request.talk_direction:
            return [each for each in taps if each.facts.talk]
        return sorted(taps, key=lambda each: each.facts.needs_voicemail)

    def unsaved_text(self) -> str:
        outcome, at = self["outcome"].value(), self["call_at"].value()
        if outcome not in CallOutcome.values:
            return str(self["note"].value() or "")
        called = CallOutcome(outcome)
        asked = at if called.facts.next_step is NextStep.NAMED_TIME else ""
        return " · ".join(str(part) for part in (called.label, asked, self["note"].value()) if part)


class PlanForm(TimeForm):
    name = "plan"

    scope = ScopeField()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if at := data.get("call_at"):
            self.check_hours(at)
        elif "call_at" not in self.errors:
            self.add_error("call_at", _("Say when to call."))
        return data


class PlaceField(forms.ModelChoiceField):
    """Shows when each place was last checked."""

    def label_from_instance(self, obj: Any) -> str:
        words = {"place": obj.name, "day": date_format(obj.verified_on, "N j, Y")}
        if obj.is_stale:
            return str(_("%(place)s (last checked %(day)s: check again first)") % words)
        return str(_("%(place)s (checked %(day)s)") % words)


class RequestKeysField(forms.MultipleChoiceField):
    """Keys of requests that the card showed; the action decides which of them still count."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        return True


class CloseForm(CardForm):
    name = "close"
    AFTER_A_TALK = [
        each for each in RequestOutcome if each.facts.closed_by is ClosedBy.STAFF_AFTER_A_TALK
    ]
    WITHOUT_ONE = [each for each in RequestOutcome if each.facts.closed_by.is_staff_without_a_talk]

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(each.value, each.label) for each in (*AFTER_A_TALK, *WITHOUT_ONE)],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how it ended.")},
    )
    referred_to = PlaceField(
        label=_("Referred to"), queryset=Place.objects.none(), required=False, empty_label=_("–")
    )
    reason = note_field(_("Reason"), rows=2, required=False)
    others = RequestKeysField(required=False)
    scope = ScopeField()

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, **kwargs)
        self.fields["referred_to"].queryset = Place.objects.offered()  # type: ignore[attr-defined]
        self.line_stopped_at = line_stopped_at(request) if request.is_open else None
        if not self.line_stopped_at:
            offered = [each for each in (*self.AFTER_A_TALK, *self.WITHOUT_ONE)
                       if each.facts.closed_by is not ClosedBy.STAFF_ON_A_STOPPED_LINE]  # fmt: skip
            self.fields["outcome"].choices = [(each.value, each.label) for each in offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") != RequestOutcome.REFERRED:
            data["referred_to"] = None
            self.errors.pop("referred_to", None)
        elif not data.get("referred_to") and "referred_to" not in self.errors:
            self.add_error(
                "referred_to", _("Choose the place. If it is missing, ask a lead to add it.")
            )
        whole_line = (RequestOutcome.STOP, RequestOutcome.WRONG_NUMBER)
        if data.get("scope") is Scope.LINE and data.get("outcome") not in whole_line:
            self.add_error("scope", _("Only a stop or a wrong number can be said of a whole line."))
        return data

    def takes_along(self, other: CallbackRequest) -> bool:
        """Whether to close this other open request too; preset for the same person's requests."""
        if self.is_bound:
            return str(other.pk) in self["others"].value()
        return other.person == self.request.person

    @property
    def after_a_talk(self) -> list[Any]:
        """The radio buttons for outcomes of a talk."""
        return [choice for choice in self["outcome"] if choice.data["value"] in self.AFTER_A_TALK]

    @property
    def without_one(self) -> list[Any]:
        return [choice for choice in self["outcome"] if choice.data["value"] in self.WITHOUT_ONE]

    @property
    def is_without_one(self) -> bool:
        return self["outcome"].value() in self.WITHOUT_ONE

    def unsaved_text(self) -> str:
        return str(self["reason"].value() or "")


class NoteForm(CardForm):
    name = "note"

    text = note_field(_("Add a note"), error_messages={"required": _("The note is empty.")})

    def unsaved_text(self) -> str:
        return str(self["text"].value() or "")


class RevealForm(CardForm):
    name = "reveal"

    anyway = forms.BooleanField(label=_("Call now all the same"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked = self.request
        when = when_to_call(
            asked.best_time,
            asked.time_zone,
            by_number=asked.number_zones,
            at_night=is_callable_at_night(asked, timezone.now()),
        )
        if not when.is_good and not data.get("anyway"):
            self.add_error("anyway", _("This is not their time to be called. Tick this first."))
        return data


class ColleagueForm(CardForm):
    to: Any = forms.ModelChoiceField(
        queryset=None, error_messages={"required": _("Choose a colleague.")}
    )

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = colleagues()
        field.label_from_instance = name_languages_presence


class HandOverForm(ColleagueForm):
    name = "hand_over"

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, **kwargs)
        field: Any = self.fields["to"]
        field.label = _("Colleague")
        # Most recently present first.
        others = field.queryset.exclude(pk=request.claimed_by_id)
        field.queryset = others.order_by(F("colleague__seen_at").desc(nulls_last=True), "username")


class AssignForm(ColleagueForm):
    name = "assign"

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, initial={"to": request.assigned_to_id}, **kwargs)
        field: Any = self.fields["to"]
        field.label, field.required, field.empty_label = _("Keep for"), False, _("Anyone")


class LinkForm(CardForm):
    name = "link"

    other = forms.UUIDField()
    unlink = forms.BooleanField(required=False)

    def also_locked(self) -> list[uuid.UUID]:
        try:
            return [forms.UUIDField().clean(self.data.get("other"))]
        except ValidationError:
            return []


class SecretShopperForm(CardForm):
    name = "secret_shopper"

    mark = forms.BooleanField(required=False)


class EmptyForm(CardForm):
    """For actions that need no input."""

    name = "empty"


FORMS = (
    *(AttemptForm, PlanForm, CloseForm, NoteForm, RevealForm, HandOverForm, AssignForm),
    CorrectionForm,
)
