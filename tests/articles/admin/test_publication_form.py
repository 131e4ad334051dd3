import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError

from articles.admin import ArticleAdmin
from articles.models import Article
from tests.articles.admin.forms import change_url, history, payload, save
from tests.articles.text.test_markup import ATTACKS
from tests.factories import make_article, make_many

pytestmark = pytest.mark.django_db


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


def test_a_page_without_words_is_saved_but_not_published(as_editor, client):
    article = make_article(live=False, body="", summary="")
    empty = {"body": "<p></p>", "summary": ""}
    assert "nothing to read yet" in save(as_editor, article, "_publish", **empty).text
    assert client.get(article.get_absolute_url()).status_code == 404
    assert "nothing to read yet" not in save(as_editor, article, **empty).text


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


def test_change_of_the_address_alone_is_a_version_too(as_editor):
    article = make_article(slug="here")
    save(as_editor, article, slug="moved")
    article.refresh_from_db()
    assert [(each.number, each.slug) for each in article.revisions.all()] == [
        (2, "moved"), (1, "here"),
    ]  # fmt: skip
    assert article.slug == "here"
    assert history(article) == [("erin", "Saved version 2. Changed: Address.")]


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


RECENT_ON_THE_FIRST_PAGE = 8
NOT_RUN = re.compile(
    r"<textarea.*?</textarea>|<script type=\"application.*?</script>", flags=re.DOTALL
)


def assert_runs_nothing(page, attack):
    assert "alert(1)</script>" not in NOT_RUN.sub("", page), attack
    assert "<img src=x" not in page, attack


def test_scripts_posted_past_the_editor_are_cleaned(as_editor, client):
    articles = make_many(make_article, len(ATTACKS))
    for number, (article, attack) in enumerate(zip(articles, ATTACKS, strict=True), 1):
        words = {"body": f"<p>kept</p>{attack}", "title": attack[:200]}
        saved = save(as_editor, article, "_publish", **words)
        if "<img" in attack.lower():
            assert "A picture in the text is not one of ours." in saved.text, attack
            assert article.revisions.count() == 1
            assert_runs_nothing(saved.text, attack)
            continue
        assert saved.redirect_chain[-1][0] == change_url(article)
        body = article.revisions.get(number=2).body.lower()
        assert "kept" in body
        assert not re.search(
            r"<script|<img|<svg|<iframe|<style|<[^>]*\son\w+=|javascript:[^<]*>", body
        )
        assert_runs_nothing(saved.text, attack)
        assert_runs_nothing(client.get(article.get_absolute_url()).text, attack)
        assert_runs_nothing(as_editor.get(change_url(article, "versions")).text, attack)
        if number % RECENT_ON_THE_FIRST_PAGE == 0 or number == len(ATTACKS):
            assert_runs_nothing(as_editor.get("/admin/").text, attack)
    everything = as_editor.get("/admin/articles/article/").text
    shown = set(re.findall(r"/admin/articles/article/\d+/change/", everything))
    assert len(shown) == len(ATTACKS)
    assert_runs_nothing(everything, "the list")


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
    page = save(as_editor, article, "_publish", base=2, title=odd, summary="Kept").text
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
        {"slug": "a b"}, {"topic": "999"}, {"topic": "x"},
        {"language": "xx"}, {"next_review_on": "soon"}, {"base": "x"},
    ],
)  # fmt: skip
def test_wrong_field_is_named_and_nothing_saved(as_editor, over):
    article = make_article()
    response = as_editor.post(change_url(article), payload(article, body="<p>Kept</p>") | over)
    assert response.status_code == 200
    assert "Kept" in response.text
    assert "This form holds the words of version" not in response.text
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


def test_each_error_is_a_link_to_its_field(as_editor):
    page = save(as_editor, make_article(), "_publish", title="", slug="").text
    links = page.partition('class="error-links"')[2].partition("</ul>")[0]
    assert '<a href="#id_title">Title: It needs a title.</a>' in links
    assert '<a href="#id_slug">' in links
    assert links.count("<li>") == 2


def test_gentle_warnings_follow_a_save_and_never_block(as_editor):
    article = make_article()
    page = save(
        as_editor, article, body='<h3>x</h3><p>An addict. <a href="/nowhere/">x</a></p>'
    ).text
    for text in ("“addict”", "no heading 2 stands above it", "/nowhere/", "worth another look"):
        assert text in page, text
    assert article.revisions.count() == 2
    assert "worth another look" not in save(as_editor, article, body="<p>Fine.</p>").text
