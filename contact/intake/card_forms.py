"""What staff fill in on a card. What they typed survives every refusal."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ..calling_hours import callers_time, known_zones, on_both_clocks, when_to_call
from ..forms import ReadableField
from ..models import CallAttempt, CallbackRequest, Place
from ..opening_hours import Schedule
from . import filters

FARTHEST = timedelta(days=366)
STALE = timedelta(days=183)
# On the phone nobody counts characters: what is too long is refused, never cut by the browser.
LONGEST_NOTE = MaxLengthValidator(10_000)


class CardForm(forms.Form):
    """A form about one request. `name` is its key among the forms of the card."""

    name: ClassVar[str]

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        self.request = request
        super().__init__(data, auto_id=f"_{self.name}_%s", **kwargs)

    def typed(self) -> str:
        """What a person would lose with this form, as a note could hold it."""
        return ""

    def also_locked(self) -> list[uuid.UUID]:
        """Further requests that it is about, to be locked too."""
        return []


def note_field(label: Any, rows: int = 3, **kwargs: Any) -> ReadableField:
    # No browser keeps or suggests what is written about a person.
    widget = forms.Textarea(attrs={"rows": rows, "autocomplete": "off", "data-words": ""})
    return ReadableField(label=label, widget=widget, validators=[LONGEST_NOTE], **kwargs)


class WallTimeField(forms.Field):
    """A day and time as the browser's picker gives it, on no clock yet."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": _("Give a day and a time.")}

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
        # Far years can't be carried from one clock to another.
        if moment is None or moment.tzinfo or not 2000 < moment.year < 3000:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


class TimeForm(CardForm):
    """Asks for a time on the caller's clock, or the desk's if theirs is not known."""

    call_at = WallTimeField(label=_("Call at"), required=False)
    exactly = forms.BooleanField(label=_("They asked for exactly this time"), required=False)

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, **kwargs)
        self.needs_exactly = False
        self.fields["call_at"].help_text = self._whose_clock()

    def _whose_clock(self) -> str:
        if not self._is_zone_known:
            words = _("On our clock: their time zone is not known.")
            return str(words)
        local = callers_time(self.request.time_zone).clocks[0]
        return str(
            _("On their clock, where it is %(clock)s (%(zone)s).")
            % {"clock": date_format(local, "D P"), "zone": local.tzname()}
        )

    @property
    def _is_zone_known(self) -> bool:
        return self.request.time_zone in known_zones()

    def clean_call_at(self) -> datetime | None:
        wall = self.cleaned_data["call_at"]
        if wall is None:
            return None
        default = timezone.get_default_timezone()
        zone = ZoneInfo(self.request.time_zone) if self._is_zone_known else default
        at, now = wall.replace(tzinfo=zone), timezone.now()
        if at <= now:
            raise ValidationError(_("This time has passed. Choose a later one."))
        if at > now + FARTHEST:
            raise ValidationError(_("This is more than a year ahead. Check the year."))
        return at

    def check_hours(self, at: datetime) -> None:
        """A time at which nobody calls by rule has to be meant."""
        if self.cleaned_data.get("exactly"):
            return
        when = {"when": on_both_clocks(at, self.request.time_zone)}
        if not callers_time(self.request.time_zone, at).is_callable:
            problem = _(
                "%(when)s: that is outside 8 a.m. to 9 p.m. for them. If they asked for exactly "
                "this time, tick the box and send again."
            )
        elif not Schedule.current().is_open(at):
            problem = _(
                "%(when)s: nobody is at the desk then. If they asked for exactly this time, tick "
                "the box and send again."
            )
        else:
            return
        self.needs_exactly = True
        self.add_error("exactly", problem % when)


class AttemptForm(TimeForm):
    name = "attempt"

    note = note_field(_("Note"), required=False)
    outcome = forms.ChoiceField(
        choices=CallAttempt.Outcome,
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
        if outcome != CallAttempt.Outcome.CALL_LATER:
            # The picker may hold something that belongs to another button.
            for name in ("call_at", "exactly"):
                self.errors.pop(name, None)
            data["call_at"] = None
        elif at:
            self.check_hours(at)
        elif "call_at" not in self.errors:
            self.add_error("call_at", _("Say when they asked to be called."))
        if outcome != CallAttempt.Outcome.MISMATCH:
            data["language"] = ""
            self.errors.pop("language", None)
        return data

    def typed(self) -> str:
        outcome, at = self["outcome"].value(), self["call_at"].value()
        label = dict(CallAttempt.Outcome.choices).get(outcome, "")
        asked = at if at and outcome == CallAttempt.Outcome.CALL_LATER else ""
        return " · ".join(str(part) for part in (label, asked, self["note"].value()) if part)


class PlanForm(TimeForm):
    name = "plan"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if at := data.get("call_at"):
            self.check_hours(at)
        elif "call_at" not in self.errors:
            self.add_error("call_at", _("Say when to call."))
        return data


class PlaceField(forms.ModelChoiceField):
    """The places with the day on which someone checked them."""

    def label_from_instance(self, obj: Any) -> str:
        words = {"place": obj.name, "day": date_format(obj.verified_on, "N j, Y")}
        if obj.verified_on < timezone.localdate() - STALE:
            return str(_("%(place)s (last checked %(day)s: check again first)") % words)
        return str(_("%(place)s (checked %(day)s)") % words)


class CloseForm(CardForm):
    name = "close"
    OFFERED = ("came_in", "referred", "answered", "not_now", "unreachable", "wrong_number",
               "duplicate", "spam", "stop")  # fmt: skip

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(value, CallbackRequest.Outcome(value).label) for value in OFFERED],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how it ended.")},
    )
    referred_to = PlaceField(
        label=_("Referred to"), queryset=Place.objects.none(), required=False, empty_label=_("–")
    )
    reason = note_field(_("Reason"), rows=2, required=False)
    others = forms.BooleanField(
        label=_("Close their other open requests as handled here"), required=False, initial=True
    )

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, **kwargs)
        self.fields["referred_to"].queryset = Place.objects.offered()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") != CallbackRequest.Outcome.REFERRED:
            data["referred_to"] = None
            self.errors.pop("referred_to", None)
        elif not data.get("referred_to") and "referred_to" not in self.errors:
            self.add_error("referred_to", _("Choose the place."))
        return data

    def typed(self) -> str:
        return str(self["reason"].value() or "")


class NoteForm(CardForm):
    name = "note"

    text = note_field(_("Add a note"), error_messages={"required": _("The note is empty.")})

    def typed(self) -> str:
        return str(self["text"].value() or "")


class RevealForm(CardForm):
    name = "reveal"

    anyway = forms.BooleanField(label=_("Call now all the same"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        when = when_to_call(self.request.best_time, self.request.time_zone)
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
        field.queryset = filters.colleagues()
        field.label_from_instance = filters.shown_name


class HandOverForm(ColleagueForm):
    name = "hand_over"

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, **kwargs)
        field: Any = self.fields["to"]
        field.label = _("Colleague")
        field.queryset = field.queryset.exclude(pk=request.claimed_by_id)


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


class EmptyForm(CardForm):
    """Only the button was pressed."""

    name = "pressed"


FORMS = (AttemptForm, PlanForm, CloseForm, NoteForm, RevealForm, HandOverForm, AssignForm)
