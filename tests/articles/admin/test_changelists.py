import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.articles.admin.forms import change_url, payload
from tests.factories import make_article, make_question, sign_off

pytestmark = pytest.mark.django_db


def test_list_says_what_each_article_is(as_editor):
    make_article(title="Live one")
    newer = make_article(title="Was live")
    newer.save_revision(title="Has newer words")
    make_article(live=False, title="Only a draft")
    planned = make_article(live=False, title="Planned one")
    planned.schedule(timezone.now() + timedelta(days=1))
    page = as_editor.get("/admin/articles/article/").text
    for text in ("Live one", "Has newer words", "newer draft", "Only a draft", "goes live"):
        assert text in page, text
    found = {
        state: set(
            re.findall(
                r"Live one|Has newer words|Only a draft|Planned one",
                as_editor.get(f"/admin/articles/article/?state={state}").text,
            )
        )
        for state in ("waiting", "live", "scheduled", "never")
    }
    assert found == {
        "waiting": {"Has newer words", "Only a draft"},
        "live": {"Live one", "Has newer words"},
        "scheduled": {"Planned one"},
        "never": {"Only a draft"},
    }


def test_list_finds_what_to_review(as_editor):
    make_article(title="Overdue one", next_review_on=timezone.localdate() - timedelta(days=1))
    signed = make_article(title="Signed one")
    sign_off(signed.live, None, "Jane Doe, MD")
    overdue = as_editor.get("/admin/articles/article/?review=overdue").text
    assert "Overdue one" in overdue
    assert "Signed one" not in overdue
    waiting = as_editor.get("/admin/articles/article/?review=clinical").text
    assert "Overdue one" in waiting
    assert "Signed one" not in waiting


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("naloxone", True), ("NALOXONE nose", True), ("naloxone nowhere", False),
        ("summary-word", True), ("the-slug", True), ("replaced", False), ("%", False),
        ("", True), ("\0", True), ("'; DROP TABLE x; --", False),
    ],
)  # fmt: skip
def test_search_reads_title_summary_text_and_address_of_the_newest(as_editor, query, finds):
    article = make_article(title="Replaced title", slug="the-slug")
    article.save_revision(title="Naloxone", summary="summary-word", body="<p>In the nose</p>")
    page = as_editor.get("/admin/articles/article/", {"q": query}).text
    assert (change_url(article) in page) == finds


NONSENSE = [
    {"live": "9" * 30}, {"live__gt": "x"}, {"slug__regex": "("}, {"id": "9" * 30}, {"id__in": "x"},
    {"published_at__year": "99999999"}, {"updated_at__gte": "9999-12-31 23:59"},
    {"next_review_on": "x"}, {"live__title__contains": "x"}, {"revisions__number": "9" * 30},
    {"topic__id__exact": "9" * 30}, {"topic__id__exact": "x"}, {"topic__isnull": "x"},
    {"topic__slug": "x"}, {"state": "9" * 30}, {"review": "\0"}, {"nowhere": "1"}, {"slug": "\0"},
    {"review": "clinical"},
    {"order": "9" * 30}, {"order__gt": "9" * 30}, {"name": "\0"}, {"articles": "9" * 30},
    {"o": "9" * 30}, {"o": "-"}, {"o": "1." * 5000}, {"o": "x"}, {"o": "-1.-1.2.3"},
    {"p": "9" * 30}, {"p": "9" * 5000}, {"p": "-1"}, {"p": "x"}, {"all": "x", "p": "0"},
    {"q": "q" * 60_000}, {"q": "word " * 3000}, {"q": "\0"}, {"q": "\ud800"}, {"q": "'\"%_\\"},
    {"_to_field": "slug"}, {"_popup": "x", "_to_field": "x"}, {"_facets": "x"}, {"e": "1"},
]  # fmt: skip


@pytest.mark.parametrize("path", ["articles/article", "articles/page", "articles/topic",
                                  "faq/question"])  # fmt: skip
def test_no_typed_address_breaks_a_list(as_editor, path):
    for _n in range(2):
        make_question(topic=make_article().topic)
    # What an error would be is an answer here, so that all that break are named.
    as_editor.raise_request_exception = False
    answers = {}
    for query in NONSENSE:
        address = urlencode(query, errors="surrogatepass")
        # An error of the database must not reach the next one.
        with transaction.atomic():
            response = as_editor.get(f"/admin/{path}/?{address}", follow=True)
        answers[str(query)[:40]] = response.status_code
    assert {query: code for query, code in answers.items() if code not in (200, 400)} == {}


def test_list_is_filtered_by_topic(as_editor):
    wanted, _other = make_article(title="Wanted one"), make_article(title="Other one")
    page = as_editor.get(f"/admin/articles/article/?topic__id__exact={wanted.topic.pk}").text
    assert "Wanted one" in page
    assert "Other one" not in page


def test_list_costs_the_same_however_long_it_is(as_editor):
    counts = []
    as_editor.get("/admin/")
    for _ in range(2):
        make_article()
        with CaptureQueriesContext(connection) as queries:
            as_editor.get("/admin/articles/article/")
        counts.append(len(queries))
        for _n in range(5):
            make_article().save_revision(title="Newer")
    assert counts[0] == counts[1]


def test_list_reads_no_whole_texts(as_editor):
    make_article()
    with CaptureQueriesContext(connection) as queries:
        as_editor.get("/admin/articles/article/")
    assert not any('"rendered"' in query["sql"] for query in queries)


def test_filters_page_and_place_outlive_every_edit(as_editor):
    """From the list to whatever the pages of an article lead to, and back to the same list."""
    article = make_article()
    article.save_revision(title="Newer")
    filters = {"q": "newer", "state": "waiting", "p": "1", "o": "2"}
    shown = as_editor.get(f"/admin/articles/article/?{urlencode(filters)}").text
    sidebar = re.compile(r'<nav [^>]*id="nav-sidebar".*?</nav>', re.DOTALL)
    seen, to_see = set(), {unescape(re.search(r'href="([^"]*/change/[^"]*)"', shown)[1])}
    while to_see:
        seen.add(here := to_see.pop())
        response = as_editor.get(here, follow=True)
        assert response.status_code == 200
        where = urlsplit(here).path
        kept = {"_changelist_filters": urlencode(filters)}
        own = rf'href="(/admin/articles/article/(?:{article.pk}/[^"]*)?)"'
        for link in map(unescape, re.findall(own, sidebar.sub("", response.text))):
            path, query = urlsplit(link).path, dict(parse_qsl(urlsplit(link).query))
            if path == "/admin/articles/article/":
                assert query == filters, f"{where}: back to the list"
            elif "/preview/" not in path and "/export." not in path:
                assert query.items() >= kept.items(), f"{where}: {link}"
                to_see.add(link.partition("#")[0])
        to_see -= seen
    assert len(seen) >= 5
    kept = urlencode({"_changelist_filters": urlencode(filters)})
    posts = [
        (change_url(article), payload(article, title="Again", summary="Words.") | {"_save": "1"}),
        (
            change_url(article),
            payload(article, title="Again", summary="Words.") | {"_publish": "1", "base": "3"},
        ),
        (change_url(article, "versions", 1, "restore"), {}),
        (change_url(article, "unpublish"), {}),
    ]
    for url, data in posts:
        assert as_editor.post(f"{url}?{kept}", data)["Location"].endswith(kept), url
