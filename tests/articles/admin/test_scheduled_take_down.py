"""A page leaves the site by itself: planned, shown, called off, carried out and written down."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.admin.take_down import LeadOnForm
from articles.models import Article, OldAddress
from recovery_site.staff.scheduled_changes import carry_out_due
from tests.articles.admin.forms import change_url, history, log_in, save
from tests.factories import make_article, make_page, make_question, make_staff

pytestmark = pytest.mark.django_db
CALENDAR = "/admin/scheduled/"


def typed(hours):
    return f"{timezone.localtime() + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


def plan(client, article, hours=3, lead_to=""):
    url = change_url(article, "unpublish")
    return client.post(url, {"leave_at": typed(hours), "lead_to": lead_to}, follow=True)


def let_time_pass(article):
    """As if what is planned had been planned for a moment ago, in the same order."""
    article.refresh_from_db()
    shift = timedelta(days=7)
    for name in ("take_down_at", "scheduled_for"):
        if when := getattr(article, name):
            type(article).objects.filter(pk=article.pk).update(**{name: when - shift})


def test_a_page_leaves_at_its_time_and_the_history_says_who_and_when(as_editor, client):
    article, other = make_article(title="Leaves"), make_question()
    path, target = article.get_absolute_url(), other.get_absolute_url()
    told = plan(as_editor, article, lead_to=target).text
    assert "leaves the site " in told
    assert f"its address then leads to {target}" in told
    assert "On " in save(as_editor, article, title="Leaves, newer").text
    assert carry_out_due() == 0
    assert client.get(path).status_code == 200
    listed = as_editor.get(CALENDAR).text
    assert "leaves the site" in listed
    assert "scheduled by erin" in listed
    assert change_url(article) in listed
    let_time_pass(article)
    assert carry_out_due() == 1
    assert carry_out_due() == 0
    assert client.get(path)["Location"] == target
    assert "Nothing is scheduled" in as_editor.get(CALENDAR).text
    texts = [text for who, text in history(article) if who == "erin"]
    assert texts[0].startswith("On ")
    assert " the page leaves the site by itself." in texts[0]
    assert texts[-1] == "Taken off the site as scheduled."
    article.refresh_from_db()
    assert article.take_down_at is None
    article.publish()
    assert not OldAddress.objects.exists()


def test_it_can_be_called_off_and_done_at_once_instead(as_editor):
    article = make_article()
    plan(as_editor, article)
    assert "it would leave by itself." in as_editor.get(change_url(article, "stay")).text
    as_editor.post(change_url(article, "stay"))
    article.refresh_from_db()
    assert article.take_down_at is None
    plan(as_editor, article)
    as_editor.post(change_url(article, "unpublish"), {"leave_at": "", "lead_to": ""})
    article.refresh_from_db()
    assert (article.live, article.take_down_at) == (None, None)
    assert carry_out_due() == 0


@pytest.mark.parametrize(("live", "leaves", "ends_live"), [(3, 5, False), (5, 3, True)])
def test_what_was_planned_for_an_earlier_moment_is_done_first(as_editor, live, leaves, ends_live):
    article = make_article()
    article.save_revision(title="Second")
    article.schedule(timezone.now() + timedelta(hours=live))
    plan(as_editor, article, leaves)
    days = as_editor.get(CALENDAR).text
    assert (days.index("goes live") < days.index("leaves the site")) == (live < leaves)
    let_time_pass(article)
    assert carry_out_due() == 2
    article.refresh_from_db()
    assert article.is_published is ends_live


def test_what_is_due_later_outlives_the_take_down():
    article = make_article()
    article.save_revision(title="Second")
    article.schedule(timezone.now() + timedelta(days=1))
    article.schedule_take_down(timezone.now() - timedelta(minutes=1))
    assert carry_out_due() == 1
    article.refresh_from_db()
    assert article.live is None
    assert article.scheduled.title == "Second"


def test_a_page_that_is_not_on_the_site_then_cannot_leave_it(as_editor):
    draft = make_article(live=False)
    later = timezone.now() + timedelta(hours=1)
    with pytest.raises(ValidationError, match="not on the site"):
        draft.schedule_take_down(later)
    draft.schedule(later)
    with pytest.raises(ValidationError, match="at the same time"):
        draft.schedule_take_down(later)
    at_once = as_editor.post(change_url(draft, "unpublish"), {"leave_at": "", "lead_to": ""})
    assert "not on the site yet" in at_once.text
    assert "This time has passed" in plan(as_editor, draft, -1).text
    plan(as_editor, draft, 5)
    draft.refresh_from_db()
    assert draft.take_down_at
    # Without the version that goes live there is nothing to take down.
    draft.unschedule()
    assert Article.objects.get().take_down_at is None


def test_times_are_those_of_the_site_across_clock_changes(settings, monkeypatch):
    settings.TIME_ZONE = "America/Denver"
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 9, 1, tzinfo=UTC))
    article = make_article()

    def read(text):
        form = LeadOnForm({"leave_at": text, "lead_to": ""}, publication=article)
        return form.cleaned_data["leave_at"] if form.is_valid() else str(form.errors)

    # Before and after the night of 1 November 2026.
    assert read("2026-10-31T18:00") == datetime(2026, 11, 1, 0, tzinfo=UTC)
    assert read("2026-11-01T18:00") == datetime(2026, 11, 2, 1, tzinfo=UTC)
    for text in ("2026-11-01T01:30", "2027-03-14T02:30"):
        assert "comes twice or not at all" in read(text)


def test_only_those_who_may_publish_plan_and_those_who_see_pages_read_the_calendar(writer):
    article = make_article()
    wes, ruth = log_in(writer), log_in(make_staff("Medical reviewers"))
    for client in (wes, ruth):
        assert plan(client, article).status_code == 403
        assert client.get(change_url(article, "stay")).status_code == 403
        assert client.get(CALENDAR).status_code == 200
    assert log_in(make_staff("Intake")).get(CALENDAR).status_code == 403
    make_page(slug="prices").schedule_take_down(timezone.now() + timedelta(days=1))
    # Wes may look at articles alone.
    assert "plain page" not in wes.get(CALENDAR).text.lower()
    assert "Nothing is scheduled" in wes.get(CALENDAR).text
