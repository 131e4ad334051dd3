"""A review is a dated event on exactly the words that a clinician read."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, ArticleReview
from articles.publishing.review_events import Verdict
from faq.models import Question, QuestionReview
from tests.factories import make_article, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db
NAME, OTHER = "Made-up Reviewer, MD", "Other Name, PA"
WORDS = {"title": "Other words", "body": "<p>Read these.</p>"}


def shown(client, page):
    """The line about the review, and what machines are told of it."""
    text = client.get(page.get_absolute_url()).text
    line = re.search(r'<p class="review.*?</p>', text, re.DOTALL)[0]
    machine = re.search(r'"lastReviewed": ?"([^"]*)"', text)
    return " ".join(re.sub(r"<[^>]+>", "", line).split()), machine and machine[1]


@pytest.mark.parametrize("make", [make_article, make_question])
def test_visitors_read_of_the_review_that_stands_and_of_no_other(client, make):
    page = make()
    assert "Awaiting clinical review" in shown(client, page)[0]
    sign_off(page.live, None, NAME)
    assert f"Reviewed by {NAME}" in shown(client, page)[0]
    page.live.review(Verdict.CHECKED_AGAIN, None, OTHER)
    assert f"Reviewed by {OTHER}" in shown(client, page)[0]
    page.live.review(Verdict.WITHDRAWN, None, NAME, remark="A dose is wrong.")
    assert shown(client, page) == (shown(client, make())[0], None)
    page.live.review(Verdict.RETURNED, None, NAME, remark="Still wrong.")
    sign_off(page.live, None, NAME)
    assert f"Reviewed by {NAME}" in shown(client, page)[0]
    verdicts = [review.verdict for review in page.live.reviews_of_words()]
    assert verdicts == ["approved", "returned", "withdrawn", "checked_again", "approved"]


@pytest.mark.parametrize("make", [make_article, make_question])
def test_other_words_lose_the_review_and_the_same_words_have_it_again(client, make):
    page = make()
    signed = page.live
    sign_off(signed, None, NAME)
    page.publish(page.save_revision(**WORDS))
    assert "Awaiting" in shown(client, page)[0]
    restored = page.restore(signed)
    assert "Awaiting" in shown(client, page)[0]
    page.publish(restored)
    assert NAME in shown(client, page)[0]
    # In another place the words are the same.
    words = {name: getattr(signed, name) for name in signed.CONTENT_FIELDS}
    page.publish(page.save_revision(place={"slug": "moved"}, **words))
    assert NAME in shown(client, page)[0]
    # What is withdrawn of one is withdrawn of all.
    signed.review(Verdict.WITHDRAWN, None, NAME, remark="Wrong.")
    assert "Awaiting" in shown(client, page)[0]


def test_a_draft_is_reviewed_before_visitors_read_it(client):
    article = make_article()
    draft = article.save_revision(**WORDS)
    sign_off(draft, None, NAME)
    assert "Awaiting" in shown(client, article)[0]
    assert Article.objects.awaiting_review().get() == article
    article.publish()
    assert NAME in shown(client, article)[0]
    assert not Article.objects.awaiting_review().exists()


def test_page_and_machines_name_the_day_on_the_centres_clock(client, settings):
    article = make_article()
    late = datetime(2026, 11, 29, 23, 30, tzinfo=ZoneInfo(settings.TIME_ZONE))
    assert late.astimezone(UTC).day == 30
    review = sign_off(article.live, None, NAME)
    ArticleReview.objects.filter(pk=review.pk).update(at=late)
    line, day = shown(client, article)
    assert "Nov. 29, 2026" in line
    assert day == "2026-11-29"


@pytest.mark.parametrize("make", [make_article, make_question])
def test_a_review_past_its_day_is_no_longer_shown_as_one(client, make, monkeypatch):
    page = make()
    sign_off(page.live, None, NAME)
    page.refresh_from_db()
    assert page.next_review_on == timezone.localdate() + timedelta(days=365)
    on_the_day = datetime.combine(
        page.next_review_on, datetime.min.time(), timezone.localtime().tzinfo
    )
    for after, words in ((0, f"Reviewed by {NAME}"), (1, "Being checked again")):
        moment = on_the_day + timedelta(days=after, hours=12)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        line, day = shown(client, page)
        assert words in line
        assert (NAME in line) == (day is not None) == (not after)
    assert "Next review" not in client.get(page.get_absolute_url()).text
    page.live.review(Verdict.CHECKED_AGAIN, None, NAME)
    assert f"Reviewed by {NAME}" in shown(client, page)[0]


def test_the_review_of_an_article_covers_no_answer_within_it(client):
    article = make_article()
    answers = [make_question(article=article, title=f"Question {n}?") for n in range(3)]
    mark = "the review of this page does not cover this answer"
    # Where nothing is reviewed, one line at the top says so.
    assert mark not in client.get(article.get_absolute_url()).text
    sign_off(article.live, None, NAME)
    for answer in answers[:2]:
        sign_off(answer.live, None, NAME)
    Question.objects.filter(pk=answers[1].pk).update(next_review_on=date(2020, 1, 2))
    text = client.get(article.get_absolute_url()).text
    parts = re.findall(r'<details class="question">.*?</details>', text, re.DOTALL)
    assert [mark in part for part in parts] == [False, True, True]


def test_the_day_that_staff_set_outlives_publishing_again():
    article = make_article()
    sign_off(article.live, None, NAME)
    Article.objects.update(next_review_on=date(2031, 5, 6))
    article.publish()
    assert Article.objects.get().next_review_on == date(2031, 5, 6)


def test_nobody_signs_off_their_own_words():
    author, colleague = make_staff(), make_staff()
    article = make_article()
    mine = article.save_revision(by=author, **WORDS)
    with pytest.raises(ValidationError, match="own words"):
        sign_off(mine, author, NAME)
    # Nor under a comma of a colleague, nor by bringing them back.
    touched = article.save_revision(by=colleague, **WORDS | {"summary": "A comma."})
    article.save_revision(by=colleague, title="Between")
    for revision in (touched, article.restore(mine, by=colleague)):
        with pytest.raises(ValidationError, match="own words"):
            sign_off(revision, author, NAME)
    sign_off(touched, make_staff(), OTHER)
    # What was written before the last review counts no more.
    sign_off(article.save_revision(by=colleague, title="Newest"), author, NAME)
    with pytest.raises(ValidationError, match="own words"):
        touched.review(Verdict.CHECKED_AGAIN, author, NAME)
    assert touched.review(Verdict.WITHDRAWN, author, NAME, remark="I was wrong.")


@pytest.mark.parametrize(
    ("before", "verdict", "remark"),
    [
        ([], Verdict.CHECKED_AGAIN, ""),
        ([], Verdict.WITHDRAWN, "Why not."),
        ([], Verdict.RETURNED, " \n "),
        ([Verdict.APPROVED], Verdict.APPROVED, ""),
        ([Verdict.APPROVED], Verdict.RETURNED, "No."),
        ([Verdict.APPROVED], Verdict.WITHDRAWN, ""),
    ],
)
def test_what_makes_no_sense_now_is_refused(before, verdict, remark):
    revision = make_article().live
    for each in before:
        revision.review(each, None, NAME)
    with pytest.raises(ValidationError):
        revision.review(verdict, None, OTHER, remark=remark)
    assert revision.reviews.count() == len(before)


def test_reviews_neither_change_nor_go():
    for page, model in ((make_article(), ArticleReview), (make_question(), QuestionReview)):
        review = sign_off(page.live, make_staff(), NAME)
        review.reviewer = OTHER
        with pytest.raises(ValidationError):
            review.save()
        with pytest.raises(ValidationError):
            review.delete()
        page.unpublish()
        with pytest.raises(ValidationError):
            page.delete()
        with pytest.raises(ProtectedError):
            type(page).objects.filter(pk=page.pk).delete()
        assert model.objects.get().reviewer == NAME
        review.by.delete()
        assert model.objects.get().reviewer == NAME
    assert Question.objects.exists()


def test_a_reviewed_article_costs_visitors_no_more_queries(client):
    article = make_article()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(article.get_absolute_url())
        counts.append(len(queries))
        sign_off(article.live, None, NAME) if not article.is_reviewed else None
    assert counts == [3, 3]
