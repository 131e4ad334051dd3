"""The index holds what visitors can read, on both databases alike."""

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article, SearchDocument, SearchWord
from articles.search import index, lookup
from articles.search.stems import english_stem, spanish_stem
from articles.search.words import words_of
from tests.factories import make_article, make_page, make_question

pytestmark = pytest.mark.django_db


def titles(*groups):
    """Titles of the pages found by groups of words, as stems."""
    stems = [[english_stem(word) for word in group.split("/")] for group in groups]
    return {document.title for document in lookup.documents(stems, "en")}


def stems(text):
    return " ".join(english_stem(word) for word in words_of(text))


@pytest.mark.parametrize("make", [make_article, make_question, make_page])
def test_published_words_are_found_and_withdrawn_ones_are_not(make):
    publication = make(title="Quiet rivers")
    assert titles("river") == {stems("Quiet rivers")}
    publication.unpublish()
    assert titles("river") == set()
    assert not SearchWord.objects.filter(word="rivers").exists()


def test_new_words_replace_the_old_ones_at_once():
    article = make_article(title="Quiet rivers")
    article.save_revision(title="Loud seas")
    assert titles("river")
    article.publish()
    assert not titles("river")
    assert titles("sea")


def test_scheduled_words_are_found_when_they_are_due():
    article = make_article(title="Quiet rivers", live=False)
    article.schedule(timezone.now())
    assert not titles("river")
    article.publish_scheduled()
    assert titles("river")


def test_heading_summary_and_text_are_searched():
    make_article(title="One", body="<h2>Deep lakes</h2><p>Tall trees.</p>", summary="Wide fields.")
    assert titles("lake") == titles("tree") == titles("field") == {stems("One")}


def test_words_that_begin_alike_come_from_the_index():
    make_article(title="Río rivers rivière z9 zebra", body="<p>Ｒivet ritual rival.</p>")
    beginning = SearchWord.objects.beginning
    assert {row.word for row in beginning("riv")} == {"rivers", "riviere", "rivet", "rival"}
    assert {row.word for row in beginning("z")} == {"z9", "zebra"}
    assert {row.word for row in beginning("ri").as_long_as("river", 1)} >= {"rivers", "rival"}
    assert "rio" not in {row.word for row in beginning("ri").as_long_as("river", 1)}
    if connection.vendor == "sqlite":
        assert "SEARCH" in beginning("riv").explain()


def test_words_are_counted_by_page():
    make_article(title="Quiet rivers")
    make_article(title="More rivers")
    assert lookup.frequencies([english_stem("river"), "nowher"]) == {english_stem("river"): 2}


def test_content_that_came_without_publishing_is_brought_in():
    article = make_article(title="Quiet rivers")
    SearchDocument.objects.all().delete()
    assert index.mend() == 1
    assert titles("river")
    Article.objects.filter(pk=article.pk).update(live=None)
    assert index.mend() == 1
    assert not SearchDocument.objects.exists()
    assert index.mend() == 0


def test_all_groups_are_met_before_one_alone():
    make_article(title="Quiet rivers", body="<p>Nothing.</p>", summary="")
    make_article(title="Loud seas", body="<p>Nothing.</p>", summary="")
    assert titles("river/brook", "quiet") == {stems("Quiet rivers")}
    assert titles("river", "sea") == {stems("Quiet rivers"), stems("Loud seas")}


def test_strange_stems_are_no_syntax():
    make_article(title="Quiet rivers")
    for stem in ('"', "'", "a'b", "*", ")", "title:", "&", "٣", "ñ"):
        assert lookup.documents([[stem]], "en") == []


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_lookups_use_the_text_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for is_title in (True, False):
            sql, values = lookup._postgresql([["river"]], is_title, 9, is_rare=True)
            cursor.execute(f"EXPLAIN {sql}", values)
            assert "search_document_" in str(cursor.fetchall())


@pytest.mark.parametrize(
    "forms",
    [
        "addict addicts addicted addiction addictions addictive",
        "medication medications medical medicine medicines",
        "treat treated treating treatment treatments",
        "withdraw withdrawal withdrawals withdrawing withdrawn",
        "overdose overdoses overdosed overdosing",
        "pregnant pregnancy",
        "relapse relapsed relapsing relapses",
        "use uses used using user",
        "counselor counselors counseling",
        "family families",
        "recover recovery recovering recovered",
        "quit quitting",
        "insured insurance",
    ],
)
def test_forms_of_an_english_word_share_a_stem(forms):
    assert len({english_stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    [
        "adiccion adicciones",
        "hijo hija hijos hijas",
        "usar usando usado usa uso",
        "desintoxicacion desintoxicarme desintoxicar",
        "tratamiento tratamientos",
        "medicamento medicamentos",
        "hermano hermana",
    ],
)
def test_forms_of_a_spanish_word_share_a_stem(forms):
    assert len({spanish_stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("heroin", "hero"), ("son", "so"), ("od", "good")])
def test_strangers_keep_stems_of_their_own(one, other):
    assert english_stem(one) != english_stem(other)


def test_accents_and_apostrophes_make_no_difference():
    assert words_of("Don’t, Él: síntomas…") == ["dont", "el", "sintomas"]


def test_rare_words_alone_are_taken_whole_from_the_index_on_postgresql():
    def sql(counts):
        group = ["narcan", "naloxon"]
        return lookup._postgresql([group], False, 25, lookup._is_rare([group], counts)).sql

    assert "MATERIALIZED" in sql({"narcan": 3})
    assert "MATERIALIZED" not in sql({"narcan": 3, "naloxon": lookup.COMMON})


def test_common_words_are_found_as_well():
    make_article(title="Quiet rivers", body="<p>Deep lakes.</p>")
    stem = english_stem("rivers")
    assert len(lookup.documents([[stem]], "en", counts={stem: lookup.COMMON})) == 1


@pytest.mark.parametrize("first_rows", [1, 2])
def test_common_words_are_found_in_titles_past_the_first_rows(monkeypatch, first_rows):
    make_article(title="Quiet rivers")
    make_article(title="Loud rivers")
    monkeypatch.setattr(lookup, "FIRST_ROWS", first_rows)
    match = lookup._sqlite if connection.vendor == "sqlite" else lookup._postgresql
    part = match([[english_stem("rivers")]], True, 2, False)
    with connection.cursor() as cursor:
        cursor.execute(part.sql, part.values)
        assert len(cursor.fetchall()) == 2
