"""Pages leave the site knowing who links to them, and come back from the bin whole."""

from itertools import product

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import Article, OldAddress, Page
from tests.articles.admin.forms import change_url, history, log_in, payload
from tests.factories import make_article, make_page, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def to(publication):
    return f'<p><a href="{publication.get_absolute_url()}">there</a></p>'


@pytest.fixture
def article():
    return make_article(title="Wanted", slug="wanted")


@pytest.fixture
def linked(article):
    make_article(title="Links live", body=to(article))
    make_question(title="Links in a draft", live=False, body=to(article))
    make_article(title="Does not link")
    return article


def put_into_bin(client, article):
    return client.post(change_url(article, "delete"), follow=True)


def test_who_links_here_is_told_while_editing_and_before_anything_is_taken_down(as_editor, linked):
    pages = [as_editor.get(change_url(linked)).text]
    pages.append(as_editor.get(change_url(linked, "unpublish")).text)
    linked.unpublish()
    pages.append(as_editor.get(change_url(linked, "delete")).text)
    for page in pages:
        told = page.partition("These pages link here")[2].partition("</ul>")[0]
        assert "Links live" in told
        assert "Links in a draft" in told
        assert "Does not link" not in told
    assert "No text of this site links here" in as_editor.get(change_url(make_article())).text


def test_broken_links_of_the_newest_words_stand_beside_the_form(as_editor, article):
    article.save_revision(title="T", body='<p><a href="tel:998">Call</a></p>')
    assert (
        "“Call” (tel:998) holds a number that no phone" in as_editor.get(change_url(article)).text
    )


def test_address_of_a_page_that_leaves_can_lead_to_another(as_editor, client, article):
    other = make_question()
    url, path = change_url(article, "unpublish"), article.get_absolute_url()
    hidden = make_article(live=False)
    for wrong in (
        path,
        hidden.get_absolute_url(),
        "/nowhere/",
        "https://example.com/",
        "988",
        "/admin/",
        "/admin/articles/article/",
        "/intake/",
    ):
        assert "errorlist" in as_editor.post(url, {"lead_to": wrong}).text, wrong
    article.refresh_from_db()
    assert article.is_published
    as_editor.post(url, {"lead_to": other.get_absolute_url()})
    assert client.get(path)["Location"] == other.get_absolute_url()
    article.refresh_from_db()
    article.publish()
    assert client.get(path).status_code == 200
    assert not OldAddress.objects.exists()
    as_editor.post(url, {"lead_to": ""})
    assert client.get(path).status_code == 404


def test_bin_keeps_versions_and_sign_offs_and_gives_the_page_back(as_editor, client, article):
    sign_off(article.live, None, "Jane Doe, MD")
    article.unpublish()
    assert "Put this page into the bin?" in as_editor.get(change_url(article, "delete")).text
    told = put_into_bin(as_editor, article)
    assert "Put “Wanted” into the bin" in told.text
    assert f"{LIST}?state=bin" in told.text
    for query, is_there in {"": False, "?state=never": False, "?state=bin": True}.items():
        assert ("row-" in as_editor.get(LIST + query).text) is is_there, query
    assert client.get(article.get_absolute_url()).status_code == 404
    form = as_editor.get(change_url(article)).text
    assert "In the bin since" in form
    assert 'name="_save"' not in form
    assert "This form holds the words" not in form
    assert as_editor.post(change_url(article), payload(article, _publish="1")).status_code == 403
    as_editor.post(change_url(article, "bring-back"))
    article.refresh_from_db()
    assert article.binned_at is None
    assert article.revisions.get().standing_review().reviewer == "Jane Doe, MD"
    assert [text for _who, text in history(article)] == [
        "Put into the bin.", "Brought back from the bin."
    ]  # fmt: skip


def test_whoever_deletes_a_live_page_is_told_to_take_it_down_first(as_editor, article):
    for method in (as_editor.get, as_editor.post):
        answered = method(change_url(article, "delete"), follow=True)
        assert answered.redirect_chain[-1][0] == change_url(article)
        assert "Take the page off the site before deleting it." in answered.text
    article.refresh_from_db()
    assert article.is_published
    assert not article.binned_at
    assert make_page(slug="privacy").is_published
    fixed = Page.objects.get()
    root = log_in(User.objects.create_superuser("root", password="x"))
    kept = root.get(f"/admin/articles/page/{fixed.pk}/delete/", follow=True).text
    assert "keeps its address" in kept


def test_only_a_superuser_deletes_for_good_and_only_from_the_bin(as_editor, article):
    root = log_in(User.objects.create_superuser("root", password="x"))
    article.unpublish()
    put_into_bin(root, article)
    assert Article.objects.exists()
    assert as_editor.post(change_url(article, "delete"), {"post": "yes"}).status_code == 403
    assert "Delete for good" not in as_editor.get(change_url(article)).text
    assert "Delete for good" in root.get(change_url(article)).text
    assert "Are you sure" in root.get(change_url(article, "delete")).text
    assert Article.objects.exists()
    root.post(change_url(article, "delete"), {"post": "yes"})
    assert not Article.objects.exists()


def test_what_is_in_the_bin_never_reaches_visitors(article):
    with pytest.raises(ValidationError, match="off the site"):
        article.put_into_bin()
    stale = Article.objects.get()
    article.unpublish()
    article.put_into_bin()
    with pytest.raises(ValidationError, match="Bring it back"):
        article.publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.update(live=stale.live)
    with pytest.raises(ValidationError, match="keeps its address"):
        make_page(slug="privacy", live=False).put_into_bin()


def test_address_of_a_page_in_the_bin_is_named_as_such(as_editor, article):
    article.unpublish()
    article.put_into_bin()
    added = as_editor.post(f"{LIST}add/", payload(slug="wanted", topic=article.topic.pk, _save="1"))
    assert "A page in the bin has this address" in added.text


def test_nobody_without_the_right_takes_down_or_brings_back(writer, article):
    article.unpublish()
    article.put_into_bin()
    outsiders = [writer, make_staff("Intake", username="ina"), make_staff(username="nobody")]
    for user, name in product(outsiders, ("unpublish", "delete", "bring-back")):
        assert log_in(user).post(change_url(article, name)).status_code == 403, (user, name)
    assert Article.objects.get().binned_at
