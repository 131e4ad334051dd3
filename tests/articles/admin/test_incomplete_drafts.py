"""A draft may lack title, address, topic and words; what visitors read may not."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.models import Article
from articles.publishing.review_requests import ask
from faq.models import Question
from tests.articles.admin.forms import change_url, history, payload, save
from tests.factories import make_article, make_question, make_staff

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
NOTHING = {"title": "", "slug": "", "topic": "", "summary": "", "body": ""}


@pytest.fixture
def draft(as_editor):
    as_editor.post(ADD, payload(**NOTHING) | {"_save": "1"})
    return Article.objects.get()


def links_in(page):
    return [name for name in ("title", "slug", "topic", "body") if f'href="#id_{name}"' in page]


def test_a_draft_is_saved_without_title_address_topic_and_words(as_editor, draft, client):
    page = as_editor.get(change_url(draft))
    form = page.context["adminform"].form
    assert [form[name].value() for name in NOTHING] == ["", "", None, "", ""]
    assert "Before it can be reviewed or published, it still needs" in page.text
    assert links_in(page.text) == ["title", "slug", "topic", "body"]
    # Its pages, lists and the next empty draft work all the same.
    for url in (
        change_url(draft, "preview", 1),
        change_url(draft, "versions"),
        change_url(draft, "versions", "compare") + "?old=1&new=1",
        "/admin/articles/article/",
        "/admin/",
    ):
        assert as_editor.get(url).status_code == 200, url
    assert as_editor.post(ADD, payload(**NOTHING) | {"_save": "1"}).status_code == 302
    assert Article.objects.count() == 2
    assert client.get(f"/articles/{draft.slug}/").status_code == 404


def test_saving_it_again_makes_no_version_and_giving_it_an_address_one(as_editor, draft):
    for _ in range(2):
        save(as_editor, draft, **NOTHING)
    assert draft.revisions.count() == 1
    save(as_editor, draft, **NOTHING | {"slug": "chosen"})
    assert draft.revisions.count() == 2
    assert Article.objects.get().slug == "chosen"
    assert history(draft)[-1] == ("erin", "Saved version 2. Changed: Address.")


@pytest.mark.parametrize("button", ["_publish", "_schedule"])
def test_what_lacks_stands_before_visitors_with_links_to_its_fields(as_editor, draft, button):
    form = payload(**NOTHING | {"base": 1}) | {"publish_at": "2199-01-01T10:00", button: "1"}
    page = as_editor.post(change_url(draft), form).text
    assert links_in(page)[:4] == ["title", "slug", "topic", "body"]
    for reason in ("needs a title", "needs an address", "needs a topic", "nothing to read yet"):
        assert reason in page
    draft.refresh_from_db()
    assert (draft.live, draft.scheduled, draft.revisions.count()) == (None, None, 1)


def test_scripts_cannot_publish_it_either(draft):
    with pytest.raises(ValidationError, match="needs a title"):
        draft.publish()
    draft.save_revision(title="Named", place={"slug": "named"}, body="<p>Words.</p>")
    with pytest.raises(ValidationError, match="needs a topic"):
        draft.publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.update(live=draft.newest_revision)


def test_a_review_is_asked_only_of_what_is_complete(as_editor, draft):
    reviewer = make_staff("Medical reviewers", username="ruth")
    with pytest.raises(ValidationError, match="needs a title"):
        ask(draft.newest_revision, None, reviewer)
    url = change_url(draft, "versions", 1, "ask")
    page = as_editor.get(url).text
    assert f'href="{change_url(draft)}#id_topic"' in page
    assert "Ask for the review" not in page


def test_a_live_page_keeps_its_topic_and_address_while_its_draft_lacks_them(as_editor, client):
    article = make_article(slug="here", title="Live words")
    save(as_editor, article, **NOTHING)
    assert "Live words" in client.get("/articles/here/").text
    assert "still needs" in as_editor.get(change_url(article)).text
    assert "needs a topic" in save(as_editor, article, "_publish", base=2, **NOTHING).text
    assert "Live words" in client.get("/articles/here/").text


def test_a_question_without_a_topic_stands_in_the_order_and_on_no_page(as_editor, client):
    make_question(title="Has a topic?")
    lost = Question.objects.create(slug="lost")
    lost.save_revision(title="Has none?", summary="Yes.")
    page = as_editor.get("/admin/faq/question/arrange/").text
    assert "(topic missing)" in page
    assert as_editor.get(f"/admin/faq/question/{lost.pk}/preview/1/").status_code == 200
    assert "Has none?" not in client.get("/faq/").text
