"""Load the first content of a new site from recovery_site/starter/."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.html import escape

from articles.models import Article, Page, Topic
from articles.revision import Revision
from contact.models import Helpline
from faq.models import Question
from recovery_site.context_processors import current_site

STARTER = Path(__file__).resolve().parents[2] / "starter"


class Command(BaseCommand):
    help = "Load the starter content into a site that has none. Does nothing once there is any."

    def handle(self, *args: Any, **options: Any) -> None:
        if any(m.objects.exists() for m in (Topic, Article, Page, Question, Helpline)):
            self.stdout.write("There is content already; nothing was loaded.")
            return
        with transaction.atomic():
            load()
        self.stdout.write(
            f"Loaded {Article.objects.count()} articles, {Question.objects.count()} questions, "
            f"{Page.objects.count()} pages and {Helpline.objects.count()} help lines."
        )


def load() -> None:
    topics = {t["slug"]: Topic.objects.create(**t) for t in read_toml("topics.toml")["topic"]}
    articles: dict[str, Article] = {}
    related: dict[str, list[str]] = {}
    found = [read_toml(path) for path in sorted((STARTER / "articles").glob("*.toml"))]
    # The first in order is published last, and so stands first in every list.
    for entry in sorted(found, key=lambda entry: entry.pop("order"), reverse=True):
        related[entry["slug"]] = entry.pop("related", [])
        entry["topic"] = topics[entry["topic"]]
        articles[entry["slug"]] = publish(Article, entry)
    for slug, others in related.items():
        articles[slug].related.set(articles[other] for other in others)
    for entry in read_toml("questions.toml")["question"]:
        entry["topic"] = topics[entry["topic"]]
        entry["article"] = articles.get(entry.pop("article", ""))
        publish(Question, entry)
    for path in sorted((STARTER / "pages").glob("*.toml")):
        publish(Page, read_toml(path))
    for entry in read_toml("helplines.toml")["helpline"]:
        Helpline.objects.create(**entry | {"verified_on": entry["verified_on"] or None})


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


def publish(model: Any, entry: dict[str, Any]) -> Any:
    words = {name: entry.pop(name) for name in Revision.CONTENT_FIELDS if name in entry}
    publication = model.objects.create(**entry)
    publication.publish(publication.save_revision(note="Starter content", **words))
    return publication
