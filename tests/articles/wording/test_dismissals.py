"""Advice that an editor dismissed stays away from its sentence, and from nothing else."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from articles.models import DismissedAdvice, StockRow
from articles.stock import upkeep
from articles.wording import dismissing
from articles.wording.advice import advise, dangers_without_911, hard_to_read, open_advice
from articles.wording.kinds import Advice, AdviceKind
from articles.wording.terms import shipped_wording
from tests.articles.admin.forms import change_url, history, log_in, save
from tests.factories import make_article, make_page, make_staff

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
BOOK = "<p>The book “Sober” calls him an addict.</p>"


def only(publication):
    (piece,) = open_advice(publication, publication.newest_revision)
    return piece


def terms_of(publication):
    kind = upkeep.kind_of(type(publication))
    return StockRow.objects.get(kind=kind, publication=publication.pk).terms


def dismiss(publication, reason="The title of a book"):
    piece = only(publication)
    dismissing.dismiss(publication, piece, reason, by=None)
    return piece


@pytest.mark.django_db
def test_each_piece_says_what_it_is_of():
    body = "<h2>One</h2><h4>Deep</h4><p>Sleep. He is an addict. Take 4 mg.</p>"
    term, danger, heading = advise("T", "", body)
    assert (term.kind, term.key, term.passage) == (AdviceKind.TERM, "addict", "He is an addict.")
    assert (danger.kind, danger.passage) == (AdviceKind.DANGER, "Take 4 mg.")
    assert (heading.kind, heading.passage) == (AdviceKind.HEADING, "Deep")


@pytest.mark.django_db
def test_passage_holds_the_quotation_that_stands_in_it():
    (piece,) = advise("T", "", BOOK)
    assert piece.passage == "The book “Sober” calls him an addict."


def test_hard_text_is_shown_its_hardest_sentence():
    hard = "Pharmacological interventions necessitate interdisciplinary collaboration."
    (piece,) = hard_to_read("We necessitate institutional support here now. " * 20 + hard)
    assert piece.passage == hard.rstrip(".")


def test_each_danger_is_a_piece_of_its_own():
    body = "<p>An overdose.</p><p>Withdrawal. Seizures.</p><p>Overdose again.</p>"
    found = dangers_without_911(
        "An overdose.\nWithdrawal. Seizures.\nOverdose again.", body, shipped_wording()
    )
    assert [each.passage for each in found] == ["An overdose.", "Withdrawal.", "Seizures."]


@pytest.mark.parametrize(
    ("passage", "is_same"),
    [
        ("don’t call him an ADDICT", True),
        ("Don't  call him\nan addict", True),
        ("Do not call him an addict", False),
    ],
)
def test_sentence_is_known_again_but_for_spaces_capitals_and_apostrophes(passage, is_same):
    pieces = [
        Advice(AdviceKind.TERM, "addict", words, "")
        for words in ("Don't call him an addict", passage)
    ]
    assert (pieces[0].digest == pieces[1].digest) is is_same


@pytest.mark.django_db
def test_dismissed_advice_stays_away_from_that_sentence_alone():
    article = make_article(body=BOOK)
    dismiss(article)
    assert open_advice(article, article.live) == []
    article.save_revision(body=BOOK + "<p>Another sentence.</p>")
    assert open_advice(article, article.newest_revision) == []
    article.save_revision(body=BOOK + "<p>Every addict lies.</p>")
    assert only(article).passage == "Every addict lies."
    article.save_revision(body="<p>The film “Sober” calls him an addict.</p>")
    assert only(article).key == "addict"


@pytest.mark.django_db
def test_each_sentence_of_which_the_same_is_said_is_named_until_it_is_dismissed():
    article = make_article(body="<p>An addict came. The addict left. A junkie came.</p>")
    addict, junkie = open_advice(article, article.live)
    assert (addict.passage, addict.also) == ("An addict came.", ("The addict left.",))
    assert junkie.also == ()
    dismissing.dismiss(article, addict, "A title", by=None)
    addict, _junkie = open_advice(article, article.live)
    assert (addict.passage, addict.also) == ("The addict left.", ())


@pytest.mark.django_db
def test_dismissed_advice_is_kept_for_its_page_alone():
    article, page = make_article(body=BOOK), make_page(body=BOOK)
    dismiss(article)
    assert only(page).key == "addict"
    assert (terms_of(article), terms_of(page)) == (0, 1)


@pytest.mark.django_db
def test_stored_checks_leave_out_what_was_dismissed_until_it_is_taken_back():
    article = make_article(body=BOOK + "<p>An addict, a junkie.</p>")
    assert terms_of(article) == 2
    book, _other = advise("T", "", BOOK + "<p>A junkie.</p>")
    dismissing.dismiss(article, book, "A title", by=None)
    assert terms_of(article) == 2
    article.save_revision(title="T", body=BOOK)
    article.publish()
    assert terms_of(article) == 0
    assert dismissing.take_back(article, book.digest) == book.text
    assert terms_of(article) == 1


@pytest.mark.django_db
def test_dismissing_twice_keeps_the_first_reason():
    article = make_article(body=BOOK)
    piece = dismiss(article)
    assert not dismissing.dismiss(article, piece, "Another", by=None)
    assert DismissedAdvice.objects.get().reason == "The title of a book"
    assert dismissing.take_back(article, piece.digest)
    assert dismissing.take_back(article, piece.digest) == ""


@pytest.mark.django_db
def test_deleted_page_takes_its_dismissals_along():
    article = make_article(live=False, body=BOOK)
    dismiss(article)
    article.put_into_bin()
    article.delete()
    assert not DismissedAdvice.objects.exists()


@pytest.fixture
def editor():
    return make_staff("Editors", username="erin")


@pytest.mark.django_db
def test_editor_dismisses_advice_with_a_reason_and_takes_it_back(editor, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    article, erin = make_article(body=BOOK), log_in(editor)
    assert "Dismiss what does not apply" in erin.get(change_url(article)).text
    url, digest = change_url(article, "versions", 1, "advice"), only(article).digest
    refused = erin.post(url, {"dismiss": digest, "reason": " "})
    assert "This field is required" in refused.text
    assert not DismissedAdvice.objects.exists()
    page = erin.post(url, {"dismiss": digest, "reason": "A title"}, follow=True).text
    assert "Dismissed by erin on May 6, 2026" in page
    assert "There is nothing to look at in these words." in page
    form = erin.get(change_url(article)).text
    assert "Better:" not in form
    assert "What was dismissed, and why" in form
    assert "worth another look" not in save(erin, article, body=BOOK + "<p>More.</p>").text
    again = erin.post(url, {"take_back": digest}, follow=True).text
    assert "Shown again: “addict”" in again
    assert "worth another look" in save(erin, article, body=BOOK).text
    said = [text for _who, text in history(article)]
    assert said[0].startswith("Dismissed: “addict”")
    assert said[0].endswith("Reason: A title")
    assert any(text.startswith("Shown again: “addict”") for text in said)


@pytest.mark.django_db
def test_what_is_not_there_cannot_be_dismissed(editor):
    article = make_article(body='<p><a href="/nowhere/">x</a></p>')
    url, link = change_url(article, "versions", 1, "advice"), only(article)
    erin = log_in(editor)
    assert 'name="dismiss"' not in erin.get(url).text
    for sent in ({"dismiss": link.digest}, {"dismiss": "a\0b"}, {"take_back": "a\0b"}, {}):
        page = erin.post(url, sent | {"reason": "x"}, follow=True).text
        assert "Somebody did this already, or the words changed." in page
    assert not DismissedAdvice.objects.exists()


@pytest.mark.django_db
def test_who_may_only_read_sees_reasons_and_decides_nothing(editor):
    article = make_article(body=BOOK)
    digest = dismiss(article).digest
    reviewer = log_in(make_staff("Medical reviewers"))
    url = change_url(article, "versions", 1, "advice")
    page = reviewer.get(url).text
    assert "The title of a book" in page
    assert "Show it again" not in page
    assert reviewer.post(url, {"take_back": digest}).status_code == 403
    assert DismissedAdvice.objects.exists()
