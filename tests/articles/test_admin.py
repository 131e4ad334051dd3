import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin import ArticleAdmin
from articles.models import Article, Topic
from tests.articles.test_markup import ATTACKS
from tests.factories import make_article, make_page, make_question, make_staff, make_topic

pytestmark = pytest.mark.django_db


def log_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor():
    return make_staff("Editors", username="erin")


@pytest.fixture
def as_editor(editor):
    return log_in(editor)


@pytest.fixture
def writer():
    """Someone who may write but not publish."""
    user = make_staff(username="wes")
    user.user_permissions.set(
        Permission.objects.filter(
            codename__in=("add_article", "change_article", "view_article", "view_topic")
        )
    )
    return user


@pytest.fixture
def as_reviewer():
    return log_in(make_staff("Medical reviewers", username="ruth", first_name="Ruth"))


def payload(article=None, **over):
    words = article.latest if article else None
    return {
        "title": words.title if words else "What helps?",
        "summary": words.summary if words else "Many things.",
        "body": words.body if words else "<p>Call us.</p>",
        "sources": "",
        "byline": "",
        "note": "",
        "base": words.number if words else "",
        "slug": article.slug if article else "what-helps",
        "topic": (article.topic if article else make_topic()).pk,
        "language": "en",
        "is_medical": "on",
        "next_review_on": "",
        "publish_at": "",
    } | over


def change_url(article, *rest):
    return "/".join([f"/admin/articles/article/{article.pk}", *map(str, rest or ["change"]), ""])


def save(client, article, button="_save", **over):
    return client.post(change_url(article), payload(article, **over) | {button: "1"}, follow=True)


def history(article):
    entries = LogEntry.objects.filter(object_id=str(article.pk)).order_by("pk")
    return [(entry.user.username, entry.get_change_message()) for entry in entries]


# Writing


def test_new_article_is_a_draft_with_one_revision(as_editor, editor, client):
    response = as_editor.post(
        "/admin/articles/article/add/", payload(note="first try") | {"_save": "1"}, follow=True
    )
    article = Article.objects.get()
    assert response.redirect_chain[-1][0] == change_url(article)
    revision = article.revisions.get()
    assert (revision.number, revision.author, revision.note) == (1, editor, "first try")
    assert not article.is_published
    assert client.get("/articles/what-helps/").status_code == 404
    assert history(article) == [("erin", "Saved version 1.")]
    assert LogEntry.objects.get().object_repr == "What helps?"


def test_new_article_form_opens_with_everything_to_fill_in(as_editor):
    page = as_editor.get("/admin/articles/article/add/").text
    for name in ("title", "slug", "summary", "body", "sources", "byline", "topic", "publish_at"):
        assert f'name="{name}"' in page, name
    assert "_unpublish" not in page


def test_saving_makes_exactly_one_revision_and_visitors_keep_the_old_words(as_editor, client):
    article = make_article(title="Old words")
    page = save(as_editor, article, title="New words").text
    assert "Saved as version 2" in page
    assert article.revisions.count() == 2
    assert "Old words" in client.get(article.get_absolute_url()).text
    assert history(article) == [("erin", "Saved version 2.")]


def test_unchanged_words_make_no_revision(as_editor):
    article = make_article(
        body="<h2>A</h2>\n<p>b</p>",
        sources=[{"title": "T", "publisher": "P", "url": "https://x.org"}],
    )
    save(as_editor, article, body="<h2>A</h2>\r\n<p>b</p>", sources="P: T | https://x.org")
    assert article.revisions.count() == 1
    assert history(article) == [("erin", "Saved without a change.")]


def test_change_of_the_address_alone_makes_no_revision_but_history(as_editor):
    article = make_article()
    save(as_editor, article, slug="moved")
    article.refresh_from_db()
    assert article.slug == "moved"
    assert article.revisions.count() == 1
    assert history(article) == [("erin", "Changed: Address.")]


def test_form_shows_the_newest_words_and_where_they_stand(as_editor):
    article = make_article(title="Live words")
    article.save_revision(
        title="Newest words",
        body="<p>Body</p>",
        sources=[
            {"title": "A: B", "publisher": "NIDA", "url": "https://nida.nih.gov/", "year": 2023}
        ],
    )
    page = as_editor.get(change_url(article)).text
    assert 'value="Newest words"' in page
    assert "NIDA: A: B (2023) | https://nida.nih.gov/" in page
    assert "newer draft" in page
    assert 'name="base" value="2"' in page


def test_sources_come_back_as_they_were_typed(as_editor):
    article = make_article()
    typed = "NIDA: Heroin: a report (2023) | https://nida.nih.gov/x\n\nCDC: About fentanyl"
    save(as_editor, article, sources=typed)
    assert article.revisions.get(number=2).sources == [
        {
            "title": "Heroin: a report",
            "publisher": "NIDA",
            "url": "https://nida.nih.gov/x",
            "year": 2023,
        },
        {"title": "About fentanyl", "publisher": "CDC", "url": ""},
    ]
    article = Article.objects.get()
    save(as_editor, article, sources=typed.replace("\n\n", "\n"))
    assert article.revisions.count() == 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("no publisher | https://x.org/", "Publisher: Title"),
        ("https://nida.nih.gov/", "Publisher: Title"),
        ("NIDA: | https://nida.nih.gov/", "Publisher: Title"),
        ("NIDA: Heroin | nida", "is not a web address"),
        ("NIDA: Heroin | javascript:alert(1)", "is not a web address"),
        ("NIDA: Heroin | https://x.org/ | y", "is not a web address"),
    ],
)
def test_source_that_makes_no_sense_is_explained_and_kept(as_editor, line, problem):
    article = make_article()
    page = save(as_editor, article, title="Kept title", sources=f"CDC: Fine\n{line}").text
    assert "Line 2" in page
    assert problem in page
    assert "Kept title" in page
    assert article.revisions.count() == 1


# Publishing


def test_publishing_shows_the_words_to_visitors(as_editor, client):
    article = make_article(live=False)
    page = save(as_editor, article, "_publish", title="Out now").text
    assert "visitors read version 2 now" in page
    assert "Out now" in client.get(article.get_absolute_url()).text
    assert history(article) == [("erin", "Saved version 2. Published version 2.")]


def test_new_article_can_be_published_at_once(as_editor, client):
    as_editor.post("/admin/articles/article/add/", payload() | {"_publish": "1"})
    assert client.get("/articles/what-helps/").status_code == 200


def test_scheduling_dates_the_words(as_editor, client):
    article = make_article(live=False)
    when = timezone.localtime() + timedelta(days=2)
    save(as_editor, article, "_schedule", publish_at=when.strftime("%Y-%m-%dT%H:%M"))
    article = Article.objects.get()
    assert abs(article.scheduled_for - when) < timedelta(minutes=1)
    assert article.scheduled == article.latest
    assert client.get(article.get_absolute_url()).status_code == 404
    assert "goes live on" in history(article)[0][1]


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


def test_published_article_cannot_be_deleted(as_editor):
    article = make_article()
    assert as_editor.post(change_url(article, "delete"), {"post": "yes"}).status_code == 403
    assert "Delete…" not in as_editor.get(change_url(article)).text
    article.unpublish()
    as_editor.post(change_url(article, "delete"), {"post": "yes"})
    assert not Article.objects.exists()
    assert LogEntry.objects.get().is_deletion()


def test_list_offers_no_bulk_delete(as_editor):
    article = make_article(live=False)
    as_editor.post(
        "/admin/articles/article/",
        {"action": "delete_selected", "_selected_action": article.pk, "post": "yes"},
    )
    assert Article.objects.exists()


# Who may


def test_writer_saves_drafts_and_publishes_nothing(writer):
    client = log_in(writer)
    article = make_article(title="Live words")
    page = client.get(change_url(article)).text
    assert 'name="_publish"' not in page
    assert 'name="_schedule"' not in page
    assert 'name="slug"' not in page
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
        ["versions", 1, "restore"], ["versions", 1, "sign-off"],
    ):  # fmt: skip
        assert client.get(change_url(article, *rest)).status_code == 403, rest
        assert client.post(change_url(article, *rest)).status_code in (403, 405), rest


# Versions


def test_versions_say_who_when_and_what(as_editor, editor):
    article = make_article()
    article.save_revision(by=editor, note="Better title", title="Second")
    page = as_editor.get(change_url(article, "versions")).text
    for text in ("erin", "Better title", "Second", "Live", "Newest"):
        assert text in page, text
    assert "Sign off" not in page


def test_versions_view_costs_the_same_however_many_there_are(as_editor, editor):
    article = make_article()
    counts = []
    # That somebody is at work is written down once a minute.
    as_editor.get("/admin/")
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            as_editor.get(change_url(article, "versions"))
        counts.append(len(queries))
        for n in range(6):
            article.save_revision(by=editor, title=f"Title {n}")
    assert counts[0] == counts[1]


def test_restoring_asks_first_and_copies_forward(as_editor):
    article = make_article(title="First")
    article.save_revision(title="Second")
    url = change_url(article, "versions", 1, "restore")
    assert "Restore version 1?" in as_editor.get(url).text
    assert article.revisions.count() == 2
    as_editor.post(url)
    assert article.revisions.get(number=3).title == "First"
    assert history(article) == [("erin", "Restored version 1 as version 3.")]
    assert as_editor.post(change_url(article, "versions", 99, "restore")).status_code == 404


def test_sign_off_names_the_reviewer_on_exactly_those_words(as_reviewer, client):
    article = make_article()
    url = change_url(article, "versions", 1, "sign-off")
    assert "Ruth" in as_reviewer.get(url).text
    as_reviewer.post(url, {"reviewer": "Ruth Roe, MD"})
    assert article.revisions.get().reviewer == "Ruth Roe, MD"
    assert "Reviewed by Ruth Roe, MD" in client.get(article.get_absolute_url()).text
    assert history(article) == [("ruth", "Signed off version 1 as Ruth Roe, MD.")]
    article.save_revision(title="Other words")
    article.publish()
    assert "Ruth Roe" not in client.get(article.get_absolute_url()).text


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "\0\x08"])
def test_sign_off_needs_a_name(as_reviewer, name):
    article = make_article()
    response = as_reviewer.post(change_url(article, "versions", 1, "sign-off"), {"reviewer": name})
    assert response.status_code == 200
    assert "errorlist" in response.text
    assert article.revisions.get().reviewed_at is None


def test_second_sign_off_is_refused_and_the_first_stands(as_reviewer):
    article = make_article()
    url = change_url(article, "versions", 1, "sign-off")
    as_reviewer.post(url, {"reviewer": "Ruth Roe, MD"})
    other = log_in(make_staff("Medical reviewers", username="otis"))
    for refused in (other.get(url, follow=True), other.post(url, {"reviewer": "O"}, follow=True)):
        assert refused.redirect_chain[-1][0] == change_url(article, "versions")
        assert "Ruth Roe, MD has already signed off version 1" in refused.text
        assert "Sign off…" not in refused.text
    assert article.revisions.get().reviewer == "Ruth Roe, MD"
    assert history(article) == [("ruth", "Signed off version 1 as Ruth Roe, MD.")]


def test_sign_off_in_the_same_moment_is_refused_too(as_reviewer, monkeypatch):
    article = make_article()
    opened = ArticleAdmin.get_revision

    def revision_then_someone_else(*args):
        found = opened(*args)
        article.live.sign_off(None, "Faster Name, MD")
        return found

    monkeypatch.setattr(ArticleAdmin, "get_revision", revision_then_someone_else)
    url = change_url(article, "versions", 1, "sign-off")
    page = as_reviewer.post(url, {"reviewer": "Ruth Roe, MD"}, follow=True).text
    assert "Faster Name, MD has already signed off" in page
    assert article.revisions.get().reviewer == "Faster Name, MD"


def test_editor_signs_off_nothing(as_editor):
    article = make_article()
    url = change_url(article, "versions", 1, "sign-off")
    assert as_editor.post(url, {"reviewer": "Erin"}).status_code == 403
    assert article.revisions.get().reviewed_at is None


def test_comparison_marks_old_and_new_words_and_escapes_them(as_editor):
    article = make_article(title="Same", body="<p>old word here</p><p>gone for good</p>")
    article.save_revision(title="Same", body="<p>new word here</p><p>a &lt;b&gt; c</p>")
    page = as_editor.get(change_url(article, "versions", "compare") + "?old=2&new=1").text
    assert "<del>old</del> <ins>new</ins> word here" in " ".join(page.split())
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert re.search(r"<p>\s*Same\s*</p>", page)


def test_comparison_shows_added_and_dropped_paragraphs_whole(as_editor):
    article = make_article(title="T", summary="", body="<p>one</p><p>two</p><p>three</p>")
    article.save_revision(title="T", body="<p>one</p><p>three</p><p>four</p><p>five</p>")
    page = as_editor.get(change_url(article, "versions", "compare") + "?old=1&new=2").text
    for mark in ("<del>two</del>", "<ins>four</ins>", "<ins>five</ins>"):
        assert mark in page


def test_comparison_of_huge_texts_stays_quick(as_editor):
    article = make_article(body=f"<p>{'a b c ' * 5000}</p>")
    article.save_revision(title="T", body=f"<p>{'c b a ' * 5000}</p>")
    assert (
        as_editor.get(change_url(article, "versions", "compare") + "?old=1&new=2").status_code
        == 200
    )


@pytest.mark.parametrize(
    "query", ["", "?old=1", "?old=1&new=x", "?old=1&new=9", f"?old=1&new={10**30}"]
)
def test_comparison_with_nonsense_is_not_found(as_editor, query):
    article = make_article()
    assert as_editor.get(change_url(article, "versions", "compare") + query).status_code == 404


@pytest.mark.parametrize("rest", ["versions/", "preview/1/", "unpublish/", "change/"])
@pytest.mark.parametrize("pk", [999, 10**30])
def test_unknown_article_is_refused_gently(as_editor, pk, rest):
    assert as_editor.get(f"/admin/articles/article/{pk}/{rest}").status_code in (302, 404)


# Two editors


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


def test_own_newer_version_is_no_conflict(as_editor):
    article = make_article()
    form = payload(article, title="One") | {"_save": "1"}
    as_editor.post(change_url(article), form)
    assert as_editor.post(change_url(article), form | {"title": "Two"}).status_code == 302
    assert article.revisions.count() == 3


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
    assert article.latest.title == "Newer draft"


# Bad input


@pytest.mark.parametrize("attack", ATTACKS)
def test_scripts_posted_past_the_editor_are_cleaned(as_editor, client, attack):
    article = make_article()
    save(as_editor, article, "_publish", body=f"<p>kept</p>{attack}", title=attack[:200])
    body = article.revisions.get(number=2).body.lower()
    assert "kept" in body
    assert not re.search(r"<script|<img|<svg|<iframe|<style|<[^>]*\son\w+=|javascript:[^<]*>", body)
    for page in (
        client.get(article.get_absolute_url()).text,
        as_editor.get(change_url(article)).text,
        as_editor.get("/admin/articles/article/").text,
        as_editor.get(change_url(article, "versions")).text,
        as_editor.get("/admin/").text,
    ):
        assert "alert(1)</script>" not in re.sub(
            r"<textarea.*?</textarea>|<script type=\"application.*?</script>",
            "",
            page,
            flags=re.DOTALL,
        )
        assert "<img src=x" not in page


@pytest.mark.parametrize("field", ["title", "summary", "body", "sources", "byline", "note", "slug"])
@pytest.mark.parametrize(
    "value", ["a\0b", "x" * 1_000_000, "\udc00".encode("utf-8", "surrogatepass")]
)
def test_bad_text_comes_back_with_everything_else_kept(as_editor, field, value):
    article = make_article()
    form = payload(article, title="Kept title", summary="Kept summary", note="Kept note")
    response = as_editor.post(change_url(article), form | {field: value, "_save": "1"})
    assert response.status_code in (200, 302)
    if response.status_code == 200:
        assert "errorlist" in response.text
        for name, text in (("title", "Kept title"), ("summary", "Kept summary")):
            assert name == field or text in response.text
        assert article.revisions.count() == 1


def test_characters_that_no_feed_can_hold_are_dropped(as_editor, client):
    article = make_article()
    odd = "\0\x08\x1f\x7f\ufffe\uffff"
    fields = dict.fromkeys(("title", "summary", "byline", "note"), f"A{odd}b")
    fields |= {"body": f"<p>A{odd}b&#8;</p>", "sources": f"P{odd}q: T{odd}u"}
    save(as_editor, article, "_publish", **fields)
    words = article.revisions.get(number=2)
    assert {words.title, words.summary, words.byline, words.note} == {"Ab"}
    assert words.body == "<p>Ab</p>"
    assert words.sources == [{"title": "Tu", "publisher": "Pq", "url": ""}]
    assert client.get("/feed/").status_code == 200
    page = save(as_editor, article, title=odd, summary="Kept").text
    assert "errorlist" in page
    assert "Kept" in page


def test_line_break_of_a_word_processor_keeps_words_apart(as_editor):
    article = make_article()
    save(as_editor, article, title="One\vtwo\fthree")
    assert article.revisions.get(number=2).title == "One two three"


def test_text_nested_too_deeply_comes_back_with_a_reason(as_editor):
    article = make_article()
    page = save(as_editor, article, title="Kept title", body="<ul><li>" * 20_000).text
    assert "more than 50 times" in page
    assert "Kept title" in page
    assert article.revisions.count() == 1


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_far_review_day_breaks_no_page(as_editor, day):
    article = make_article()
    save(as_editor, article, next_review_on=day)
    for path in (change_url(article), "/admin/articles/article/", "/admin/"):
        assert as_editor.get(path).status_code == 200


@pytest.mark.parametrize(
    "text", ["{{ 7|add:7 }} {% now 'Y' %}", "😀 مرحبا \u202e", "<b>&amp;</b>", "%s %(x)s {0}"]
)
def test_odd_text_is_kept_as_typed(as_editor, text):
    article = make_article()
    save(as_editor, article, title=text, summary=text, note=text, byline=text)
    revision = article.revisions.get(number=2)
    assert {revision.title, revision.summary, revision.note, revision.byline} == {text}


@pytest.mark.parametrize(
    "over",
    [
        {"title": ""}, {"title": "  "}, {"slug": "a b"}, {"topic": "999"}, {"topic": "x"},
        {"language": "xx"}, {"next_review_on": "soon"}, {"base": "x"},
    ],
)  # fmt: skip
def test_wrong_field_is_named_and_nothing_saved(as_editor, over):
    article = make_article()
    response = as_editor.post(change_url(article), payload(article, body="<p>Kept</p>") | over)
    assert response.status_code == 200
    assert "Kept" in response.text
    assert article.revisions.count() == 1


def test_address_that_is_taken_is_refused_in_plain_words(as_editor):
    make_article(slug="what-helps")
    page = as_editor.post("/admin/articles/article/add/", payload(title="Kept title")).text
    assert "already has this address" in page
    assert "Kept title" in page


def test_address_taken_in_the_same_moment_is_refused_the_same_way(as_editor, monkeypatch):
    tries = []

    def fail_once(self, *args, **kwargs):
        tries.append(1)
        if len(tries) == 1:
            raise IntegrityError
        return original(self, *args, **kwargs)

    original = ArticleAdmin.save_model
    monkeypatch.setattr(ArticleAdmin, "save_model", fail_once)
    response = as_editor.post("/admin/articles/article/add/", payload() | {"_save": "1"})
    assert response.status_code == 302
    assert Article.objects.count() == 1


def test_gentle_warnings_follow_a_save_and_never_block(as_editor):
    article = make_article()
    page = save(
        as_editor, article, body='<h3>x</h3><p>An addict. <a href="/nowhere/">x</a></p>'
    ).text
    for text in ("“addict”", "before any heading", "/nowhere/", "worth another look"):
        assert text in page, text
    assert article.revisions.count() == 2
    assert "worth another look" not in save(as_editor, article, body="<p>Fine.</p>").text


# Lists


def test_list_says_what_each_article_is(as_editor):
    make_article(title="Live one")
    newer = make_article(title="Was live")
    newer.save_revision(title="Has newer words")
    make_article(live=False, title="Only a draft")
    planned = make_article(live=False, title="Planned one")
    planned.schedule(timezone.now() + timedelta(days=1))
    page = as_editor.get("/admin/articles/article/").text
    for text in ("Live one", "Has newer words", "newer draft", "Only a draft", "goes live"):
        assert text in page, text
    found = {
        state: set(
            re.findall(
                r"Live one|Has newer words|Only a draft|Planned one",
                as_editor.get(f"/admin/articles/article/?state={state}").text,
            )
        )
        for state in ("waiting", "live", "scheduled", "never")
    }
    assert found == {
        "waiting": {"Has newer words", "Only a draft"},
        "live": {"Live one", "Has newer words"},
        "scheduled": {"Planned one"},
        "never": {"Only a draft"},
    }


def test_list_finds_what_to_review(as_editor):
    make_article(title="Overdue one", next_review_on=timezone.localdate() - timedelta(days=1))
    signed = make_article(title="Signed one")
    signed.live.sign_off(None, "Jane Doe, MD")
    overdue = as_editor.get("/admin/articles/article/?review=overdue").text
    assert "Overdue one" in overdue
    assert "Signed one" not in overdue
    waiting = as_editor.get("/admin/articles/article/?review=clinical").text
    assert "Overdue one" in waiting
    assert "Signed one" not in waiting


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("naloxone", True), ("NALOXONE nose", True), ("naloxone nowhere", False),
        ("summary-word", True), ("the-slug", True), ("replaced", False), ("%", False),
        ("", True), ("\0", True), ("'; DROP TABLE x; --", False),
    ],
)  # fmt: skip
def test_search_reads_title_summary_text_and_address_of_the_newest(as_editor, query, finds):
    article = make_article(title="Replaced title", slug="the-slug")
    article.save_revision(title="Naloxone", summary="summary-word", body="<p>In the nose</p>")
    page = as_editor.get("/admin/articles/article/", {"q": query}).text
    assert (change_url(article) in page) == finds


NONSENSE = [
    {"live": "9" * 30}, {"live__gt": "x"}, {"slug__regex": "("}, {"id": "9" * 30}, {"id__in": "x"},
    {"published_at__year": "99999999"}, {"updated_at__gte": "9999-12-31 23:59"},
    {"next_review_on": "x"}, {"live__title__contains": "x"}, {"revisions__number": "9" * 30},
    {"topic__id__exact": "9" * 30}, {"topic__id__exact": "x"}, {"topic__isnull": "x"},
    {"topic__slug": "x"}, {"state": "9" * 30}, {"review": "\0"}, {"nowhere": "1"}, {"slug": "\0"},
    {"order": "9" * 30}, {"order__gt": "9" * 30}, {"name": "\0"}, {"articles": "9" * 30},
    {"o": "9" * 30}, {"o": "-"}, {"o": "1." * 5000}, {"o": "x"}, {"o": "-1.-1.2.3"},
    {"p": "9" * 30}, {"p": "9" * 5000}, {"p": "-1"}, {"p": "x"}, {"all": "x", "p": "0"},
    {"q": "q" * 60_000}, {"q": "word " * 3000}, {"q": "\0"}, {"q": "\ud800"}, {"q": "'\"%_\\"},
    {"_to_field": "slug"}, {"_popup": "x", "_to_field": "x"}, {"_facets": "x"}, {"e": "1"},
]  # fmt: skip


@pytest.mark.parametrize("query", NONSENSE, ids=lambda query: str(query)[:40])
@pytest.mark.parametrize("path", ["articles/article", "articles/page", "articles/topic",
                                  "faq/question"])  # fmt: skip
def test_no_typed_address_breaks_a_list(as_editor, path, query):
    for _n in range(2):
        make_question(topic=make_article().topic)
    address = urlencode(query, errors="surrogatepass")
    response = as_editor.get(f"/admin/{path}/?{address}", follow=True)
    assert response.status_code in (200, 400)


def test_list_is_filtered_by_topic(as_editor):
    wanted, _other = make_article(title="Wanted one"), make_article(title="Other one")
    page = as_editor.get(f"/admin/articles/article/?topic__id__exact={wanted.topic.pk}").text
    assert "Wanted one" in page
    assert "Other one" not in page


def test_list_costs_the_same_however_long_it_is(as_editor):
    counts = []
    as_editor.get("/admin/")
    for _ in range(2):
        make_article()
        with CaptureQueriesContext(connection) as queries:
            as_editor.get("/admin/articles/article/")
        counts.append(len(queries))
        for _n in range(5):
            make_article().save_revision(title="Newer")
    assert counts[0] == counts[1]


def test_list_reads_no_whole_texts(as_editor):
    make_article()
    with CaptureQueriesContext(connection) as queries:
        as_editor.get("/admin/articles/article/")
    assert not any('"rendered"' in query["sql"] for query in queries)


# Plain pages and topics


def test_plain_page_is_written_like_an_article_without_a_clinical_review(as_editor, client):
    page = make_page(title="Privacy")
    url = f"/admin/articles/page/{page.pk}/change/"
    form = {"title": "Our promise", "body": "<p>New</p>", "base": 1, "_publish": "1"}
    as_editor.post(url, form)
    assert "Our promise" in client.get("/privacy/").text
    assert "Our promise" in as_editor.get(f"/admin/articles/page/{page.pk}/preview/2/").text
    assert as_editor.get(f"/admin/articles/page/{page.pk}/versions/1/sign-off/").status_code == 404


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
