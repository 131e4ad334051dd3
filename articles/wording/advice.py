"""Advice to editors on stigmatising terms, promises, readability and links. It never blocks."""

from __future__ import annotations

import re
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext

from articles.text import markup, readability

from ..links import addresses, checks
from . import terms
from .dismissals import still_open
from .kinds import Advice, AdviceKind, unique
from .rows import current_wording

MOST_HARD_SENTENCES = 3


def advise(title: str, summary: str, body: str) -> list[Advice]:
    """Advice on the content of a revision (`body`: sanitised HTML)."""
    own_words = "\n".join([title, summary, *markup.own_blocks(body)])
    wording = current_wording()
    return [
        *terms_to_avoid(own_words, wording),
        *dangers_without_911(own_words, body, wording),
        *hard_to_read(readable_text(summary, body)),
        *skipped_headings(body),
        *tables_without_headers(body),
        *links_to_nowhere(body),
    ]


def open_advice(publication: Any, revision: Any) -> list[Advice]:
    """What an editor should still look at in a revision."""
    found = advise(revision.title, revision.summary, revision.body)
    return still_open(publication, found)


def readable_text(summary: str, body: str) -> str:
    """What counts for readability."""
    return "\n".join([summary, *markup.running_text(body)])


def terms_to_avoid(text: str, wording: terms.Wording) -> list[Advice]:
    """Each word to avoid, once for each sentence."""
    said = gettext("“%(word)s”: %(reason)s. Better: %(instead)s.")
    return unique(
        [
            Advice(
                AdviceKind.TERM,
                word.lower(),
                sentence.strip(),
                said % {"word": word, "reason": term.reason.label, "instead": term.data.instead},
            )
            for word, term, sentence in wording.found_in(text)
        ]
    )


def dangers_without_911(text: str, body: str, wording: terms.Wording) -> list[Advice]:
    """Advice on the first sentence for each deadly danger that is named, if 911 is not."""
    if "911" in body or not wording.dangers:
        return []
    first: dict[str, str] = {}
    for sentence in terms.sentences(text):
        for named in wording.dangers.finditer(sentence):
            first.setdefault(named[0].lower(), sentence.strip())
    said = gettext(
        "“%(danger)s” is named, but 911 is not. Say when to call it, best in an urgent box"
        " at the beginning."
    )
    return unique(
        [
            Advice(AdviceKind.DANGER, "911", sentence, said % {"danger": danger})
            for danger, sentence in first.items()
        ]
    )


def hard_to_read(text: str) -> list[Advice]:
    grade = readability.grade(text)
    if grade is None or grade <= readability.HARD_GRADE:
        return []
    said = gettext(
        "The text reads at school grade %(grade)s; %(aim)s or below suits most readers."
        " Shorter sentences and shorter words help."
    ) % {"grade": round(grade, 1), "aim": readability.HARD_GRADE}
    hardest, *others = readability.hardest_sentences(text, MOST_HARD_SENTENCES) or [""]
    return [Advice(AdviceKind.GRADE, "", hardest, said, tuple(others))]


def skipped_headings(body: str) -> list[Advice]:
    """The headings that stand more than one level below the one before."""
    found = []
    above = 1
    said = gettext(
        "“%(heading)s” is a heading %(level)s, but no heading %(above)s stands above it."
    )
    for level, html in re.findall(r"<h([2-4])>(.*?)</h\1>", body, re.DOTALL):
        if int(level) > above + 1:
            words = markup.plain_text(html)
            text = said % {"heading": words, "level": level, "above": int(level) - 1}
            found.append(Advice(AdviceKind.HEADING, "", words, text))
        above = int(level)
    return unique(found)


def tables_without_headers(body: str) -> list[Advice]:
    said = gettext("A table without a header row: “%(words)s”. Headers say what stands below.")
    tables = [
        markup.plain_text(table)
        for table in re.findall(r"<table>.*?</table>", body, re.DOTALL)
        if "<th" not in table.replace("<thead", "")
    ]
    begins = {words: Truncator(words).words(6) for words in tables}
    return [
        Advice(AdviceKind.TABLE, begin, words, said % {"words": begin})
        for words, begin in begins.items()
    ]


def links_to_nowhere(body: str) -> list[Advice]:
    anchors = frozenset(heading["anchor"] for heading in markup.render(body).contents)
    return [
        Advice(AdviceKind.LINK, finding.link.href, "", str(finding))
        for finding in checks.findings(addresses.links_in(body), anchors)
    ]
