import pytest

from articles.markup import fill
from articles.models import Article
from articles.summaries import ArticleSummary
from articles.templatetags.dates import dates, moment
from articles.templatetags.lists import article_items, questions, sources
from faq.answers import ShortAnswer
from faq.models import Question
from tests.factories import make_article, make_question, make_topic

NASTY = "<script>alert(1)</script> \"quoted\" & 'more' {0} {name} %(a)s 100%"
ESCAPED = (
    "&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot; &amp; &#x27;more&#x27; "
    "{0} {name} %(a)s 100%"
)


def test_what_fills_html_is_escaped_unless_it_is_html_already():
    filled = fill(
        "<p title='%(a)s'>%(a)s%(b)s</p>", [{"a": NASTY, "b": fill("<i>%(x)s</i>", [{"x": "&"}])}]
    )
    assert filled == f"<p title='{ESCAPED}'>{ESCAPED}<i>&amp;</i></p>"
    assert filled.__html__() == filled


@pytest.mark.django_db
def test_lists_escape_what_they_show():
    topic = make_topic(name=NASTY)
    article = make_article(title=NASTY, summary=NASTY, topic=topic)
    make_question(title=NASTY, summary=NASTY, topic=topic)
    for brief in (True, False):
        shown = article_items(Article.objects.published().rows(ArticleSummary), brief=brief)
        assert "<script" not in shown
        assert shown.count(ESCAPED) == (2 if brief else 3)
        assert f'href="{article.get_absolute_url()}"' in shown
    shown = questions(Question.objects.published().rows(ShortAnswer))
    assert "<script" not in shown
    assert shown.count(ESCAPED) == 3


def test_sources_escape_what_they_show():
    source = {"title": NASTY, "publisher": NASTY, "url": f"https://example.org/?{NASTY}"}
    shown = sources([source | {"year": NASTY}])
    assert "<script" not in shown
    assert shown.count(ESCAPED) == 4
    assert sources([]) == ""


def test_source_without_an_address_is_cited():
    assert "<li><cite>A leaflet</cite>, 2025.</li>" in sources(
        [{"title": "A leaflet", "year": 2025}]
    )
    assert '<li>An agency. <a href="https://example.org/" rel="noreferrer">A page</a>.</li>' in (
        sources([{"title": "A page", "publisher": "An agency", "url": "https://example.org/"}])
    )


@pytest.mark.django_db
def test_update_is_dated_only_if_it_was_on_another_day():
    article = make_article()
    article.published_at = article.published_at.replace(2026, 3, 4, 23, 30)
    article.updated_at = article.published_at.replace(hour=23, minute=50)
    # 11:30 p.m. UTC is the afternoon of the same day in Arizona.
    assert dates(article).strip() == (
        '<span>Published <time datetime="2026-03-04">March 4, 2026</time></span>'
    )
    article.updated_at = article.published_at.replace(day=6)
    assert '<span>Updated <time datetime="2026-03-06">March 6, 2026</time></span>' in dates(article)
    assert moment(article.published_at).startswith("2026-03-04T16:30:")


@pytest.mark.django_db
def test_next_review_is_dated():
    article = make_article()
    article.next_review_on = article.published_at.date().replace(2027, 1, 2)
    assert '<span>Next review <time datetime="2027-01-02">Jan. 2, 2027</time></span>' in (
        dates(article)
    )
