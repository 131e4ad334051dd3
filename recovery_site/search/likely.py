"""Which pages a query is likely to ask for, learned from the other ways to ask (naive Bayes).

A page is known by all its phrases together, and by small words too: "my", "how long" and "can i"
tell who asks for what. `python -m tests.recovery_site.search.figures unseen` prints what it brings:
84 % of the measured half have their page first without it, 92 % among three; with it 90.5 and 95.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import exp, log1p

from .reading import Query
from .vocabulary import ROW_MARK

# Smoothing: each page counts as having so many more features, spread like those of all pages.
SMOOTHING = 60.0
# Bayes assumes independent features. These are not, so each counts for less.
CAUTION = 3.0
LEAST_LIKELY = 0.01


def features(query: Query) -> set[str]:
    """Stems, pairs of them, and rows of words for the same thing."""
    pairs = {
        f"{first} {second}" for first, second in zip(query.words, query.words[1:], strict=False)
    }
    rows = {key for term in query.terms for key in term.stems if key.startswith(ROW_MARK)}
    return {*query.words, *pairs, *rows}


class LikelyPages:
    def __init__(self, phrases: Iterable[tuple[str, Query]]) -> None:
        """`phrases` are addresses with a way to ask for each."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for path, phrase in phrases:
            counts[path].update(features(phrase))
        everywhere: Counter[str] = Counter()
        for of_page in counts.values():
            everywhere.update(of_page)
        whole = everywhere.total()
        # Logarithms of how much more often a feature stands with a page than with any.
        self._gains: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._losses = {
            path: log1p(of_page.total() / SMOOTHING) for path, of_page in counts.items()
        }
        for path, of_page in counts.items():
            for feature, count in of_page.items():
                expected = SMOOTHING * everywhere[feature] / whole
                self._gains[feature][path] = log1p(count / expected)

    def of(self, query: Query) -> dict[str, float]:
        """Return addresses with probabilities, without the unlikely ones."""
        known = [self._gains[each] for each in features(query) if each in self._gains]
        if not known:
            return {}
        sums = {path: -len(known) * loss for path, loss in self._losses.items()}
        for gains in known:
            for path, gain in gains.items():
                sums[path] += gain
        highest = max(sums.values())
        shares = {path: exp((each - highest) / CAUTION) for path, each in sums.items()}
        whole = sum(shares.values())
        likely = {path: share / whole for path, share in shares.items()}
        return {path: each for path, each in likely.items() if each >= LEAST_LIKELY}
