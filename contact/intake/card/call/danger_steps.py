"""What a card opens with while somebody may be in danger: the question, and who can help now."""

from __future__ import annotations

from typing import NamedTuple

from contact.lifecycle.triage.danger import verdict_on_request
from contact.models import CallbackRequest, Helpline
from contact.privacy.encryption import DecryptionError
from contact.records.enums import Language
from contact.schedule.calling_hours import BestTime
from contact.visitor.told import desk_snapshot

# Read aloud, so they follow the language of the call, not of the interface.
SAFETY_QUESTION = {
    "en": "Are you safe right now? Is anyone hurt, or in danger?",
    "es": "¿Está a salvo en este momento? ¿Hay alguien herido o en peligro?",
}


class DangerSteps(NamedTuple):
    """`questions`: the language and the words of each; `wish`: the time of day they chose.

    `wrote_spanish`: they did, though they asked for no call in it.
    """

    questions: list[tuple[str, str]]
    wrote_spanish: bool
    helplines: list[Helpline]
    wish: str


def danger_steps(callback: CallbackRequest, others: list[CallbackRequest]) -> DangerSteps | None:
    """Return the steps where this open request, or another of the person's, may mean danger."""
    dangerous = [each for each in (callback, *others) if each.is_danger]
    if not callback.is_open or not dangerous:
        return None
    speaks_spanish = callback.language == Language.SPANISH
    wrote_spanish = not speaks_spanish and _is_in_spanish(dangerous)
    languages = ["en", *(["es"] if speaks_spanish or wrote_spanish else [])]
    is_wish = callback.best_time not in (BestTime.ANY, BestTime.NOW)
    crisis = Helpline.objects.published().filter(kind=Helpline.Kind.CRISIS)
    return DangerSteps(
        [(language, SAFETY_QUESTION[language]) for language in languages],
        wrote_spanish,
        list(crisis),
        callback.get_best_time_display() if is_wish else "",
    )


def _is_in_spanish(requests: list[CallbackRequest]) -> bool:
    """Return whether any of them wrote in Spanish what means danger."""
    # In memory and compiled: to read all of them with each card kept the garbage collector busy.
    phrases = desk_snapshot.danger_rows()
    try:
        verdicts = [verdict_on_request(each, phrases) for each in requests]
    except DecryptionError:
        return False
    return any(verdict.language == Language.SPANISH for verdict in verdicts)
