"""Public pages over 100,000 articles: `python -m bench.scale [N]`.

Makes the content in a throw-away SQLite file and a throw-away PostgreSQL, then has Django make
every kind of page, without the page store, and prints the median and the 95th percentile of a
page's time, its time in the database, its number of queries, its size and its slowest query. The
pages take turns, several times over; medians of the turns are printed, so that a busy minute of
the machine weighs little.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bench.intake import _watched as watched

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "SCALE.md"
WARM_UP = 3
LONGEST_SHOWN = 90
# What DESIGN promises of an uncached page.
BAR_MS = 50.0


class Made(NamedTuple):
    """One page: milliseconds in all, and those of each query with its SQL."""

    page: float
    spent: list[tuple[float, str]]
    size: int

    @property
    def database(self) -> float:
        return sum(milliseconds for milliseconds, _sql in self.spent)

    @property
    def queries(self) -> int:
        return sum(sql.startswith(("SELECT", "WITH")) for _milliseconds, sql in self.spent)


def addresses() -> dict[str, str]:
    """Pages by name: the first, a middling and the last of each long list."""
    from articles.models import Article, Topic
    from faq.models import Question
    from recovery_site.sitemaps import KEYS_IN_A_PART

    published = Article.objects.filter(live__isnull=False).order_by("-published_at", "-pk")
    keys = list(published.values_list("pk", flat=True))
    big = Topic.objects.order_by("pk")[0]
    of_topic = list(published.filter(topic=big).values_list("pk", flat=True))
    chosen = published.filter(related__live__isnull=False)[50]
    alone = published.filter(related__isnull=True)[50]
    question = Question.objects.filter(live__isnull=False)[50]
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
        "article with related ones chosen": f"/articles/{chosen.slug}/",
        "article with those of its topic": f"/articles/{alone.slug}/",
        "questions": "/faq/",
        "questions of a topic": f"/faq/topics/{question.topic.slug}/",
        "question": f"/faq/{question.slug}/",
        "sitemap, index": "/sitemap.xml",
        "sitemap, a part": f"/sitemap-articles-{part}.xml",
        "sitemap, topics": "/sitemap-topics.xml",
        "feed": "/feed/",
    }


def measure(options: argparse.Namespace) -> None:
    """In a process of its own, on the database of the environment."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, connections
    from django.test import Client

    from articles.models import Article
    from bench.content import make_content, measure_tables

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if not Article.objects.exists():
        make_content(options.articles)
        measure_tables()
    read = connections["reading" if "reading" in settings.DATABASES else "default"]
    client = Client(headers={"host": "localhost"})
    pages = {name: path for name, path in addresses().items() if options.only in name}
    turns: dict[str, list[list[Made]]] = {name: [] for name in pages}
    for _turn in range(options.turns):
        for name, path in pages.items():
            made = [_made(read, client.get, path) for _ in range(options.rounds + WARM_UP)]
            turns[name].append(made[WARM_UP:])
    _print(f"{connection.vendor}, {options.articles:,} articles", turns)


def _made(connection: Any, get: Callable[[str], Any], path: str) -> Made:
    with watched(connection) as spent:
        begun = time.perf_counter()
        response = get(path)
        whole = (time.perf_counter() - begun) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{path}: status {response.status_code}")
    return Made(whole, list(spent), len(response.content))


def _print(title: str, turns: dict[str, list[list[Made]]]) -> None:
    print(f"| {title} | median ms | p95 ms | database p95 ms | queries | KB | slowest query |")
    print("|---|---:|---:|---:|---:|---:|---|")
    for name, series in turns.items():
        middle = statistics.median(made.page for one in series for made in one)
        p95 = _p95([[made.page for made in one] for one in series])
        database = _p95([[made.database for made in one] for one in series])
        queries = max(made.queries for one in series for made in one)
        size = series[0][0].size / 1000
        over = " **over**" if p95 > BAR_MS else ""
        figures = f"{middle:.1f} | {p95:.1f}{over} | {database:.1f} | {queries} | {size:.0f}"
        print(f"| {name} | {figures} | {_slowest(series)} |")


def _slowest(series: list[list[Made]]) -> str:
    """The query that took longest, with its median milliseconds."""
    times: dict[str, list[float]] = {}
    for one in series:
        for made in one:
            for milliseconds, sql in made.spent:
                if sql.startswith(("SELECT", "WITH")):
                    times.setdefault(sql, []).append(milliseconds)
    if not times:
        return ""
    sql, taken = max(times.items(), key=lambda item: statistics.median(item[1]))
    # After the columns: where it reads from.
    words = " ".join(sql.replace('"', "").split())
    shown = words[words.find(" FROM ") + 1 :][:LONGEST_SHOWN].replace("|", "¦")
    return f"{statistics.median(taken):.1f} ms: {shown}"


def _p95(series: list[list[float]]) -> float:
    return statistics.median(
        statistics.quantiles(values, n=20, method="inclusive")[-1] for values in series
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=int, nargs="?", default=100_000)
    parser.add_argument("--rounds", type=int, default=20, help="how often a page is made in turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options)
        return
    from bench import both

    tables = both.tables("bench.scale")
    if not options.only:
        written = "\n".join(["# Public pages over many articles", "", *tables])
        RESULTS.write_text(f"{written}\nMade by `python -m bench.scale`.\n", "utf-8")


if __name__ == "__main__":
    main()
