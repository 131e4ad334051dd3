"""What a first visit weighs, and that nothing in it waits for anything but one style sheet."""

import gzip
import re

import brotli
import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

from recovery_site.published.pages import BROTLI_QUALITY
from recovery_site.templatetags import once

pytestmark = pytest.mark.django_db
LIMIT = 14 * 1024
PATHS = ["/", "/articles/why-is-heroin-so-addictive/", "/faq/", "/contact/", "/help-now/"]
FETCHED = re.compile(
    r'<link rel="(?:stylesheet|icon|manifest|(?:module)?preload)" href="([^"]+)"'
    r'|<(?:script|img|source|iframe)[^>]+src="([^"]+)"'
)


@pytest.fixture
def visit(settings, tmp_path):
    """A visitor of a site whose static files are made as in production."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "recovery_site.static_files.SiteFiles"}
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_starter_content", verbosity=0)
    # Parts of pages that were rendered with other names of static files.
    once._rendered.cache_clear()
    yield Client()
    once._rendered.cache_clear()


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


def test_first_visit_of_an_article_is_14_kilobytes_in_4_requests(visit):
    html = visit.get("/articles/why-is-heroin-so-addictive/").text
    files = fetched(html)
    assert [address.rpartition(".")[2] for address in files] == ["css", "svg", "js"]
    page = len(brotli.compress(html.encode(), quality=BROTLI_QUALITY))
    weights = {address: sent(visit, address, "br") for address in files}
    assert page + sum(weights.values()) <= LIMIT, (page, weights)
    zipped = len(gzip.compress(html.encode(), 6))
    weights = {address: sent(visit, address, "gzip") for address in files}
    assert zipped + sum(weights.values()) <= 16 * 1024, (zipped, weights)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_holds_up_a_page_but_one_style_sheet(visit, path):
    head = visit.get(path).text.partition("</head>")[0]
    assert head.count('rel="stylesheet"') == 1
    for script in re.findall(r"<script[^>]*>", head):
        assert 'type="module"' in script or 'type="application/ld+json"' in script
        # Low: it must not take the line from the style sheet.
        assert 'src="' not in script or 'fetchpriority="low"' in script
    assert "@import" not in head
    assert "preconnect" not in head


def test_static_files_are_named_by_what_is_in_them(visit):
    for address in fetched(visit.get("/").text):
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address), address


def test_style_sheet_asks_for_nothing_further(visit):
    with staticfiles_storage.open("site/site.css") as file:
        assert not re.search(rb"url\(|@import|@font-face", file.read())
