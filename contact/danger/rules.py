"""Rules compiled from the rows that staff edit, and the verdict on a text."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from operator import itemgetter
from threading import Lock

from .automaton import Automaton, Match
from .kinds import PatternKind
from .patterns import PatternElement, PatternError, literal, parse_pattern
from .signs import Sign, Signs
from .signs import check as check_signs
from .spelling import SHORTEST_RUN_TOGETHER, Spelling, split_definition
from .taken_back import TakenBack
from .verdict import MOST_TAKEN, DangerVerdict, FoundDanger, PatternRow, PersonName, Reading
from .vocabulary import KnownWords, Near
from .words import PART_OF_WORD, Token, tokens_of, without_accents

# So many words may be a name and nothing else. Then a single word tells danger only if it is of
# these kinds, and a pattern of its own with so many points.
WORDS_IN_A_NAME = 4
TOLD_IN_A_NAME, LEAST_IN_A_NAME = (PatternKind.SUICIDE, PatternKind.OVERDOSE), 175
# A long text is also read in passages of so many words, so that much that is harmless around it
# hides no danger.
PASSAGE, PASSAGE_STEP = 30, 15
_compiling = Lock()
_latest: list[tuple[tuple[PatternRow, ...], Rules]] = []


def decide(rows: Iterable[PatternRow], *texts: str) -> DangerVerdict:
    """Decide whether any of these texts means danger."""
    rules = compiled(tuple(rows))
    return DangerVerdict(tuple(rules.reading(text) for text in texts))


def compiled(rows: tuple[PatternRow, ...]) -> Rules:
    # Threads that ask at once would each take a second and megabytes.
    with _compiling:
        # To compare thousands of rows with themselves takes longer than to read a text.
        if not (_latest and _latest[0][0] is rows):
            _latest[:] = [(rows, _compiled(rows))]
        return _latest[0][1]


# The rows before a change are soon asked for no more, and each holds megabytes.
@lru_cache(maxsize=2)
def _compiled(rows: tuple[PatternRow, ...]) -> Rules:
    return Rules(rows)


class NearWords(dict[str, frozenset[str]]):
    """What each word may be a typo of, looked for once."""

    def __init__(self, look: Near) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, word: str) -> frozenset[str]:
        found = self[word] = self._look(word)
        return found


class Rules:
    def __init__(self, rows: Sequence[PatternRow]) -> None:
        """Compile the rows. A row that can't be read counts as the words it is made of."""
        self._spelling = Spelling()
        for row in _of(rows, PatternKind.SPELLING):
            with suppress(PatternError):
                self._spelling.add(row.words)
        ordinary = {
            w
            for row in _of(rows, PatternKind.ORDINARY)
            for w in PART_OF_WORD.findall(without_accents(row.words))
        }
        self._lists = lists_of(rows)
        self._rows: list[PatternRow] = []
        patterns: list[tuple[PatternElement, ...]] = []
        for row in rows:
            if _kind(row).is_pattern and (elements := self.elements(row.words)):
                self._rows.append(row)
                patterns.append(elements)
        places = [element for elements in patterns for element in elements]
        words = {word for place in places for word in place.words} | self._spelling.words
        self._bridges = frozenset(
            word
            for row in _of(rows, PatternKind.BRIDGE)
            for word in self._spelling.respell(PART_OF_WORD.findall(without_accents(row.words)))
        )
        stems = {stem for place in places for stem in place.stems}
        self._signs = Signs(self._lists)
        for row in _of(rows, PatternKind.SIGN):
            self._signs.add(row.words, row.points, row.language)
        others = ordinary | self._bridges | self._signs.words
        self._vocabulary = KnownWords(words, stems, others)
        self._automaton = Automaton(patterns, self._vocabulary)

    def elements(self, pattern: str) -> tuple[PatternElement, ...]:
        try:
            return parse_pattern(pattern, self._lists, self._spelling.respell)
        except PatternError:
            return literal(pattern, self._spelling.respell)

    def check(self, row: PatternRow) -> None:
        """Raises PatternError if the row can't be read."""
        match row.kind:
            case PatternKind.SPELLING:
                Spelling().add(row.words)
            case PatternKind.LIST:
                split_definition(row.words, ":")
            case PatternKind.SIGN:
                check_signs(row.words, self._lists)
            case PatternKind.BRIDGE | PatternKind.ORDINARY:
                pass
            case _:
                parse_pattern(row.words, self._lists, self._spelling.respell)

    def reading(self, text: str) -> Reading:
        if not text:
            return Reading()
        if isinstance(text, PersonName) and len(words := list(tokens_of(text))) <= WORDS_IN_A_NAME:
            return self._reading_of_name(words)
        near = self.near()
        tokens = self.tokens(text, near)
        found = self.findings(tokens, near)
        denied = _denied(tokens, found)
        signs = [
            (at, sign)
            for at, sign in self._signs.places(tokens, lambda word: self.typo_of(word, near))
            if sign.points < 0 or not denied.issuperset(range(at, at + len(sign.sign.split())))
        ]
        points, strongest = max(
            (_weighed(found, signs, passage) for passage in _passages(len(tokens))),
            key=lambda weighed: weighed[0],
        )
        return Reading(tuple(finding for _place, finding in found), tuple(strongest), points)

    def _reading_of_name(self, words: list[Token]) -> Reading:
        """Read without typos and signs: names are words too, or near to some."""
        tokens = self._spelling.respelled(self._joined(words))
        found = [
            finding
            for match, finding in self.findings(tokens, lambda _word: frozenset())
            if match.first < match.last or _is_told_in_a_name(finding.row)
        ]
        points = [finding.row.points for finding in found if not finding.taken_back_by]
        return Reading(tuple(found), points=max(points, default=0))

    def near(self) -> Near:
        """Return a function that remembers for one text what its words may be typos of."""
        return NearWords(self._vocabulary.near).__getitem__

    def typo_of(self, word: str, near: Near) -> Iterable[str]:
        return () if self._vocabulary.is_known(word) else near(word)

    def findings(self, tokens: Sequence[Token], near: Near) -> list[tuple[Match, FoundDanger]]:
        matches = list(self._automaton.find(tokens, near))
        danger = [match for match in matches if _kind(self._rows[match.pattern]).is_danger]
        if not danger:
            return []
        taken = TakenBack(tokens, self._bridges)
        for match in matches:
            taken.add(match, self._rows[match.pattern], _kind(self._rows[match.pattern]))
        danger.sort(key=lambda match: (match.first, match.last))
        return [
            (match, FoundDanger(row, _written(tokens, match), taken.reason(match, row)))
            for match, row in ((match, self._rows[match.pattern]) for match in danger)
        ]

    def tokens(self, text: str, near: Near) -> list[Token]:
        meant: dict[str, list[str]] = {}
        tokens: list[Token] = []
        for token in tokens_of(text):
            if token.word not in meant:
                meant[token.word] = self._vocabulary.meant(token.word, near)
            words = meant[token.word]
            tokens.append(token._replace(word=words[0]))
            tokens += [token._replace(word=word, written="") for word in words[1:]]
        return self._spelling.respelled(self._joined(tokens))

    def _joined(self, tokens: list[Token]) -> list[Token]:
        """Return the tokens with words that were written as two: `over dose`, `my self`."""
        result: list[Token] = []
        for token in tokens:
            if result and result[-1].clause == token.clause:
                both = result[-1].word + token.word
                if len(both) >= SHORTEST_RUN_TOGETHER and both in self._vocabulary.words:
                    written = f"{result[-1].written} {token.written}"
                    result[-1] = result[-1]._replace(word=both, written=written)
                    continue
            result.append(token)
        return result


def _is_told_in_a_name(row: PatternRow) -> bool:
    return row.kind in TOLD_IN_A_NAME and row.points >= LEAST_IN_A_NAME


def _written(tokens: Sequence[Token], match: Match) -> str:
    return " ".join(filter(None, (t.written for t in tokens[match.first : match.last + 1])))


def _denied(tokens: Sequence[Token], found: Sequence[tuple[Match, FoundDanger]]) -> set[int]:
    """Return the numbers of the words that a negation takes back, in a text of one sentence.

    What a longer text denies may still tell what it is about.
    """
    denied: set[int] = set()
    meant: set[int] = set()
    if tokens and tokens[0].sentence == tokens[-1].sentence:
        for match, finding in found:
            words = range(match.first, match.last + 1)
            if finding.taken_back_by is None:
                meant.update(words)
            elif finding.taken_back_by.kind == PatternKind.NEGATION:
                denied.update(words)
    return denied - meant


def _passages(length: int) -> list[range]:
    """Return the whole text, and if it is long the passages of it, as numbers of words."""
    parts = range(0, length - PASSAGE_STEP, PASSAGE_STEP) if length > PASSAGE else ()
    return [range(length), *(range(start, start + PASSAGE) for start in parts)]


def _weighed(
    found: Sequence[tuple[Match, FoundDanger]], signs: Sequence[tuple[int, Sign]], passage: range
) -> tuple[int, Iterable[Sign]]:
    """Return the points of a passage and its signs: the strongest finding counts, and the sum of
    the signs, each once, which take only so much away."""
    # Both come in the order of the text, so each passage reads its own alone.
    ends = passage.start, passage.stop
    first, after = (bisect_left(signs, at, key=itemgetter(0)) for at in ends)
    once = {sign.sign: sign for _at, sign in signs[first:after]}.values()
    first, after = (bisect_left(found, at, key=lambda each: each[0].first) for at in ends)
    strongest = max(
        (
            finding.row.points
            for match, finding in found[first:after]
            if match.last in passage and not finding.taken_back_by
        ),
        default=0,
    )
    return strongest + max(-MOST_TAKEN, sum(sign.points for sign in once)), once


def lists_of(rows: Iterable[PatternRow]) -> dict[str, frozenset[str]]:
    """Return the word lists by name; lists of one name are one list."""
    lists: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for row in _of(rows, PatternKind.LIST):
        name, found, words = row.words.partition(":")
        if found:
            lists[without_accents(name).strip().lstrip("@")] |= frozenset(
                PART_OF_WORD.findall(without_accents(words))
            )
    return dict(lists)


def _kind(row: PatternRow) -> PatternKind:
    """A kind that only another release knows counts as danger."""
    return PatternKind(row.kind) if row.kind in PatternKind.values else PatternKind.ANY


def _of(rows: Iterable[PatternRow], kind: PatternKind) -> list[PatternRow]:
    return [row for row in rows if row.kind == kind]
