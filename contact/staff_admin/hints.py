"""What the desk's rules lead to, in plain sentences: what they say, lack and contradict."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact.models import DangerPhrase, OpeningHours, Place, RetryStep
from contact.schedule.calling_hours import BestTime, callers_time, window
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences, next_slot


def hours_are_missing() -> bool:
    return not OpeningHours.objects.exists()


def of_hours() -> Iterator[str]:
    schedule = Schedule.current()
    if hours_are_missing():
        yield _(
            "No opening hours yet. Until you add them, visitors are not told by when we call, "
            "calls are planned by the caller's clock alone, and every hour counts as staffed."
        )
    if schedule.is_known:
        for part in unmet_parts(schedule):
            yield _(
                "The desk is never staffed %(hours)s. Visitors may still choose it; "
                "they are then called at any time of the day."
            ) % {"hours": _chosen(part)}


def of_steps() -> Iterator[str]:
    steps = RetryStep.objects.order_by("outcome", "tries")
    # Where there is no urgent step, the one for everybody follows.
    for_everybody = [step for step in steps if not step.is_urgent]
    for _outcome, group in groupby(for_everybody, key=lambda step: step.outcome):
        rules = list(group)
        given = {step.tries for step in rules}
        gap = next((n for n in range(1, rules[-1].tries) if n not in given), None)
        if gap:
            yield _(
                "%(outcome)s: there is no rule for try %(try)d, so a lead decides after it, "
                "before the later rules are reached."
            ) % {"outcome": rules[0].get_outcome_display(), "try": gap}
    schedule = Schedule.current()
    unmet = set(unmet_parts(schedule)) if schedule.is_known else set()
    for part in sorted({step.part_of_day for step in steps} & unmet):
        yield _(
            "The desk is never staffed %(hours)s. Calls that a rule puts there are made at any "
            "time of that day."
        ) % {"hours": _chosen(part)}


def of_phrases() -> Iterator[str]:
    if not DangerPhrase.objects.exists():
        yield _(
            "No words yet. Until you add some, nobody is called first for what they write, and "
            "no visitor is shown 988 and 911 for it."
        )


def of_places() -> Iterator[str]:
    hidden = Place.objects.filter(is_active=True, verified_on=None).count()
    if hidden:
        yield ngettext(
            "%(count)d place is not offered, because nobody has verified it.",
            "%(count)d places are not offered, because nobody has verified them.",
            hidden,
        ) % {"count": hidden}


def sentence(step: RetryStep) -> str:
    """What a step says, below its outcome."""
    words = {"try": step.tries, "wait": _wait(step)}
    if step.is_urgent:
        return _("After try %(try)d, if words may mean danger: %(wait)s") % words
    return _("After try %(try)d: %(wait)s") % words


def _wait(step: RetryStep) -> str:
    if step.minutes is not None:
        hours, odd = divmod(step.minutes, 60)
        if hours and not odd:
            return ngettext("in %d hour", "in %d hours", hours) % hours
        return ngettext("in %d minute", "in %d minutes", step.minutes) % step.minutes
    match step.days or 0:
        case 0:
            days = _("later the same day")
        case 1:
            days = _("the next day")
        case more:
            days = _("%d days later") % more
    return f"{days}, {step.get_part_of_day_display()}" if step.part_of_day else days


def unmet_parts(schedule: Schedule) -> list[str]:
    """The parts of the day in which the desk is not staffed, for callers on its own clock."""
    now, zone = timezone.now(), schedule.time_zone
    unmet = []
    for part in RetryStep.PartOfDay.values:
        slot = next_slot(schedule, CallPreferences(part, zone), now)
        is_met = callers_time(zone, slot.start).is_within(*window(part))
        if not is_met or not schedule.is_open(slot.start):
            unmet.append(part)
    return unmet


def _chosen(part: str) -> str:
    label = str(BestTime(part).label)
    return _("at the time “%(choice)s”") % {"choice": label}
