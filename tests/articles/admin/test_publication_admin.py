from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from tests.articles.admin.forms import change_url, history, log_in, payload, save
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db


def test_publishing_shows_the_words_to_visitors(as_editor, client):
    article = make_article(live=False)
    page = save(as_editor, article, "_publish", title="Out now").text
    assert "visitors read version 2 now" in page
    assert "Out now" in client.get(article.get_absolute_url()).text
    assert history(article) == [("erin", "Saved version 2. Published version 2.")]


def test_new_article_can_be_published_at_once(as_editor, client):
    as_editor.post("/admin/articles/article/add/", payload() | {"_publish": "1"})
    assert client.get("/articles/what-helps/").status_code == 200


def test_scheduling_dates_the_words(as_editor, editor, client):
    article = make_article(live=False)
    when = timezone.localtime() + timedelta(days=2)
    save(as_editor, article, "_schedule", publish_at=when.strftime("%Y-%m-%dT%H:%M"))
    article = Article.objects.get()
    assert abs(article.scheduled_for - when) < timedelta(minutes=1)
    assert article.scheduled == article.newest_revision
    assert client.get(article.get_absolute_url()).status_code == 404
    assert "goes live on" in history(article)[0][1]
    assert article.scheduled_by == editor


@pytest.mark.parametrize(
    "when",
    [
        "", "2001-01-01T10:00", "tomorrow", "9999-99-99T00:00", "9999-12-31T23:59",
        "0001-01-01T00:00", "2099-01-01T00:00",
    ],
)  # fmt: skip
def test_schedule_needs_a_time_to_come(as_editor, when):
    article = make_article(live=False)
    page = save(as_editor, article, "_schedule", publish_at=when, title="Kept title").text
    assert "errorlist" in page
    assert "Kept title" in page
    assert not Article.objects.exclude(scheduled=None).exists()


def test_draft_leaves_a_date_in_the_form_unused(as_editor):
    article = make_article(live=False)
    save(as_editor, article, publish_at="2031-01-01T10:00")
    assert Article.objects.get().scheduled_for is None


def test_unpublishing_asks_first(as_editor, client):
    article = make_article()
    assert "off the site?" in as_editor.get(change_url(article, "unpublish")).text
    assert client.get(article.get_absolute_url()).status_code == 200
    as_editor.post(change_url(article, "unpublish"))
    assert client.get(article.get_absolute_url()).status_code == 404
    assert history(article) == [("erin", "Unpublished.")]


def test_schedule_can_be_called_off(as_editor):
    article = make_article()
    article.schedule(timezone.now() + timedelta(days=1))
    assert "Call off" in as_editor.get(change_url(article, "unschedule")).text
    as_editor.post(change_url(article, "unschedule"))
    article = Article.objects.get()
    assert article.scheduled is None
    assert article.is_published
    assert history(article) == [("erin", "Called off the scheduled change.")]


def test_save_and_preview_shows_the_page_as_visitors_would_see_it(as_editor, client):
    article = make_article(live=False)
    response = save(as_editor, article, "_preview", title="Seen before")
    assert response.redirect_chain[-1][0] == change_url(article, "preview", 2)
    assert "<h1>Seen before</h1>" in response.text
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"].startswith("no-store")
    assert client.get(change_url(article, "preview", 2)).status_code == 302


def test_preview_shows_the_very_revision(as_editor):
    article = make_article(title="First words")
    article.save_revision(title="Second words")
    assert "First words" in as_editor.get(change_url(article, "preview", 1)).text
    assert "<h1>Second words</h1>" in as_editor.get(change_url(article, "preview", 2)).text
    for number in (3, 10**30):
        assert as_editor.get(change_url(article, "preview", number)).status_code == 404


def test_list_offers_no_bulk_delete(as_editor):
    article = make_article(live=False)
    as_editor.post(
        "/admin/articles/article/",
        {"action": "delete_selected", "_selected_action": article.pk, "post": "yes"},
    )
    assert Article.objects.exists()


def test_writer_saves_drafts_and_publishes_nothing(writer):
    client = log_in(writer)
    article = make_article(title="Live words")
    page = client.get(change_url(article)).text
    assert 'name="_publish"' not in page
    assert 'name="_schedule"' not in page
    save(client, article, title="Draft words")
    assert article.revisions.count() == 2
    for button in ("_publish", "_schedule"):
        assert save(client, article, button, publish_at="2099-01-01T00:00").status_code == 403
    for verb in ("unpublish", "unschedule"):
        assert client.post(change_url(article, verb)).status_code == 403
    article.refresh_from_db()
    assert article.live.title == "Live words"


def test_writer_cannot_move_a_live_page(writer):
    article = make_article(slug="here", is_medical=True)
    client = log_in(writer)
    client.post(change_url(article), payload(article, slug="there", is_medical="") | {"_save": "1"})
    assert article.revisions.get(number=2).slug == "there"
    article.refresh_from_db()
    assert article.slug == "here"
    assert article.is_medical


def test_reviewer_reads_and_signs_off_but_does_not_write(as_reviewer):
    article = make_article(body="<p>Checked words</p>")
    page = as_reviewer.get(change_url(article)).text
    assert 'name="title"' not in page
    assert change_url(article, "versions") in page
    assert "Checked words" in as_reviewer.get(change_url(article, "preview", 1)).text
    assert save(as_reviewer, article, title="Mine").status_code == 403
    assert as_reviewer.post(change_url(article, "unpublish")).status_code == 403
    assert as_reviewer.post(change_url(article, "versions", 1, "restore")).status_code == 403
    assert article.revisions.count() == 1


@pytest.mark.parametrize("group", ["Intake", "Intake leads", "Privacy officers"])
def test_others_see_nothing_of_it(group):
    client = log_in(make_staff(group))
    article = make_article()
    for rest in (
        ["change"], ["versions"], ["versions", "compare"], ["preview", 1], ["unpublish"],
        ["versions", 1, "restore"], ["versions", 1, "review"],
    ):  # fmt: skip
        assert client.get(change_url(article, *rest)).status_code == 403, rest
        assert client.post(change_url(article, *rest)).status_code in (403, 405), rest
