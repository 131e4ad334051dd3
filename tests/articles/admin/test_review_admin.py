"""The screen on which a medical reviewer reads, approves, returns, checks again and withdraws."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.admin import ArticleAdmin
from articles.models import Article, ArticleReview
from tests.articles.admin.forms import change_url, history, log_in
from tests.factories import make_article, make_page, make_staff, sign_off

pytestmark = pytest.mark.django_db
NAME = "Ruth Roe, MD"


def review_url(article, number=1):
    return change_url(article, "versions", number, "review")


def say(client, article, verdict, number=1, **over):
    form = {"reviewer": NAME, "remark": "", "next_review_on": "", "verdict": verdict}
    return client.post(review_url(article, number), form | over, follow=True)


def test_a_reviewer_gives_each_verdict_by_its_button(as_reviewer, client):
    article = make_article()
    page = as_reviewer.get(review_url(article)).text
    assert "Ruth" in page
    assert change_url(article, "preview", 1) in page
    for offered in ("I have checked these words", "Return with this remark"):
        assert offered in page
    say(as_reviewer, article, "returned", remark="The dose is 4 mg.")
    say(as_reviewer, article, "approved", next_review_on=timezone.localdate() + timedelta(days=99))
    assert f"Reviewed by {NAME}" in client.get(article.get_absolute_url()).text
    page = as_reviewer.get(review_url(article)).text
    assert "The dose is 4 mg." in page
    assert 'value="Ruth Roe, MD"' in page
    for offered in ("Checked, still correct", "Withdraw the review"):
        assert offered in page
    assert "I have checked these words" not in page
    say(as_reviewer, article, "checked_again")
    listed = say(as_reviewer, article, "withdrawn", remark="A new study.").text
    for shown in ("withdrawn", "checked again", "returned", "approved"):
        assert f"{shown}, " in listed
    assert "Awaiting clinical review" in client.get(article.get_absolute_url()).text
    assert [done for _, done in history(article)] == [
        "Returned version 1 with a remark.",
        "Signed off version 1 as Ruth Roe, MD.",
        "Checked version 1 again as Ruth Roe, MD: still correct.",
        "Withdrew the review of version 1.",
    ]


def test_the_screen_shows_what_changed_since_the_last_signed_version(as_reviewer):
    article = make_article(body="<p>Take 4 mg.</p>")
    assert "read all of it" in as_reviewer.get(review_url(article)).text
    say(as_reviewer, article, "approved")
    article.save_revision(title="Between", body="<p>Take 400 mg.</p>")
    article.save_revision(
        title=article.live.title, summary=article.live.summary, body="<p>Take 40 mg.</p>"
    )
    page = " ".join(as_reviewer.get(review_url(article, 3)).text.split())
    assert "What changed since version 1, which was signed off" in page
    assert "<del>4</del> <ins>40</ins>" in page


@pytest.mark.parametrize(
    "over",
    [
        *({"reviewer": name} for name in ("", "   ", "x" * 201, "\0\x08")),
        {"verdict": ""}, {"verdict": "withdrawn", "remark": "x"}, {"verdict": "returned"},
        {"next_review_on": "2020-01-01"}, {"next_review_on": "soon"}, {"remark": "x" * 2001},
    ],
)  # fmt: skip
def test_what_cannot_be_said_comes_back_with_a_reason(as_reviewer, over):
    article = make_article()
    page = say(as_reviewer, article, **{"verdict": "approved"} | over)
    assert page.status_code == 200
    assert "errorlist" in page.text
    assert not ArticleReview.objects.exists()


def test_the_first_of_two_at_the_same_moment_stands(as_reviewer, monkeypatch):
    article = make_article()
    opened = ArticleAdmin.get_revision

    def revision_then_someone_else(*args):
        found = opened(*args)
        if not ArticleReview.objects.exists():
            sign_off(article.live, None, "Faster Name, MD")
        return found

    monkeypatch.setattr(ArticleAdmin, "get_revision", revision_then_someone_else)
    page = say(as_reviewer, article, "approved").text
    assert "Faster Name, MD has already signed off" in page
    assert ArticleReview.objects.get().reviewer == "Faster Name, MD"


def test_a_page_leads_its_reviewer_to_the_review_of_its_newest_words(as_reviewer, as_editor):
    article = make_article()
    url = review_url(article)
    assert f'<a href="{url}">Review…</a>' in as_reviewer.get(change_url(article)).text
    assert url not in as_editor.get(change_url(article)).text


def test_editors_and_authors_sign_off_nothing(as_editor):
    both = make_staff("Editors", "Medical reviewers")
    article = make_article()
    article.save_revision(by=both, title="Mine")
    assert say(as_editor, article, "approved").status_code == 403
    assert as_editor.get(review_url(article)).status_code == 403
    page = say(log_in(both), article, "approved", number=2).text
    assert "own words" in page
    assert not ArticleReview.objects.exists()


def test_nobody_deletes_for_good_what_a_clinician_reviewed(as_editor):
    article = make_article()
    sign_off(article.live, None, NAME)
    article.unpublish()
    root = make_staff()
    root.is_superuser = True
    root.save()
    for staff in (as_editor, log_in(root)):
        # The first of them puts it into the bin.
        staff.post(change_url(article, "delete"), {"post": "yes"})
        assert staff.post(change_url(article, "delete"), {"post": "yes"}).status_code == 403
    assert Article.objects.get().binned_at


def test_plain_pages_have_no_clinical_review():
    superuser = make_staff()
    superuser.is_superuser = True
    superuser.save()
    url = f"/admin/articles/page/{make_page().pk}/versions/1/review/"
    assert log_in(superuser).get(url).status_code == 404
    assert log_in(superuser).get("/admin/").status_code == 200
