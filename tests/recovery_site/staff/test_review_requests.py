"""An editor asks a named clinician for a review, who finds it, answers, and is heard of."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import ArticleReviewRequest
from articles.publishing.review_events import Verdict
from articles.publishing.review_requests import ask
from recovery_site.staff import review_mails
from tests.articles.admin.forms import change_url, history, log_in
from tests.factories import make_article, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db
REMARK = "Is 4 mg right?"


@pytest.fixture
def erin():
    return make_staff("Editors", username="erin", email="erin@example.org")


@pytest.fixture
def ruth():
    over = {"first_name": "Ruth", "last_name": "Roe", "email": "ruth@example.org"}
    return make_staff("Medical reviewers", username="ruth", **over)


def waiting(account):
    """What the first page of the account says of reviews, with where it leads."""
    items = log_in(account).get("/admin/").context["dashboard_items"]
    return [(item.text, item.url) for item in items if "“" in item.text]


def test_a_draft_is_asked_for_reviewed_and_answered(erin, ruth, settings):
    settings.MAIL_URL = "smtp://mail.example.org"
    article = make_article(live=False, title="Naloxone")
    url = change_url(article, "versions", 1, "ask")
    editor, reviewer = log_in(erin), log_in(ruth)
    assert url in editor.get(change_url(article)).text
    assert "Ruth Roe" in editor.get(url).text
    day = timezone.localdate() + timedelta(days=3)
    editor.post(url, {"reviewer": ruth.pk, "due_on": day, "remark": REMARK})
    assert history(article) == [("erin", "Asked Ruth Roe to review version 1.")]
    [(text, screen)] = waiting(ruth)
    assert text.startswith("Review “Naloxone”, version 1, by ")
    assert REMARK in reviewer.get(screen).text
    form = {"reviewer": "Ruth Roe, MD", "verdict": "returned", "remark": "It is 8 mg."}
    reviewer.post(screen, form)
    assert waiting(ruth) == []
    [(text, answer)] = waiting(erin)
    assert text == "“Naloxone” was returned by Ruth Roe, MD: It is 8 mg."
    assert review_mails.send_due() == 1
    assert "It is 8 mg." in editor.get(answer).text
    # Once read it waits no more, and nothing is mailed twice.
    assert waiting(erin) == []
    assert review_mails.send_due() == 0


def test_the_answer_to_one_leads_to_the_next_that_was_asked_for(erin, ruth):
    asked = [make_article(live=False), make_question(live=False), make_article(live=False)]
    for each in asked:
        ask(each.newest_revision, erin, ruth)
    reviewer = log_in(ruth)
    screen, answers = waiting(ruth)[0][1], 0
    page = reviewer.get(screen)
    assert page.context["not_now_url"] == "/admin/"
    while "/review/" in screen and answers < 9:
        answers += 1
        form = {"reviewer": "Ruth Roe, MD", "verdict": "approved", "remark": ""}
        screen = reviewer.get(reviewer.post(screen, form)["Location"])["Location"]
    assert (answers, screen) == (3, "/admin/")
    assert "waits any more" in reviewer.get(screen).text


def test_mails_name_the_page_and_nothing_else(erin, ruth, settings):
    settings.MAIL_URL = "smtp://mail.example.org"
    question = make_question(live=False, title="Does it hurt?")
    ask(question.newest_revision, erin, ruth, remark=REMARK)
    assert review_mails.send_due() == 1
    question.newest_revision.review(Verdict.RETURNED, ruth, "Ruth Roe, MD", remark="No.")
    assert review_mails.send_due() == 1
    told = [(message.to, message.subject, message.body.split()) for message in mail.outbox]
    base = f"{settings.SITE_URL}/admin/faq/question/{question.pk}/versions/1"
    assert told == [
        (["ruth@example.org"], "A page waits for your review",
         ["Does", "it", "hurt?", f"{base}/review/"]),
        (["erin@example.org"], "The review that you asked for",
         ["Does", "it", "hurt?", f"{base}/ask/"]),
    ]  # fmt: skip


def test_a_mail_that_fails_is_tried_again_and_one_without_address_never(
    erin, ruth, settings, monkeypatch
):
    settings.MAIL_URL = "smtp://mail.example.org"
    ask(make_article().live, erin, ruth)
    ask(make_article().live, erin, make_staff("Medical reviewers"))
    with monkeypatch.context() as patch:
        patch.setattr(review_mails, "deliver", lambda message: "ConnectionRefusedError")
        assert review_mails.send_due() == 0
    assert review_mails.send_due() == 1
    assert [message.to for message in mail.outbox] == [["ruth@example.org"]]
    settings.MAIL_URL = ""
    ask(make_article().live, erin, ruth)
    assert review_mails.send_due() == 0


def test_two_machines_send_each_mail_once(erin, ruth, settings, monkeypatch):
    settings.MAIL_URL = "smtp://mail.example.org"
    ask(make_article().live, erin, ruth)
    deliver, sent_by_the_other = review_mails.deliver, []

    def deliver_while_another_process_looks(message):
        monkeypatch.setattr(review_mails, "deliver", deliver)
        sent_by_the_other.append(review_mails.send_due())
        return deliver(message)

    monkeypatch.setattr(review_mails, "deliver", deliver_while_another_process_looks)
    assert review_mails.send_due() == 1
    assert sent_by_the_other == [0]
    assert len(mail.outbox) == 1


def test_the_queue_holds_exactly_what_waits(erin, ruth):
    other = make_staff("Medical reviewers")
    article, gone, answered, handed_on = (make_article(title=title) for title in "ABCD")
    ask(article.live, erin, ruth)
    # A later version takes the place of the earlier.
    newer = article.save_revision(title="A, newer", summary="Words.")
    ask(newer, erin, ruth)
    ask(gone.live, erin, ruth)
    gone.unpublish()
    gone.put_into_bin()
    ask(answered.live, erin, ruth)
    sign_off(answered.live, other, "Somebody Else, MD")
    ask(handed_on.live, erin, other)
    assert [text for text, _ in waiting(ruth)] == ["Review “A, newer”, version 2"]
    # What is answered on the same words is answered, whichever version was asked about.
    words = {name: getattr(newer, name) for name in newer.CONTENT_FIELDS}
    moved = article.save_revision(place={"slug": "moved"}, **words)
    sign_off(moved, ruth, "Ruth Roe, MD")
    assert waiting(ruth) == []


def test_what_cannot_be_asked_is_refused_with_a_reason(erin, ruth):
    both = make_staff("Editors", "Medical reviewers")
    article = make_article()
    mine = article.save_revision(by=both, title="Mine", summary="Words.")
    editor, url = log_in(erin), change_url(article, "versions", 2, "ask")
    past = timezone.localdate() - timedelta(days=1)
    for form, reason in (
        ({"reviewer": both.pk}, "They wrote some of these words"),
        ({"reviewer": erin.pk}, "errorlist"),
        ({"reviewer": make_staff("Medical reviewers", is_active=False).pk}, "errorlist"),
        ({"reviewer": ruth.pk, "due_on": past}, "This day has passed"),
        ({"reviewer": ruth.pk, "remark": "x" * 2001}, "errorlist"),
    ):
        assert reason in editor.post(url, form).text
    sign_off(mine, ruth, "Ruth Roe, MD")
    assert "stands already" in editor.post(url, {"reviewer": ruth.pk}).text
    assert not ArticleReviewRequest.objects.exists()
    for group in ("Medical reviewers", "Intake", "Intake leads", "Privacy officers"):
        assert log_in(make_staff(group)).post(url, {"reviewer": ruth.pk}).status_code == 403


def test_the_first_page_costs_the_same_however_much_waits(erin, ruth):
    client, counts = log_in(ruth), []
    client.get("/admin/")
    for number in (1, 6):
        for _ in range(number):
            ask(make_article().live, erin, ruth, due_on=timezone.localdate())
        with CaptureQueriesContext(connection) as queries:
            client.get("/admin/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
