"""Advice to editors on stigmatising terms, promises, readability and links. It never blocks."""

from __future__ import annotations

import re

from django.utils.text import Truncator
from django.utils.translation import gettext

from articles.text import markup, readability

from ..links import addresses, checks
from . import terms

MAX_GRADE = 8


_dangers = re.compile(
    r"\b(?:overdos\w*|withdrawal|seizures?|not breathing|\d+ ?(?:mg|milligrams?))\b", re.IGNORECASE
)


def advise(title: str, summary: str, body: str) -> list[str]:
    """Advice on the content of a revision (`body`: sanitised HTML)."""
    own_words = "\n".join([title, summary, *markup.own_blocks(body)])
    return [
        *terms_to_avoid(own_words),
        *dangers_without_911(own_words, body),
        *hard_to_read("\n".join([summary, *markup.blocks(body)])),
        *skipped_headings(body),
        *tables_without_headers(body),
        *links_to_nowhere(body),
    ]


def terms_to_avoid(text: str) -> list[str]:
    found: dict[str, terms.TermToAvoid] = {}
    for word, term in terms.found_in(text):
        found.setdefault(word.lower(), term)
    return [
        gettext("“%(word)s”: %(reason)s. Better: %(instead)s.")
        % {"word": word, "reason": term.reason, "instead": gettext(term.instead)}
        for word, term in found.items()
    ]


def dangers_without_911(text: str, body: str) -> list[str]:
    """Advice if the text names a deadly danger, but not 911."""
    named = _dangers.search(text)
    if named is None or "911" in body:
        return []
    return [
        gettext(
            "“%(danger)s” is named, but 911 is not. Say when to call it, best in an urgent box"
            " at the beginning."
        )
        % {"danger": named[0].lower()}
    ]


def hard_to_read(text: str) -> list[str]:
    grade = readability.grade(text)
    if grade is None or grade <= MAX_GRADE:
        return []
    return [
        gettext(
            "The text reads at school grade %(grade)s; %(aim)s or below reaches everyone."
            " Shorter sentences and shorter words help."
        )
        % {"grade": round(grade, 1), "aim": MAX_GRADE}
    ]


def skipped_headings(body: str) -> list[str]:
    """The first heading that stands more than one level below the one before it."""
    above = 1
    for level, words in re.findall(r"<h([2-4])>(.*?)</h\1>", body, re.DOTALL):
        if int(level) > above + 1:
            missing = gettext(
                "“%(heading)s” is a heading %(level)s, but no heading %(above)s stands above it."
            )
            words = markup.plain_text(words)
            return [missing % {"heading": words, "level": level, "above": int(level) - 1}]
        above = int(level)
    return []


def tables_without_headers(body: str) -> list[str]:
    return [
        gettext("A table without a header row: “%(words)s”. Headers say what stands below.")
        % {"words": Truncator(markup.plain_text(table)).words(6)}
        for table in re.findall(r"<table>.*?</table>", body, re.DOTALL)
        if "<th" not in table.replace("<thead", "")
    ]


def links_to_nowhere(body: str) -> list[str]:
    anchors = frozenset(heading["anchor"] for heading in markup.render(body).contents)
    return [str(finding) for finding in checks.findings(addresses.links_in(body), anchors)]
