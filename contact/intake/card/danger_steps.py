"""What a card opens with while somebody may be in danger: the question, and who can help now."""

from __future__ import annotations

from typing import NamedTuple

from contact.models import CallbackRequest, Helpline
from contact.records.enums import Language
from contact.schedule.calling_hours import BestTime

# Read aloud, so they follow the language of the call, not of the interface.
SAFETY_QUESTION = {
    "en": "Are you safe right now? Is anyone hurt, or in danger?",
    "es": "¿Está a salvo en este momento? ¿Hay alguien herido o en peligro?",
}


class DangerSteps(NamedTuple):
    """`questions`: the language and the words of each; `wish`: the time of day they chose."""

    questions: list[tuple[str, str]]
    helplines: list[Helpline]
    wish: str


def danger_steps(callback: CallbackRequest, others: list[CallbackRequest]) -> DangerSteps | None:
    """Return the steps where this open request, or another of the person's, may mean danger."""
    if not callback.is_open or not any(each.is_danger for each in (callback, *others)):
        return None
    languages = ["en"]
    if callback.language == Language.SPANISH:
        languages.append("es")
    is_wish = callback.best_time not in (BestTime.ANY, BestTime.NOW)
    crisis = Helpline.objects.published().filter(kind=Helpline.Kind.CRISIS)
    return DangerSteps(
        [(language, SAFETY_QUESTION[language]) for language in languages],
        list(crisis),
        callback.get_best_time_display() if is_wish else "",
    )
