"""A review stays for words of which only the spelling changed, if somebody else vouches for it."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import ArticleReview
from articles.publishing.review_events import Verdict
from articles.publishing.typo_only import pass_as_typo, review_to_carry
from tests.factories import make_article, make_question, make_staff, make_topic, sign_off

pytestmark = pytest.mark.django_db
NAME = "Made-up Reviewer, MD"
BODY = (
    "<h2>The symtoms</h2><p>Take <strong>4 mg</strong> as your nurse says, and call"
    ' <a href="tel:988">our freinds</a>.</p><ul><li><p>Do not stop.</p></li></ul>'
    '<blockquote class="urgent"><p>Call 911 at once.</p></blockquote>'
    "<table><tbody><tr><th><p>Day</p></th></tr><tr><td><p>Dose</p></td></tr></tbody></table>"
)
WORDS = {
    "title": "How to recieve care",
    "summary": "Many things help.",
    "body": BODY,
    "sources": [{"title": "A source", "url": "https://example.org/"}],
}
MENDED = WORDS | {
    "title": "How to receive care",
    "body": BODY.replace("symtoms", "symptoms").replace("freinds", "friends"),
}


@pytest.fixture
def lee():
    return make_staff("Editors", "Lead editors", first_name="Lee", last_name="Made-up")


def reviewed(make=make_article, **over):
    page = make(**WORDS | over)
    sign_off(page.live, None, NAME)
    page.refresh_from_db()
    return page


def mended(page, **over):
    return page.save_revision(by=make_staff(), **MENDED | over)


@pytest.mark.parametrize("make", [make_article, make_question])
def test_the_page_keeps_reviewer_and_day_of_the_review(client, make, lee, settings):
    page = reviewed(make)
    settings.REVIEW_REQUIRED = True
    signed, ends = page.review, page.next_review_on
    type(signed).objects.update(at=datetime(2026, 1, 2, 19, tzinfo=UTC))
    draft = mended(page)
    assert draft.standing_review() is None
    with pytest.raises(ValidationError, match="No clinician"):
        page.publish(draft)
    event = pass_as_typo(draft, lee)
    assert (event.verdict, event.reviewer, event.by) == ("typo_only", "Lee Made-up", lee)
    assert (event.carried, event.next_review_on) == (signed, None)
    page.publish(draft)
    page.refresh_from_db()
    assert (page.review, page.next_review_on) == (signed, ends)
    text = client.get(page.get_absolute_url()).text
    line = " ".join(re.search(r'<p class="review.*?</p>', text, re.DOTALL)[0].split())
    assert f"Reviewed by {NAME}</strong> on Jan. 2, 2026" in line
    assert "Lee" not in text
    assert re.search(r'"lastReviewed": ?"([^"]*)"', text)[1] == "2026-01-02"


DIFFERENT = {
    "a digit": ("body", "4 mg", "40 mg"),
    "a unit": ("body", "4 mg", "4 mcg"),
    "a link": ("body", "tel:988", "tel:998"),
    "a heading": ("body", "h2>", "h3>"),
    "a box": ("body", '<blockquote class="urgent">', "<blockquote>"),
    "a list": ("body", "ul>", "ol>"),
    "a table": ("body", "<th><p>Day</p></th>", "<td><p>Day</p></td>"),
    "bold": ("body", "<strong>4 mg</strong>", "4 mg"),
    "a negation": ("body", "Do not", "Do now"),
    "a word less": ("body", "Do not stop", "Do stop"),
    "a word more": ("body", "at once", "at once if"),
    "a sign": ("body", "says, and", "says and"),
    "two words of one": ("body", "at once", "atonce"),
    "another word": ("body", "nurse", "purse"),
    "another word in the title": ("title", "care", "cure"),
    "a word of the summary": ("summary", "Many", "Any"),
    "a source": ("sources", None, []),
    "the byline": ("byline", None, "Somebody"),
}


def test_more_than_spelling_is_refused_by_the_server(lee):
    page = reviewed()
    let_pass = []
    for what, (name, old, new) in DIFFERENT.items():
        value = MENDED[name].replace(old, new) if old else new
        assert value != MENDED.get(name)
        revision = mended(page, **{name: value})
        with suppress(ValidationError):
            pass_as_typo(revision, lee)
            let_pass.append(what)
    assert let_pass == []
    for place in ({"slug": "other"}, {"is_medical": False}, {"topic_id": make_topic().pk}):
        revision = page.save_revision(by=make_staff(), place=place, **MENDED)
        with pytest.raises(ValidationError, match="has changed"):
            pass_as_typo(revision, lee)
    assert ArticleReview.objects.get().verdict == Verdict.APPROVED
    assert pass_as_typo(mended(page), lee)


def test_nobody_passes_their_own_words(lee):
    page = reviewed()
    mine = page.save_revision(by=lee, **MENDED)
    theirs = mended(page, title="How to receive  care")
    for revision in (mine, theirs):
        with pytest.raises(ValidationError, match="own words"):
            pass_as_typo(revision, lee)
    assert pass_as_typo(theirs, make_staff())


def test_what_a_clinician_said_of_these_words_goes_before(lee):
    page = reviewed()
    draft = mended(page)
    draft.review(Verdict.RETURNED, None, NAME, remark="Read it again.")
    with pytest.raises(ValidationError, match="did not approve"):
        pass_as_typo(draft, lee)
    with pytest.raises(ValidationError, match="stands already"):
        pass_as_typo(page.live, lee)
    with pytest.raises(ValidationError, match="No review"):
        pass_as_typo(make_article().live, lee)
    with pytest.raises(ValidationError, match="no answer of a clinician"):
        draft.review(Verdict.TYPO_ONLY, lee, NAME)


def test_a_review_that_is_withdrawn_stands_for_none_of_the_spellings(lee):
    for take_back_first in (True, False):
        page = reviewed()
        first = page.live
        draft = mended(page)
        pass_as_typo(draft, lee)
        page.publish(draft)
        taken = first if take_back_first else draft
        taken.review(Verdict.WITHDRAWN, None, NAME, remark="A dose is wrong.")
        page.refresh_from_db()
        assert page.review is None
        assert first.standing_review() is None
        assert draft.standing_review() is None
        sign_off(first, None, NAME)
        page.refresh_from_db()
        # Whoever withdrew it from the mended words meant these.
        assert bool(page.review) == take_back_first


def test_small_corrections_never_add_up_to_another_text(lee):
    page = reviewed(body="<p>Aaaaaaaa is what you take.</p>")
    for word, may in (("Abaaaaaa", True), ("Abbaaaaa", True), ("Abbbaaaa", False)):
        draft = mended(page, body=f"<p>{word} is what you take.</p>")
        assert bool(review_to_carry(draft).problems) != may
        if may:
            assert pass_as_typo(draft, lee).carried == page.review
            page.publish(draft)


def test_a_clinician_who_checks_the_mended_words_is_the_one_who_is_named(lee):
    page = reviewed()
    draft = mended(page)
    pass_as_typo(draft, lee)
    page.publish(draft)
    checked = draft.review(Verdict.CHECKED_AGAIN, None, "Other Name, PA")
    page.refresh_from_db()
    assert page.review == checked
    assert page.revisions.get(number=1).standing_review() != checked


def test_whoever_was_asked_to_review_them_need_not_any_more(lee):
    page = reviewed()
    draft = mended(page)
    asked = draft.requests.create(reviewer=make_staff("Medical reviewers"), asked_by=draft.author)
    event = pass_as_typo(draft, lee)
    asked.refresh_from_db()
    assert asked.answer == event


def test_a_review_that_ended_carries_nothing(lee, monkeypatch):
    page = reviewed()
    draft = mended(page)
    noon = datetime.combine(page.next_review_on, datetime.min.time(), timezone.localtime().tzinfo)
    after = noon + timedelta(days=1, hours=12)
    monkeypatch.setattr(timezone, "now", lambda: after)
    with pytest.raises(ValidationError, match="ended on"):
        pass_as_typo(draft, lee)


def test_the_database_knows_no_typo_only_without_the_review_that_stays():
    live = make_article().live
    with pytest.raises(IntegrityError), transaction.atomic():
        live.reviews.create(verdict=Verdict.TYPO_ONLY, reviewer=NAME)
    signed = sign_off(live, None, NAME)
    with pytest.raises(IntegrityError), transaction.atomic():
        live.reviews.create(verdict=Verdict.APPROVED, reviewer=NAME, carried=signed)
