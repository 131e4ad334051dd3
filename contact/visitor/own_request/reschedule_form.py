"""Rescheduling: other hours, another time zone, or a named time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.models import CallbackRequest
from contact.records.clean_text import CleanCharField
from contact.schedule.calling_hours import EARLIEST_CALL, LATEST_CALL
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences, next_slot, overlaps_opening_hours
from contact.visitor.callback_form.forms import EnumField, TimeZoneField, offer_zone
from contact.visitor.told.status_text import clock_of, time_for_visitor
from contact.visitor.told.wished_times import offer_times

FURTHEST_NAMED_TIME = timedelta(days=60)
# The value of <input type=datetime-local>.
DATETIME_LOCAL = "%Y-%m-%dT%H:%M"


class RescheduleForm(forms.Form):
    best_time = EnumField(CallbackRequest.BestTime, label=_("Best time to call"))
    time_zone = TimeZoneField(label=_("Your time zone"), required=False)
    at = CleanCharField(
        label=_("Or name a day and a time"),
        help_text=_("On your own clock. We call as close to it as we can."),
        required=False,
        widget=forms.TextInput(attrs={"type": "datetime-local", "autocomplete": "off"}),
    )
    exactly = forms.BooleanField(
        label=_("Call me at that time even if it is before 8\u00a0a.m. or after 9\u00a0p.m."),
        required=False,
    )
    when_open = forms.BooleanField(
        label=_("If your desk is closed then, call me when it next opens."), required=False
    )

    def __init__(self, *args: Any, time_zone: str, **kwargs: Any) -> None:
        """`time_zone` is the zone that the request has so far."""
        super().__init__(*args, **kwargs)
        self.moment: datetime | None = None
        self.schedule = Schedule.current()
        offer_times(self, self.schedule)
        offer_zone(self.fields["time_zone"], self["time_zone"].value())
        if time_zone:
            now = timezone.now().astimezone(clock_of(time_zone))
            self.fields["at"].widget.attrs["min"] = now.strftime(DATETIME_LOCAL)
        self.helper = FormHelper()
        self.helper.form_action = reverse("contact:my_request", fragment="error-summary")
        self.helper.attrs = {"novalidate": "novalidate"}
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            HTML(
                '{% include "contact/my_request_token.html" '
                'with token=token action="change" only %}'
            ),
            *("best_time", "time_zone", "at"),
            HTML('<div class="choice">{{ form.exactly }} {{ form.exactly.label_tag }}</div>'),
            HTML('<div class="choice">{{ form.when_open }} {{ form.when_open.label_tag }}</div>'),
            Submit("", _("Save the change")),
        )

    def clean(self) -> None:
        typed, zone = self.cleaned_data.get("at"), self.cleaned_data.get("time_zone")
        if not typed or zone is None:
            return
        try:
            self.moment = self._moment(typed, zone)
        except ValidationError as error:
            self.add_error("at", error)

    def _moment(self, typed: str, zone: str) -> datetime:
        """Return the typed time as a moment at which we can call. Raises ValidationError."""
        now = timezone.now()
        try:
            clock = datetime.fromisoformat(typed).replace(tzinfo=None)
        except ValueError:
            raise ValidationError(_("Write it like this: 2027-01-31 15:00")) from None
        if abs(clock - now.replace(tzinfo=None)) > FURTHEST_NAMED_TIME:
            raise ValidationError(_("Please choose a time within the next 60 days."))
        if not zone:
            raise ValidationError(_("Choose your time zone too: whose clock would it be?"))
        moment = clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if moment <= now:
            raise ValidationError(_("That time has passed. Please choose a later one."))
        schedule = self.schedule
        means_it = bool(self.cleaned_data.get("exactly"))
        if not schedule.is_open(moment):
            opening = _opening_after(schedule, moment, zone, means_it)
            if opening and self.cleaned_data.get("when_open"):
                return opening
            raise ValidationError(_closed_then(opening, zone))
        if not (means_it or EARLIEST_CALL <= clock.time() < LATEST_CALL):
            raise ValidationError(
                _(
                    "That is before 8\u00a0a.m. or after 9\u00a0p.m. If you mean it, tick the box "
                    "below it."
                )
            )
        return moment


def _opening_after(
    schedule: Schedule, moment: datetime, zone: str, means_it: bool
) -> datetime | None:
    """Return the next opening: by day on their clock, unless they mean any time."""
    opening, anytime = schedule.next_opening(moment), CallPreferences("any", zone)
    if opening and not means_it and overlaps_opening_hours(schedule, anytime, moment):
        return next_slot(schedule, anytime, moment).start
    return opening


def _closed_then(opening: datetime | None, zone: str) -> str:
    if opening is None:
        return gettext("Nobody is at our desk then. Please choose another time.")
    words = {"opening": time_for_visitor(opening, zone)}
    return (
        gettext(
            "Nobody is at our desk then. The first time after it is %(opening)s. If that suits "
            "you, tick “call me when it next opens”."
        )
        % words
    )
