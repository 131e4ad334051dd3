"""The stored checks of pages, as pages are saved, published, linked to and taken away."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.links.live_checks import DailyRound
from articles.models import StockRow, StockWord
from articles.stock import upkeep
from articles.stock.rows import StockState
from faq.models import Question
from tests import factories
from tests.factories import make_article, make_page, make_question, make_topic

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
HARD = "<p>" + "Pharmacological interventions necessitate institutional collaboration. " * 30


def row_of(publication):
    kind = upkeep.kind_of(type(publication))
    return StockRow.objects.get(kind=kind, publication=publication.pk)


def linking_to(publication):
    return f'<p><a href="{publication.get_absolute_url()}">More</a></p>'


def test_every_kind_of_page_has_a_row_as_soon_as_it_is_saved():
    pages = [make_article(live=False), make_question(), make_page()]
    states = [row_of(page).state for page in pages]
    assert states == [StockState.DRAFT, StockState.LIVE, StockState.LIVE]


def test_words_are_checked_as_they_are_saved():
    bad = "<p>He is an addict. <a href='/articles/nowhere/'>More</a></p>"
    row = row_of(make_article(summary="", body=bad + HARD))
    assert (row.terms, row.broken_links) == (1, 1)
    assert row.is_hard
    assert row.lacks_summary
    assert row.lacks_sources


def test_quoted_words_are_not_the_pages_own():
    body = "<blockquote><p>I was a junkie.</p></blockquote>"
    assert row_of(make_article(body=body)).terms == 0


def test_only_medical_content_lacks_sources():
    assert not row_of(make_page()).lacks_sources
    assert not row_of(make_article(is_medical=False)).lacks_sources
    cited = make_article(sources=[{"title": "NIDA", "url": "https://nida.nih.gov/"}])
    assert not row_of(cited).lacks_sources


def test_checks_are_of_the_words_that_visitors_read():
    article = make_article(title="Plain words")
    article.save_revision(title="For the addict")
    assert row_of(article).terms == 0
    article.publish()
    assert row_of(article).terms == 1


def test_draft_is_as_old_as_its_first_words_that_wait(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    article = make_article()
    assert row_of(article).draft_since is None
    article.save_revision(title="First draft")
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=40))
    article.save_revision(title="Second draft")
    assert row_of(article).draft_since == NOON
    assert StockRow.objects.old_drafts().count() == 1
    article.publish()
    assert row_of(article).draft_since is None


def test_page_that_others_link_to_is_no_orphan():
    target = make_article()
    assert row_of(target).is_orphan
    source = make_question(body=linking_to(target))
    assert not row_of(target).is_orphan
    source.unpublish()
    assert row_of(target).is_orphan


def test_page_that_links_to_itself_is_an_orphan():
    article = make_article(slug="alone", body='<p><a href="/articles/alone/">Here</a></p>')
    assert row_of(article).is_orphan


def test_related_articles_and_those_that_questions_name_are_no_orphans():
    related, named = make_article(), make_article()
    source = make_article(live=False)
    source.publish(source.save_revision(title="Title", place={"related_keys": [related.pk]}))
    make_question(article=named)
    assert not row_of(related).is_orphan
    assert not row_of(named).is_orphan
    assert not row_of(Question.objects.get()).is_orphan


def test_plain_page_at_a_fixed_address_or_in_the_foot_is_no_orphan():
    pages = [make_page(), make_page(slug="prices", foot_order=2), make_page(slug="pets")]
    assert [row_of(page).is_orphan for page in pages] == [False, False, True]


def test_page_in_the_bin_or_deleted_is_told_from_others():
    article = make_article(live=False)
    article.put_into_bin()
    assert row_of(article).state == StockState.BIN
    article.delete()
    assert not StockRow.objects.exists()


def test_words_that_no_page_has_any_more_are_forgotten():
    article = make_article(live=False, title="Zebra", slug="one", summary="")
    other = make_article(live=False, title="Lantern", slug="two", summary="")
    words = set(StockWord.objects.values_list("word", flat=True))
    article.put_into_bin()
    assert upkeep.forget_words() == 0
    article.delete()
    other.save_revision(title="Window")
    upkeep.StockUpkeep().step()
    left = set(StockWord.objects.values_list("word", flat=True))
    assert words - left == {"zebra", "one", "lantern"}
    assert left - words == {"window"}


def test_owner_whose_account_ended_is_none(django_user_model):
    owner = django_user_model.objects.create(username="keeper")
    make_article(owner=owner)
    assert not StockRow.objects.unowned().exists()
    owner.is_active = False
    owner.save()
    assert StockRow.objects.unowned().count() == 1


def test_links_that_break_later_are_counted_by_the_daily_round():
    target = make_article()
    source = make_article(body=linking_to(target))
    assert row_of(source).broken_links == 0
    target.unpublish()
    daily = DailyRound()
    for _ in range(12):
        daily.step()
    assert row_of(source).broken_links == 1


def test_pages_without_a_row_or_with_old_checks_are_checked(monkeypatch):
    make_article(topic=make_topic())
    make_page()
    StockRow.objects.all().delete()
    assert upkeep.mend_rows() == 2
    assert upkeep.mend_rows() == 0
    monkeypatch.setattr(upkeep, "CHECKS", "later")
    assert upkeep.mend_rows(1) == 2
    assert upkeep.mend_rows() == 0


def test_every_page_can_be_checked_anew():
    article = make_article(title="For the addict")
    StockRow.objects.update(terms=0)
    call_command("check_pages", stdout=StringIO())
    assert row_of(article).terms == 1


def test_pages_saved_together_get_at_the_end_the_rows_that_each_save_would_have_made(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)

    def save(first, second):
        make_article(slug=first, title="Not named")
        target = make_article(slug=f"{first}-named", title="Named")
        make_question(title="Asked", slug=second, body=linking_to(target))
        target.unpublish()
        target.publish()

    with monkeypatch.context() as patched:
        patched.setattr(factories, "rows_at_the_end", nullcontext)
        save("one", "two")
    columns = [
        field.attname
        for field in StockRow._meta.concrete_fields
        if field.name not in ("id", "publication", "revision", "topic")
    ]
    singly = list(StockRow.objects.order_by("pk").values_list(*columns))
    with upkeep.rows_at_the_end():
        save("three", "four")
        assert StockRow.objects.count() == len(singly)
    both = list(StockRow.objects.order_by("pk").values_list(*columns))
    assert sorted(both[len(singly) :]) == sorted(singly) != []
    assert [row.is_orphan for row in StockRow.objects.filter(title="Named")] == [False, False]


def test_what_fails_among_pages_saved_together_leaves_no_page_and_no_later_save_waiting():
    @upkeep.rows_at_the_end()
    def fail():
        make_article(slug="not-kept")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not StockRow.objects.exists()
    assert row_of(make_article()).state == StockState.LIVE
