import json
import re

import pytest

from articles.models import Article, Topic
from tests.articles.admin.forms import change_url, payload
from tests.factories import make_article, make_page

pytestmark = pytest.mark.django_db


def test_plain_page_is_written_like_an_article_without_a_clinical_review(as_editor, client):
    page = make_page(title="Privacy")
    url = f"/admin/articles/page/{page.pk}/change/"
    form = {"title": "Our promise", "body": "<p>New</p>", "base": 1, "_publish": "1"}
    as_editor.post(url, form)
    assert "Our promise" in client.get("/privacy/").text
    assert "Our promise" in as_editor.get(f"/admin/articles/page/{page.pk}/preview/2/").text
    assert as_editor.get(f"/admin/articles/page/{page.pk}/versions/1/review/").status_code == 404


def test_topic_can_be_added_ordered_and_not_deleted_while_in_use(as_editor):
    as_editor.post(
        "/admin/articles/topic/add/",
        {"name": "New topic", "slug": "new-topic", "language": "en", "order": 5, "description": ""},
    )
    topic = Topic.objects.get()
    assert "New topic" in as_editor.get("/admin/articles/topic/").text
    as_editor.post(
        "/admin/articles/topic/",
        {
            "form-TOTAL_FORMS": 1,
            "form-INITIAL_FORMS": 1,
            "form-0-id": topic.pk,
            "form-0-order": 7,
            "_save": "1",
        },
    )
    topic.refresh_from_db()
    assert topic.order == 7
    make_article(topic=topic)
    as_editor.post(f"/admin/articles/topic/{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.exists()


def test_topic_holds_no_character_that_a_page_cannot(as_editor):
    form = {"slug": "new-topic", "language": "en", "order": 5}
    odd = {"name": "Ne\x08w\ufffe", "description": "One\0\nline"}
    as_editor.post("/admin/articles/topic/add/", form | odd)
    topic = Topic.objects.get()
    assert (topic.name, topic.description) == ("New", "One\nline")
    page = as_editor.post("/admin/articles/topic/add/", form | {"name": "\x08"}).text
    assert "This field is required" in page


def test_new_article_from_another_form_answers_the_little_window(as_editor):
    response = as_editor.post(
        "/admin/articles/article/add/?_popup=1", payload() | {"_popup": "1", "_save": "1"}
    )
    assert "What helps?" in response.text
    assert json.loads(
        re.search(r'data-popup-response="([^"]*)"', response.text)[1].replace("&quot;", '"')
    )
    article = Article.objects.get()
    response = as_editor.post(
        change_url(article) + "?_popup=1", payload(article) | {"_popup": "1", "_save": "1"}
    )
    assert "data-popup-response" in response.text
