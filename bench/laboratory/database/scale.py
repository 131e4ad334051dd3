"""Public pages over 100,000 articles: `python -m bench.scale [N]`.

Makes the content in a throw-away SQLite file and a throw-away PostgreSQL, then has Django make
every kind of page, without the page cache, and prints the median and the 95th percentile of a
page's time, its time in the database, its number of queries, its size and its slowest query. The
pages take turns, several times over; medians of the turns are printed, so that a busy minute of
the machine weighs little.
"""

from __future__ import annotations

import argparse
import statistics
from functools import partial
from typing import Any
from unittest import mock

from django.db import connections

from bench.laboratory.database import both, measuring
from bench.laboratory.database.measuring import Asked, Columns, Page, Series

LONGEST_SHOWN = 90
# Only these are counted, not the statements that begin and end a page's snapshot.
READING = ("SELECT", "WITH")
# Bar for a page that is not cached.
BAR_MS = 50.0
ARTICLE = "article with related ones chosen"


def addresses() -> dict[str, str]:
    """Addresses by name: beginning, middle and end of each long list, and one of each page."""
    from articles.models import Article, Topic
    from faq.models import Question
    from recovery_site.site_map.sitemaps import KEYS_IN_A_PART

    published = Article.objects.filter(live__isnull=False).order_by("-published_at", "-pk")
    keys = list(published.values_list("pk", flat=True))
    big = Topic.objects.order_by("pk")[0]
    of_topic = list(published.filter(topic=big).values_list("pk", flat=True))
    chosen = published.filter(related__live__isnull=False)[50]
    alone = published.filter(related__isnull=True)[50]
    question = Question.objects.filter(live__isnull=False)[50]
    answered = Topic.objects.get(questions=question)
    part = keys[0] // KEYS_IN_A_PART + 1
    topic = f"/articles/topics/{big.slug}/"
    return {
        "/healthz, to compare": "/healthz",
        "home": "/",
        "articles, newest": "/articles/",
        "articles, the middle of the list": f"/articles/older/{keys[len(keys) // 2]}/",
        "articles, its end": f"/articles/older/{keys[-5]}/",
        f"a topic of {len(of_topic):,} articles": topic,
        "the middle of that topic": f"{topic}older/{of_topic[len(of_topic) // 2]}/",
        ARTICLE: f"/articles/{chosen.slug}/",
        "article with those of its topic": f"/articles/{alone.slug}/",
        "questions": "/faq/",
        "questions of a topic": f"/faq/topics/{answered.slug}/",
        "question": f"/faq/{question.slug}/",
        "sitemap, index": "/sitemap.xml",
        "sitemap, a part": f"/sitemap-articles-{part}.xml",
        "sitemap, topics": "/sitemap-topics.xml",
        "feed": "/feed/",
    }


def measure(options: argparse.Namespace) -> None:
    """Fill the database of the environment, or print its table, in a process of its own."""
    client = measuring.new_site()
    from django.conf import settings

    from articles.models import Article
    from bench.laboratory.database.made_up_articles import make_content

    if not Article.objects.exists():
        make_content(options.articles)
        measuring.measure_tables()
    if options.make:
        return
    pages = {name: Page(partial(client.get, path)) for name, path in addresses().items()}
    path = addresses()[ARTICLE]
    pages[f"{ARTICLE}, queries compiled anew"] = Page(partial(get_compiling_anew, client, path))
    reading = connections["reading" if "reading" in settings.DATABASES else "default"]
    found = measuring.take_turns(pages, options, reading)
    figures: Columns = {
        "median ms": lambda series: f"{statistics.median(one.page for one in series):.1f}",
        "p95 ms": _p95,
        "database p95 ms": lambda series: f"{series.database_p95:.1f}",
        "queries": lambda series: str(max(map(_queries, series))),
        "KB": lambda series: f"{next(iter(series)).size / 1000:.0f}",
    }
    title = f"{reading.vendor}, {options.articles:,} articles"
    measuring.print_table(title, found, figures, {"slowest query": _slowest})


def get_compiling_anew(client: Any, path: str) -> Any:
    """Ask for a page whose precompiled queries are built and compiled for this request."""
    from articles.reading.compiled_queries import CompiledQuery

    call = CompiledQuery.__call__

    def compile_and_call(query: CompiledQuery, **params: Any) -> list[Any]:
        return call(CompiledQuery(query.build), **params)

    with mock.patch.object(CompiledQuery, "__call__", compile_and_call):
        return client.get(path)


def _p95(series: Series) -> str:
    milliseconds = series.page_p95
    return f"{milliseconds:.1f}{' **over**' if milliseconds > BAR_MS else ''}"


def _queries(one: Asked) -> int:
    return sum(sql.startswith(READING) for _milliseconds, sql in one.spent)


def _slowest(series: Series) -> str:
    """The slowest query and its median milliseconds."""
    medians = {
        sql: statistics.median(times)
        for sql, times in series.queries().items()
        if sql.startswith(READING)
    }
    if not medians:
        return ""
    sql, milliseconds = max(medians.items(), key=lambda item: item[1])
    # Leave out the columns.
    words = " ".join(sql.replace('"', "").split())
    shown = words[words.find(" FROM ") + 1 :][:LONGEST_SHOWN].replace("|", "¦")
    return f"{milliseconds:.1f} ms: {shown}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("articles", type=int, nargs="?", default=100_000)
    both.main("bench.scale", "Public pages over many articles", parser, measure)
