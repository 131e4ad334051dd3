"""Who merely has the form of a page open is shown to others, and stays logged in by nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import OpenPage
from articles.publishing.open_pages import OPEN_FOR
from recovery_site.models import ContentVersion
from tests.articles.admin.forms import change_url, log_in
from tests.articles.admin.test_autosave import keep
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
HAS_OPEN = "Otto Ott has this page open too, or had it a moment ago."


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The lease of a row ends by itself: not while a test runs."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


@pytest.fixture
def article():
    return make_article()


@pytest.fixture
def otto():
    return make_staff("Editors", username="otto", first_name="Otto", last_name="Ott")


def pulse(client, article, window="w", **state):
    return client.post(change_url(article, "pulse"), {"window": window} | state)


def test_who_has_the_page_open_is_shown_until_they_close_it(as_editor, article, otto):
    other = make_article()
    number = ContentVersion.objects.get().number
    theirs = log_in(otto)
    assert pulse(theirs, article).json() == {"others": ""}
    pulse(theirs, article, window="another")
    # Once, for both windows.
    assert pulse(as_editor, article).json() == {"others": HAS_OPEN}
    assert HAS_OPEN in as_editor.get(change_url(article)).text
    assert HAS_OPEN not in as_editor.get(change_url(other)).text
    pulse(theirs, article, closed="1")
    assert HAS_OPEN in pulse(as_editor, article).text
    pulse(theirs, article, window="another", closed="1")
    assert pulse(as_editor, article).json() == {"others": ""}
    assert ContentVersion.objects.get().number == number


def test_what_a_crashed_browser_left_runs_out_and_goes(as_editor, article, otto, now, monkeypatch):
    pulse(log_in(otto), article)
    later = now + OPEN_FOR - timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert HAS_OPEN in pulse(as_editor, article).text
    after = now + OPEN_FOR
    monkeypatch.setattr(timezone, "now", lambda: after)
    assert HAS_OPEN not in pulse(as_editor, article).text
    assert [row.account.username for row in OpenPage.objects.all()] == ["erin"]


def test_of_who_writes_only_that_is_said(as_editor, article, otto):
    theirs = log_in(otto)
    pulse(theirs, article)
    keep(theirs, otto, article)
    said = pulse(as_editor, article).json()["others"]
    assert said.startswith("Otto Ott is writing in this page too")
    assert HAS_OPEN not in said


def test_an_open_page_keeps_nobody_logged_in(as_editor, article):
    session = as_editor.session
    session["renewed"] = 0
    session.save()
    pulse(as_editor, article)
    assert as_editor.session["renewed"] == 0
    as_editor.get(change_url(article))
    assert as_editor.session["renewed"]


def test_only_those_who_may_change_a_page_are_told_and_noted(client, article):
    for group in ("Intake", "Medical reviewers"):
        assert pulse(log_in(make_staff(group)), article).status_code == 403
    assert pulse(client, article).status_code == 302
    assert log_in(make_staff("Editors")).get(change_url(article, "pulse")).status_code == 405
    assert not OpenPage.objects.exists()
