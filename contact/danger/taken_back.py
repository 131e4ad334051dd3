"""Words that take danger back: common expressions, a negation before it, a time long past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .automaton import Match
from .kinds import PatternKind
from .verdict import PatternRow
from .words import Token

# How far before the danger a negation may stand.
NEGATION_REACH = 10
# How many words before and after a sign of the present no past reaches.
PRESENT_BEFORE, PRESENT_AFTER = 3, 7
OR_WORDS = frozenset(("or", "nor", "ni", "o", "u"))
# Words in danger, or so few words before it, that tell it as part of a story: when it was may stand
# so many sentences before.
TOLD = frozenset(
    (
        *("was", "were", "had", "did", "saw", "heard", "went", "came", "found", "told", "gave"),
        *("era", "estaba", "estaban", "tenia", "tuve", "tuvo", "fue", "vi", "vio", "habia"),
    )
)
TOLD_REACH, TOLD_BEFORE = 2, 2


class TakenBack:
    """What takes findings of one text back."""

    def __init__(self, tokens: Sequence[Token], bridges: frozenset[str]) -> None:
        self._tokens, self._bridges = tokens, bridges
        self._expressions: dict[int, list[tuple[Match, PatternRow]]] = defaultdict(list)
        self._negations: dict[int, PatternRow] = {}
        self._negated: dict[int, PatternRow] = {}
        self._past: dict[int, PatternRow] = {}
        self._present: set[int] = set()

    def add(self, match: Match, row: PatternRow, kind: PatternKind) -> None:
        sentence = self._tokens[match.first].sentence
        match kind:
            case PatternKind.EXPRESSION:
                for at in range(match.first, match.last + 1):
                    self._expressions[at].append((match, row))
            case PatternKind.NEGATION:
                self._negations[match.last] = row
            case PatternKind.PAST:
                self._past[sentence] = row
            case PatternKind.PRESENT:
                # Danger shortly after it, such as “now he …”, or before it, such as “… tonight”.
                self._present.update(
                    range(match.first - PRESENT_BEFORE, match.last + PRESENT_AFTER)
                )
            case PatternKind.AFTERTHOUGHT:
                self._past[sentence] = self._past[sentence - 1] = row

    def reason(self, match: Match, row: PatternRow) -> PatternRow | None:
        """Return the row that takes a finding back; ask in the order of the text."""
        for at in range(match.first, match.last + 1):
            for expression, by in self._expressions[at]:
                if not _says_more(match, expression):
                    return by
        if negation := self._negation(match):
            self._negated.update(dict.fromkeys(range(match.first, match.last + 1), negation))
            return negation
        if row.can_be_past and self._present.isdisjoint((match.first, match.last)):
            return self._when(match)
        return None

    def _when(self, match: Match) -> PatternRow | None:
        """Return the row that says when it was, in the sentence or, in a story, shortly before."""
        sentence = self._tokens[match.first].sentence
        start = max(0, match.first - TOLD_BEFORE)
        words = {token.word for token in self._tokens[start : match.last + 1]}
        reach = 0 if TOLD.isdisjoint(words) else TOLD_REACH
        before = (self._past.get(sentence - back) for back in range(reach + 1))
        return next(filter(None, before), None)

    def _negation(self, match: Match) -> PatternRow | None:
        """Walk back over words that may stand between, and over danger negated before an “or”."""
        if match.first in self._negated:
            return self._negated[match.first]
        between: list[str] = []
        clause = self._tokens[match.first].clause
        for at in range(match.first - 1, max(-1, match.first - 1 - NEGATION_REACH), -1):
            token = self._tokens[at]
            if token.clause != clause:
                return None
            row = self._negations.get(at)
            if row and self._bridges.issuperset(between):
                return row
            if at in self._negated:
                is_joined = OR_WORDS.intersection(between)
                is_near = (self._bridges | OR_WORDS).issuperset(between)
                return self._negated[at] if is_joined and is_near else None
            between.append(token.word)
        return None


def _says_more(danger: Match, expression: Match) -> bool:
    """Whether the expression is only a part of what the danger says: the closer reading counts."""
    is_within = danger.first <= expression.first and expression.last <= danger.last
    return is_within and expression.last - expression.first < danger.last - danger.first
