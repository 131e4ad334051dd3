"""The field in which staff type when something happens by itself, on the clock of the site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_SCHEDULE_AHEAD = timedelta(days=2 * 365)


class MomentField(forms.DateTimeField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "datetime-local"}
        kwargs["widget"] = forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            raise ValidationError(
                _(
                    "The clocks in %(zone)s change then: this time comes twice or not at all."
                    " Choose one that is an hour earlier or later."
                ),
                params={"zone": settings.TIME_ZONE},
                code=error.code,
            ) from error


def require_to_come(when: Any) -> None:
    """Raise ValidationError unless `when` lies ahead, and not too far."""
    if when <= timezone.now():
        raise ValidationError(_("This time has passed. Choose a later one."))
    if when - timezone.now() > MAX_SCHEDULE_AHEAD:
        raise ValidationError(_("This is more than two years ahead. Choose a nearer day."))
