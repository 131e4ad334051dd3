"""The checklist for clear communication, and its score with a review."""

import pytest
from django.test import Client

from articles.models import ArticleReview
from articles.publishing.checklist import CHECKLIST_SOURCE, ClearPoint, score_of
from articles.publishing.review_events import Verdict
from tests.articles.admin.forms import change_url, history, log_in
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
NAME = "Ruth Roe, MD"
REVIEW = ("versions", 1, "review")


def form(**over):
    return {"reviewer": NAME, "remark": "", "next_review_on": "", "verdict": "approved"} | over


@pytest.fixture
def reviewer():
    return make_staff("Medical reviewers", username="ruth")


def test_the_score_is_kept_with_the_review_and_shown_with_who_and_when(reviewer):
    article = make_article()
    client = log_in(reviewer)
    page = client.get(change_url(article, *REVIEW)).text
    assert CHECKLIST_SOURCE in page
    assert page.count('class="checklist__point"') == len(ClearPoint)
    said = form(
        **{"clear-one_message": "yes", "clear-lists": "yes", "clear-numbers": "no", "clear-x": "no"}
    )
    client.post(change_url(article, *REVIEW), said)
    review = ArticleReview.objects.get()
    assert review.checklist == {"one_message": True, "lists": True, "numbers": False}
    told = "2 of 3 points of clear communication"
    assert history(article) == [
        ("ruth", f"Signed off version 1 as {NAME}. {told}."),
    ]
    assert told in " ".join(client.get(change_url(article, "versions")).text.split())
    again = client.get(change_url(article, *REVIEW)).text
    assert told in again
    assert f"Not met: {ClearPoint.NUMBERS.label}" in " ".join(again.split())
    # Answers of then are not given again unasked.
    assert 'value="yes" id="id_clear-lists_0" checked' not in again


def test_no_answer_on_the_list_stops_a_review_and_none_given_leaves_no_score(reviewer):
    nothing, all_unmet = make_article(), make_article()
    client = log_in(reviewer)
    client.post(change_url(nothing, *REVIEW), form())
    client.post(
        change_url(all_unmet, *REVIEW), form(**{f"clear-{each.value}": "no" for each in ClearPoint})
    )
    assert [str(row.score) for row in ArticleReview.objects.order_by("pk")] == [
        "None", f"0 of {len(ClearPoint)} points of clear communication",
    ]  # fmt: skip
    assert [done for _, done in history(nothing)] == [f"Signed off version 1 as {NAME}."]
    wrong = form(**{"clear-lists": "yes", "clear-numbers": "perhaps"})
    refused = client.post(change_url(make_article(), *REVIEW), wrong)
    assert '<details class="checklist" open>' in refused.text
    assert 'value="yes" id="id_clear-lists_0" checked' in refused.text


def test_only_answers_to_known_points_are_stored_and_counted(reviewer):
    article = make_article()
    given = {"lists": True, "another": True, "numbers": "yes", "risks": False}
    review = article.live.review(Verdict.APPROVED, reviewer, NAME, checklist=given)
    assert review.checklist == {"lists": True, "risks": False}
    assert [score_of(odd) for odd in ({}, [], None, {"gone": True})] == [None] * 4


def test_an_author_sees_the_points_before_asking_and_visitors_see_nothing_of_them(reviewer):
    article = make_article()
    editor = log_in(make_staff("Editors"))
    asking = editor.get(change_url(article, "versions", 1, "ask")).text
    assert all(str(point.label) in asking for point in ClearPoint)
    article.live.review(Verdict.APPROVED, reviewer, NAME, checklist={"lists": False})
    public = Client().get(article.get_absolute_url()).text
    assert NAME in public
    assert "clear communication" not in public.lower()
