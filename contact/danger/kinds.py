"""The kinds of rows by which danger is found in what people write."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PatternKind(TextChoices):
    """A kind of danger, a reason to take a finding back, or a help for reading."""

    ANY = "any", _("Danger of any kind")
    SUICIDE = "suicide", _("Suicide")
    SELF_HARM = "self_harm", _("Self-harm")
    OVERDOSE = "overdose", _("Overdose")
    MEDICAL = "medical", _("Medical emergency")
    VIOLENCE = "violence", _("Violence")
    CHILD = "child", _("A child in danger")
    EXPRESSION = "expression", _("Harmless expression: takes back the danger words in it")
    NEGATION = "negation", _("Negation: takes back the danger right after it")
    PAST = (
        "past",
        _("Long past or in general: takes back danger in the same sentence, if it can be past"),
    )
    PRESENT = "present", _("Now: no past takes back the danger beside it")
    AFTERTHOUGHT = "afterthought", _("Afterthought: takes back the sentence before, if it is past")
    SIGN = "sign", _("Signs: words, pairs or threes with commas between, which only add up")
    BRIDGE = "bridge", _("Bridge: words allowed between a negation and the danger")
    LIST = "list", _("Word list: for use in patterns as @name")
    SPELLING = "spelling", _("Spelling: how a word is written, and what it means")
    ORDINARY = "ordinary", _("Ordinary words: never the typo of another")

    @property
    def is_danger(self) -> bool:
        return self in DANGER_KINDS

    @property
    def is_pattern(self) -> bool:
        """Whether its rows are patterns to be found in a text."""
        return self.is_danger or self in TAKING_BACK


DANGER_KINDS = (
    *(PatternKind.ANY, PatternKind.SUICIDE, PatternKind.SELF_HARM, PatternKind.OVERDOSE),
    *(PatternKind.MEDICAL, PatternKind.VIOLENCE, PatternKind.CHILD),
)
TAKING_BACK = (
    PatternKind.EXPRESSION,
    PatternKind.NEGATION,
    PatternKind.PAST,
    PatternKind.PRESENT,
    PatternKind.AFTERTHOUGHT,
)
