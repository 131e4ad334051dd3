"""The screen on which somebody vouches that only spelling changed."""

import pytest

from tests.articles.admin.forms import change_url, history, log_in
from tests.factories import make_article, make_page, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db
NAME = "Ruth Roe, MD"
BUTTON = "let the review stay"


@pytest.fixture
def article():
    article = make_article(body="<p>Wich symtoms?</p>")
    sign_off(article.live, None, NAME)
    return article


def typo_url(article, number=2):
    return change_url(article, "versions", number, "typo")


def save(article, body, by=None):
    live = article.live
    return article.save_revision(by=by, title=live.title, summary=live.summary, body=body)


def text(response):
    return " ".join(response.text.split())


def test_a_lead_editor_reads_what_it_does_and_does_it(client, article):
    save(article, "<p>Wich symptoms?</p>", by=make_staff())
    lee = log_in(make_staff("Editors", "Lead editors", first_name="Lee", last_name="Made-up"))
    assert typo_url(article) in text(lee.get(change_url(article, "versions")))
    assert "It looks as if only spelling changed" in text(
        lee.get(change_url(article, "versions", 2, "ask"))
    )
    page = text(lee.get(typo_url(article)))
    for shown in (
        f"{NAME} reviewed version 1 on", "visitors read the same name and the same day",
        "It is no new review, it puts off no review, and it publishes nothing.",
        "<del>symtoms</del> <ins>symptoms</ins>", BUTTON,
    ):  # fmt: skip
        assert shown in page
    listed = text(lee.post(typo_url(article), follow=True))
    assert "Lee Made-up: passed as a typo only" in listed
    assert typo_url(article) not in listed
    assert (
        "only spelling changed since version 1, so the review by Ruth Roe, MD"
        in (history(article)[-1][1])
    )
    assert "(version 1; only spelling changed since)" in text(lee.get(change_url(article)))
    article.refresh_from_db()
    article.publish()
    assert f"Reviewed by {NAME}" in client.get(article.get_absolute_url()).text


def test_what_says_something_else_has_no_button_and_is_refused(as_reviewer, article):
    save(article, "<p>No symptoms?</p>", by=make_staff())
    for page in (as_reviewer.get(typo_url(article)), as_reviewer.post(typo_url(article))):
        assert "“No” may say something else than “Wich”." in text(page)
        assert BUTTON not in page.text
    assert article.revisions.get(number=2).standing_review() is None


def test_it_needs_its_own_right_and_other_words_than_ones_own(as_editor, article):
    lee = make_staff("Editors", "Lead editors")
    save(article, "<p>Which symptoms?</p>", by=lee)
    assert as_editor.get(typo_url(article)).status_code == 403
    assert as_editor.post(typo_url(article)).status_code == 403
    assert typo_url(article) not in as_editor.get(change_url(article, "versions")).text
    for page in (log_in(lee).get(typo_url(article)), log_in(lee).post(typo_url(article))):
        assert "somebody else must say" in page.text
        assert BUTTON not in page.text
    for group in ("Intake", "Intake leads", "Privacy officers"):
        assert log_in(make_staff(group)).post(typo_url(article)).status_code == 403
    assert article.revisions.get(number=2).standing_review() is None


def test_questions_have_it_and_plain_pages_do_not(as_reviewer, article):
    question = make_question(body="<p>Wich symtoms?</p>")
    url = f"/admin/faq/question/{question.pk}/versions/1/typo/"
    page = text(as_reviewer.get(url))
    assert "No review of earlier words of this page stands" in page
    assert BUTTON not in page
    root = make_staff(is_superuser=True)
    url = f"/admin/articles/page/{make_page().pk}/versions/1/typo/"
    assert log_in(root).get(url).status_code == 404


def test_the_review_screen_tells_what_the_clinician_read(as_reviewer, article):
    draft = save(article, "<p>Which symptoms?</p>", by=make_staff())
    as_reviewer.post(typo_url(article))
    assert draft.standing_review().reviewer == NAME
    page = text(as_reviewer.get(change_url(article, "versions", 2, "review")))
    assert "That was version 1; since then only spelling changed" in page
    forged = {"reviewer": NAME, "verdict": "typo_only"}
    answer = as_reviewer.post(change_url(article, "versions", 2, "review"), forged)
    assert "errorlist" in answer.text
