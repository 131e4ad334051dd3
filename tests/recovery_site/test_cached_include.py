import pytest
from django.template import engines

from recovery_site.context_processors import Site, current_site
from recovery_site.templatetags import cached_include as module
from tests.factories import make_article

SITE = Site("A made-up centre", "602-555-0100", "+16025550100", "http://localhost:8000")


@pytest.fixture(autouse=True)
def emptied():
    module._rendered.cache_clear()


def header(**context):
    tag = '{% cached_include "includes/site_header.html" site=site path=path %}'
    source = f"{{% load cached_include %}}{tag}"
    return engines["django"].from_string(source).render(context)


def test_part_is_rendered_once_for_the_same_values():
    first = header(site=SITE, path="/articles/")
    assert header(site=SITE, path="/articles/") == first
    assert (module._rendered.cache_info().misses, module._rendered.cache_info().hits) == (1, 1)


def test_other_values_make_it_anew():
    assert "A made-up centre" in header(site=SITE, path="/")
    assert "Another one" in header(site=SITE._replace(name="Another one"), path="/")


def test_names_are_escaped():
    assert "<script>" not in header(site=SITE._replace(name="<script>"), path="/")


def test_who_works_on_templates_sees_each_change(settings):
    settings.DEBUG = True
    header(site=SITE, path="/")
    assert module._rendered.cache_info().misses == 0


@pytest.mark.django_db
def test_menu_marks_where_the_visitor_is(client):
    make_article(slug="one")
    assert '<a href="/articles/" aria-current="page">' in client.get("/articles/").text
    assert '<a href="/articles/" aria-current="true">' in client.get("/articles/one/").text
    assert '<a href="/faq/" aria-current="page">' in client.get("/faq/").text
    assert '<a href="/articles/">' in client.get("/faq/").text


@pytest.mark.django_db
def test_visitors_cannot_fill_it_with_addresses(client):
    for n in range(30):
        make_article(slug=f"article-{n}")
        client.get(f"/articles/article-{n}/")
        client.get(f"/nowhere-{n}/")
    # Breadcrumbs: one for each topic.
    assert module._rendered.cache_info().currsize < 45


def test_menu_says_nothing_of_the_site_but_what_settings_hold(settings):
    settings.SITE_PHONE = "602-555-0101"
    assert "602-555-0101" in header(site=current_site(), path="/")
