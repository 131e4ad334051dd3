"""A short checklist for clear communication, whose score is stored with a review.

In our words, after the Clear Communication Index of the Centers for Disease Control and Prevention
(CDC), whose 20 items score one point or none. It helps whoever reads a page, and decides nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CHECKLIST_SOURCE = "https://www.cdc.gov/ccindex/"


class ClearPoint(models.TextChoices):
    ONE_MESSAGE = "one_message", _("It says one main thing that readers should remember.")
    AT_THE_TOP = "at_the_top", _("Title, summary or first paragraph say it already.")
    STANDS_OUT = "stands_out", _("A heading, a box or bold type lets it stand out.")
    WHAT_TO_DO = "what_to_do", _("It says what readers can do now.")
    WHY_AND_HOW = "why_and_how", _("It says why they should do it, and how, step by step.")
    ACTIVE = "active", _("It says who does what: “Call us”, not “Calls can be made”.")
    KNOWN_WORDS = "known_words", _("Its words are those of its readers; others are explained.")
    LISTS = "lists", _("Steps, signs and choices stand in lists.")
    SECTIONS = "sections", _("It has short sections, with headings that say what follows.")
    WHAT_IS_KNOWN = "what_is_known", _("It says what experts know, and what they do not know.")
    NUMBERS = "numbers", _("Its numbers are explained, and nobody needs to calculate.")
    RISKS = (
        "risks",
        _("Of risks it says what can happen, and how likely; of advice, also what speaks against."),
    )


class ClearScore(NamedTuple):
    """How many of the points that somebody looked at are met, and which are not."""

    met: int
    looked_at: int
    unmet: list[str]

    def __str__(self) -> str:
        said = gettext("%(met)d of %(all)d points of clear communication")
        return said % {"met": self.met, "all": self.looked_at}


def score_of(answers: Any) -> ClearScore | None:
    """The score of what was answered, by the values of points; None if nothing was."""
    given = answers if isinstance(answers, dict) else {}
    asked = known_answers(given)
    unmet = [str(ClearPoint(point).label) for point, is_met in asked.items() if not is_met]
    return ClearScore(len(asked) - len(unmet), len(asked), unmet) if asked else None


def known_answers(answers: Any) -> dict[str, bool]:
    """What may be stored of `answers`."""
    points = (point.value for point in ClearPoint)
    return {point: answers[point] for point in points if isinstance(answers.get(point), bool)}
