"""Searches and suggestions over 100,000 articles: `python -m bench.search [N]`.

The starter content stands among made-up articles, in which each of some thirty words is on nearly
every page: the worst for a search. Prints the median and the 95th percentile of an answer's time,
of its processor time, and of its time in the database, on both databases.
"""

from __future__ import annotations

import argparse
import statistics
import time
from functools import lru_cache, partial
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.db import connections

from bench.laboratory.database import both, measuring
from bench.laboratory.database.measuring import Columns, Page, Series

BATCH = 1000
SEARCH_MS, SUGGESTIONS_MS = 50, 15
SEARCHES = {
    "a word of all pages": "river",
    "three words of all pages": "quiet river garden",
    "the longest query": "river stone lantern meadow window orchard kettle garden quiet early",
    "a rare word among common ones": "river heroin garden",
    "one page's title": "how long does heroin withdrawal last",
    "a sentence": "my son is on heroin and wont get help",
    "a typing error": "buprenorfine",
    "two words for one": "nal oxone",
    "no word at all": "zzzzqqqq",
    "Spanish": "síntomas de abstinencia",
    "words of danger": "my friend wont wake up",
}
SUGGESTIONS = {
    "a letter": "r",
    "three letters": "riv",
    "a second word": "quiet me",
    "slang": "narc",
}


def make(articles: int) -> None:
    from articles.models import Article
    from articles.search import index
    from bench.laboratory.database.made_up_articles import make_content
    from faq.models import Question

    call_command("load_starter_content")
    make_content(articles)
    # The made-up articles share their bodies.
    read = lru_cache(maxsize=1000)(index.words_of)
    with mock.patch.object(index, "words_of", read):
        for model in (Article, Question):
            keys = list(model.objects.filter(live__isnull=False).values_list("pk", flat=True))
            for start in range(0, len(keys), BATCH):
                some = model.objects.filter(pk__in=keys[start : start + BATCH])
                index.update_all(model, list(some.select_related("live")))
    measuring.measure_tables()


def measure(options: argparse.Namespace) -> None:
    """Fill the database of the environment, or print its table, in a process of its own."""
    client = measuring.new_site()
    from django.conf import settings

    from articles.models import Article
    from contact.visitor.told import snapshot_writing

    if not Article.objects.exists():
        make(options.articles)
    if options.make:
        return

    # As run_jobs leaves it, so that no answer asks the database for words of danger.
    snapshot_writing.write_snapshot()

    def ask(path: str, query: str) -> Any:
        begun = time.process_time()
        response = client.get(path, {"q": query})
        spent[query].append((time.process_time() - begun) * 1000)
        return response

    spent: dict[str, list[float]] = {q: [] for q in (*SEARCHES.values(), *SUGGESTIONS.values())}
    pages = {name: Page(partial(ask, "/search/", query)) for name, query in SEARCHES.items()}
    pages |= {
        f"suggestions, {name}": Page(partial(ask, "/search/suggestions/", query))
        for name, query in SUGGESTIONS.items()
    }
    reading = connections["reading" if "reading" in settings.DATABASES else "default"]
    found = measuring.take_turns(pages, options, reading)
    figures: Columns = {
        "median ms": lambda series: f"{statistics.median(one.page for one in series):.1f}",
        "p95 ms": lambda series: f"{series.page_p95:.1f}",
        "processor ms": lambda series: f"{series.cpu_median:.1f}",
        "database p95 ms": lambda series: f"{series.database_p95:.1f}",
        "queries": lambda series: str(max(len(one.spent) for one in series)),
    }
    title = f"{reading.vendor}, {options.articles:,} articles"
    measuring.print_table(title, found, figures, {"slowest query": _slowest})
    measuring.print_conditions(options)
    typed = {name: series for name, series in found.items() if name.startswith("suggestions")}
    searched = {name: series for name, series in found.items() if name not in typed}
    measuring.print_met(searched, SEARCH_MS, "for a search", lambda series: series.page_p95)
    measuring.print_met(typed, SUGGESTIONS_MS, "for suggestions", lambda series: series.page_p95)
    for of, names in (("a search", SEARCHES), ("suggestions", SUGGESTIONS)):
        times = [each for query in names.values() for each in spent[query]]
        if not times:
            continue
        p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
        print(
            f"Processor time of {of}: median {statistics.median(times):.1f} ms, p95 {p95:.1f} ms."
        )
    print()


def _slowest(series: Series) -> str:
    """The slowest query and its median milliseconds."""
    medians = {sql: statistics.median(times) for sql, times in series.queries().items()}
    if not medians:
        return ""
    sql, milliseconds = max(medians.items(), key=lambda item: item[1])
    words = " ".join(sql.replace('"', "").split())
    return f"{milliseconds:.1f} ms: {words[:80]}".replace("|", "¦")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("articles", type=int, nargs="?", default=100_000)
    both.main("bench.search", "Searches over many articles", parser, measure)
