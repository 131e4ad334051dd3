"""What comes next for a request, when two people may have its card open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as now_translated
from django.utils.translation import gettext_lazy as _

from .models import CallbackRequest

EDITABLE = ("status", "outcome", "next_call_at")
FARTHEST = timedelta(days=2 * 365)
INPUT_FORMAT = "%Y-%m-%dT%H:%M"


def shown_time(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


class HiddenTimeInput(forms.DateTimeInput):
    input_type = "hidden"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format=INPUT_FORMAT)


class PlanningForm(forms.ModelForm):
    """Saves only what this person changed; `instance` is freshly read and locked.

    Each field carries what it showed when the page was opened. A change to something that
    has become different meanwhile is asked for again, with the new state in sight.
    """

    next_call_at = forms.DateTimeField(
        label=_("Next call"),
        required=False,
        help_text=_("When to try again, on the clock of this office."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=INPUT_FORMAT),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_call_at"].hidden_widget = HiddenTimeInput
        for name in EDITABLE:
            if name in self.fields:
                self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stored = {name: self._stored(name) for name in EDITABLE}
        seen = {name: self.data.get(self[name].html_initial_name) for name in EDITABLE}
        chosen = {name: self.data.get(self[name].html_name, "") for name in EDITABLE}
        changed = [name for name in EDITABLE if chosen[name] != seen[name]]
        moved = [name for name in EDITABLE if stored[name] != seen[name]]
        for name in EDITABLE:
            if name not in changed:
                self.errors.pop(name, None)
                data[name] = self.initial[name]
        lost = [name for name in changed if name in moved and chosen[name] != stored[name]]
        was_closed = "status" in moved and not self.instance.is_open
        if lost or (was_closed and any(chosen[name] != stored[name] for name in changed)):
            self._explain(moved, lost, stored)
            return data | {name: self.initial[name] for name in EDITABLE}
        self._check_outcome(data)
        if "next_call_at" in changed and (when := data.get("next_call_at")):
            self._check_plan(when, data)
        return data

    def _stored(self, name: str) -> str:
        """What is stored now, as the page would carry it."""
        field = self.fields[name]
        value = field.prepare_value(self.initial[name])
        return field.hidden_widget().format_value(value) or ""

    def _explain(self, moved: list[str], lost: list[str], stored: dict[str, str]) -> None:
        message = now_translated(
            "Nothing is saved yet: this request was changed while you had it open. Now it says:"
            " %(now)s. What you wrote is still here. Look at “What comes next”, then save again."
        ) % {"now": self._named(moved, self.initial)}
        if lost:
            chosen = now_translated("You had chosen: %(chosen)s.")
            message += " " + chosen % {"chosen": self._named(lost, self.cleaned_data)}
        self.add_error(None, message)
        # The next save is a decision made with the present state in sight.
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name in EDITABLE:
            data[self[name].html_initial_name] = stored[name]
        for name in moved:
            data[self[name].html_name] = stored[name]
            self.errors.pop(name, None)
        self.data = data

    def _named(self, names: list[str], values: Mapping[str, Any]) -> str:
        return "; ".join(f"{self.fields[name].label}: {_shown(name, values)}" for name in names)

    def _check_outcome(self, data: dict[str, Any]) -> None:
        closing = data.get("status") == CallbackRequest.Status.CLOSED
        if closing and not data.get("outcome") and "outcome" not in self.errors:
            self.add_error("outcome", _("Say how it ended, so that the request can be closed."))
        if not closing and data.get("outcome"):
            raise ValidationError(
                {"status": _("An outcome closes the request: choose Closed, or empty the outcome.")}
            )

    def _check_plan(self, when: Any, data: dict[str, Any]) -> None:
        now = timezone.now()
        if when <= now:
            self.add_error("next_call_at", _("This time has passed. Choose a later one."))
        elif when > now + FARTHEST:
            self.add_error("next_call_at", _("This is more than two years ahead. Check the year."))
        elif data.get("status") == CallbackRequest.Status.CLOSED:
            self.add_error(
                "next_call_at",
                _("A closed request is not called again: empty this, or leave the request open."),
            )


def _shown(name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    if not value:
        return "–"
    if name == "next_call_at":
        return shown_time(value)
    choices: Any = CallbackRequest.Status if name == "status" else CallbackRequest.Outcome
    return str(choices(value).label)
