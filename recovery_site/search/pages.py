"""Whatever a search can find: publications, topics, help lines and the fixed pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connections, router
from django.urls import resolve, reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Page, SearchDocument, Topic
from articles.publishing.kinds import publication_models
from articles.reading.compiled_queries import CompiledQuery
from articles.search import lookup
from articles.search.stems import english_stem
from articles.search.words import words_of
from articles.views import page_detail
from contact.models import Helpline
from faq.models import Question
from recovery_site.facts.models import Fact

SPANISH_PATH = "/es/"


class PageFound(NamedTuple):
    """A page, with the stems of its title, headings, summary and text."""

    path: str
    title: tuple[str, ...]
    headings: frozenset[str] = frozenset()
    summary: frozenset[str] = frozenset()
    # With spaces around, in which a stem stands between two: most pages are asked for few.
    body: str = ""
    # What stands in the list of results; of publications it is read once they are chosen.
    name: Any = ""
    about: Any = ""
    kind: Any = ""
    key: tuple[str, int, int] | None = None


class FixedPage(NamedTuple):
    route: str
    name: Any
    about: Any


PAGE_LABEL = _("Page")
HELP_NOW = FixedPage(
    "help_now",
    _("Get help now"),
    _("Who to call or text right now: 911, 988 and other lines, and steps in an overdose."),
)
FIXED_PAGES = (
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
    FixedPage(
        "help_now_es",
        _("Help in Spanish: Ayuda ahora"),
        _("Lines that speak Spanish, steps in an overdose, and how to ask for a call, in Spanish."),
    ),
    FixedPage(
        "overdose_sheet",
        _("Overdose steps to print"),
        _("One page for a wall or a wallet: what to do in an overdose, and whom to call."),
    ),
    FixedPage("articles:article_list", _("Articles"), _("All articles and their topics.")),
    FixedPage("faq:question_list", _("Questions"), _("All questions and answers.")),
)
KIND_LABELS: dict[type[Any], Any] = {
    Article: _("Article"),
    Question: _("Question"),
    Page: PAGE_LABEL,
}


def others() -> Iterator[PageFound]:
    """Topics, help lines and fixed pages, which are few."""
    yield from fixed_pages(current_language())
    if facts := list(Fact.objects.shown()):
        yield _about_the_centre(facts)
    for slug, name, about in topics(current_language())():
        yield _topic(slug, name, about)
    path = reverse("help_now")
    for name, about, phone in help_lines():
        yield _found(path, name, f"{about} {phone}", _("Help line"))


@cache
def fixed_pages(language: str) -> tuple[PageFound, ...]:
    """The fixed pages in this language."""
    return tuple(
        _found(reverse(page.route), str(page.name), str(page.about), str(PAGE_LABEL))
        for page in FIXED_PAGES
    )


@cache
def topics(language: str) -> CompiledQuery:
    """Topics in this language with something published; compiled once, as they are many parts."""

    def build() -> Any:
        found = Topic.objects.with_published_content(Article, Question).filter(language=language)
        return found.values_list("slug", "name", "description")

    return CompiledQuery(build)


help_lines = CompiledQuery(
    lambda: Helpline.objects.published().values_list("name", "description", "phone")
)


def _about_the_centre(facts: list[Fact]) -> PageFound:
    name = gettext("About %(name)s") % {"name": settings.SITE_NAME}
    words = " ".join(f"{fact.get_kind_display()} {fact.part} {fact.text}" for fact in facts)
    about = gettext("Care, cost and what to expect, each with the day it was checked.")
    found = _found(reverse("about"), name, about, PAGE_LABEL)
    return found._replace(body=f" {' '.join(stems_of(words))} ")


def spanish_page() -> str:
    """The address of the page in Spanish; empty while there is none."""
    match = resolve(SPANISH_PATH)
    is_there = match.func is not page_detail or Page.objects.published().filter(slug="es").exists()
    return SPANISH_PATH if is_there else ""


def _found(path: str, name: str, about: str, kind: Any) -> PageFound:
    return PageFound(
        path, stems_of(name), summary=frozenset(stems_of(about)), name=name, about=about, kind=kind
    )


@lru_cache(maxsize=2000)
def _topic(slug: str, name: str, about: str) -> PageFound:
    # A search compares all topics: with fewer kept than there are, none would be found here.
    return _found(Topic(slug=slug).get_absolute_url(), name, about, _("Topic"))


@lru_cache(maxsize=1000)
def stems_of(text: str) -> tuple[str, ...]:
    return tuple(english_stem(word) for word in words_of(text))


def possible_pages(
    groups: Sequence[lookup.StemGroup],
    also: Iterable[tuple[str, int]],
    counts: Mapping[str, int],
    is_short: bool,
) -> Iterator[PageFound]:
    """Publications that hold stems of these groups, and those that are named besides.

    Their paths come with `addressed`.
    """
    for document in lookup.documents(groups, current_language(), also, counts, is_short=is_short):
        yield PageFound(
            "",
            tuple(document.title.split()),
            frozenset(document.headings.split()),
            frozenset(document.summary.split()),
            f" {document.body} ",
            key=(document.kind, document.publication, document.revision),
        )


def addressed(found: Iterable[PageFound]) -> list[PageFound]:
    """The pages in the same order, with address and words; without what is published no more."""
    found = list(found)
    keys: dict[str, list[Any]] = {}
    for each in found:
        if each.key:
            keys.setdefault(each.key[0], []).append(each.key[1])
    rows = {(row.kind, row.pk, row.live): row for row in publications("id", keys)}
    models = publication_models()
    whole = []
    for each in found:
        if each.key is None:
            whole.append(each)
        elif row := rows.get(each.key):
            model = models[row.kind]
            whole.append(
                each._replace(
                    path=model(slug=row.slug).get_absolute_url(),
                    name=row.title,
                    about=row.summary,
                    kind=KIND_LABELS.get(model, model._meta.verbose_name),
                )
            )
    return whole


class Published(NamedTuple):
    kind: str
    pk: int
    slug: str
    live: int
    title: str
    summary: str


def publications(column: str, wanted: dict[str, list[Any]]) -> list[Published]:
    """Published publications, by kind, whose `column` has one of these values: in one query.

    Django would take longer to compile a query for each kind than the database to answer it.
    """
    selects, values = [], []
    for kind, model in publication_models().items():
        if not wanted.get(kind):
            continue
        meta: Any = model._meta
        table, revisions = meta.db_table, meta.get_field("live").related_model._meta.db_table
        marks = ", ".join(["%s"] * len(wanted[kind]))
        selects.append(
            f"SELECT '{kind}', p.id, p.slug, p.live_id, r.title, r.summary FROM {table} p"  # noqa: S608
            f" JOIN {revisions} r ON r.id = p.live_id"
            f" WHERE p.language = %s AND p.{column} IN ({marks})"
        )
        values += [current_language(), *wanted[kind]]
    if not selects:
        return []
    with connections[router.db_for_read(SearchDocument)].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), values)
        return [Published(*row) for row in cursor.fetchall()]


def current_language() -> str:
    return get_language() or settings.LANGUAGE_CODE
