"""What a first visit weighs, and that its words wait for nothing but the page itself."""

import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from recovery_site.page_cache.negotiation import BR, GZIP, SMALL, compress
from recovery_site.templatetags import cached_include

pytestmark = pytest.mark.django_db
LIMIT = 14 * 1024
# What a server may send before it hears from the other side (RFC 6928).
FIRST_WINDOW = 10 * 1460
PATHS = ["/", "/articles/why-is-heroin-so-addictive/", "/faq/", "/contact/", "/help-now/"]
FETCHED = re.compile(
    r'<link rel="(?:stylesheet|icon|manifest|(?:module)?preload)" href="([^"]+)"'
    r'|<(?:script|img|source|iframe)[^>]+src="([^"]+)"'
)


@pytest.fixture(scope="module")
def static_files(tmp_path_factory):
    """Settings of static files as in production, and the files."""
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    values = {
        "STATIC_ROOT": tmp_path_factory.mktemp("static"),
        "STORAGES": settings.STORAGES | {"staticfiles": storage},
    }
    with override_settings(**values):
        call_command("collectstatic", verbosity=0, interactive=False)
    return values


@pytest.fixture
def visit(settings, static_files):
    """A visitor of a site whose static files are made as in production."""
    for name, value in static_files.items():
        setattr(settings, name, value)
    call_command("load_starter_content", verbosity=0)
    # Parts of pages that were rendered with other names of static files.
    cached_include._rendered.cache_clear()
    yield Client()
    cached_include._rendered.cache_clear()


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


def test_first_visit_of_an_article_is_14_kilobytes_in_2_requests(visit):
    html = visit.get("/articles/why-is-heroin-so-addictive/").text
    (icon,) = fetched(html)
    page = len(compress(html.encode(), BR, SMALL))
    assert page + sent(visit, icon, "br") <= LIMIT
    zipped = len(compress(html.encode(), GZIP))
    assert zipped + sent(visit, icon, "gzip") <= 16 * 1024


@pytest.mark.parametrize("path", PATHS)
def test_page_comes_in_one_round_trip(visit, path):
    response = visit.get(path)
    headers = sum(len(name) + len(value) + len(": \r\n") for name, value in response.items())
    # The rest is what the server and the page cache add.
    assert headers + 400 + len(compress(response.content, BR, SMALL)) <= FIRST_WINDOW


@pytest.mark.parametrize("path", PATHS)
def test_words_wait_for_nothing_but_the_page(visit, path):
    head, _, body = visit.get(path).text.partition("</head>")
    assert 'rel="stylesheet"' not in head + body
    assert "preconnect" not in head
    scripts = re.findall(r"<script[^>]*>", head + body)
    assert set(scripts) - {'<script type="application/ld+json">'} == {'<script type="module">'}
    # The words come first.
    assert '<script type="module">' not in body.partition("</main>")[0]


def test_static_files_are_named_by_what_is_in_them(visit):
    for address in fetched(visit.get("/").text):
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address), address
