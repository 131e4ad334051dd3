"""Where pictures are used: publishing, checks, lists, deleting, files for elsewhere."""

import base64

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError

from articles.exporting import html_of, markdown_of
from articles.links.checks import links_to_look_at
from articles.models import Autosave, Picture, PictureFile
from articles.pictures.addresses import parse_src
from articles.pictures.making import make_picture
from articles.text import markup
from tests.articles.admin.forms import change_url, log_in, save
from tests.factories import figure_of, make_article, make_staff
from tests.factories import make_picture as made_up

from .files import small_png

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/picture/"


@pytest.fixture
def as_editor():
    return log_in(make_staff("Editors"))


def test_editor_gets_addresses_for_staff_and_visitors_their_own(as_editor):
    picture = made_up()
    article = make_article(live=False, is_medical=False)
    body = figure_of(picture).replace("/pictures/", "/admin/pictures/")
    save(as_editor, article, "_publish", body=body, is_medical="")
    article.refresh_from_db()
    assert article.live.body == figure_of(picture)
    form = as_editor.get(change_url(article)).text
    assert f"/admin{picture.address.path}&quot;" in form
    assert f"&quot;{picture.address.path}" not in form


def test_nothing_is_published_with_a_picture_that_says_nothing_or_is_not_there(as_editor):
    picture = made_up()
    silent = figure_of(picture).replace(' alt="A made-up picture"', "")
    lost = figure_of(picture).replace(picture.digest, "0" * 32)
    for body, says in ((silent, "what it shows"), (lost, "not kept here")):
        article = make_article(live=False, is_medical=False)
        answer = save(as_editor, article, "_publish", body=body, is_medical="")
        assert says in answer.text
        draft = article.save_revision(title="A draft", body=body)
        with pytest.raises(ValidationError, match=says):
            article.publish(draft)


def test_picture_of_another_website_is_refused_and_not_dropped(as_editor):
    article = make_article(live=False)
    answer = save(as_editor, article, body='<p>a</p><img src="https://elsewhere.example/a.png">')
    assert "not one of ours" in answer.text
    assert article.revisions.count() == 1


def test_draft_without_its_picture_is_named_among_links_to_look_at():
    picture = made_up()
    article = make_article(body=figure_of(picture, alt="A red path"))
    assert links_to_look_at(article.live) == []
    picture.delete()
    (finding,) = links_to_look_at(article.live)
    assert str(finding) == "The picture “A red path” is not kept here any more."


def test_list_tells_what_no_text_needs(as_editor):
    used, unused = made_up(), made_up()
    article = make_article(body=figure_of(used))
    assert {each.name for each in listed(as_editor)} == {used.name, unused.name}
    assert [each.name for each in listed(as_editor, "none")] == [unused.name]
    assert [each.name for each in listed(as_editor, "some")] == [used.name]
    page = as_editor.get(f"{LIST}{used.pk}/change/").text
    assert change_url(article) in page
    assert "No text. It can be deleted." in as_editor.get(f"{LIST}{unused.pk}/change/").text


def listed(client, use=""):
    return client.get(LIST, {"use": use} if use else {}).context["cl"].result_list


def test_what_no_text_needs_is_deleted_after_a_question(as_editor):
    picture = made_up()
    url = f"{LIST}{picture.pk}/delete/"
    assert "Are you sure" in as_editor.get(url).text
    assert Picture.objects.exists()
    assert as_editor.post(url, {"post": "yes"}).url == LIST
    assert not Picture.objects.exists()
    assert not PictureFile.objects.exists()
    assert LogEntry.objects.filter(object_id=picture.pk).exists()


def test_what_a_text_shows_is_not_deleted(as_editor):
    picture = made_up()
    url = f"{LIST}{picture.pk}/delete/"
    article = make_article(live=False, body=figure_of(picture))
    assert as_editor.post(url, {"post": "yes"}).status_code == 403
    article.publish(article.save_revision(title="Without", body="<p>Words</p>"))
    assert "Earlier versions" in as_editor.get(url).text
    fields = {"body": figure_of(picture)}
    Autosave.objects.keep(make_staff("Editors"), "k", 1, kind="", page=None, fields=fields)
    assert as_editor.post(url, {"post": "yes"}).status_code == 403
    Autosave.objects.all().delete()
    as_editor.post(url, {"post": "yes"})
    assert not Picture.objects.exists()


def test_exported_page_holds_its_pictures_and_markdown_says_where_they_are(settings):
    picture, _is_new = Picture.objects.keep(make_picture(small_png()), "a.png", None)
    revision = make_article(body=f"<p>a</p>{figure_of(picture)}<p>b</p>").live
    content = base64.b64encode(bytes(picture.files.get().content)).decode()
    assert f'src="data:image/webp;base64,{content}"' in html_of(revision)
    assert f' src="{settings.SITE_URL}{picture.address.path}"' in markdown_of(revision)


def test_page_carries_the_style_of_pictures_only_with_a_picture(client):
    plain, shown = make_article(), make_article(body=figure_of(made_up()))
    pages = [client.get(each.get_absolute_url()).text for each in (plain, shown)]
    assert ["figcaption{" in page for page in pages] == [False, True]
    assert parse_src(markup.render(shown.live.body).html.split('src="')[1].split('"')[0])
