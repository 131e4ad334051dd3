"""Who may do what at which address, asked of the site itself.

A cell is two signs, for reading and for sending a form:
  m  may        l  is led to the log-in        x  is refused
  .  the address takes no such request         ?  there is no such page
`ACCESS_TABLE=write pytest tests/access` writes the table anew: read what changed, then keep it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from articles.models import Picture, PictureFile
from articles.publishing.outside_reviews import digest_of_key
from tests.factories import (
    make_article,
    make_picture,
    make_question,
    make_request,
    make_staff,
    make_topic,
)

FILE = Path(__file__).with_name("table.txt")
ROLES = {
    "nobody": None,
    "Editors": ["Editors"],
    "Reviewers": ["Medical reviewers"],
    "Intake": ["Intake"],
    "Leads": ["Intake leads"],
    "Privacy": ["Privacy officers"],
    "admin": [],
}
IDENTITY = UUID("11111111-1111-4111-8111-111111111111")
NUMBER = 999_999
KEY = "key-of-a-link-to-a-review"
DIGEST = "0123456789abcdef" * 2
VALUES = {
    "key": KEY,
    "uuid": str(IDENTITY),
    "int": str(NUMBER),
    "path": str(NUMBER),
    "number": "1",
    "address": f"{DIGEST}/40x20.webp",
}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Django's own ways to spell a parameter.
REGEX = re.compile(r"\(\?P<\w+>[^)]*\)")


def routes(resolver=None, before=""):
    """Every address pattern of the site, in the order in which Django tries them."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        else:
            yield route


def path_of(route):
    """An address of this pattern; where it is of an object, of the one made for it."""

    def value(found):
        return VALUES.get(found[2]) or VALUES.get(found[1], "none")

    named = PARAMETER.sub(value, REGEX.sub("none", route))
    return "/" + re.sub(r"[\^$?\\]|\.\*", "", named)


def make_objects():
    topic = make_topic(pk=NUMBER)
    article = make_article(pk=NUMBER, topic=topic)
    article.live.requests.create(
        outside_name="Made-up Clinician",
        key_digest=digest_of_key(KEY),
        expires_at=timezone.now() + timedelta(days=1),
    )
    make_question(pk=NUMBER, topic=topic)
    # No published page shows it.
    make_picture(40, 20)
    Picture.objects.update(id=NUMBER, digest=DIGEST)
    PictureFile.objects.update(picture=NUMBER)
    make_request(id=IDENTITY)


def client_of(role):
    client = Client(raise_request_exception=False)
    groups = ROLES[role]
    if groups is not None:
        client.force_login(make_staff(*groups, is_superuser=role == "admin"))
    return client


def sign(response):
    status = response.status_code
    if status in (301, 302, 303):
        return "l" if "/login/" in response["Location"] else "m"
    # 503: `/readyz` without the jobs that run beside it.
    signs = {401: "l", 403: "x", 404: "?", 405: ".", 503: "m"}
    # Whoever is told what is wrong with an empty form was let in.
    return signs.get(status, "!" if status >= 500 else "m")


def cell(client, path):
    return "".join(sign(_undone(client, method, path)) for method in ("get", "post"))


def _undone(client, method, path):
    """What the site answers; what it did is taken back, a log-out too."""
    cookies = client.cookies.output()
    with transaction.atomic():
        response = getattr(client, method)(path)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie()
    for line in cookies.splitlines():
        client.cookies.load(line.removeprefix("Set-Cookie: "))
    return response


def table():
    """The lines of the table: the pattern, then a cell for each role."""
    make_objects()
    clients = {role: client_of(role) for role in ROLES}
    all_routes = list(dict.fromkeys(routes()))
    wide = 70
    lines = ["".ljust(wide) + " ".join(role.ljust(9) for role in ROLES).rstrip()]
    for route in sorted(all_routes):
        cells = (cell(clients[role], path_of(route)).ljust(9) for role in ROLES)
        lines.append((("/" + route).ljust(wide) + " ".join(cells)).rstrip())
    return lines
