import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from articles.models import Picture
from tests.articles.admin.forms import log_in
from tests.factories import (
    figure_of,
    make_article,
    make_page,
    make_picture,
    make_question,
    make_staff,
)
from tests.recovery_site.staff.test_outside_review import link

from .files import picture_bytes, small_png

pytestmark = pytest.mark.django_db
ADD = "/admin/pictures/add/"


def send(client, data, name="photo.jpg"):
    return client.post(ADD, {"file": SimpleUploadedFile(name, data)})


@pytest.fixture
def as_editor():
    return log_in(make_staff("Editors"))


def test_visitors_get_the_pictures_of_what_is_published(client):
    picture = make_picture()
    sizes = [each.path for each in picture.address.all_sizes]
    article = make_article(live=False, body=figure_of(picture))
    assert {client.get(path).status_code for path in sizes} == {404}
    article.publish()
    for path in sizes:
        response = client.get(path)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/webp"
        assert response["X-Content-Type-Options"] == "nosniff"
    assert client.post(sizes[0]).status_code == 405


@pytest.mark.parametrize("make", [make_article, make_question, make_page])
def test_picture_goes_with_the_page_that_shows_it(client, make):
    picture = make_picture()
    path = picture.address.path
    page = make(body=figure_of(picture))
    assert client.get(path).status_code == 200
    page.publish(page.save_revision(title="Without it", body="<p>Words.</p>"))
    assert client.get(path).status_code == 404
    page.publish(page.restore(page.revisions.get(number=1)))
    assert client.get(path).status_code == 200
    page.unpublish()
    assert client.get(path).status_code == 404


def test_no_other_address_shows_a_picture(client):
    picture = make_picture()
    make_article(body=figure_of(picture))
    path = picture.address.path
    for other in (path.replace("720", "721"), path[:-5], path.replace(".webp", ".png"), f"{path}/"):
        assert client.get(other).status_code == 404


@pytest.mark.parametrize(
    ("group", "status"),
    [("Editors", 200), ("Medical reviewers", 200), ("Intake", 403), ("Privacy officers", 403)],
)
def test_staff_who_read_drafts_see_their_pictures(group, status):
    picture = make_picture()
    response = log_in(make_staff(group)).get(f"/admin{picture.address.path}")
    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]


def test_preview_shows_pictures_that_visitors_do_not_see_yet(as_editor):
    picture = make_picture()
    article = make_article(live=False, body=figure_of(picture))
    page = as_editor.get(f"/admin/articles/article/{article.pk}/preview/1/").content.decode()
    assert f'src="/admin{picture.address.path}"' in page
    assert page.count("/admin/pictures/") == 4
    assert f'"{picture.address.path}' not in page
    assert f" {picture.address.path}" not in page


def test_clinician_with_a_link_sees_the_pictures_of_that_version_alone():
    shown, other = make_picture(), make_picture()
    article = make_article(live=False, body=figure_of(shown))
    address = link(article)
    visitor = Client()
    page = visitor.get(f"{address}page/").content.decode()
    path = f"{address[:-1]}{shown.address.path}"
    assert f'src="{path}"' in page
    assert visitor.get(path).status_code == 200
    assert visitor.get(f"{address[:-1]}{other.address.path}").status_code == 404
    assert visitor.get(f"/review/wrong{shown.address.path}").status_code == 404


def test_editor_adds_a_picture_once(as_editor):
    answers = [send(as_editor, small_png(), name) for name in ("a.png", "b.png")]
    picture = Picture.objects.get()
    expected = {"src": f"/admin{picture.address.path}", "width": 40, "height": 20}
    assert [answer.json() for answer in answers] == [expected, expected]
    assert picture.name == "a.png"
    assert as_editor.get(expected["src"]).content == bytes(picture.files.get().content)


def test_what_cannot_be_a_picture_is_answered_with_the_reason(as_editor):
    assert "SVG" in send(as_editor, b"<svg/>", "drawing.svg").json()["error"]
    assert "Choose a file" in as_editor.post(ADD).json()["error"]
    assert not Picture.objects.exists()


def test_file_above_ten_megabytes_is_refused(as_editor):
    assert "10 MB" in send(as_editor, bytes(10_000_001)).json()["error"]
    assert send(as_editor, bytes(12_000_000)).status_code == 413


@pytest.mark.parametrize("group", ["Medical reviewers", "Intake", "Privacy officers"])
def test_others_add_no_pictures(group):
    assert send(log_in(make_staff(group)), small_png()).status_code == 403
    assert not Picture.objects.exists()


def test_nobody_without_an_account_adds_a_picture(client):
    assert "/login/" in send(client, picture_bytes((8, 8))).headers["Location"]


def test_form_of_another_website_adds_nothing():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff("Editors"))
    assert send(client, small_png()).status_code == 403
