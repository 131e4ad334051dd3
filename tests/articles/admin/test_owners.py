"""Every page has somebody who looks after it, and a day on which it is checked again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article
from articles.publishing.review_events import Verdict
from recovery_site.staff import review_mails
from tests.articles.admin.forms import change_url, payload, save
from tests.factories import make_article, make_page, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db
NAME = "Jane Doe, MD"
LIST = "/admin/articles/article/"


def days(number):
    return timezone.localdate() + timedelta(days=number)


def test_who_makes_a_page_owns_it_and_can_hand_it_over(as_editor, editor):
    as_editor.post("/admin/articles/article/add/", payload())
    article = Article.objects.get()
    assert article.owner == editor
    colleague = make_staff("Editors", first_name="Cora", last_name="Colt")
    make_staff("Intake", first_name="Ivo")
    form = as_editor.get(change_url(article)).text
    assert "Cora Colt" in form
    assert "Ivo" not in form
    told = save(as_editor, article, owner=colleague.pk, deputy=editor.pk).text
    assert "Changed on the live page" not in told
    article.refresh_from_db()
    assert (article.owner, article.deputy) == (colleague, editor)


def test_a_page_whose_owner_left_is_shown_as_nobodys(as_editor, editor):
    owner = make_staff("Editors")
    owned, mine = make_article(owner=owner), make_article(owner=editor)
    nobodys = make_article()
    make_article(live=False)
    assert set(Article.objects.unowned()) == {nobodys}
    owner.is_active = False
    owner.save()
    assert set(Article.objects.unowned()) == {nobodys, owned}
    items = {each.text: each for each in as_editor.get("/admin/").context["dashboard_items"]}
    item = items["articles on the site that nobody owns"]
    assert item.number == 2
    listed = as_editor.get(item.url).text
    assert f"row-{owned.pk}" in listed
    assert f"row-{mine.pk}" not in listed
    assert f"row-{mine.pk}" in as_editor.get(f"{LIST}?owner=mine").text


def test_owner_and_deputy_are_mailed_once_and_told_nothing_but_the_page(settings):
    settings.MAIL_URL = "smtp://mail.example.org"
    owner = make_staff("Editors", email="owner@example.org")
    deputy = make_staff("Editors", email="deputy@example.org")
    gone = make_staff("Editors", email="gone@example.org", is_active=False)
    due = make_article(title="Due", owner=owner, deputy=deputy, next_review_on=days(-1))
    make_question(title="Also due?", owner=gone, deputy=deputy, next_review_on=days(-1))
    make_article(owner=owner, next_review_on=days(0))
    make_article(owner=owner, live=False, next_review_on=days(-1))
    make_page(next_review_on=days(-1))
    assert review_mails.send_due() == 2
    assert review_mails.send_due() == 0
    first, second = mail.outbox
    assert first.to == ["owner@example.org", "deputy@example.org"]
    assert first.body.split() == ["Due", f"{settings.SITE_URL}{change_url(due)}"]
    assert second.to == ["deputy@example.org"]
    # A later day that passes is told anew.
    Article.objects.filter(pk=due.pk).update(next_review_on=days(-2))
    assert review_mails.send_due() == 1


def test_a_mail_to_an_owner_that_fails_is_tried_again(settings, monkeypatch):
    settings.MAIL_URL = "smtp://mail.example.org"
    make_article(owner=make_staff(email="o@example.org"), next_review_on=days(-1))
    with monkeypatch.context() as patch:
        patch.setattr(review_mails, "deliver", lambda message: "ConnectionRefusedError")
        assert review_mails.send_due() == 0
    assert review_mails.send_due() == 1


def test_no_review_holds_for_more_than_two_years(as_editor, as_reviewer):
    article = make_article()
    far = "2090-01-01"
    url = change_url(article, "versions", 1, "review")
    answer = {"reviewer": NAME, "verdict": "approved", "next_review_on": far}
    assert "more than two years ahead" in as_reviewer.post(url, answer).text
    assert "more than two years ahead" in save(as_editor, article, next_review_on=far).text
    with pytest.raises(ValidationError, match="two years"):
        article.live.review(Verdict.APPROVED, None, NAME, next_review_on=days(740))
    assert not article.is_reviewed
    sign_off(article.live, None, NAME)
    article.refresh_from_db()
    assert article.next_review_on == days(365)


def test_staff_bring_a_review_forward_and_never_stretch_it(as_editor):
    article = make_article()
    sign_off(article.live, None, NAME)
    assert "Only a review can renew it" in save(as_editor, article, next_review_on=days(400)).text
    save(as_editor, article, next_review_on=days(30))
    article.refresh_from_db()
    assert article.next_review_on == days(30)


def test_what_no_clinician_reviews_is_checked_again_after_a_year():
    for page in (make_article(is_medical=False), make_page(slug="prices")):
        page.refresh_from_db()
        assert page.next_review_on == days(365)
    waiting = make_article()
    waiting.refresh_from_db()
    assert waiting.next_review_on is None
    page.next_review_on = days(10)
    page.save()
    page.publish(page.save_revision(title="Newer"))
    page.refresh_from_db()
    assert page.next_review_on == days(10)
