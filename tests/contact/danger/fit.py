"""Weigh signs and patterns of danger by labelled messages, and write them into the starter rows.

    python -m tests.contact.danger.fit            writes the rows
    python -m tests.contact.danger.fit c          writes nothing: weighs without the round c of
                                                  fresh.csv, then measures that round
    python -m tests.contact.danger.fit unseen     writes nothing: measures unseen.csv with the
                                                  starter rows as they are

Logistic regression by AdaGrad: for each sign as many points as tell danger from harmless messages
best, held small by its L2 penalty. The half of messages.csv that is never looked at and unseen.csv
stay out.
"""

import csv
import math
import random
import sys
from collections import Counter, defaultdict
from itertools import pairwise, product
from pathlib import Path

import contact
from contact.danger.kinds import DANGER_KINDS, PatternKind
from contact.danger.numbers import number_signs
from contact.danger.patterns import ANY_NUMBER, ANY_YEAR, LARGE_NUMBER
from contact.danger.rules import Rules, lists_of
from contact.danger.verdict import CERTAIN, DANGER_POINTS, PatternRow
from contact.danger.words import tokens_of
from tests.contact.danger.messages import all_messages, figures, read_messages

PATTERNS = Path(contact.__file__).with_name("migrations") / "danger_patterns.csv"
LISTS = (
    *("family", "familia", "drink", "benzo", "pills", "pastilla", "drug", "droga", "took"),
    *("tomar", "blue", "morado", "smallchild", "pequeno", "weapon", "arma"),
)
# Words that say who, when or how many, but not what happens.
PEOPLE = ("family", "familia", "person", "smallchild", "pequeno")
FUNCTION_WORDS = Path(__file__).with_name("function_words.txt")
STEM = 5
MIN_MESSAGES = 2
MIN_MESSAGES_OF_SEVERAL_WORDS = 3
EPOCHS, RATE, PENALTY, BIAS, MARGIN = 30, 0.2, 2.0, -0.5, 0.6
# The largest weight on either side. Signs of nothing but light words, such as “know” or “my son”,
# and of words that stand in every thirtieth message say little of themselves.
MOST, MOST_OF_LIGHT, COMMON = 0.45, 0.08, 0.03
STEP = 8
# The points of a pattern by the share of danger in the messages where it is found.
MOST_OF_PATTERN = 175
POINTS_OF_PATTERN = ((0.75, MOST_OF_PATTERN), (0.6, 130), (0.5, 100), (0, 60))
# Somebody who searches for nothing but such a word may be in danger, whoever else writes it.
CALLS_FOR_HELP = ("suici", "overd", "sobredosis", "sobre dosis")
LONGEST_ROW = 950


class Reader:
    """Reads messages as the rules do, into all signs that might be weighed."""

    def __init__(self, rows, texts):
        counts = Counter(token.word for text in texts for token in tokens_of(text))
        known = [word for word, count in counts.items() if count >= MIN_MESSAGES]
        self._rules = Rules([*rows, PatternRow(" ".join(known), PatternKind.ORDINARY)])
        self._near = self._rules.near()
        # The stem of a single word says no more than the word.
        stems = Counter(word[:STEM] for word in known if len(word) > STEM)
        self._stems = {stem for stem, count in stems.items() if count > 1}
        lists = lists_of(rows)
        self._list_of = {word: f"@{name}" for name in reversed(LISTS) for word in lists[name]}

    def signs(self, text):
        tokens = [token.word for token in self._rules.tokens(text, self._near)]
        forms = [self._forms(word) for word in tokens]
        signs = {form for each in forms for form in each}
        outer = [(each[0], each[-1]) for each in forms]
        for pair in pairwise(outer):
            signs.update(map(" ".join, product(*pair)))
        last = [each[-1] for each in forms]
        signs.update(map(" ".join, zip(last, last[1:], last[2:], strict=False)))
        return signs

    def _forms(self, word):
        """The word, what it may be a typo of, and last the most general sign for it."""
        forms = [word, *sorted(self._rules.typo_of(word, self._near))[:1]]
        meant = forms[-1]
        forms += number_signs(meant)
        if len(meant) > STEM and meant[:STEM] in self._stems:
            forms.append(f"{meant[:STEM]}*")
        if meant in self._list_of:
            forms.append(self._list_of[meant])
        return forms


def fitted(examples, light):
    """Return a weight for each sign; `examples` are sets of signs with their label and weight."""
    found = defaultdict(list)
    for at, (signs, _label, _weight) in enumerate(examples):
        for sign in signs:
            found[sign].append(at)
    counts = {sign: len(found[sign]) for sign in told_apart(found)}
    kept = [
        (sorted(counts.keys() & signs), float(label))
        for signs, label, weight in examples
        for _time in range(weight)
    ]
    common = {sign for sign in found if len(found[sign]) > COMMON * len(examples)}
    most = {
        sign: MOST_OF_LIGHT if is_light(sign, light) or common.issuperset(sign.split()) else MOST
        for sign in counts
    }
    weights, summed = defaultdict(float), defaultdict(float)
    squares = defaultdict(lambda: 1e-8)
    chance = random.Random(1)
    for epoch in range(EPOCHS):
        chance.shuffle(kept)
        for signs, label in kept:
            total = BIAS + sum(weights[sign] for sign in signs)
            error = 1 / (1 + math.exp(-total)) - label
            for sign in signs:
                slope = error + PENALTY * weights[sign] / counts[sign]
                squares[sign] += slope * slope
                weight = weights[sign] - RATE * slope / math.sqrt(squares[sign])
                weights[sign] = max(-most[sign], min(most[sign], weight))
        # The mean of the later rounds: the last alone hangs on the order of its messages.
        if epoch >= EPOCHS // 2:
            for sign, weight in weights.items():
                summed[sign] += weight / (EPOCHS - EPOCHS // 2)
    return summed


def told_apart(found):
    """Return the signs in enough messages; of those in the very same messages the shortest."""
    shortest = {}
    for sign in sorted(found, key=lambda sign: (sign.count(" "), len(sign), sign)):
        least = MIN_MESSAGES_OF_SEVERAL_WORDS if " " in sign else MIN_MESSAGES
        # Patterns find these words; nothing that is often written with them speaks against them.
        if len(found[sign]) >= least and not sign.startswith(CALLS_FOR_HELP):
            shortest.setdefault(tuple(found[sign]), sign)
    return shortest.values()


def light_words(rows):
    lists = lists_of(rows)
    words = {
        *FUNCTION_WORDS.read_text(encoding="utf-8").split(),
        ANY_NUMBER,
        LARGE_NUMBER,
        ANY_YEAR,
    }
    words |= {f"@{name}" for name in PEOPLE}
    words |= {word for name in PEOPLE for word in lists[name]}
    return words | {f"{word[:STEM]}*" for word in words if len(word) > STEM}


def is_light(sign, light):
    return all(word in light or word.isdigit() for word in sign.split())


def points_of(weights):
    """Return weights as points of which DANGER mean danger, in steps that make few rows."""
    scale = DANGER_POINTS / MARGIN / STEP
    steps = {sign: round(weight * scale) for sign, weight in weights.items()}
    return {sign: step * STEP for sign, step in steps.items() if step}


def sign_rows(points, language_of):
    """Return rows of signs, one or more for each language and number of points."""
    groups = defaultdict(list)
    for sign, number in sorted(points.items()):
        groups[language_of(sign), number].append(sign)
    for (language, number), signs in sorted(groups.items()):
        row = ""
        for sign in signs:
            if len(row) + len(sign) > LONGEST_ROW:
                yield PatternRow(row, PatternKind.SIGN, language, False, number)
                row = ""
            row += f", {sign}" if row else sign
        yield PatternRow(row, PatternKind.SIGN, language, False, number)


def languages_of(reader, messages):
    """Return a function that tells in which language a sign is written more often."""
    counts = {language: Counter() for language in ("en", "es")}
    for message in messages:
        counts[message.language].update(reader.signs(message.text))
    totals = {language: sum(count.values()) for language, count in counts.items()}

    def language_of(sign):
        shares = {each: counts[each][sign] / totals[each] for each in counts}
        return max(shares, key=shares.get)

    return language_of


def weighed(rows, messages):
    """Return the rows with points, and rows of signs, weighed by these messages."""
    return [*weighed_patterns(rows, messages), *weighed_signs(rows, messages)]


def weighed_patterns(rows, messages):
    """Give few points to patterns that are found in many harmless messages."""
    rules, danger, total = Rules(rows), Counter(), Counter()
    for message in messages:
        for row in {finding.row for finding in rules.reading(message.text).standing}:
            total[row] += message.weight
            danger[row] += message.is_danger
    for row in rows:
        if row.kind in DANGER_KINDS and row.points != CERTAIN:
            share = (danger[row] + 2) / (total[row] + 3) if total[row] else 1
            if row.words.startswith(CALLS_FOR_HELP):
                share = 1
            yield row._replace(points=next(n for least, n in POINTS_OF_PATTERN if share >= least))
        else:
            yield row


def weighed_signs(rows, messages):
    reader = Reader(rows, [each.text for each in messages])
    examples = [(reader.signs(each.text), each.is_danger, each.weight) for each in messages]
    language_of = languages_of(reader, [each for each in messages if each.language])
    return list(sign_rows(points_of(fitted(examples, light_words(rows))), language_of))


def write(rows):
    with PATTERNS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "language", "can_be_past", "points", "words"))
        for row in rows:
            past = "1" if row.can_be_past else ""
            points = row.points if row.points != CERTAIN else ""
            writer.writerow((row.kind, row.language, past, points, row.words))


def main(held_out=""):
    if held_out == "unseen":
        figures(read_messages("unseen"), read_rows())
        return
    rows = [row for row in read_rows() if row.kind != PatternKind.SIGN]
    messages = [each for each in all_messages() if each.is_fitted]
    rows = weighed(rows, [each for each in messages if each.round != held_out or not held_out])
    if held_out:
        figures([each for each in messages if each.round == held_out], rows)
    else:
        write(rows)


def read_rows():
    with PATTERNS.open(newline="", encoding="utf-8") as file:
        return [
            PatternRow(
                each["words"],
                each["kind"],
                each["language"],
                each["can_be_past"] == "1",
                int(each["points"] or CERTAIN),
            )
            for each in csv.DictReader(file)
        ]


if __name__ == "__main__":
    main(*sys.argv[1:])
