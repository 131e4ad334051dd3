"""The texts that a new site begins with, and how a site that has them gets their changes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.html import escape

from articles.models import Article, Page, Topic
from articles.publishing.revision import Revision
from articles.stock.upkeep import rows_at_the_end
from contact.models import Helpline
from faq.models import Question

from .context_processors import current_site

STARTER = Path(__file__).parent / "starter"
FIRST_NOTE, NEW_NOTE = "Starter content", "Starter content, renewed"


class Changes(NamedTuple):
    """Publications that an update added, gave new words, or left as staff made them."""

    added: list[Any]
    renewed: list[Any]
    left: list[Any]


@rows_at_the_end()
def load() -> None:
    """Fill a site that has no content."""
    for entry in read_toml("topics.toml")["topic"]:
        Topic.objects.create(**without_edition(entry))
    # All before any is published, for they name each other.
    made = [(model.objects.create(**columns(entry)), entry) for model, entry in starter_entries()]
    for publication, entry in made:
        publish(publication, entry, FIRST_NOTE)
    add_drafts()
    for entry in read_toml("helplines.toml")["helpline"]:
        Helpline.objects.create(**entry | {"verified_on": entry["verified_on"] or None})


@rows_at_the_end()
def update() -> Changes:
    """Publish the present words where nobody changed the earlier ones, and add what is new.

    What staff deleted stays away: only entries of a later edition (`since`) are added.
    """
    for entry in read_toml("topics.toml")["topic"]:
        if "since" in entry:
            found = {"slug": entry["slug"], "language": settings.LANGUAGE_CODE}
            Topic.objects.get_or_create(**found, defaults=without_edition(entry))
    changes, added = Changes([], [], []), []
    for model, entry in starter_entries():
        here = model.objects.filter(slug=entry["slug"], language=settings.LANGUAGE_CODE).first()
        if here is None:
            if "since" in entry and has_topic(entry):
                added.append((model.objects.create(**columns(entry)), entry))
        elif not has_words(here, entry):
            if is_untouched(here):
                publish(here, entry, NEW_NOTE)
                changes.renewed.append(here)
            else:
                changes.left.append(here)
    for publication, entry in added:
        publish(publication, entry, FIRST_NOTE)
    return changes._replace(added=[*(each for each, _entry in added), *add_drafts()])


def add_drafts() -> list[Page]:
    """Add the places for what only the centre can write: unpublished, with instructions alone."""
    added = []
    for path in sorted((STARTER / "drafts").glob("*.toml")):
        entry = read_toml(path)
        values = {"foot_order": entry["foot_order"]}
        page, is_new = Page.objects.get_or_create(
            slug=entry["slug"], language=settings.LANGUAGE_CODE, defaults=values
        )
        if is_new:
            page.save_revision(note=FIRST_NOTE, **words(entry))
            added.append(page)
    return added


def is_untouched(publication: Any) -> bool:
    """Whether visitors read a starter text that nobody edited, scheduled or signed off."""
    revisions = list(publication.revisions.all())
    return (
        publication.live_id == revisions[0].pk
        and publication.scheduled_id is None
        and not publication.is_reviewed
        and all(
            each.author_id is None and each.note in (FIRST_NOTE, NEW_NOTE) for each in revisions
        )
    )


def has_words(publication: Any, entry: dict[str, Any]) -> bool:
    newest = publication.newest_revision
    return newest is not None and newest.has_same_content(**words(entry))


def publish(publication: Any, entry: dict[str, Any], note: str) -> None:
    is_new = note == FIRST_NOTE and "related" in entry
    place = {"related_keys": related_keys(entry)} if is_new else {}
    saved = publication.save_revision(note=note, place=place, is_starter=True, **words(entry))
    publication.publish(saved)


def words(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in Revision.CONTENT_FIELDS if name in entry}


def columns(entry: dict[str, Any]) -> dict[str, Any]:
    """What the publication holds: all but its words."""
    names = ("slug", "is_medical") if "related" in entry else ("slug", "order")
    found: dict[str, Any] = {name: entry[name] for name in names if name in entry}
    if "topic" in entry:
        found["topic"] = Topic.objects.get(slug=entry["topic"], language=settings.LANGUAGE_CODE)
    if "article" in entry:
        found["article"] = Article.objects.filter(slug=entry["article"]).first()
    return found


def has_topic(entry: dict[str, Any]) -> bool:
    return "topic" not in entry or Topic.objects.filter(slug=entry["topic"]).exists()


def starter_entries() -> list[tuple[Any, dict[str, Any]]]:
    """Articles before the questions that name them.

    The first article in order is published last, and so stands first in every list.
    """
    articles = [read_toml(path) for path in sorted((STARTER / "articles").glob("*.toml"))]
    articles.sort(key=lambda entry: entry["order"], reverse=True)
    pages = [read_toml(path) for path in sorted((STARTER / "pages").glob("*.toml"))]
    return [
        *((Article, entry) for entry in articles),
        *((Question, entry) for entry in read_toml("questions.toml")["question"]),
        *((Page, entry) for entry in pages),
    ]


def related_keys(entry: dict[str, Any]) -> list[int]:
    """The articles that are read next."""
    others = Article.objects.filter(slug__in=entry["related"])
    return list(others.order_by("pk").values_list("pk", flat=True))


def without_edition(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "since"}


def read_toml(name: str | Path) -> dict[str, Any]:
    content: dict[str, Any] = filled(tomllib.loads((STARTER / name).read_text("utf-8")))
    return content


def filled(value: Any, is_html: bool = False) -> Any:
    """Put the centre's name and number into every text of `value`; a body is HTML."""
    if isinstance(value, dict):
        return {key: filled(each, key == "body") for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each) for each in value]
    if not isinstance(value, str):
        return value
    site = current_site()
    for name, text in {"name": site.name, "phone": site.phone, "dial": site.dial}.items():
        value = value.replace(f"{{{name}}}", escape(text) if is_html else text)
    return value
