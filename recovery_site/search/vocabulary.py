"""The words that the search knows besides those of the pages: rows of editors, everyday words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from articles.reading.compiled_queries import CompiledQuery
from articles.search.stems import SPANISH, stem
from articles.search.words import words_of

from .rows import SearchPhrase, SearchSynonym

WORD_LISTS = Path(__file__).parent
LONGEST_EXPRESSION = 4
SHORTEST_BEGUN, MOST_BEGUN = 3, 12
# Begins what stands for a row among stems; no stem does.
ROW_MARK = "#"
# Weights of stems that are not the visitor's own: of a word for the same thing, and of one among
# several words.
SAME, PART_OF_SAME = 0.9, 0.6
_compiling = Lock()
Stems = dict[str, float]


class SynonymRow(NamedTuple):
    words: str
    means: str
    language: str


class PhraseRow(NamedTuple):
    path: str
    phrases: str
    language: str


class SearchVocabulary:
    def __init__(self, synonyms: Sequence[SynonymRow], phrases: Sequence[PhraseRow]) -> None:
        # By language and stems.
        self._meant: defaultdict[tuple[str, tuple[str, ...]], Stems] = defaultdict(dict)
        self._beginnings: set[tuple[str, str]] = set()
        self.words: dict[str, str] = {}
        for number, row in enumerate(synonyms):
            # What is written in one row means one thing, whatever words our pages have for it.
            means = _stems_of_alternatives(row.means) | {f"{ROW_MARK}{number}": SAME}
            for written in row.words.split(","):
                if key := tuple(
                    stem(word, row.language) for word in words_of(written)[:LONGEST_EXPRESSION]
                ):
                    self._meant[row.language, key] |= means
                    self._beginnings.add((row.language, key[0]))
                    self._know(words_of(written), row.language)
            self._know(words_of(row.means), "en")
        # Addresses, their phrases and the language of these.
        self.phrases: list[tuple[str, str, str]] = []
        for asked in phrases:
            for phrase in filter(None, map(str.strip, asked.phrases.splitlines())):
                self.phrases.append((asked.path, phrase, asked.language))
                self._know(words_of(phrase), asked.language)
        # By the first letters: somebody who types waits for none of the others.
        self._by_letters: defaultdict[str, list[str]] = defaultdict(list)
        for word in self.words:
            self._by_letters[word[:SHORTEST_BEGUN]].append(word)

    def _know(self, words: Iterable[str], language: str) -> None:
        for word in words:
            if self.words.get(word) != "en":
                self.words[word] = language

    def beginning(self, letters: str) -> list[str]:
        """Some words that begin with these letters, unless they are too few to tell."""
        if len(letters) < SHORTEST_BEGUN:
            return []
        near = self._by_letters.get(letters[:SHORTEST_BEGUN], ())
        return [word for word in near if word.startswith(letters)][:MOST_BEGUN]

    def meant(self, words: Sequence[str]) -> Stems:
        """What these words mean together, if a row says so."""
        found: Stems = {}
        for language in ("en", SPANISH):
            # Thousands of phrases are read at once, and few of their words begin a row.
            if (language, stem(words[0], language)) in self._beginnings:
                found |= self._meant.get((language, tuple(stem(w, language) for w in words)), {})
        return found


def _stems_of_alternatives(means: str) -> Stems:
    stems: Stems = {}
    for alternative in means.split(","):
        words = [word for word in words_of(alternative) if word not in stop_words()]
        weight = SAME if len(words) == 1 else PART_OF_SAME
        for word in words:
            key = stem(word, "en")
            stems[key] = max(weight, stems.get(key, 0))
    return stems


def current_vocabulary() -> SearchVocabulary:
    """The vocabulary as the rows are now."""
    synonyms, phrases = tuple(map(tuple, _synonyms())), tuple(map(tuple, _phrases()))
    # Threads that ask at once would each compile it.
    with _compiling:
        return _compiled(synonyms, phrases)


_synonyms = CompiledQuery(
    lambda: SearchSynonym.objects.order_by("pk").values_list("words", "means", "language")
)
_phrases = CompiledQuery(
    lambda: SearchPhrase.objects.order_by("pk").values_list("path", "phrases", "language")
)


@lru_cache(maxsize=2)
def _compiled(synonyms: tuple[Any, ...], phrases: tuple[Any, ...]) -> SearchVocabulary:
    return SearchVocabulary(
        [SynonymRow(*row) for row in synonyms], [PhraseRow(*row) for row in phrases]
    )


def _list(name: str) -> frozenset[str]:
    return frozenset(words_of((WORD_LISTS / f"{name}.txt").read_text("utf-8")))


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing of what is looked for, English and Spanish."""
    return _list("stop_words_en") | _list("stop_words_es")


@cache
def spanish_words() -> frozenset[str]:
    """Words by which Spanish is told from English."""
    return _list("stop_words_es") | _list("everyday_es")


@cache
def english_words() -> frozenset[str]:
    return _list("stop_words_en") | _list("everyday_en")
