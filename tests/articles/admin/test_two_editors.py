import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.admin import ArticleAdmin
from articles.models import Article
from tests.articles.admin.forms import change_url, payload, save
from tests.factories import make_article, make_staff, make_topic

pytestmark = pytest.mark.django_db


def test_second_editor_keeps_the_words_and_sees_the_other_version(as_editor):
    article = make_article(title="Base")
    other = make_staff("Editors", username="otto")
    first_form = payload(article, title="Erin's words")
    article.save_revision(by=other, title="Otto's words")
    page = as_editor.post(change_url(article), first_form | {"_publish": "1"}).text
    assert "otto saved version 2" in page
    assert change_url(article, "preview", 2) in page
    assert "Erin&#x27;s words" in page
    assert article.revisions.count() == 2
    # Having seen it, they decide: theirs goes on top, nothing is lost.
    base = re.search(r'name="base" value="(\d+)"', page)[1]
    as_editor.post(change_url(article), first_form | {"_save": "1", "base": base})
    titles = article.revisions.order_by("number").values_list("title", flat=True)
    assert list(titles) == ["Base", "Otto's words", "Erin's words"]


def test_double_click_saves_once(as_editor):
    article = make_article()
    form = payload(article, title="Once") | {"_save": "1"}
    for _ in range(2):
        assert as_editor.post(change_url(article), form).status_code == 302
    assert article.revisions.count() == 2


def test_newer_version_of_the_same_window_is_no_conflict(as_editor):
    """Such as after “Save and preview”, which opens another tab."""
    article = make_article()
    form = payload(article, title="One", form_key="one") | {"_save": "1"}
    as_editor.post(change_url(article), form)
    assert as_editor.post(change_url(article), form | {"title": "Two"}).status_code == 302
    assert article.revisions.count() == 3


def test_two_windows_of_one_account_are_told_of_each_other(as_editor):
    article = make_article(title="Base")
    forms = [as_editor.get(change_url(article)).text for _ in range(2)]
    keys = [re.search(r'name="form_key" value="([^"]+)"', form)[1] for form in forms]
    first, second = (
        payload(article, title=f"Window {n}", form_key=key) | {"_publish": "1"}
        for n, key in enumerate(keys)
    )
    as_editor.post(change_url(article), first)
    page = as_editor.post(change_url(article), second).text
    assert "You saved version 2 in another window" in page
    assert f"{change_url(article, 'versions', 'compare')}?old=1&amp;new=2" in page
    assert Article.objects.get().live.title == "Window 0"
    base = re.search(r'name="base" value="(\d+)"', page)[1]
    as_editor.post(change_url(article), second | {"base": base})
    assert Article.objects.get().live.title == "Window 1"
    # The first window does not know of this yet.
    assert "in another window" in as_editor.post(change_url(article), first).text


def test_form_without_a_base_counts_as_opened_before_everything(as_editor):
    article = make_article()
    article.save_revision(by=make_staff("Editors"), title="Theirs")
    response = as_editor.post(change_url(article), payload(article, title="Mine", base=""))
    assert response.status_code == 200
    assert article.revisions.count() == 2


def test_publication_by_the_clock_while_someone_writes_is_kept(as_editor, monkeypatch):
    article = make_article(live=False)
    article.schedule(timezone.now() - timedelta(minutes=1))
    opened = ArticleAdmin.get_object

    def get_object_then_publish(*args, **kwargs):
        found = opened(*args, **kwargs)
        Article.objects.get().publish_scheduled()
        return found

    monkeypatch.setattr(ArticleAdmin, "get_object", get_object_then_publish)
    save(as_editor, article, title="Newer draft")
    article = Article.objects.get()
    assert article.is_published
    assert article.live.number == 1
    assert article.newest_revision.title == "Newer draft"


def test_conflict_shows_both_side_by_side_and_saves_what_is_chosen_of_each(as_editor):
    article = make_article(title="Base", summary="Base summary", body="<p>Take 4 mg.</p>")
    topic = make_topic()
    mine = payload(article, title="Mine", body="<p>Take 5 mg.</p>", _save="1")
    theirs = {"title": "Theirs", "summary": "Their summary", "body": "<p>Take 6 mg.</p>"}
    otto = make_staff("Editors", username="otto")
    place = {"topic_id": topic.pk, "is_medical": False}
    article.save_revision(by=otto, place=place, **theirs)
    page = as_editor.post(change_url(article), mine).text
    # Why nothing was saved comes first.
    assert page.index("so nothing was saved") < page.index("Version 2 beside yours")
    for mark in ("<del>6</del>", "<ins>5</ins>", "<del>Theirs</del>", "<ins>Mine</ins>"):
        assert mark in page, mark
    boxes = re.findall(r'name="theirs" value="(\w+)"( checked)?', page)
    # Only they changed these, so saving would have undone it unseen.
    theirs_alone = ["summary", "topic", "is_medical"]
    assert sorted(name for name, checked in boxes if checked) == sorted(theirs_alone)
    assert sorted(name for name, checked in boxes if not checked) == ["body", "title"]
    assert article.revisions.count() == 2
    chosen = {"theirs_of": "2", "theirs": [*theirs_alone, "body"], "base": "2"}
    assert as_editor.post(change_url(article), mine | chosen).status_code == 302
    saved = article.revisions.get(number=3)
    assert (saved.title, saved.summary) == ("Mine", "Their summary")
    assert saved.body == "<p>Take 6 mg.</p>"
    assert (saved.topic_id, saved.is_medical) == (topic.pk, False)
