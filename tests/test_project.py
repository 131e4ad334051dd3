"""Promises that hold for the whole site."""

import re
from html import unescape
from typing import NamedTuple

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from contact.intake import urls as intake_urls
from recovery_site.site_map.public_paths import public_paths
from recovery_site.site_map.sitemaps import FIXED_PATHS
from tests.factories import make_fact, make_request, make_staff
from tests.page_heads import head

pytestmark = pytest.mark.django_db
GROUPS = ("Editors", "Medical reviewers", "Intake", "Intake leads", "Privacy officers")
FOREIGN = re.compile(
    r"""<(?:script|link|img|iframe|form|source)[^>]+(?:src|href|action)="(https?:)?//"""
)


def crawl(client):
    """Every page that links lead to from the home page, as path → text."""
    waiting, pages = ["/"], {}
    while waiting:
        path = waiting.pop()
        if path in pages or path.startswith(("/static/", "/admin/")):
            continue
        response = client.get(path)
        assert response.status_code == 200, path
        pages[path] = response.text
        html = response.text if response["Content-Type"].startswith("text/html") else ""
        waiting += [link.partition("#")[0] or path for link in re.findall(r'href="(/[^"]*)"', html)]
    return pages


class Site(NamedTuple):
    """The text of each page that links lead to, and of each that everybody may read."""

    pages: dict[str, str]
    public: dict[str, str]


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """A site with the starter content and a fact of the centre, all its pages read once."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_starter_content")
        make_fact()
        client = Client()
        pages = crawl(client)
        paths = [path for path in public_paths() if not path.endswith((".xml", ".txt", "/feed/"))]
        public = {path: pages.get(path) or client.get(path).text for path in [*paths, "/contact/"]}
        found = Site(pages, public)
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def pages(site):
    return site.pages


def test_every_page_can_be_reached_and_is_whole(pages):
    assert len(pages) > 40
    hidden = {reverse(name) for name in FIXED_PATHS} - {*pages}
    assert not hidden, f"no link leads to {hidden}; templates/includes/footer.html is on every page"
    for path, text in pages.items():
        if path == "/feed/":
            continue
        assert text.count("<h1") == 1, path
        assert text.count("<main") == 1, path
        language = "es" if path == "/es/" else "en"
        assert f'<html lang="{language}"' in text, path
        assert 'href="#_main"' in text, path
        assert "tel:+18882810805" in text, path
        own = text.replace('href="http://localhost:8000', 'href="')
        assert not FOREIGN.search(own), (path, FOREIGN.search(own)[0])
        assert not re.search(r"\son[a-z]+=|style=\"|<style[^>]|javascript:", text), path
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids)), path
        title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1]
        assert title.strip(), path


def test_centre_of_another_name_and_number_is_named_on_every_page(settings, client):
    settings.SITE_NAME, settings.SITE_PHONE = "Made & Up House", "602-555-0134"
    call_command("load_starter_content")
    for path, text in crawl(client).items():
        for other in ("Desert Bloom", "888-281-0805", "8882810805", "{name}", "{phone}", "{dial}"):
            assert other not in text, (path, other)
        if path != "/feed/":
            assert "tel:+16025550134" in text, path


def test_every_public_page_has_a_head_of_its_own(site):
    seen = {}
    for path, text in site.public.items():
        found = head(text)
        assert 0 < len(unescape(found["description"])) <= 160, (path, found["description"])
        assert found["og:description"] == found["description"], path
        assert found["title"].startswith(f"{found['og:title']} · "), path
        assert found["og:url"] == f"http://localhost:8000{path}"
        assert found["og:type"] in ("website", "article")
        assert found["og:title"] not in seen, (path, seen.get(found["og:title"]))
        seen[found["og:title"]] = path
    assert len(seen) > 60


def test_titles_differ_from_page_to_page(pages):
    titles = {}
    for path, text in pages.items():
        if "<title>" in text and "?" not in path and path != "/feed/":
            title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1].strip()
            assert titles.setdefault(title, path) == path, (title, path)


def staff_paths():
    """Every address of the admin that needs no object."""
    found = []
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern) == "admin/":
            for each in pattern.url_patterns:
                for inner in getattr(each, "url_patterns", [each]):
                    route = f"/admin/{each.pattern if inner is not each else ''}{inner.pattern}"
                    if "<" not in route and "(" not in route:
                        found.append(route)
    return sorted(set(found))


IDENTITY = "11111111-1111-4111-8111-111111111111"


def workspace_paths():
    """Every address of the workspace, with made-up values where it takes some."""
    values = {"<uuid:pk>": IDENTITY, "<uuid:group>": IDENTITY, "<int:pk>": "1"}
    found = []
    for pattern in intake_urls.urlpatterns:
        route = f"/intake/{pattern.pattern}"
        for name, value in values.items():
            route = route.replace(name, value)
        assert "<" not in route, route
        found.append(route)
    return found


LEADS_ON = {
    "/admin/contact/callbackrequest/": "/intake/",
    "/admin/contact/desk/": "/admin/contact/desk/1/change/",
}


# tests/access/table.txt says who may do what at each address.
def test_lists_of_one_row_or_none_lead_on(client):
    client.force_login(make_staff("Intake leads"))
    for path, target in LEADS_ON.items():
        assert client.get(path)["Location"] == target


def test_pages_of_the_workspace_take_styles_and_scripts_from_the_site_alone(client):
    client.force_login(make_staff("Intake leads"))
    asked = make_request()
    paths = [*workspace_paths(), f"/intake/requests/{asked.pk}/"]
    pages = {path: page for path in paths if (page := client.get(path)).status_code == 200}
    assert len(pages) > 4
    for path, page in pages.items():
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "script-src 'self'" in policy, path
        assert "unsafe-" not in policy, path


def test_visitor_account_without_staff_rights_stays_out(client):
    user = make_staff()
    user.is_staff = False
    user.save()
    client.force_login(user)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
