"""A clinician without an account reads one version by a link, and answers once."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import ArticleReviewRequest
from articles.publishing.outside_reviews import invite
from contact.models import Brake
from recovery_site.staff import review_mails
from tests.articles.admin.forms import change_url, history, log_in
from tests.factories import make_article, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db
WHO = {"name": "Jane Doe", "credentials": "MD"}
ENDED = "This link to a review does not work"


@pytest.fixture
def erin():
    return make_staff("Editors", username="erin", email="erin@example.org")


@pytest.fixture
def article():
    return make_article(live=False, title="Naloxone", body="<p>Give 4 mg.</p>")


def link(publication, by=None, days=14):
    _request, key = invite(publication.newest_revision, by, **WHO, days=days)
    return f"/review/{key}/"


def test_an_editor_makes_a_link_and_hears_of_the_answer(erin, article, client, settings):
    settings.MAIL_URL = "smtp://mail.example.org"
    editor, screen = log_in(erin), change_url(article, "versions", 1, "ask")
    sent = {f"outside-{name}": value for name, value in WHO.items()}
    sent |= {"do": "invite", "outside-days": 7, "outside-remark": "Is 4 mg right?"}
    shown = editor.post(screen, sent, follow=True).text
    address = re.search(rf"{settings.SITE_URL}(/review/[\w-]+/)", shown)[1]
    assert address not in editor.get(screen).text
    assert "Jane Doe, MD was asked" in editor.get(screen).text
    assert address.split("/")[2] not in str(ArticleReviewRequest.objects.values_list())
    page = client.get(address).text
    for words in ("Jane Doe, MD", "Is 4 mg right?", "Naloxone"):
        assert words in page
    assert "Give 4 mg." in client.get(f"{address}page/").text
    refused = client.post(address, {"verdict": "returned", "remark": ""}).text
    assert "Say why" in refused
    assert "Thank you" in client.post(address, {"verdict": "approved", "remark": "Good."}).text
    review = article.newest_revision.standing_review()
    assert (review.reviewer, review.by, review.remark) == ("Jane Doe, MD", None, "Good.")
    assert ENDED in client.post(address, {"verdict": "returned", "remark": "No."}).text
    items = [item.text for item in editor.get("/admin/").context["dashboard_items"]]
    assert "“Naloxone” was approved by Jane Doe, MD: Good." in items
    assert review_mails.send_due() == 1
    assert history(article) == [
        ("erin", "Made a link by which Jane Doe, MD can review version 1."),
        ("erin", "By the link that was made for Jane Doe, MD: version 1 approved."),
    ]


def test_nothing_of_the_link_is_kept_or_passed_on(article, client):
    address = link(article)
    for path in (address, f"{address}page/"):
        answered = client.get(path)
        assert answered["Referrer-Policy"] == "no-referrer"
        assert answered["X-Robots-Tag"] == "noindex"
        assert "no-store" in answered["Cache-Control"]
        assert not answered.cookies


def take_back(page, asked):
    editor = log_in(make_staff("Editors"))
    address, form = change_url(page, "versions", 1, "ask"), {"do": "revoke", "link": asked.pk}
    assert editor.post(address, form | {"link": "x"}).status_code == 302
    told = editor.post(address, form, follow=True)
    assert "Took back the link for Jane Doe, MD." in told.text


def run_out(page, asked):
    asked.expires_at = timezone.now() - timedelta(seconds=1)
    asked.save()


@pytest.mark.parametrize(
    "end",
    [
        take_back,
        run_out,
        lambda page, asked: page.save_revision(title="Other words"),
        lambda page, asked: page.unpublish(),
        lambda page, asked: sign_off(asked.revision, None, "Somebody Else, MD"),
    ],
    ids=["taken back", "ran out", "other words", "unpublished", "answered by another"],
)
def test_a_link_that_ended_opens_nothing(client, end):
    page = make_article(title="Live")
    address = link(page)
    assert client.get(address).status_code == 200
    end(page, ArticleReviewRequest.objects.get())
    for path in (address, f"{address}page/"):
        answered = client.get(path)
        assert answered.status_code == 404
        assert ENDED in answered.text
    assert client.post(address, {"verdict": "approved", "remark": ""}).status_code == 404


def test_a_page_in_the_bin_is_out_of_reach_and_the_same_words_elsewhere_are_not(client, article):
    question = make_question(live=False)
    address = link(question)
    question.put_into_bin()
    assert client.get(address).status_code == 404
    address = link(article)
    words = article.newest_revision
    content = {name: getattr(words, name) for name in words.CONTENT_FIELDS}
    article.save_revision(place={"slug": "moved"}, **content)
    assert client.get(address).status_code == 200


def test_whoever_made_the_link_is_told_that_it_ran_out(erin, article):
    link(article, by=erin)
    run_out(article, ArticleReviewRequest.objects.get())
    editor = log_in(erin)
    [item] = [
        item for item in editor.get("/admin/").context["dashboard_items"] if "ended" in item.text
    ]
    assert item.text == "“Naloxone”: the link for Jane Doe, MD ended without an answer"
    editor.get(item.url)
    assert "ended without" not in editor.get("/admin/").text


def test_guessing_is_slowed_down_and_a_link_that_works_costs_nothing(client, article):
    address = link(article)
    for _ in range(30):
        assert client.get(address).status_code == 200
    assert not Brake.objects.filter(failures__gt=0).exists()
    answers = [client.get(f"/review/guess-{number}/").status_code for number in range(22)]
    assert answers[:20] == [404] * 20
    assert answers[-1] == 429


def test_who_may_not_change_a_page_makes_no_link(article):
    for group in ("Medical reviewers", "Intake", "Privacy officers"):
        screen = change_url(article, "versions", 1, "ask")
        assert log_in(make_staff(group)).post(screen, {"do": "invite"}).status_code == 403
    assert not ArticleReviewRequest.objects.exists()


def test_a_process_without_keys_answers_no_link(article, client, settings):
    """It counts tries under keyed hashes, and writes what visitors may not."""
    address = link(article)
    settings.ROLE = "public"
    assert client.get(address).status_code == 404
    assert ENDED not in client.get(address).text
