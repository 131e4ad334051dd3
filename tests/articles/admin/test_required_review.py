"""Medical content reaches visitors only once a clinician approved exactly these words."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.models import Article
from articles.publishing.review_events import Verdict
from recovery_site import starter_texts
from recovery_site.apps import check_reviewers
from recovery_site.staff.scheduled_changes import carry_out_due
from tests.articles.admin.forms import change_url, history, payload, save
from tests.factories import make_article, make_page, make_question, make_staff, sign_off

pytestmark = pytest.mark.django_db
NAME = "Jane Doe, MD"
REFUSED = "No clinician has approved exactly these words."


@pytest.fixture(autouse=True)
def _required(settings):
    settings.REVIEW_REQUIRED = True


@pytest.fixture
def draft():
    return make_article(live=False)


def test_a_site_on_which_nobody_can_approve_is_told(settings):
    def warned():
        return [each.id for each in check_reviewers(databases=["default"])]

    assert warned() == []
    make_staff("Editors")
    assert warned() == ["recovery_site.W004"]
    reviewer = make_staff("Medical reviewers")
    assert warned() == []
    reviewer.is_active = False
    reviewer.save()
    assert warned() == ["recovery_site.W004"]
    settings.REVIEW_REQUIRED = False
    assert warned() == []


@pytest.mark.parametrize("make", [make_article, make_question])
def test_each_way_to_publish_refuses_what_no_clinician_approved(make):
    page, later = make(live=False), timezone.now() + timedelta(days=1)
    for publish in (page.publish, lambda: page.schedule(later)):
        with pytest.raises(ValidationError, match=REFUSED):
            publish()
    sign_off(page.newest_revision, None, NAME)
    page.schedule(later)
    page.publish()
    approved = page.live
    page.save_revision(title="One word more", body="<p>x</p>")
    with pytest.raises(ValidationError, match=REFUSED):
        page.publish()
    # Approved words come back without a question; taking down never asks.
    page.publish(page.restore(approved))
    page.unpublish()
    page.publish()
    assert page.is_published


def test_what_is_not_medical_is_published_as_it_is():
    make_page(slug="prices")
    assert make_article(is_medical=False).is_published


def test_unticking_medical_content_is_no_way_around(draft):
    sign_off(draft.newest_revision, None, NAME)
    draft.publish()
    words = {name: getattr(draft.live, name) for name in draft.live.CONTENT_FIELDS}
    for content in (words, words | {"title": "Other words"}):
        unmarked = draft.save_revision(place={"is_medical": False}, **content)
        with pytest.raises(ValidationError):
            draft.publish(unmarked)
    draft.unpublish()
    with pytest.raises(ValidationError):
        draft.publish(unmarked)
    sign_off(unmarked, None, NAME)
    draft.publish(unmarked)


def test_an_approval_that_ran_out_is_none(draft):
    today = timezone.localdate()
    ends = today + timedelta(days=10)
    sign_off(draft.newest_revision, None, NAME)
    draft.newest_revision.reviews.update(next_review_on=ends)
    with pytest.raises(ValidationError, match="holds until"):
        draft.schedule(timezone.now() + timedelta(days=12))
    draft.schedule(timezone.now() + timedelta(days=9))
    draft.newest_revision.reviews.update(next_review_on=today - timedelta(days=1))
    with pytest.raises(ValidationError, match="holds until"):
        draft.publish()


def test_the_form_says_beforehand_why_and_where_to_ask(as_editor, draft):
    page = as_editor.get(change_url(draft)).text
    assert REFUSED in page
    assert page.count(change_url(draft, "versions", 1, "ask")) == 2
    for button in ('name="_publish"', 'name="_schedule"'):
        assert button not in page
    forced = save(as_editor, draft, "_publish", title="Forced").text
    assert REFUSED in forced
    assert "Forced" in forced
    assert draft.revisions.count() == 1
    sign_off(draft.newest_revision, None, NAME)
    assert 'name="_publish"' in as_editor.get(change_url(draft)).text
    # With other words than the approved the button is there, and refuses.
    assert REFUSED in save(as_editor, draft, "_publish", body="<p>9 mg</p>").text
    when = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert REFUSED in save(as_editor, draft, "_schedule", body="<p>9 mg</p>", publish_at=when).text
    save(as_editor, draft, "_publish")
    assert Article.objects.get().is_published


def test_other_words_take_no_place_in_a_schedule(as_editor, draft):
    sign_off(draft.newest_revision, None, NAME)
    draft.schedule(timezone.now() + timedelta(days=1))
    refused = save(as_editor, draft, body="<p>9 mg</p>", planned="replace").text
    assert REFUSED in refused
    draft.refresh_from_db()
    assert draft.scheduled.number == 1


def test_a_withdrawn_approval_keeps_a_scheduled_version_off_and_is_told(as_editor, editor, draft):
    sign_off(draft.newest_revision, None, NAME)
    draft.schedule(timezone.now() + timedelta(days=1), by=editor)
    draft.newest_revision.review(Verdict.WITHDRAWN, None, NAME, remark="A dose is wrong.")
    Article.objects.update(scheduled_for=timezone.now() - timedelta(seconds=1))
    assert carry_out_due() == 0
    draft.refresh_from_db()
    assert not draft.is_published
    assert draft.scheduled is None
    why = "no clinician’s review of its words stood"
    assert history(draft) == [("erin", f"Version 1 did not go live: {why}.")]
    [item] = [
        each
        for each in as_editor.get("/admin/").context["dashboard_items"]
        if "did not go live" in each.text
    ]
    assert item.is_urgent
    assert "row-" in as_editor.get(item.url).text
    assert why in as_editor.get(change_url(draft)).text
    sign_off(draft.newest_revision, None, NAME)
    draft.publish()
    assert not Article.objects.not_gone_live().exists()


def test_starter_content_goes_without_and_says_so(as_editor):
    starter_texts.load()
    starter = Article.objects.first()
    page = as_editor.get(change_url(starter)).text
    assert "starter content, not reviewed by a clinician" in page
    assert 'name="_publish"' in page
    starter.unpublish()
    starter.publish()
    starter.save_revision(title="Words of ours", body="<p>x</p>")
    with pytest.raises(ValidationError, match=REFUSED):
        starter.publish()
    assert starter_texts.update().left == [starter]


def test_a_page_without_a_form_speaks_of_none(as_editor, draft):
    said = "So the words in this form can’t be published yet."
    assert said in as_editor.get(change_url(draft)).text
    draft.put_into_bin()
    page = as_editor.get(change_url(draft)).text
    assert said not in page
    assert REFUSED in page


@pytest.mark.parametrize("button", ["_publish", "_schedule"])
def test_a_new_page_is_told_too_what_it_lacks(as_editor, button):
    when = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    data = payload(publish_at=when) | {button: "1"}
    response = as_editor.post("/admin/articles/article/add/", data)
    assert response.status_code == 200
    assert REFUSED in response.text
    assert not Article.objects.exists()
