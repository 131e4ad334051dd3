"""A site that has the starter texts of an earlier release."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article, Page, Topic
from faq.models import Question
from recovery_site import starter_texts
from tests.factories import make_staff, sign_off

pytestmark = pytest.mark.django_db
NEW = "what-is-in-street-drugs"


@pytest.fixture
def earlier_site(settings):
    """As the earlier release left it: other words, and nothing of the later edition."""
    entries, read = starter_texts.starter_entries, starter_texts.read_toml

    def earlier_words(entry):
        return entry | {"summary": "As it was.", "body": "<p>Earlier words.</p>"}

    def earlier(name):
        return {
            key: [each for each in value if not isinstance(each, dict) or "since" not in each]
            for key, value in read(name).items()
            if isinstance(value, list)
        }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter_texts, "read_toml", earlier)
        found = [(model, earlier_words(e)) for model, e in all_entries(entries, read)]
        patch.setattr(starter_texts, "starter_entries", lambda: found)
        patch.setattr(starter_texts, "add_drafts", list)
        starter_texts.load()


def all_entries(entries, read):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starter_texts, "read_toml", read)
        return [(model, entry) for model, entry in entries() if "since" not in entry]


def update(*options):
    out = io.StringIO()
    call_command("update_starter_content", *options, stdout=out)
    return out.getvalue()


def test_words_that_nobody_changed_are_renewed_and_new_texts_added(earlier_site):
    old = Article.objects.get(slug="heroin-withdrawal-and-detox")
    assert not Topic.objects.filter(slug="cost-work-and-rights").exists()
    told = update()
    old.refresh_from_db()
    assert "medetomidine" in old.live.plain_text
    assert old.revisions.count() == 2
    assert Article.objects.published().filter(slug=NEW).exists()
    assert Article.objects.get(slug=NEW).related.count() == 3
    question = Question.objects.published().get(slug="what-does-treatment-cost")
    assert question.topic.slug == "cost-work-and-rights"
    assert question.article.slug == "paying-for-treatment"
    assert "heroin-withdrawal-and-detox  /admin/articles/article/" in told
    assert Page.objects.get(slug="privacy").revisions.count() == 2
    assert not Page.objects.get(slug="good-faith-estimate").is_published
    # Once is enough.
    assert "Added: 0" in update()
    assert Article.objects.get(slug=old.slug).revisions.count() == 2


def test_what_staff_did_stays_and_is_listed(earlier_site):
    edited, drafted, signed, taken_off, deleted = Question.objects.order_by("pk")[:5]
    edited.publish(edited.save_revision(by=make_staff("Editors"), title="Ours", body="<p>x</p>"))
    drafted.save_revision(by=make_staff("Editors"), title="Draft", body="<p>y</p>")
    sign_off(signed.live, by=None, reviewer="Made Up, MD")
    taken_off.unpublish()
    deleted.unpublish()
    deleted.delete()
    scheduled = Article.objects.get(slug="life-after-treatment")
    scheduled.schedule(timezone.now() + timezone.timedelta(days=1))
    told = update().partition("Left as")[2]
    for kept in (edited, drafted, signed, taken_off):
        before = kept.live_id
        kept.refresh_from_db()
        assert kept.live_id == before
        assert kept.slug in told
    assert scheduled.slug in told
    assert not Question.objects.filter(slug=deleted.slug).exists()


def test_dry_run_changes_nothing(earlier_site):
    told = update("--dry-run")
    assert NEW in told
    assert not Article.objects.filter(slug=NEW).exists()
    assert Article.objects.get(slug="heroin-withdrawal-and-detox").revisions.count() == 1


def test_new_site_needs_no_update():
    call_command("load_starter_content")
    assert "Added: 0" in (told := update())
    assert "changed the old ones: 0" in told
