"""Hints above the lists of settings: gaps and contradictions in the desk's rules."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from contact.models import (
    CallerId,
    DangerPhrase,
    OpeningHours,
    Place,
    ReadingRule,
    RetryStep,
)
from contact.records.oversight.unusual_reading import ReadingKind
from contact.schedule.calling_hours import BestTime
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences, first_wished


def hours_are_missing() -> bool:
    return not OpeningHours.objects.exists()


def hours_hints() -> Iterator[str]:
    schedule = Schedule.current()
    if hours_are_missing():
        yield gettext(
            "No opening hours yet. Until you add them, visitors are not told by when we call, "
            "calls are planned by the caller's clock alone, and every hour counts as staffed."
        )
    for part in unstaffed_parts(schedule):
        yield gettext(
            "The desk is never staffed %(hours)s. Visitors may still choose it; "
            "they are then called at any time of the day."
        ) % {"hours": _choice_text(part)}


def retry_hints() -> Iterator[str]:
    steps = RetryStep.objects.order_by("outcome", "tries")
    # Without an urgent rule, the one for everybody applies.
    for_everybody = [step for step in steps if not step.is_urgent]
    for _outcome, group in groupby(for_everybody, key=lambda step: step.outcome):
        rules = list(group)
        given = {step.tries for step in rules}
        gap = next((n for n in range(1, rules[-1].tries) if n not in given), None)
        if gap:
            yield gettext(
                "%(outcome)s: there is no rule for try %(try)d, so a lead decides after it, "
                "before the later rules are reached."
            ) % {"outcome": rules[0].get_outcome_display(), "try": gap}
    unstaffed = unstaffed_parts(Schedule.current())
    for part in sorted({step.part_of_day for step in steps}.intersection(unstaffed)):
        yield gettext(
            "The desk is never staffed %(hours)s. Calls that a rule puts there are made at any "
            "time of that day."
        ) % {"hours": _choice_text(part)}


def phrase_hints() -> Iterator[str]:
    if not DangerPhrase.objects.exists():
        yield gettext(
            "No words yet. Until you add some, nobody is called first for what they write, and "
            "no visitor is shown 988 and 911 for it."
        )


def place_hints() -> Iterator[str]:
    hidden = Place.objects.filter(is_active=True, verified_on=None).count()
    if hidden:
        yield ngettext(
            "%(count)d place is not offered, because nobody has verified it.",
            "%(count)d places are not offered, because nobody has verified them.",
            hidden,
        ) % {"count": hidden}


def caller_id_hints() -> Iterator[str]:
    if not CallerId.objects.shown():
        yield gettext(
            "Visitors are told no number. Call a phone from the desk, and write down what it shows."
        )
    overdue = CallerId.objects.to_verify().count()
    if overdue:
        yield ngettext(
            "%(count)d number is told to no visitor: nobody verified it in the last 30 days.",
            "%(count)d numbers are told to no visitor: nobody verified them in the last 30 days.",
            overdue,
        ) % {"count": overdue}


def retention_hints() -> Iterator[str]:
    yield gettext("Kinds without a line here are kept for %d days, as the settings say.") % (
        settings.RETENTION_DAYS
    )


def reading_hints() -> Iterator[str]:
    ruled = set(ReadingRule.objects.values_list("kind", flat=True))
    others = [f"{kind.label}: {kind.facts.least}" for kind in ReadingKind if kind not in ruled]
    if others:
        yield gettext("Without a line here, listed from: %s.") % " · ".join(others)


def rule_text(step: RetryStep) -> str:
    """Describe a rule, to stand below its outcome."""
    words = {"try": step.tries, "wait": _wait(step)}
    if step.is_urgent:
        return gettext("After try %(try)d, if words may mean danger: %(wait)s") % words
    return gettext("After try %(try)d: %(wait)s") % words


def _wait(step: RetryStep) -> str:
    if step.minutes is not None:
        hours, odd = divmod(step.minutes, 60)
        if hours and not odd:
            return ngettext("in %d hour", "in %d hours", hours) % hours
        return ngettext("in %d minute", "in %d minutes", step.minutes) % step.minutes
    match step.days or 0:
        case 0:
            days = gettext("later the same day")
        case 1:
            days = gettext("the next day")
        case more:
            days = gettext("%d days later") % more
    return f"{days}, {step.get_part_of_day_display()}" if step.part_of_day else days


def unstaffed_parts(schedule: Schedule) -> list[str]:
    """Return the parts of the day, on the desk's clock, in which it is never staffed for sure."""
    if not schedule.is_known:
        return []
    now, zone = timezone.now(), schedule.time_zone
    return [
        part
        for part in RetryStep.PartOfDay.values
        if not first_wished(schedule, CallPreferences(part, zone), now)
    ]


def _choice_text(part: str) -> str:
    label = str(BestTime(part).label)
    return gettext("at the time “%(choice)s”") % {"choice": label}
