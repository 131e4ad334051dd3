"""Other ways to ask for a question go to another question, and back."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from articles.addresses.old_addresses import OldAddress
from faq.models import Question

from ..search.rows import SearchPhrase

# By language.
WaysToAsk = dict[str, list[str]]
MOST_LETTERS = SearchPhrase._meta.get_field("phrases").max_length or 0


def ways_to_ask(question: Question) -> WaysToAsk:
    """The other ways to ask for it, noted with its address or with one that leads there."""
    found: WaysToAsk = {}
    for row in _rows(question):
        lines = found.setdefault(row.language, [])
        lines += _new(row.phrases.splitlines(), lines)
    return found


def pass_on(question: Question, into: Question) -> tuple[WaysToAsk, WaysToAsk]:
    """Return what `question` had, and what of it `into` did not have."""
    had, there = ways_to_ask(question), ways_to_ask(into)
    added = {language: _new(lines, there.get(language, [])) for language, lines in had.items()}
    _rows(question).delete()
    _add(into, added)
    return had, added


def give_back(
    question: Question, holder: Question, had: WaysToAsk, added: Iterable[WaysToAsk]
) -> WaysToAsk:
    """Return what went back: of what it had, what `holder` still has.

    `holder` loses what it has from the question alone: what each step on the way there added.
    """
    there = ways_to_ask(holder)
    returned = {
        language: [line for line in lines if _is_in(line, there.get(language, []))]
        for language, lines in had.items()
    }
    steps = list(added)
    for row in _rows(holder):
        kept = without({row.language: row.phrases.splitlines()}, returned, steps)[row.language]
        row.phrases = "\n".join(kept)
        if any(map(str.strip, kept)):
            row.save(update_fields=["phrases"])
        else:
            row.delete()
    own = ways_to_ask(question)
    _add(question, {key: _new(lines, own.get(key, [])) for key, lines in returned.items()})
    return {language: lines for language, lines in returned.items() if lines}


def without(phrases: WaysToAsk, returned: WaysToAsk, steps: list[WaysToAsk]) -> WaysToAsk:
    """Leave out what went back, as far as each step on the way here added it."""
    return {
        language: [
            line
            for line in lines
            if not _is_in(line, returned.get(language, []))
            or not all(_is_in(line, step.get(language, [])) for step in steps)
        ]
        for language, lines in phrases.items()
    }


def _rows(question: Question) -> QuerySet[SearchPhrase]:
    path = question.get_absolute_url()
    earlier = OldAddress.objects.filter(target=path).values_list("path", flat=True)
    return SearchPhrase.objects.filter(path__in=[path, *earlier]).order_by("pk")


def _add(question: Question, phrases: WaysToAsk) -> None:
    path = question.get_absolute_url()
    for language, lines in phrases.items():
        if not lines:
            continue
        row = SearchPhrase.objects.filter(path=path, language=language).first()
        row = row or SearchPhrase(path=path, language=language)
        row.phrases = "\n".join([*filter(None, [row.phrases.strip()]), *lines])
        if len(row.phrases) > MOST_LETTERS:
            raise ValidationError(
                _("Together the two have more other ways to ask than fit. Remove some first.")
            )
        row.save()


def _new(lines: Iterable[str], there: list[str]) -> list[str]:
    """The lines that are not among `there`, each once."""
    found: list[str] = []
    for line in map(str.strip, lines):
        if line and not _is_in(line, [*there, *found]):
            found.append(line)
    return found


def _is_in(line: str, lines: Iterable[str]) -> bool:
    return _plain(line) in map(_plain, lines)


def _plain(line: str) -> str:
    return " ".join(line.split()).casefold()
