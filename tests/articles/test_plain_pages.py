import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from articles.models import Page
from tests.factories import make_article, make_page, make_staff

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/page/add/"
NAMED = ("privacy", "accessibility", "nondiscrimination", "leaving-safely")
ROLES = ("Editors", "Medical reviewers", "Intake", "Intake leads", "Privacy officers")


def log_in(group):
    client = Client()
    client.force_login(make_staff(group))
    return client


@pytest.fixture
def as_editor():
    return log_in("Editors")


def payload(**over):
    return {
        "title": "Paying for treatment",
        "summary": "What insurance covers.",
        "body": "<p>Ask us what yours covers.</p>",
        "slug": "insurance",
        "language": "en",
    } | over


def change_url(page, verb="change"):
    return f"/admin/articles/page/{page.pk}/{verb}/"


@pytest.mark.parametrize("button", ["_publish", "_schedule"])
def test_words_with_instructions_for_staff_are_not_published(as_editor, client, button):
    body = "<p>Ready.</p><p>[Staff: name the price]</p>"
    form = payload(slug="costs", body=body, publish_at="2099-01-01T00:00", **{button: "1"})
    response = as_editor.post(ADD, form)
    assert "instructions for staff" in response.text
    assert client.get("/costs/").status_code == 404
    assert as_editor.post(ADD, payload(slug="costs", body=body)).status_code == 302


def test_page_added_in_the_admin_is_published_at_its_address(as_editor, client):
    as_editor.post(ADD, payload(_save="1"))
    page = Page.objects.get()
    assert client.get("/insurance/").status_code == 404
    preview = as_editor.get(change_url(page, "preview/1")).text
    assert "<h1>Paying for treatment</h1>" in preview
    assert "Visitors see these words only once" in preview
    as_editor.post(change_url(page), payload(base=1, _publish="1"))
    published = client.get("/insurance/")
    assert "Ask us what yours covers." in published.text
    assert page.get_absolute_url() == "/insurance/"
    assert "<loc>http://localhost:8000/insurance/</loc>" in client.get("/sitemap-pages.xml").text


def test_form_to_add_a_page_asks_for_its_address(as_editor):
    form = as_editor.get(ADD).text
    for name in ("title", "summary", "body", "slug", "language"):
        assert f'name="{name}"' in form, name


def test_unpublished_page_is_gone_from_its_address_and_the_sitemap(as_editor, client):
    page = make_page(slug="insurance")
    as_editor.post(change_url(page, "unpublish"))
    assert client.get("/insurance/").status_code == 404
    assert "insurance" not in client.get("/sitemap-pages.xml").text


def test_page_may_move_and_be_deleted_once_it_is_off_the_site(as_editor, client):
    page = make_page(slug="insurance")
    as_editor.post(change_url(page), payload(slug="costs", base=1, _publish="1"))
    assert client.get("/costs/").status_code == 200
    assert client.get("/insurance/")["Location"] == "/costs/"
    as_editor.post(change_url(page, "unpublish"))
    as_editor.post(change_url(page, "delete"), {"post": "yes"})
    assert not Page.objects.outside_bin().exists()


@pytest.mark.parametrize(
    "slug",
    [
        "articles", "faq", "contact", "help-now", "search", "admin", "intake", "feed", "static",
        "healthz", "readyz", "Admin", "es", "zh-hans",
    ],
)  # fmt: skip
def test_address_that_the_site_uses_is_refused_in_plain_words(as_editor, slug):
    form = as_editor.post(ADD, payload(slug=slug, _save="1"))
    assert "The site itself uses this address." in form.text
    assert "Paying for treatment" in form.text
    assert not Page.objects.exists()


def test_page_cannot_move_to_an_address_that_the_site_uses(as_editor):
    page = make_page(slug="insurance")
    assert (
        "The site itself uses this address."
        in as_editor.post(change_url(page), payload(slug="contact", base=1, _save="1")).text
    )
    page.refresh_from_db()
    assert page.slug == "insurance"


def test_page_that_the_site_hides_since_an_update_can_still_be_written(as_editor):
    page = make_page(slug="contact")
    saved = as_editor.post(change_url(page), payload(slug="contact", base=1, _save="1"))
    assert saved.status_code == 302
    assert page.revisions.count() == 2


def test_page_without_an_address_is_kept_as_a_draft_alone(as_editor):
    assert as_editor.post(ADD, payload(slug="", _save="1")).status_code == 302
    page = Page.objects.get()
    publishing = payload(slug="", base=1, _publish="1")
    assert 'href="#id_slug"' in as_editor.post(change_url(page), publishing).text
    page.refresh_from_db()
    assert not page.is_published


@pytest.mark.parametrize("slug", ["two words", "é", "a/b", "x" * 101])
def test_address_that_is_none_is_refused(as_editor, slug):
    form = as_editor.post(ADD, payload(slug=slug, _save="1"))
    assert "errorlist" in form.text
    assert not Page.objects.exists()


def test_address_of_another_page_is_refused_in_plain_words(as_editor):
    make_page(slug="insurance")
    assert "already has this address" in as_editor.post(ADD, payload(_save="1")).text


@pytest.mark.parametrize("slug", ["no-such-page", "wp-admin", "INSURANCE", "x" * 300])
def test_unknown_address_is_not_found(client, slug):
    make_page(slug="insurance")
    page = client.get(f"/{slug}/")
    assert page.status_code == 404
    assert "We can’t find that page" in page.text


def test_address_without_its_last_slash_leads_to_the_page(client):
    make_page(slug="insurance")
    response = client.get("/insurance", follow=True)
    assert response.redirect_chain == [("/insurance/", 301)]
    assert response.status_code == 200


@pytest.mark.parametrize("slug", NAMED)
def test_page_that_every_page_links_to_keeps_its_address(as_editor, client, slug):
    page = make_page(slug=slug, title="A promise")
    form = as_editor.get(change_url(page)).text
    assert 'name="slug"' not in form
    as_editor.post(change_url(page), payload(slug="elsewhere", base=1, _publish="1"))
    assert client.get(f"/{slug}/").status_code == 200
    assert client.get("/elsewhere/").status_code == 404
    page.slug = "elsewhere"
    with pytest.raises(ValidationError, match="keeps its address"):
        page.full_clean()
    page.refresh_from_db()
    page.unpublish()
    assert "Put into the bin…" not in as_editor.get(change_url(page)).text
    told = as_editor.post(change_url(page, "delete"), {"post": "yes"}, follow=True)
    assert "so it keeps its address" in told.text
    with pytest.raises(ValidationError, match="keeps its address"):
        page.delete()
    assert Page.objects.get() == page


@pytest.mark.parametrize("slug", NAMED)
def test_page_that_every_page_links_to_can_be_added_where_it_is_missing(as_editor, client, slug):
    as_editor.post(ADD, payload(slug=slug, _publish="1"))
    assert client.get(f"/{slug}/").status_code == 200


@pytest.mark.parametrize("group", ROLES)
def test_only_editors_add_and_delete_pages(group):
    page = make_page(slug="insurance", live=False)
    client = log_in(group)
    may = group == "Editors"
    assert client.get(ADD).status_code == (200 if may else 403)
    added = client.post(ADD, payload(slug="costs", _save="1"))
    assert added.status_code == (302 if may else 403)
    assert Page.objects.filter(slug="costs").exists() == may
    deleted = client.post(change_url(page, "delete"), {"post": "yes"})
    assert deleted.status_code == (302 if may else 403)
    assert Page.objects.outside_bin().filter(pk=page.pk).exists() != may


def test_editor_is_told_of_a_link_to_a_page_that_is_not_there(as_editor):
    make_page(slug="insurance")
    article = make_article()
    body = '<p><a href="/insurance/">x</a> <a href="/costs/">x</a> <a href="/privacy/">x</a></p>'
    saved = as_editor.post(
        f"/admin/articles/article/{article.pk}/change/",
        payload(slug=article.slug, topic=article.topic.pk, base=1, body=body, _save="1"),
        follow=True,
    ).text
    assert "(/costs/) leads to a page that does not exist" in saved
    assert "(/privacy/) leads to a page that does not exist" in saved
    assert "(/insurance/)" not in saved
