import re

import pytest
from django.conf import settings as site_settings
from django.template import engines

from contact.records.kept_copies.crisis_lines import DEFAULT
from contact.records.kept_copies.shown_hours import ShownHours
from recovery_site import settings as production
from recovery_site.context_processors import SiteContext, current_site
from tests import static_files
from tests.factories import make_article

# Each test gives it a name of its own: what others had rendered is no part of it.
SITE = SiteContext(
    *("A made-up centre", "602-555-0100", "+16025550100", "http://localhost:8000", DEFAULT),
    ShownHours("Every day 8–6", ("Fri: closed",)),
)


HEADER = "includes/site_header.html"
PARTS = {
    name
    for file in (site_settings.BASE_DIR / "templates").rglob("*.html")
    for name in re.findall(r'{% cached_include "([^"]+)"', file.read_text("utf-8"))
}


def header(**context):
    tag = f'{{% cached_include "{HEADER}" site=site path=path %}}'
    source = f"{{% load cached_include %}}{tag}"
    return engines["django"].from_string(source).render(context)


def test_part_is_rendered_once_for_the_same_values(rendered):
    site = SITE._replace(name="Rendered once")
    first = header(site=site, path="/articles/")
    assert header(site=site, path="/articles/") == first
    assert rendered.count(HEADER) == 1


def test_other_values_make_it_anew():
    assert "A made-up centre" in header(site=SITE, path="/")
    assert "Another one" in header(site=SITE._replace(name="Another one"), path="/")


def test_names_are_escaped():
    assert "<script>" not in header(site=SITE._replace(name="<script>"), path="/")


def test_part_names_static_files_as_they_are_now(settings):
    tag = '{% load cached_include %}{% cached_include "includes/head.html" site=site %}'
    head = engines["django"].from_string(tag)
    site = SITE._replace(name="With static files")
    plain = head.render({"site": site})
    settings.STATIC_ROOT, settings.STORAGES = static_files.made(), production.STORAGES
    hashed = head.render({"site": site})
    assert "/static/site/favicon.svg" in plain
    assert re.search(r"/static/site/favicon\.[0-9a-f]{12}\.svg", hashed)


def test_who_works_on_templates_sees_each_change(settings, rendered):
    settings.DEBUG = True
    for _ in range(2):
        header(site=SITE._replace(name="While developing"), path="/")
    assert rendered.count(HEADER) == 2


@pytest.mark.django_db
def test_menu_marks_where_the_visitor_is(client):
    make_article(slug="one")
    assert '<a href="/articles/" aria-current="page">' in client.get("/articles/").text
    assert '<a href="/articles/" aria-current="true">' in client.get("/articles/one/").text
    assert '<a href="/faq/" aria-current="page">' in client.get("/faq/").text
    assert '<a href="/articles/">' in client.get("/faq/").text


@pytest.mark.django_db
def test_visitors_cannot_fill_it_with_addresses(client, settings, rendered):
    settings.SITE_NAME = "Visited at many addresses"
    for n in range(30):
        make_article(slug=f"article-{n}")
        client.get(f"/articles/article-{n}/")
        client.get(f"/nowhere-{n}/")
    # Breadcrumbs: one for each topic.
    assert 30 < sum(name in PARTS for name in rendered) < 45


def test_menu_says_nothing_of_the_site_but_what_settings_hold(settings):
    settings.SITE_PHONE = "602-555-0101"
    assert "602-555-0101" in header(site=current_site(), path="/")
