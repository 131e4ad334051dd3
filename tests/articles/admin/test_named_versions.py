"""What is live, what is scheduled and what is drafted are told apart, and every step says so."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from recovery_site.staff.scheduled_changes import carry_out_due
from tests.articles.admin.forms import change_url, history, log_in, payload, save
from tests.factories import make_article

pytestmark = pytest.mark.django_db
SOON = timedelta(hours=3)


@pytest.fixture
def scheduled(editor):
    """Version 1 is live, version 2 is scheduled."""
    article = make_article(title="Live words", body="<p>Call 1.</p>")
    article.save_revision(title="Planned words", body="<p>Call 2.</p>")
    article.schedule(timezone.now() + SOON, by=editor)
    return article


def test_live_scheduled_and_draft_stand_apart(as_editor, scheduled):
    scheduled.save_revision(title="Drafted words")
    page = as_editor.get(change_url(scheduled)).text
    states = page[page.index('class="publication-state"') : page.index("publication-words")]
    places = [states.index(f"Version {number}, saved") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert states.index("Live<") < places[0] < states.index("goes live ") < places[1]
    assert places[1] < states.index("newer draft<") < places[2]
    assert "This form holds the words of version 3." in page


@pytest.mark.parametrize("button", ["_save", "_preview", "_publish"])
def test_saving_other_words_than_the_scheduled_asks_what_goes_live(as_editor, scheduled, button):
    page = save(as_editor, scheduled, button, body="<p>Call 3.</p>").text
    assert "Version 2 is scheduled to go live on" in page
    assert "Call 3." in page
    scheduled.refresh_from_db()
    assert scheduled.revisions.count() == 2
    assert scheduled.live.number == 1


@pytest.mark.parametrize(
    ("button", "planned", "live", "goes_live"),
    [
        ("_save", "keep", 1, 2),
        ("_save", "replace", 1, 3),
        ("_save", "call_off", 1, None),
        ("_publish", "keep", 3, 2),
        ("_publish", "replace", 3, None),
        ("_publish", "call_off", 3, None),
    ],
)
def test_what_was_chosen_goes_live_and_is_said(
    as_editor, scheduled, button, planned, live, goes_live
):
    page = save(as_editor, scheduled, button, body="<p>Call 3.</p>", planned=planned).text
    scheduled.refresh_from_db()
    assert scheduled.live.number == live
    assert (scheduled.scheduled and scheduled.scheduled.number) == goes_live
    assert (f"version {goes_live} goes live by itself." in page) == bool(goes_live)
    assert ("Called off the scheduled change." in history(scheduled)[0][1]) == (not goes_live)


def test_who_may_not_publish_leaves_the_schedule_as_it_is(writer, scheduled):
    page = save(log_in(writer), scheduled, body="<p>Call 3.</p>").text
    assert "Saved as version 3. Visitors don&#x27;t see it yet." in page
    assert "version 2 goes live by itself." in page


def test_a_fix_of_the_live_words_publishes_nothing_unfinished(as_editor, client):
    article = make_article(title="Live words", body="<p>Call 1.</p>")
    article.save_revision(title="Half a thought", body="<p>Embargoed.</p>")
    page = as_editor.get(change_url(article)).text
    assert 'href="?words=live"' in page
    assert "Half a thought" in page
    page = as_editor.get(change_url(article) + "?words=live").text
    assert "Call 1." in page
    assert "Embargoed." not in page
    assert "These are the live words" in page
    fix(as_editor, article, unfinished="leave")
    text = client.get(article.get_absolute_url()).text
    assert "Call 2." in text
    assert "Embargoed." not in text
    assert article.revisions.filter(title="Half a thought").exists()


def fix(client, article, button="_publish", **over):
    """Correct the live words while a draft, version 2, waits."""
    words = {"title": "Live words", "body": "<p>Call 2.</p>", "summary": "", "base": 2, "origin": 1}
    data = payload(article, **words | over) | {button: "1"}
    return client.post(change_url(article) + "?words=live", data, follow=True).text


@pytest.fixture
def drafted():
    """Version 1 is live, version 2 an unfinished draft."""
    article = make_article(title="Live words", body="<p>Call 1.</p>", summary="")
    article.save_revision(title="Half a thought", body="<p>Embargoed.</p>")
    return article


@pytest.mark.parametrize("button", ["_publish", "_schedule", "_save"])
def test_publishing_over_an_unfinished_draft_asks(as_editor, drafted, button):
    assert "Version 2 is an unfinished draft." not in as_editor.get(change_url(drafted)).text
    page = as_editor.get(change_url(drafted) + "?words=live").text
    assert "Version 2 is an unfinished draft." in page
    when = timezone.localtime(timezone.now() + SOON).strftime("%Y-%m-%dT%H:%M")
    page = fix(as_editor, drafted, button, publish_at=when)
    assert "Choose what becomes of the draft; nothing was saved yet." in page
    assert "Call 2." in page
    assert drafted.revisions.count() == 2
    page = fix(as_editor, drafted, button, publish_at=when, unfinished="keep")
    drafted.refresh_from_db()
    assert (drafted.live.number, drafted.scheduled and drafted.scheduled.number) == (
        (3 if button == "_publish" else 1, 3 if button == "_schedule" else None)
    )
    newest = drafted.revisions.get(number=4)
    assert (newest.title, newest.body) == ("Half a thought", "<p>Embargoed.</p>")
    assert "Version 4, without these changes, is the newest draft again." in page
    assert "newer draft" in page
    assert "Made version 2 the newest draft again." in history(drafted)[0][1]
    said = "visitors read version 3 now" if button == "_publish" else "Saved as version 3."
    assert said in page


def test_a_fix_sent_twice_is_published_once(as_editor, drafted):
    fix(as_editor, drafted, unfinished="keep")
    page = fix(as_editor, drafted, unfinished="keep")
    assert "Visitors read exactly these words already. Nothing was saved." in page
    assert drafted.revisions.count() == 4


def test_a_draft_of_the_live_words_sent_twice_is_saved_once(as_editor, drafted):
    fix(as_editor, drafted, "_save", unfinished="keep")
    page = fix(as_editor, drafted, "_save", unfinished="keep")
    assert "Version 3 has exactly these words already. Nothing was saved." in page
    assert drafted.revisions.count() == 4


def test_a_draft_of_the_live_words_is_compared_with_the_draft_beneath(writer, drafted):
    client = log_in(writer)
    page = fix(client, drafted, "_save")
    assert "Version 2 beside yours" in page
    assert "<del>Embargoed" in page
    # Nobody's unfinished words get into a fix unasked.
    assert not re.search(r'name="theirs"[^>]*checked', page)
    page = fix(client, drafted, "_save", unfinished="leave", theirs_of=2, theirs=["title"])
    newest = drafted.revisions.get(number=3)
    assert (newest.title, newest.body) == ("Half a thought", "<p>Call 2.</p>")
    assert "newest draft again" not in page
    page = fix(client, drafted, "_save", title="Else", base=3, origin=3)
    assert "Saved as version 4." in page


def test_kept_words_remember_that_they_began_with_the_live_ones(as_editor, drafted):
    words = payload(drafted, title="Live words", base=2, origin=1, form_key="w", edits=1)
    account = as_editor.session["_auth_user_id"]
    as_editor.post(change_url(drafted, "autosave"), words | {"account": account})
    assert "Based on version 1." in as_editor.get(change_url(drafted)).text
    page = as_editor.get(change_url(drafted) + "?kept=w").text
    assert re.search(r'name="origin" value="1"', page)
    assert "Version 2 is an unfinished draft." in page


def test_a_preview_of_the_live_words_is_of_them_and_not_of_the_draft(as_editor, drafted):
    page = fix(as_editor, drafted, "_preview", unfinished="keep")
    assert "Call 2." in page
    assert "Embargoed." not in page


def test_a_conflict_of_the_newest_words_asks_once(as_editor, drafted):
    data = payload(drafted, title="Mine", base=1, origin=1) | {"_save": "1"}
    page = as_editor.post(change_url(drafted), data, follow=True).text
    assert "Version 2 beside yours" in page
    assert "is an unfinished draft" not in page
    assert re.search(r'name="origin" value="2"', page)


def test_a_conflict_over_a_draft_asks_both_on_one_page(as_editor, drafted):
    drafted.save_revision(title="Meanwhile", body="<p>Else.</p>")
    page = fix(as_editor, drafted, "_save")
    assert "Version 3 beside yours" in page
    assert "Version 3 is an unfinished draft." in page
    assert "Saved as version 4." in fix(as_editor, drafted, "_save", base=3, unfinished="keep")


def test_what_changes_the_live_page_at_once_says_so(as_editor):
    article = make_article()
    page = as_editor.get(change_url(article)).text
    assert "it counts as soon as you save" in page
    page = save(as_editor, article, next_review_on=timezone.localdate()).text
    assert "Changed on the live page at once: Next review." in page
    draft = make_article(live=False)
    page = save(as_editor, draft, next_review_on=timezone.localdate()).text
    assert "on the live page" not in page


def test_what_goes_live_by_itself_stands_in_the_history(scheduled, editor, monkeypatch):
    later = timezone.now() + SOON + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert carry_out_due() == 1
    assert history(scheduled) == [(editor.username, "Version 2 went live as scheduled.")]
