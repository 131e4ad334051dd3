"""Reads a query: typing errors, words for the same thing, stems, language.

What a query means depends on words alone: those of the pages, of the rows of editors, and everyday
words, which are never taken for a typing error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import jellyfish
from django.db.models import QuerySet

from articles.search import lookup
from articles.search.index import sound_of
from articles.search.index_rows import SearchWord
from articles.search.stems import SPANISH, english_stem, spanish_stem
from articles.search.words import words_of

from .parts_of_words import (
    SHORTEST_COMPOUND,
    SHORTEST_PART,
    after_small_word,
    apart,
    halves,
    runs,
    split,
    with_letters,
)
from .vocabulary import (
    LONGEST_EXPRESSION,
    ROW_MARK,
    SearchVocabulary,
    Stems,
    english_words,
    spanish_words,
    stop_words,
)

MOST_QUERY_WORDS = 14
# Shorter words have too many neighbours that are words themselves.
SHORTEST_TYPO, SHORTEST_WITH_TWO_ERRORS = 4, 7
SHORTEST_RUN, LONGEST_RUN, LONGEST_PIECE = 9, 40, 14
MOST_NEIGHBOURS = 3000
MOST_LETTERS_MORE = 2
# Weight of words within an expression; and of an expression against a word.
PART_WEIGHT = 0.5
EXPRESSION_WEIGHT = 1.6


class SearchTerm(NamedTuple):
    """Something looked for: stems with weights, any of which will do."""

    stems: Stems
    is_known: bool = True
    # An expression says more than each of its words.
    times: float = 1.0
    word: str = ""


class Query(NamedTuple):
    terms: tuple[SearchTerm, ...]
    # All of it, stop words too.
    words: tuple[str, ...]
    language: str
    # The words without typing errors, if any was put right.
    corrected: str = ""
    unknown: tuple[str, ...] = ()


def read_query(
    text: str, vocabulary: SearchVocabulary, is_begun: bool = False, is_exact: bool = False
) -> Query:
    """Read a query.

    `is_begun`: somebody is still typing its last word. `is_exact`: nothing in it is put right.
    """
    words = words_of(text)[:MOST_QUERY_WORDS]
    begun = words.pop() if is_begun and words else ""
    known = _known(words, vocabulary)
    is_corrected, unknown = False, [word for word in words if word not in known]
    endings = tuple({word[-1] for word in unknown})
    # In a Spanish query, no word was meant as an English one.
    if not is_exact and _language(words, vocabulary) != SPANISH:
        words, is_corrected, unknown = _put_right(words, known, vocabulary)
    # Whoever ends a word otherwise did not mean it in Spanish: bupenorfine.
    telling = [
        word
        for word in words
        if word in known or word.endswith(endings) or vocabulary.words.get(word) != SPANISH
    ]
    telling += [begun] if begun else []
    terms = _terms(words, vocabulary, frozenset(unknown))
    if begun and (stems := _stems_beginning(begun, vocabulary)):
        terms.append(SearchTerm(stems))
    return Query(
        tuple(terms),
        tuple(map(english_stem, words)),
        _language(telling, vocabulary),
        " ".join(words) if is_corrected else "",
        tuple(unknown),
    )


def _known(words: Sequence[str], vocabulary: SearchVocabulary) -> frozenset[str]:
    """Which of the words, and of what they are when joined or split, are words."""
    asked = {*words}
    asked |= {first + second for first, second in pairwise(words)}
    for word in words:
        asked |= {part for parts in halves(word) for part in parts}
        asked.update(rest for _small, rest in after_small_word(word))
        asked.update(runs(word))
    everyday = {
        word
        for word in asked
        if word in english_words() or word in spanish_words() or word in vocabulary.words
    }
    others = asked - everyday
    if not others:
        return frozenset(everyday)
    found = SearchWord.objects.filter(word__in=others).values_list("word", flat=True)
    return frozenset({*found, *everyday})


def _put_right(
    words: Sequence[str], known: frozenset[str], vocabulary: SearchVocabulary
) -> tuple[list[str], bool, list[str]]:
    """The words without typing errors, whether there was one, and words that stay unknown."""
    right: list[str] = []
    unknown: list[str] = []
    is_corrected, at = False, 0
    while at < len(words):
        word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
        joined = word + after
        is_whole = word in known and (not after or after in known)
        if after and not is_whole and joined in known and len(joined) >= SHORTEST_COMPOUND:
            right.append(joined)
            is_corrected, at = True, at + 2
            continue
        at += 1
        meant_word = with_letters(word)
        if word in known or not meant_word.isalpha():
            parts = runs(word)
            right += parts if word not in known and known.intersection(parts) else [word]
            continue
        word = meant_word
        if word in vocabulary.words:
            right.append(word)
            is_corrected = True
            continue
        meant = apart(word, known) or neighbour(word, vocabulary)
        meant = meant or split(word, known) or _pieces(word, vocabulary)
        if meant:
            right += meant
            is_corrected = True
        else:
            right.append(word)
            unknown.append(word)
    return right, is_corrected, unknown


def _pieces(word: str, vocabulary: SearchVocabulary) -> list[str]:
    """The fewest words that make up one without spaces: mysonisusingagain."""
    if not SHORTEST_RUN <= len(word) <= LONGEST_RUN:
        return []
    best: dict[int, list[str]] = {0: []}
    for end in range(1, len(word) + 1):
        for begin in range(max(0, end - LONGEST_PIECE), end):
            piece = word[begin:end]
            if begin in best and (piece in vocabulary.words or piece in english_words()):
                pieces = [*best[begin], piece]
                if end not in best or len(pieces) < len(best[end]):
                    best[end] = pieces
    pieces = best.get(len(word), [])
    return pieces if len(pieces) * SHORTEST_PART <= len(word) else []


def neighbour(word: str, vocabulary: SearchVocabulary) -> list[str]:
    """The known word that an unknown one was most likely meant to be, if any is near."""
    if len(word) < SHORTEST_TYPO:
        return []
    sound = sound_of(word)
    long_enough = SearchWord.objects.as_long_as(word, MOST_LETTERS_MORE)
    found = dict(_counted(long_enough.beginning(word[0])))
    if sound:
        found |= dict(_counted(long_enough.filter(sound=sound)))
    others = {other: 1 for other in vocabulary.words if len(other) >= SHORTEST_TYPO}
    best: tuple[float, int, str] | None = None
    for other, documents in (others | found).items():
        distance = _distance(word, other, sound)
        if distance is None:
            continue
        # Who makes a typing error in an English word most likely did not mean a Spanish one.
        distance += 1.2 * (vocabulary.words.get(other) == SPANISH)
        rank = (distance, -documents, other)
        if best is None or rank < best:
            best = rank
    return [best[2]] if best else []


def _counted(words: QuerySet[SearchWord]) -> Iterable[tuple[str, int]]:
    return words.values_list("word", "documents")[:MOST_NEIGHBOURS]


def _distance(word: str, other: str, sound: str) -> float | None:
    """How far apart they are, None if too far: less if they sound or begin alike."""
    most = 1 if len(word) < SHORTEST_WITH_TWO_ERRORS else 2
    if (
        abs(len(word) - len(other)) > MOST_LETTERS_MORE
        or other in stop_words()
        or not other.isalpha()
    ):
        return None
    distance = float(jellyfish.damerau_levenshtein_distance(word, other))
    if "f" in word and "ph" in other:
        as_in_greek = jellyfish.damerau_levenshtein_distance(word.replace("f", "ph"), other)
        distance = min(distance, as_in_greek + 0.5)
    # The sound, which takes longer to tell, allows one letter more.
    if distance > most + 1:
        return None
    sounds_alike = bool(sound) and sound == sound_of(other)
    if distance > most + sounds_alike:
        return None
    return distance - 0.6 * sounds_alike + 0.3 * (word[0] != other[0])


def _terms(
    words: Sequence[str], vocabulary: SearchVocabulary, unknown: frozenset[str]
) -> list[SearchTerm]:
    terms: list[SearchTerm] = []
    at = 0
    while at < len(words):
        for size in range(min(LONGEST_EXPRESSION, len(words) - at), 0, -1):
            part = words[at : at + size]
            meant = vocabulary.meant(part)
            # A letter means something alone, or beside one other word: `h`, `do h`.
            is_letter = size == 1 and len(part[0]) == 1 and len(words) > 2
            if meant and not is_letter:
                terms.append(_expression(part, meant))
                at += size
                break
        else:
            word = words[at]
            if word not in stop_words():
                terms.append(SearchTerm(own_stems(word), word not in unknown, word=word))
            at += 1
    if not terms:
        # Stop words alone are looked for as they are.
        terms = [SearchTerm(own_stems(word)) for word in words]
    return terms


def own_stems(word: str) -> Stems:
    return {english_stem(word): 1.0, spanish_stem(word): 1.0}


def _expression(words: Sequence[str], meant: Stems) -> SearchTerm:
    stems: Stems = dict(meant)
    if len(words) > 1:
        stems |= {key: 1.0 for key in meant if key.startswith(ROW_MARK)}
    for word in words:
        if len(words) == 1 or word not in stop_words():
            weight = 1.0 if len(words) == 1 else PART_WEIGHT
            for key in own_stems(word):
                stems[key] = max(weight, stems.get(key, 0))
    return SearchTerm(stems, times=EXPRESSION_WEIGHT if len(words) > 1 else 1.0)


def _stems_beginning(begun: str, vocabulary: SearchVocabulary) -> Stems:
    """Stems of the words that begin so, and the word itself."""
    stems = own_stems(begun) if begun not in stop_words() or len(begun) > 2 else {}
    if len(begun) > 1:
        stems |= dict.fromkeys(lookup.stems_beginning(begun, most=12), 1.0)
    for word in vocabulary.beginning(begun):
        stems |= dict.fromkeys(own_stems(word), 1.0)
        stems = vocabulary.meant([word]) | stems
    return stems


def _language(words: Sequence[str], vocabulary: SearchVocabulary) -> str:
    spanish = english = 0
    for word in words:
        is_spanish = word in spanish_words() or vocabulary.words.get(word) == SPANISH
        # Spanish words also stand in what editors wrote as English: "no hablo ingles".
        is_english = word in english_words() or (
            word not in spanish_words() and vocabulary.words.get(word) == "en"
        )
        spanish += is_spanish and not is_english
        english += is_english and not is_spanish
    return SPANISH if spanish > english else "en"


def read_phrase(text: str, vocabulary: SearchVocabulary) -> Query:
    """Read what an editor wrote, in which nothing is a typing error."""
    words = words_of(text)
    terms = _terms(words, vocabulary, frozenset())
    return Query(tuple(terms), tuple(map(english_stem, words)), "en")
