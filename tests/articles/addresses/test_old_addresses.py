"""An address that a published page had leads to where it is now."""

import pytest

from articles.models import OldAddress
from tests.articles.admin.forms import log_in, save
from tests.factories import make_article, make_page, make_question, make_staff

pytestmark = pytest.mark.django_db


def moved(publication, slug):
    publication.slug = slug
    publication.save()
    return publication


@pytest.mark.parametrize("make", [make_article, make_question, make_page])
def test_an_old_link_leads_to_the_new_address(client, make):
    publication = make(slug="before")
    old = publication.get_absolute_url()
    response = client.get(moved(publication, "after") and old)
    assert response.status_code == 301
    assert response["Location"] == publication.get_absolute_url()
    assert client.get(response["Location"]).status_code == 200


def test_chains_are_flat_and_no_address_leads_in_a_circle(client):
    article = make_article(slug="one")
    moved(article, "two")
    moved(article, "three")
    for old in ("one", "two"):
        assert client.get(f"/articles/{old}/")["Location"] == "/articles/three/"
    moved(article, "one")
    assert client.get("/articles/one/").status_code == 200
    assert client.get("/articles/three/")["Location"] == "/articles/one/"
    assert not OldAddress.objects.filter(path="/articles/one/").exists()


def test_a_new_page_at_an_old_address_is_shown_itself(client):
    moved(make_article(slug="before"), "after")
    make_article(slug="before", title="Another page")
    assert "Another page" in client.get("/articles/before/").text


def test_an_address_that_nobody_could_have_seen_leads_nowhere(client):
    moved(make_article(slug="before", live=False), "after")
    assert client.get("/articles/before/").status_code == 404


def test_an_editor_who_moves_a_page_need_not_think_of_links(client):
    article = make_article(slug="before")
    editor = log_in(make_staff("Editors", username="erin"))
    save(editor, article, slug="after")
    assert client.get("/articles/before/").status_code == 200
    save(editor, article, "_publish", slug="after")
    assert client.get("/articles/before/")["Location"] == "/articles/after/"


def test_editors_see_and_remove_old_addresses(client):
    moved(make_article(slug="before"), "after")
    editor = log_in(make_staff("Editors", username="erin"))
    assert "/articles/before/" in editor.get("/admin/articles/oldaddress/").text
    entry = OldAddress.objects.get()
    editor.post(f"/admin/articles/oldaddress/{entry.pk}/delete/", {"post": "yes"})
    assert client.get("/articles/before/").status_code == 404
