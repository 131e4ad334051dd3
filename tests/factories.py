"""Plain makers of records with fixed, plainly made-up values."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.utils import timezone

from articles.models import Article, Page, Picture, Topic
from articles.pictures.addresses import PictureAddress
from articles.pictures.making import MadePicture
from articles.publishing.review_events import Verdict
from articles.stock.upkeep import rows_at_the_end
from contact.lifecycle.journal import search_index
from contact.models import CallbackRequest, Helpline, line_index, phone_index
from contact.privacy.matching.name_index import name_index
from contact.records.requests.references import reference_for
from faq.models import Question
from recovery_site.models import Fact

_numbers = count(1)
_WORDS = ("title", "summary", "body", "sources", "byline")


def make_topic(**over: Any) -> Topic:
    n = next(_numbers)
    return Topic.objects.create(**{"name": f"Topic {n}", "slug": f"topic-{n}"} | over)


def _make(model: Any, live: bool, defaults: dict[str, Any], over: dict[str, Any]) -> Any:
    values = defaults | over
    words = {name: values.pop(name) for name in _WORDS if name in values}
    with rows_at_the_end():
        publication = model.objects.create(**values)
        publication.save_revision(**words)
        if live:
            publication.publish()
    return publication


def make_article(live: bool = True, **over: Any) -> Article:
    n = next(_numbers)
    defaults = {
        "slug": f"article-{n}",
        "title": f"Article {n}",
        "summary": "A summary in plain words.",
        "body": "<h2>First part</h2><p>Words about this.</p>",
    }
    if "topic" not in over:
        over["topic"] = make_topic()
    return _make(Article, live, defaults, over)


def make_many(make: Any, number: int, **over: Any) -> list[Any]:
    """As many published articles or questions as that, each with an address of its own.

    Visitors' pages list them all; search and the list of all pages know the first alone. To
    publish one takes longer than to read a page of them.
    """
    first = make(**over)
    model, revisions = type(first), type(first.live)
    stem = first.slug.rpartition("-")[0]
    slugs = [f"{stem}-{next(_numbers)}" for _ in range(number - 1)]
    copies = model.objects.bulk_create(_copy(first, slug=slug, live_id=None) for slug in slugs)
    words = [
        _copy(first.live, publication_id=each.pk, slug=each.slug, title=f"{each.slug}?")
        for each in copies
    ]
    for each, live in zip(copies, revisions.objects.bulk_create(words), strict=True):
        each.live = live
    model.objects.bulk_update(copies, ["live"])
    return [first, *copies]


def _copy(row: Any, **over: Any) -> Any:
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{name: getattr(row, name) for name in names} | over)


def sign_off(revision: Any, by: Any, reviewer: str) -> Any:
    """Let a clinician approve the words of `revision`; return the review."""
    return revision.review(Verdict.APPROVED, by, reviewer)


def make_question(live: bool = True, **over: Any) -> Question:
    n = next(_numbers)
    defaults = {
        "slug": f"question-{n}",
        "title": f"Is this question {n}?",
        "summary": "Yes.",
        "body": "<p>More about it.</p>",
    }
    if "topic" not in over:
        over["topic"] = make_topic()
    return _make(Question, live, defaults, over)


def make_page(live: bool = True, **over: Any) -> Page:
    defaults = {
        "slug": "privacy",
        "title": "Privacy",
        "summary": "",
        "body": "<p>What we keep.</p>",
    }
    return _make(Page, live, defaults, over)


def make_picture(width: int = 1440, height: int = 720) -> Picture:
    """A picture with made-up bytes in each of its sizes."""
    n = next(_numbers)
    content = f"not really a picture, {n}".encode()
    address = PictureAddress(hashlib.sha256(content).hexdigest()[:32], width, height)
    files = {each: f"{each.width} wide, of {n}".encode() for each in address.all_sizes}
    made = MadePicture(address, files | {address: content})
    picture, _is_new = Picture.objects.keep(made, f"picture-{n}.jpg", None)
    return picture


def figure_of(picture: Picture, alt: str = "A made-up picture") -> str:
    return f'<figure><img src="{picture.address.path}" alt="{alt}"></figure>'


def make_fact(**over: Any) -> Fact:
    """A fact about the centre that visitors see."""
    today = timezone.localdate()
    defaults = {
        "kind": "licence",
        "text": "Made-up words about the centre.",
        "source": "A made-up register",
        "verified_on": today,
        "expires_on": today + timedelta(days=90),
    }
    return Fact.objects.create(**defaults | over)


def make_staff(*groups: str, **over: Any) -> User:
    """A staff account in the named groups; its password is `a long passphrase`."""
    n = next(_numbers)
    user = User.objects.create_user(
        over.pop("username", f"staff-{n}"), password="a long passphrase", is_staff=True, **over
    )
    found = [*Group.objects.filter(name__in=groups)]
    assert len(found) == len(groups), groups
    user.groups.set(found)
    return user


# Written so that a search through raw bytes can't meet them by chance.
NAME = "Ysolde Quarrington"
PHONE = "+16025550123"
MESSAGE = "Please ring softly, the zebrafinch is asleep."


def callback_payload(**over: Any) -> dict[str, Any]:
    """What the callback form posts when everything is filled in well."""
    return {
        "name": NAME,
        "phone": "(602) 555-0123 ext. 12",
        "calling_for": "someone_else",
        "relationship": "my nephew Quentin",
        "announce": "no",
        "voicemail": "none",
        "best_time": "evening",
        "time_zone": "America/New_York",
        "language": "es",
        "needs": "relay service please",
        "message": MESSAGE,
        "key": "one-visit-of-the-form",
        "company": "",
    } | over


def make_request(**over: Any) -> CallbackRequest:
    """A request whose time has come, unless the caller says otherwise."""
    values = {
        "name": NAME,
        "phone": PHONE,
        "message": MESSAGE,
        "consent_version": "test",
        "time_zone": "America/Phoenix",
        "created_at": timezone.now(),
    } | over
    identity = values.setdefault("id", uuid4())
    values.setdefault("reference", reference_for(identity))
    values.setdefault("phone_index", phone_index(values["phone"]))
    values.setdefault("line_index", line_index(values["phone"], values.get("extension", "")))
    values.setdefault("name_index", name_index(values["name"]))
    due_at = values.setdefault("due_at", values["created_at"])
    values.setdefault("due_until", due_at + timedelta(days=365))
    values.setdefault("call_by", due_at + timedelta(hours=1))
    values.setdefault("turn_at", values["call_by"])
    if values.get("outcome"):
        values.setdefault("status", "closed")
        values.setdefault("closed_at", values["created_at"])
    request = CallbackRequest.objects.create(**values)
    search_index.index_requests([request])
    return request


def make_helpline(**over: Any) -> Helpline:
    n = next(_numbers)
    defaults = {"name": f"Line {n}", "slug": f"line-{n}", "verified_on": date(2026, 1, 2)}
    return Helpline.objects.create(**defaults | over)
