"""Advice to editors on stigmatising terms, promises, readability and links. It never blocks.

The terms follow NIDA's "Words Matter" and the ONDCP's "Changing the Language of Addiction";
the claims are those that regulators have punished (FTC v. Monument, 2024).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from typing import NamedTuple

from django.urls import Resolver404, resolve
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import markup, readability, views
from ..models import Article, Page, Topic

MAX_GRADE = 8


class Term(NamedTuple):
    pattern: str
    instead: object
    reason: object


PERSON_FIRST = _("it names a person by an illness")
BLAME = _("it sounds like a choice or a fault")
JUDGING = _("it judges the person")
STIGMA = _("it suggests that medication is not real treatment")
CLAIM = _("nobody can promise this, and regulators have punished it")

TERMS = [
    Term(r"(?:former|reformed|ex-?) ?(?:addict|user)s?", _("person in recovery"), PERSON_FIRST),
    Term(r"addicted bab(?:y|ies)", _("baby born with neonatal opioid withdrawal"), PERSON_FIRST),
    Term(
        r"(?:addict|abuser|junkie|(?:drug |heroin |opioid )?user)s?",
        _("person with a substance use disorder, or person who uses drugs"),
        PERSON_FIRST,
    ),
    Term(r"alcoholics?|drunks?", _("person with alcohol use disorder"), PERSON_FIRST),
    Term(r"habits?|drug problems?", _("substance use disorder"), BLAME),
    Term(
        r"(?:drug |substance |alcohol |opioid )?abus(?:e|es|ed|ing)",
        _("use; for prescribed medicine, misuse"),
        BLAME,
    ),
    Term(
        r"(?:get|gets|getting|got|stay|stays|staying|stayed|be|is|are|being|been) (?:clean|dirty)",
        _("in recovery or in remission; or actively using"),
        JUDGING,
    ),
    Term(
        r"(?:clean|dirty) (?:test|urine|sample|screen)s?|tested (?:clean|dirty)",
        _("negative or positive test"),
        JUDGING,
    ),
    Term(
        r"medication[- ]assisted treatment|opioid (?:substitution|replacement)(?: therapy)?",
        _("medication for opioid use disorder (MOUD)"),
        STIGMA,
    ),
    Term(r"(?-i:MAT)", _("medication for opioid use disorder (MOUD)"), STIGMA),
    Term(r"(?:100|one hundred) ?(?:%|percent) confidential", _("say what you do"), CLAIM),
    Term(r"hipaa[- ](?:compliant|certified)", _("say what you do to protect records"), CLAIM),
    Term(r"guarantee[sd]?|guaranteed", _("say what usually happens"), CLAIM),
    Term(
        r"success rates?|\d+ ?(?:%|percent) (?:success|effective|recovery rate)",
        _("say who was studied, by whom, and cite it"),
        CLAIM,
    ),
]
# One search per text; the first term that matches at a position wins.
_terms = re.compile(
    "|".join(rf"(?P<t{n}>(?<![\w-])(?:{term.pattern})(?![\w-]))" for n, term in enumerate(TERMS)),
    re.IGNORECASE,
)
# Names of programmes and offices, and quotations, are not checked.
_names = re.compile(
    r"(?:Narcotics|Alcoholics|Cocaine|Heroin|Nicotine) Anonymous|National Institute on Drug Abuse"
    r"|National Institute on Alcohol Abuse and Alcoholism"
    r"|Substance Abuse and Mental Health Services(?: Administration)?",
    re.IGNORECASE,
)
_quoted = re.compile(r"“[^”]*”|\"[^\"\n]*\"|«[^»]*»")
_quotation = re.compile(r"<blockquote(?! class=\"(?:callout|urgent)\").*?</blockquote>", re.DOTALL)


def advise(title: str, summary: str, body: str) -> list[str]:
    """Advice on the content of a revision (`body`: sanitised HTML)."""
    own_words = "\n".join([title, summary, *markup.blocks(_quotation.sub("", body))])
    return [
        *terms_to_avoid(own_words),
        *hard_to_read("\n".join([summary, *markup.blocks(body)])),
        *skipped_headings(body),
        *tables_without_headers(body),
        *unknown_links(body),
    ]


def terms_to_avoid(text: str) -> list[str]:
    text = _quoted.sub(" ", _names.sub(" ", text))
    found: dict[str, Term] = {}
    for match in _terms.finditer(text):
        found.setdefault(match[0].lower(), TERMS[int((match.lastgroup or "t0")[1:])])
    return [
        gettext("“%(word)s”: %(reason)s. Better: %(instead)s.")
        % {"word": word, "reason": term.reason, "instead": term.instead}
        for word, term in found.items()
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
    first = re.search(r"<h([23])>(.*?)</h\1>", body, re.DOTALL)
    if first is None or first[1] == "2":
        return []
    return [
        gettext("The subheading “%(heading)s” stands before any heading above it.")
        % {"heading": markup.plain_text(first[2])}
    ]


def tables_without_headers(body: str) -> list[str]:
    return [
        gettext("A table without a header row: “%(words)s”. Headers say what stands below.")
        % {"words": Truncator(markup.plain_text(table)).words(6)}
        for table in re.findall(r"<table>.*?</table>", body, re.DOTALL)
        if "<th" not in table.replace("<thead", "")
    ]


def unknown_links(body: str) -> list[str]:
    return [
        gettext("The link to %(path)s leads nowhere on this site.") % {"path": path}
        for path in dict.fromkeys(_internal_paths(body))
        if not _is_known(path)
    ]


def _internal_paths(body: str) -> Iterable[str]:
    for href in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', body):
        path = unescape(href).partition("#")[0].partition("?")[0]
        if path.startswith("/") and not path.startswith("//"):
            yield path


def _is_known(path: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.view_name == "articles:article_detail":
        return Article.objects.filter(slug=match.kwargs.get("slug")).exists()
    if match.view_name == "articles:topic_detail":
        return Topic.objects.filter(slug=match.kwargs.get("slug")).exists()
    if match.func is views.page_detail:
        return Page.objects.filter(slug=match.kwargs.get("slug")).exists()
    return True
