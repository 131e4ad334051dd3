"""The time of the next call as staff type it: on the caller's clock, if that is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contact.intake.punctuation import fix_full_stop
from contact.models import CallbackRequest
from contact.schedule.calling_hours import callers_time, known_zones, on_both_clocks
from contact.schedule.opening_hours import Schedule

from .base_form import CardForm

MAX_AHEAD = timedelta(days=366)


class WallTimeField(forms.Field):
    """A naive day and time, as the browser's picker sends it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": _("Give a day and a time.")}

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            moment = None
        # Years at the ends of the calendar overflow when they change time zones.
        if moment is None or moment.tzinfo or not 2000 < moment.year < 3000:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


class TimeForm(CardForm):
    """Asks for a time on the caller's clock, or on the desk's if theirs is unknown."""

    call_at = WallTimeField(label=_("Call at"), required=False)
    exactly = forms.BooleanField(label=_("They asked for exactly this time"), required=False)
    while_closed = forms.BooleanField(
        label=_("Our desk is closed then: somebody will call them all the same"), required=False
    )

    def __init__(self, request: CallbackRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(request, data, **kwargs)
        self.needs_exactly = self.needs_while_closed = False
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
        # In UTC: hours added to a local time are wrong across a change of the clocks.
        at, now = wall.replace(tzinfo=zone).astimezone(UTC), timezone.now()
        if at <= now:
            raise ValidationError(_("This time has passed. Choose a later one."))
        if at > now + MAX_AHEAD:
            raise ValidationError(_("This is more than a year ahead. Check the year."))
        return at

    def check_hours(self, at: datetime) -> None:
        """A time outside their day, and one at which the desk is closed, need a tick each."""
        asked, when = self.request, {"when": on_both_clocks(at, self.request.time_zone)}
        if not callers_time(asked.time_zone, at, asked.number_zones).is_callable:
            self.needs_exactly = True
            problem = _(
                "This is outside 8\u00a0a.m. to\u00a09\u00a0p.m. for them: %(when)s. If they asked "
                "for exactly this time, tick the box and send again."
            )
            self._require_tick("exactly", problem % when)
        if not Schedule.current().is_open(at):
            self.needs_while_closed = True
            problem = _(
                "Nobody is at the desk then: %(when)s. If somebody will call them from it all the "
                "same, tick the box and send again."
            )
            self._require_tick("while_closed", problem % when)

    def _require_tick(self, name: str, problem: str) -> None:
        if not self.cleaned_data.get(name):
            self.add_error(name, fix_full_stop(problem))
