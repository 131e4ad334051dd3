from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article, ArticleRevision, Page
from articles.publishing.revision import Revision
from faq.models import Question
from tests.factories import make_article, make_page, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db

WORDS = {"title": "New title", "summary": "Short.", "body": "<p>New words.</p>"}


def test_saving_words_makes_the_next_revision_and_leaves_the_live_one():
    article = make_article(title="Old title")
    revision = article.save_revision(**WORDS)
    assert revision.number == 2
    assert article.newest_revision == revision
    article = Article.objects.get()
    assert article.live.title == "Old title"
    assert article in Article.objects.with_draft()


def test_same_words_make_no_new_revision():
    article = make_article()
    first = article.save_revision(**WORDS)
    again = article.save_revision(**WORDS | {"body": "<p onclick='x()'>New words.</p>"})
    assert again == first
    assert article.revisions.count() == 2


def test_saving_cleans_whatever_comes_past_the_editor():
    article = make_article()
    revision = article.save_revision(title="T", body="<p>ok</p><script>alert(1)</script>")
    assert revision.body == "<p>ok</p>"
    raw = ArticleRevision.objects.create(
        publication=article, number=9, title="T", body="<img src=x onerror=alert(1)><p>ok</p>"
    )
    assert ArticleRevision.objects.get(pk=raw.pk).rendered == "<p>ok</p>"


def test_revision_never_changes():
    revision = make_article().live
    revision.title = "Rewritten history"
    with pytest.raises(ValidationError):
        revision.save()
    assert ArticleRevision.objects.get().title != "Rewritten history"


def test_publishing_moves_the_pointer_and_keeps_the_first_date():
    article = make_article()
    first_published = article.published_at
    revision = article.save_revision(**WORDS)
    article.publish()
    article.refresh_from_db()
    assert article.live == revision
    assert article.published_at == first_published
    assert article.updated_at > first_published
    assert article not in Article.objects.with_draft()


def test_publishing_the_same_words_again_is_no_update():
    article = make_article()
    updated = article.updated_at
    article.publish()
    assert Article.objects.get().updated_at == updated


def test_publishing_leaves_what_an_editor_saves_meanwhile():
    article = make_article()
    Article.objects.update(next_review_on=date(2031, 5, 6))
    article.publish()
    article.unpublish()
    assert Article.objects.get().next_review_on == date(2031, 5, 6)


def test_scheduled_words_go_live_when_due():
    article = make_article(live=False)
    article.schedule(timezone.now() + timedelta(hours=1))
    assert not Article.objects.due()
    assert not article.publish_scheduled()
    later = timezone.now() + timedelta(hours=2)
    assert Article.objects.due(later).get() == article
    Article.objects.update(scheduled_for=timezone.now() - timedelta(seconds=1))
    assert article.publish_scheduled()
    article = Article.objects.get()
    assert article.is_published
    assert article.scheduled is None
    assert article.scheduled_for is None


def test_schedule_that_was_called_off_meanwhile_publishes_nothing():
    article = make_article(live=False)
    article.schedule(timezone.now() - timedelta(minutes=1))
    stale = Article.objects.due().get()
    article.unschedule()
    assert not stale.publish_scheduled()
    assert not Article.objects.get().is_published


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.unschedule(),
        lambda page: page.call_off_take_down(),
        lambda page: page.schedule_take_down(timezone.now() + timedelta(days=3)),
    ],
)
def test_whoever_read_the_page_before_it_went_live_undoes_nothing(change):
    article = make_article(slug="one")
    newer = article.save_revision(title="Two", place={"slug": "two"})
    article.schedule(timezone.now() - timedelta(minutes=1))
    stale = Article.objects.get()
    assert article.publish_scheduled()
    change(stale)
    page = Article.objects.get()
    assert (page.live, page.slug, page.scheduled) == (newer, "two", None)


def test_newer_draft_is_not_part_of_the_schedule():
    article = make_article(live=False)
    planned = article.newest_revision
    article.schedule(timezone.now() - timedelta(minutes=1))
    article.save_revision(**WORDS)
    assert article in Article.objects.with_draft()
    article.publish_scheduled()
    assert Article.objects.get().live == planned


def test_unpublishing_keeps_the_words():
    article = make_article()
    article.unpublish()
    article = Article.objects.get()
    assert not article.is_published
    assert article.revisions.count() == 1
    assert not Article.objects.published()


def test_restoring_copies_old_words_forward():
    article = make_article(title="First", body="<p>First words</p>")
    article.save_revision(**WORDS)
    by = make_staff()
    restored = article.restore(article.revisions.get(number=1), by=by)
    assert (restored.number, restored.title, restored.body) == (3, "First", "<p>First words</p>")
    assert restored.author == by
    assert restored.note == "Words of version 1 again"
    assert article.revisions.get(number=2).title == "New title"


def test_words_of_another_page_cannot_be_published_here():
    article, other = make_article(), make_article()
    with pytest.raises(ValidationError):
        article.publish(other.live)
    with pytest.raises(ValidationError):
        Article.objects.create(slug="empty", topic=article.topic).publish()


def make_insurance_page():
    return make_page(slug="insurance")


@pytest.mark.parametrize("make", [make_article, make_question, make_insurance_page])
def test_live_and_scheduled_pages_cannot_be_deleted(make):
    publication = make()
    with pytest.raises(ValidationError):
        publication.delete()
    publication.unpublish()
    publication.schedule(timezone.now())
    with pytest.raises(ValidationError):
        publication.delete()
    publication.unschedule()
    publication.delete()
    assert not type(publication).objects.exists()


def test_lists_know_what_waits():
    live, draft, newer = make_article(), make_article(live=False), make_article()
    scheduled = make_article(live=False)
    newer.save_revision(**WORDS)
    scheduled.schedule(timezone.now() + timedelta(days=1))
    Article.objects.create(slug="no-words", topic=live.topic)
    assert set(Article.objects.with_draft()) == {draft, newer}
    titles = dict(Article.objects.with_newest().values_list("slug", "newest_title"))
    assert titles[newer.slug] == "New title"
    assert titles["no-words"] is None


def test_lists_know_what_to_review():
    today = timezone.localdate()
    overdue = make_article(next_review_on=today - timedelta(days=1))
    make_article(next_review_on=today)
    make_article(live=False, next_review_on=today - timedelta(days=1))
    assert Article.objects.review_overdue().get() == overdue
    signed, not_medical = make_article(), make_article(is_medical=False)
    sign_off(signed.live, None, "Jane Doe, MD")
    waiting = set(Article.objects.awaiting_review())
    assert overdue in waiting
    assert not waiting & {signed, not_medical}
    question = make_question()
    assert Question.objects.awaiting_review().get() == question


def test_page_is_named_after_its_live_words_then_its_newest():
    article = make_article(title="Live words")
    article.save_revision(**WORDS)
    assert str(article) == "Live words"
    assert str(Article.objects.with_newest().get()) == "New title"
    assert str(make_article(live=False, title="Draft words")) == "Draft words"
    assert str(Page(slug="bare")) == "bare"


def test_reading_time_is_at_least_a_minute():
    article = make_article(summary="", body=f"<p>{'word ' * 500}</p>")
    assert article.live.word_count == 500
    assert article.live.reading_time == "2 minutes to read"
    assert make_article(body="").live.reading_time == "1 minute to read"


def test_revisions_of_both_apps_share_one_life():
    assert all(
        issubclass(model.revisions.rel.related_model, Revision)
        for model in (Article, Page, Question)
    )


def test_characters_that_no_feed_can_hold_are_dropped_however_words_arrive(client):
    article = make_article(
        title="Ti\x08tle\ufffe",
        summary="Sum\x00mary\uffff",
        body="<p>Bo\x1fdy</p>",
        byline="Some\x0eone",
        sources=[{"title": "A\x00b", "publisher": "C\x08d", "url": "https://x.org/", "year": 2020}],
    )
    words = article.live
    assert (words.title, words.summary, words.body) == ("Title", "Summary", "<p>Body</p>")
    assert words.byline == "Someone"
    source = {"title": "Ab", "publisher": "Cd", "url": "https://x.org/", "year": 2020}
    assert words.sources == [source]
    assert client.get("/feed/").status_code == 200
    same = {"summary": "Summary", "body": "<p>Body</p>", "byline": "Someone", "sources": [source]}
    assert article.save_revision(title="\x08Title", **same) == words


def test_words_nested_too_deeply_are_not_saved():
    article = make_article()
    with pytest.raises(ValidationError, match="flatter"):
        article.save_revision(title="T", body="<ul><li>" * 60)
    with pytest.raises(ValidationError, match="flatter"):
        ArticleRevision(publication=article, number=9, title="T", body="<ul><li>" * 60).save()
    assert article.revisions.count() == 1
