from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string

from articles.models import Article
from articles.reading.summaries import ArticleSummary
from faq.answers import ShortAnswer
from faq.models import Question
from tests.factories import make_article, make_question, make_topic

NASTY = "<script>alert(1)</script> \"quoted\" & 'more' {0} {name} %(a)s 100%"
ESCAPED = (
    "&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &amp; &#x27;more&#x27; "
    "{0} {name} %(a)s 100%"
)
NOON = datetime(2026, 3, 4, 19, tzinfo=UTC)


def render(name, **context):
    return " ".join(render_to_string(f"includes/{name}.html", context).split())


@pytest.mark.django_db
@pytest.mark.parametrize(("brief", "times"), [(True, 2), (False, 3)])
def test_article_items_escape_what_they_show(brief, times):
    article = make_article(title=NASTY, summary=NASTY, topic=make_topic(name=NASTY))
    articles = Article.objects.published().rows(ArticleSummary)
    shown = render("article_items", articles=articles, heading="h2", brief=brief)
    assert "<script" not in shown
    assert shown.count(ESCAPED) == times
    assert f'href="{article.get_absolute_url()}"' in shown


@pytest.mark.django_db
def test_questions_escape_what_they_show():
    question = make_question(title=NASTY, summary=NASTY)
    shown = render("questions", questions=Question.objects.published().rows(ShortAnswer))
    assert "<script" not in shown
    assert shown.count(ESCAPED) == 3
    assert f'href="{question.get_absolute_url()}"' in shown


def test_sources_escape_what_they_show():
    source = {"title": NASTY, "publisher": NASTY, "url": f"https://example.org/?{NASTY}"}
    shown = render("sources", sources=[source | {"year": NASTY}])
    assert "<script" not in shown
    assert shown.count(ESCAPED) == 4
    assert render("sources", sources=[]) == ""


@pytest.mark.parametrize(
    ("source", "item"),
    [
        ({"title": "A leaflet", "year": 2025}, "<li> <cite>A leaflet</cite>, 2025. </li>"),
        (
            {"title": "A page", "publisher": "An agency", "url": "https://example.org/"},
            '<li> An agency. <a href="https://example.org/" rel="noreferrer" >A page</a>. </li>',
        ),
    ],
)
def test_source_is_a_link_or_is_cited(source, item):
    assert item in render("sources", sources=[source])


def test_contents_link_to_headings_and_are_left_out_without_any():
    shown = render("contents", headings=[{"anchor": "how", "text": NASTY}])
    assert f'<li><a href="#how">{ESCAPED}</a></li>' in shown
    assert render("contents", headings=[]) == ""


def test_update_is_dated_only_if_it_was_on_another_day():
    # 11:30 p.m. UTC is the afternoon of the same day in Arizona.
    late = NOON.replace(hour=23, minute=30)
    assert render("dates", published_at=NOON, updated_at=late) == (
        '<span>Published <time datetime="2026-03-04">March 4, 2026</time></span>'
    )
    shown = render("dates", published_at=NOON, updated_at=NOON.replace(day=6))
    assert '<span>Updated <time datetime="2026-03-06">March 6, 2026</time></span>' in shown


def test_next_review_is_dated():
    assert render("dates", next_review_on=date(2027, 1, 2)) == (
        '<span>Next review <time datetime="2027-01-02">Jan. 2, 2027</time></span>'
    )


@pytest.mark.django_db
def test_machines_read_the_local_day(client):
    article = make_article(slug="dated")
    # In UTC the next day has begun.
    late = NOON + timedelta(hours=11)
    Article.objects.filter(pk=article.pk).update(published_at=late, updated_at=late)
    page = client.get("/articles/dated/").text
    assert 'property="article:published_time" content="2026-03-04"' in page
