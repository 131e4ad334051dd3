"""What every plan follows from: opening hours, special days, and the rules for next tries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from contact.schedule.opening_hours import Schedule

from .retry_rules import RetryStep

StepKey = tuple[str, int, bool]


class PlanningRules(NamedTuple):
    schedule: Schedule
    steps: dict[StepKey, RetryStep]

    @classmethod
    def current(cls) -> PlanningRules:
        """Load them, in three queries."""
        return cls(Schedule.current(), by_key(RetryStep.objects.all()))

    def step(self, outcome: str, tries: int, *, is_urgent: bool) -> RetryStep | None:
        """Return the rule after this call; an urgent one goes before the one for everybody."""
        urgent = self.steps.get((outcome, tries, True)) if is_urgent else None
        return urgent or self.steps.get((outcome, tries, False))

    def as_json(self) -> dict[str, Any]:
        """Return values that survive JSON unchanged and differ with every change of a rule."""
        steps = [
            [*key, step.minutes, step.days, step.part_of_day] for key, step in self.steps.items()
        ]
        return {
            "schedule": self.schedule.as_json(),
            "steps": sorted(steps, key=lambda row: row[:3]),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> PlanningRules:
        names = ("outcome", "tries", "is_urgent", "minutes", "days", "part_of_day")
        steps = [RetryStep(**dict(zip(names, row, strict=True))) for row in values["steps"]]
        return cls(Schedule.from_json(values["schedule"]), by_key(steps))


def by_key(steps: Iterable[RetryStep]) -> dict[StepKey, RetryStep]:
    return {(step.outcome, step.tries, step.is_urgent): step for step in steps}
