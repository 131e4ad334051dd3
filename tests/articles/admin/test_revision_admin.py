import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.articles.admin.forms import change_url, history
from tests.factories import make_article, make_page, make_staff, sign_off

pytestmark = pytest.mark.django_db


def test_versions_say_who_when_and_what(as_editor, editor):
    article = make_article()
    article.save_revision(by=editor, note="Better title", title="Second")
    page = as_editor.get(change_url(article, "versions")).text
    for text in ("erin", "Better title", "Second", "Live", "Newest"):
        assert text in page, text
    assert "Review…" not in page


def test_a_review_can_be_asked_for_of_each_version_that_has_none(as_editor, client):
    article, page = make_article(), make_page()
    article.save_revision(title="A fix")
    article.save_revision(title="Unfinished words of a colleague")
    sign_off(article.live, make_staff("Medical reviewers", username="mira"), "Jane Doe, MD")
    versions = as_editor.get(change_url(article, "versions")).text
    asks = [change_url(article, "versions", number, "ask") in versions for number in (1, 2, 3)]
    assert asks == [False, True, True]
    address = f"/admin/articles/page/{page.pk}/versions/"
    assert "Ask for a review…" not in as_editor.get(address).text
    client.force_login(make_staff("Medical reviewers", username="rhea"))
    assert "Ask for a review…" not in client.get(change_url(article, "versions")).text


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


def test_preview_stands_in_frames_of_our_own_pages_alone(as_editor):
    article = make_article()
    preview = as_editor.get(change_url(article, "preview", 1))
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self';" in f"{preview['Content-Security-Policy']};"
    assert "frame-src 'none'" in preview["Content-Security-Policy"]
    widths = as_editor.get(change_url(article, "preview", 1, "widths"))
    assert widths.text.count(f'src="{change_url(article, "preview", 1)}"') == 2
    assert widths["X-Frame-Options"] == "DENY"
    assert "frame-src 'self';" in f"{widths['Content-Security-Policy']};"
    assert "frame-ancestors 'none'" in widths["Content-Security-Policy"]
    assert "'nonce-" in widths["Content-Security-Policy"]
    assert as_editor.get(change_url(article, "preview", 9, "widths")).status_code == 404


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


def test_comparison_marks_old_and_new_words_and_escapes_them(as_editor):
    article = make_article(title="Same", body="<p>old word here</p><p>gone for good</p>")
    article.save_revision(title="Same", body="<p>new word here</p><p>a &lt;b&gt; c</p>")
    page = as_editor.get(change_url(article, "versions", "compare") + "?old=2&new=1").text
    assert "<del>old</del> <ins>new</ins> word here" in " ".join(page.split())
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<p> Same</p>" in page


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
