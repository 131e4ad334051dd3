"""Admin pages of what plans follow from: opening hours, special days, retry rules.

Before a change is saved, the page says whose promises it breaks; after it, everybody is planned
again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import time
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from contact.lifecycle.planning import replanning
from contact.models import OpeningHours, RetryStep, SpecialDay
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.desk.planning_rules import PlanningRules, by_key
from contact.records.kept_copies import shown_hours
from contact.records.outcomes import CallOutcome
from contact.schedule.opening_hours import MIDNIGHT, Schedule

from . import hints
from .broken_promises import broken_text, planned_text, references
from .setup import CENTRE_CLOCK, DayInput, SetupAdmin

logger = logging.getLogger(__name__)

# Whom this leaves, `run_jobs` plans again within seconds.
REPLANNING_SECONDS = 3


def rules_with(row: Any, *, is_deleted: bool = False) -> PlanningRules:
    """Return the planning rules as they will be once this row is saved or deleted."""
    others = type(row).objects.exclude(pk=row.pk)
    rows = [*others, *([] if is_deleted else [row])]
    rules = PlanningRules.current()
    match row:
        case RetryStep():
            return rules._replace(steps=by_key(rows))
        case OpeningHours():
            in_order = sorted(rows, key=lambda each: (each.weekday, each.opens))
            schedule = Schedule.of(in_order, SpecialDay.objects.all())
        case _:
            in_order = sorted(rows, key=lambda each: (each.date, each.opens or MIDNIGHT))
            schedule = Schedule.of(OpeningHours.objects.all(), in_order)
    return rules._replace(schedule=schedule)


class PlanningForm(forms.ModelForm):
    """Saves what breaks promises only with a tick, below the list of whom to call first."""

    anyway = forms.BooleanField(
        label=_("Save it all the same. Those who were promised an earlier call are called first."),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.broken = replanning.BrokenPromises([], is_cut=False)

    def _post_clean(self) -> None:
        """Look for broken promises once the row itself is known to be valid."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.has_changed():
            return
        self.broken = replanning.promises_broken_by(rules_with(self.instance))
        if self.broken.found and not self.cleaned_data.get("anyway"):
            self.fields["anyway"].widget = forms.CheckboxInput()
            self.add_error("anyway", broken_text(self.broken))


class PlanningAdmin(SetupAdmin):
    """Shows what a change breaks before it is saved, and plans again after it."""

    delete_confirmation_template = "admin/contact/delete_rule.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        context = getattr(response, "context_data", None)
        if context and "adminform" in context:
            _record_shown(request, getattr(context["adminform"].form, "broken", None))
        return self._plan_again(request, response)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        context: dict[str, Any] = dict(extra_context or {})
        row = self.get_object(request, object_id)
        if row is not None and request.method != "POST" and self.has_delete_permission(request):
            broken = replanning.promises_broken_by(rules_with(row, is_deleted=True))
            _record_shown(request, broken)
            context["broken_promises"] = broken_text(broken) if broken.found else ""
        response = super().delete_view(request, object_id, context)
        return self._plan_again(request, response)

    def _plan_again(self, request: HttpRequest, response: Any) -> Any:
        """After a save, plan again at once; the change itself is stored whatever happens here."""
        if request.method != "POST" or response.status_code != 302:
            return response
        # Each page made after this change must show it: run_jobs would come a moment later.
        shown_hours.write()
        try:
            done = replanning.Replanner().run(REPLANNING_SECONDS)
        except DatabaseError as error:
            logger.error("planning again was left to run_jobs (%s)", type(error).__name__)
            return response
        if text := planned_text(done):
            messages.warning(request, text)
        return response


def _record_shown(request: HttpRequest, broken: replanning.BrokenPromises | None) -> None:
    if broken and broken.found:
        audit.record(request.user, AuditAction.LISTED, references=references(broken))


class ClockInput(forms.TimeInput):
    """A native field for a time of day, with the value format that browsers demand."""

    input_type = "time"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%H:%M")


class HoursForm(PlanningForm):
    class Meta:
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {
            "opens": ClockInput,
            "closes": ClockInput,
        }


@admin.register(OpeningHours)
class OpeningHoursAdmin(PlanningAdmin):
    form = HoursForm
    clock = CENTRE_CLOCK
    list_display = ["weekday", "hours"]
    # Makes it easy to copy hours to the next weekday.
    save_as = True

    def hints(self) -> Iterable[str]:
        return hints.hours_hints()

    @admin.display(description=_("hours"), ordering="opens")
    def hours(self, row: OpeningHours) -> str:
        return _hours_text(row.opens, row.closes)


class SpecialDayForm(HoursForm):
    class Meta(HoursForm.Meta):
        widgets = HoursForm.Meta.widgets | {"date": DayInput}

    def clean(self) -> dict[str, Any]:
        """A date is either closed or has hours that do not overlap."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, opens, closes = (cleaned.get(name) for name in ("date", "opens", "closes"))
        if day is None or (opens is None) != (closes is None):
            return cleaned
        for other in SpecialDay.objects.filter(date=day).exclude(pk=self.instance.pk):
            if opens is None or closes is None or other.opens is None or other.closes is None:
                raise ValidationError(
                    _("This date is there already. Either it is closed, or it has hours.")
                )
            if _ends(other.closes) > opens and _ends(closes) > other.opens:
                raise ValidationError(_("These hours overlap with others of the same day."))
        return cleaned


@admin.register(SpecialDay)
class SpecialDayAdmin(PlanningAdmin):
    form = SpecialDayForm
    clock = CENTRE_CLOCK
    list_display = ["date", "name", "hours"]
    ordering = ["-date", "opens"]
    save_as = True

    @admin.display(description=_("hours"))
    def hours(self, day: SpecialDay) -> str:
        if day.opens is None or day.closes is None:
            return str(_("Closed all day"))
        return _hours_text(day.opens, day.closes)


class RetryStepForm(PlanningForm):
    class Meta:
        help_texts = {
            "tries": _(
                "Counts every call to this person, whatever came of it. "
                "After a try without a rule, a lead decides."
            ),
            "minutes": _("For example 120. Leave it empty if you give days."),
            "days": _("0 is later the same day, 1 the next day. Leave it empty for minutes."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Accounts that may only view get no fields.
        if outcome := self.fields.get("outcome"):
            offered = [
                (each.value, each.label) for each in CallOutcome if each.facts.next_step.has_rules
            ]
            outcome.choices = [("", "---------"), *offered]  # type: ignore[attr-defined]


@admin.register(RetryStep)
class RetryStepAdmin(PlanningAdmin):
    form = RetryStepForm
    clock = _(
        "Days and parts of the day are on the caller’s clock; calls wait for the opening hours, "
        "which are on the centre’s clock (%s)."
    )
    list_display = ["outcome", "rule"]
    list_display_links = ["rule"]
    list_per_page = 200

    def hints(self) -> Iterable[str]:
        return hints.retry_hints()

    @admin.display(description=_("rule"), ordering="tries")
    def rule(self, step: RetryStep) -> str:
        return hints.rule_text(step)


def _ends(closes: time) -> time:
    return time.max if closes == MIDNIGHT else closes


def _hours_text(opens: time, closes: time) -> str:
    return f"{time_format(opens, 'P')} – {time_format(closes, 'P')}"
