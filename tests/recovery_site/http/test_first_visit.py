"""What a first visit weighs, and that its words wait for nothing but the page itself."""

import re
from datetime import time

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings

from contact.models import OpeningHours
from contact.records.kept_copies import crisis_lines, shown_hours
from recovery_site import settings as production
from recovery_site.http.negotiation import BR, GZIP, SMALL, compress
from tests import static_files

pytestmark = pytest.mark.django_db
LIMIT = 14 * 1024
PATHS = [
    *("/", "/articles/", "/articles/why-is-heroin-so-addictive/", "/help-now/", "/privacy/"),
    *("/help-now/sheet/", "/es/"),
    *("/articles/heroin-withdrawal-and-detox/", "/faq/topics/treatment-and-recovery/"),
    *("/articles/topics/treatment-and-recovery/", "/faq/", "/faq/signs-of-an-overdose/"),
    *("/faq/topics/withdrawal-and-safety/", "/contact/", "/contact/thanks/"),
    *("/contact/my-request/", "/search/?q=heroin", "/search/?q=nothing-at-all"),
]
FETCHED = re.compile(
    r'<link rel="(?:stylesheet|icon|manifest|(?:module)?preload)" href="([^"]+)"'
    r'|<(?:script|img|source|iframe)[^>]+src="([^"]+)"'
)


@pytest.fixture
def visit(settings):
    """A visitor of a site whose static files are made as in production."""
    settings.STATIC_ROOT, settings.STORAGES = static_files.made(), production.STORAGES
    return Client()


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """The text of each page of the starter content, and the answer with it as it is sent."""
    made = override_settings(STATIC_ROOT=static_files.made(), STORAGES=production.STORAGES)
    with django_db_blocker.unblock(), made, transaction.atomic():
        call_command("load_starter_content", verbosity=0)
        # Written on every page, in as many words as hours usually take.
        for day in range(6):
            closes = time(18 if day < 5 else 13)
            OpeningHours.objects.create(weekday=day, opens=time(9), closes=closes)
        crisis_lines.write()
        shown_hours.write()
        client = Client()
        found = {
            path: (client.get(path).text, client.get(path, headers={"accept-encoding": "br"}))
            for path in PATHS
        }
        transaction.set_rollback(True)
    return found


def fetched(html):
    """The addresses that a browser fetches for this page."""
    return ["".join(found) for found in FETCHED.findall(html)]


def sent(client, address, coding):
    """The bytes of a static file as they are sent."""
    response = client.get(address, headers={"accept-encoding": coding})
    assert response.status_code == 200, address
    assert response.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    size = len(b"".join(response))
    response.close()
    return size


def page_as_sent(response):
    """Its headers and bytes; the page cache compresses what is public."""
    headers = sum(len(name) + len(value) + len(": \r\n") for name, value in response.items())
    body = response.content
    if response.headers["Cache-Control"].startswith("public"):
        body = compress(body, BR, SMALL)
    return headers + len(body)


# `python -m bench.first_visit` counts what a server really sends, on every page.
@pytest.mark.parametrize("path", PATHS)
def test_first_visit_is_14_kilobytes_in_2_requests(visit, answers, path):
    html, answer = answers[path]
    (icon,) = fetched(html)
    # The rest is what the server and the page cache add to the headers of both.
    assert page_as_sent(answer) + sent(visit, icon, "br") + 900 <= LIMIT


def test_first_visit_of_an_article_without_brotli_is_16_kilobytes(visit, answers):
    html = answers["/articles/why-is-heroin-so-addictive/"][0]
    (icon,) = fetched(html)
    assert len(compress(html.encode(), GZIP)) + sent(visit, icon, "gzip") <= 16 * 1024


@pytest.mark.parametrize("path", PATHS)
def test_words_wait_for_nothing_but_the_page(answers, path):
    head, _, body = answers[path][0].partition("</head>")
    assert 'rel="stylesheet"' not in head + body
    assert "preconnect" not in head
    scripts = re.findall(r"<script[^>]*>", head + body)
    assert set(scripts) - {'<script type="application/ld+json">'} == {'<script type="module">'}
    # The words come first.
    assert '<script type="module">' not in body.partition("</main>")[0]


def test_static_files_are_named_by_what_is_in_them(answers):
    for address in fetched(answers["/"][0]):
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address), address
