import pytest
from django.db import connection

from articles.models import Article
from articles.reading.compiled_queries import CompiledQuery, Param
from tests.factories import make_article, make_topic

pytestmark = pytest.mark.django_db


def by_slug():
    return CompiledQuery(
        lambda: Article.objects.filter(slug=Param("slug"), is_medical=True).values_list(
            "pk", "published_at", "live__sources", "is_medical"
        )
    )


def test_same_rows_as_the_query_itself_with_the_same_types():
    source = {"title": "A fact sheet", "year": "2026"}
    article = make_article(slug="one", sources=[source])
    make_article(slug="two")
    query = by_slug()
    for slug in ("one", "two", "three"):
        expected = Article.objects.filter(slug=slug).values_list(
            "pk", "published_at", "live__sources", "is_medical"
        )
        assert [tuple(row) for row in query(slug=slug)] == list(expected)
    assert tuple(query(slug="one")[0][1:]) == (article.published_at, [source], True)


def test_sql_is_made_once(monkeypatch):
    made = []
    query, compiler = by_slug(), connection.ops.compiler("SQLCompiler")
    as_sql = compiler.as_sql
    monkeypatch.setattr(
        compiler, "as_sql", lambda self, *a, **k: made.append(1) or as_sql(self, *a, **k)
    )
    for slug in ("one", "two", "three"):
        query(slug=slug)
    assert len(made) == 1


def test_compiling_changes_no_query_that_other_threads_compile(monkeypatch):
    query = by_slug()
    compiler = connection.ops.compiler("SQLCompiler")
    compiled, as_sql = [], compiler.as_sql
    monkeypatch.setattr(
        compiler, "as_sql", lambda self, *a, **k: compiled.append(self.query) or as_sql(self)
    )
    query(slug="one")
    assert compiled
    assert compiled[0] is not query.queryset.query


def test_what_is_given_reaches_the_database_as_a_value():
    make_article(slug="one", topic=make_topic())
    assert by_slug()(slug="one' OR '1'='1") == []
    assert by_slug()(slug="%s") == []


def test_forgotten_value_is_an_error():
    with pytest.raises(KeyError):
        by_slug()()
