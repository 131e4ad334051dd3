"""The rows by which danger is found, and what they found in a text."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from .kinds import PatternKind
from .signs import Sign

# Points from which a text means danger. A row worth MOST_TAKEN more counts in any text.
DANGER_POINTS, MOST_TAKEN = 100, 100
CERTAIN = DANGER_POINTS + MOST_TAKEN
MOST_SHOWN = 15


class PersonName(str):
    """What somebody gave as their name, in which "Alice" is no typo and "Gray" no sign."""

    __slots__ = ()


class PatternRow(NamedTuple):
    words: str
    kind: str = PatternKind.ANY
    language: str = "en"
    can_be_past: bool = False
    points: int = CERTAIN

    @property
    def kind_label(self) -> str:
        """The kind in short, without what it does."""
        label = str(dict(PatternKind.choices).get(self.kind, self.kind))
        return label.partition(":")[0]


class FoundDanger(NamedTuple):
    """Danger words in a text, and the row that takes them back, if one does."""

    row: PatternRow
    written: str
    taken_back_by: PatternRow | None = None

    @property
    def kind_label(self) -> str:
        return self.row.kind_label

    @property
    def reason_label(self) -> str:
        return self.taken_back_by.kind_label if self.taken_back_by else ""


class Reading(NamedTuple):
    """What was found in one text, and the signs in the passage of it that has most points."""

    findings: tuple[FoundDanger, ...] = ()
    signs: tuple[Sign, ...] = ()
    points: int = 0

    @property
    def standing(self) -> list[FoundDanger]:
        return [finding for finding in self.findings if finding.taken_back_by is None]

    @property
    def is_danger(self) -> bool:
        return self.points >= DANGER_POINTS

    @property
    def telling_signs(self) -> list[Sign]:
        """The signs with most points for or against danger, as many as somebody may read."""
        ordered = sorted(self.signs, key=lambda sign: (-abs(sign.points), sign.sign))
        return ordered[:MOST_SHOWN]

    @property
    def language(self) -> str:
        if standing := self.standing:
            return max(standing, key=lambda finding: finding.row.points).row.language
        points: defaultdict[str, int] = defaultdict(int)
        for sign in self.signs:
            points[sign.language] += max(0, sign.points)
        return max(points, key=lambda language: points[language], default="")


class DangerVerdict(NamedTuple):
    readings: tuple[Reading, ...] = ()

    @property
    def is_danger(self) -> bool:
        return any(reading.is_danger for reading in self.readings)

    @property
    def language(self) -> str:
        """The language of the words that mean danger; empty if none do."""
        return next((each.language for each in self.readings if each.is_danger), "")
