"""Whatever a search can find: publications, topics, help lines and the fixed pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import resolve, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Page, SearchDocument, Topic
from articles.search import index, lookup
from articles.search.stems import english_stem
from articles.search.words import words_of
from articles.views import page_detail
from contact.models import Helpline
from faq.models import Question
from recovery_site.facts.models import Fact

SPANISH_PATH = "/es/"


class Found(NamedTuple):
    """A page, with the stems of its title, headings, summary and text."""

    path: str
    title: tuple[str, ...]
    headings: frozenset[str] = frozenset()
    summary: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()
    # What stands in the list of results; of publications it is read once they are chosen.
    name: Any = ""
    about: Any = ""
    kind: Any = ""
    key: tuple[str, int, int] | None = None


class FixedPage(NamedTuple):
    route: str
    name: Any
    about: Any


PAGE = _("Page")
HELP_NOW = FixedPage(
    "help_now",
    _("Get help now"),
    _("Who to call or text right now: 911, 988 and other lines, and steps in an overdose."),
)
FIXED = (
    HELP_NOW,
    FixedPage(
        "contact:callback",
        _("Ask for a call"),
        _("Leave a name and a phone number, and we call you."),
    ),
    FixedPage(
        "contact:my_request",
        _("Your request for a call"),
        _("Change or cancel it, with your reference and the last digits of your number."),
    ),
    FixedPage("articles:article_list", _("Articles"), _("All articles and their topics.")),
    FixedPage("faq:question_list", _("Questions"), _("All questions and answers.")),
)
KINDS: dict[type[Any], Any] = {Article: _("Article"), Question: _("Question"), Page: PAGE}


def others() -> Iterator[Found]:
    """Topics, help lines and fixed pages, which are few."""
    for page in FIXED:
        yield _found(reverse(page.route), str(page.name), str(page.about), PAGE)
    if facts := list(Fact.objects.shown()):
        yield _about_the_centre(facts)
    topics = Topic.objects.with_published_content(Article, Question)
    for topic in topics:
        yield _found(topic.get_absolute_url(), topic.name, topic.description, _("Topic"))
    path = reverse("help_now")
    for line in Helpline.objects.published():
        yield _found(path, line.name, f"{line.description} {line.phone}", _("Help line"))


def _about_the_centre(facts: list[Fact]) -> Found:
    name = gettext("About %(name)s") % {"name": settings.SITE_NAME}
    words = " ".join(f"{fact.get_kind_display()} {fact.part} {fact.text}" for fact in facts)
    about = gettext("Care, cost and what to expect, each with the day it was checked.")
    found = _found(reverse("about"), name, about, PAGE)
    return found._replace(body=frozenset(stems_of(words)))


def spanish_page() -> str:
    """The address of the page in Spanish; empty while there is none."""
    match = resolve(SPANISH_PATH)
    is_there = match.func is not page_detail or Page.objects.published().filter(slug="es").exists()
    return SPANISH_PATH if is_there else ""


def _found(path: str, name: str, about: str, kind: Any) -> Found:
    return Found(
        path, stems_of(name), summary=frozenset(stems_of(about)), name=name, about=about, kind=kind
    )


@lru_cache(maxsize=1000)
def stems_of(text: str) -> tuple[str, ...]:
    return tuple(english_stem(word) for word in words_of(text))


def candidates(groups: Sequence[lookup.Group]) -> Iterator[Found]:
    """Publications that hold stems of these groups. Their paths come with `addressed`."""
    for document in lookup.documents(groups, get_language() or "en"):
        yield _of_document(document)


def of_keys(keys: Iterable[tuple[str, int]]) -> Iterator[Found]:
    """Publications by kind and primary key."""
    by_kind: dict[str, list[int]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    for kind, wanted in by_kind.items():
        for document in SearchDocument.objects.filter(kind=kind, publication__in=wanted):
            yield _of_document(document)


def _of_document(document: SearchDocument) -> Found:
    return Found(
        "",
        tuple(document.title.split()),
        frozenset(document.headings.split()),
        frozenset(document.summary.split()),
        frozenset(document.body.split()),
        key=(document.kind, document.publication, document.revision),
    )


def addressed(found: Iterable[Found]) -> list[Found]:
    """The pages in the same order, with address and words; without what is published no more."""
    found = list(found)
    rows: dict[tuple[str, int, int], Found] = {}
    for kind, model in index.kinds().items():
        keys = [each.key[1] for each in found if each.key and each.key[0] == kind]
        if not keys:
            continue
        for row in model.objects.published().filter(pk__in=keys).defer("live__body"):
            rows[kind, row.pk, row.live_id] = Found(
                row.get_absolute_url(),
                (),
                name=row.live.title,
                about=row.live.summary,
                kind=KINDS.get(model, model._meta.verbose_name),
            )
    whole = []
    for each in found:
        if each.key is None:
            whole.append(each)
        elif row := rows.get(each.key):
            whole.append(
                each._replace(path=row.path, name=row.name, about=row.about, kind=row.kind)
            )
    return whole
