"""The list of all pages in the admin, over 100,000 rows: `python -m bench.stock [N]`.

The list reads its rows alone, so they are made without the pages that they stand for. Each of some
thirty words is on nearly every row, one on a third of them, others on a few. Prints the median and
the 95th percentile of a page's time, its processor time, its time in the database and the number of
its queries, on both databases, and the time in ratio to that of the list without any filter.
"""

from __future__ import annotations

import argparse
import random
import statistics
from datetime import timedelta
from functools import partial
from itertools import batched
from typing import Any

from django.db import connection
from tqdm import tqdm

from bench.laboratory.database import both, measuring
from bench.laboratory.database.measuring import Columns, Page

BATCH, TOPICS, PEOPLE, WORDS_OF_A_ROW = 2000, 60, 25, 12
SYLLABLES = ("ba", "cor", "del", "fi", "gan", "hol", "kem", "lor", "mi", "nat", "op", "pra", "quo")
PAGE_MS = 50
PLAIN: dict[str, str] = {}
ASKED: dict[str, dict[str, str]] = {
    "all": PLAIN,
    "page 20": {"page": "20"},
    "page 500": {"page": "500"},
    "by next review": {"sort": "next_review_on"},
    "by grade, worst first": {"sort": "-grade"},
    "questions alone": {"kind": "faq.question"},
    "drafts alone": {"state": "draft"},
    "of one topic": {"topic": "7"},
    "one’s own": {"owner": "mine"},
    "review is due": {"check": "due"},
    "nobody’s, newest first": {"check": "unowned", "sort": "-changed_at"},
    "broken links of one topic": {"check": "links", "topic": "7"},
    "a word of all pages": {"q": "river"},
    "two words of all pages": {"q": "quiet garden"},
    "a word of a third, and one of all": {"q": "heroin river"},
    "two words, each on one in thirty": {"q": "methadone naloxone"},
    "the begin of a word": {"q": "meth"},
    "a rare word": {"q": "article90"},
    "a typing error in a word of all": {"q": "gardne"},
    "a typing error in one of few": {"q": "metadhone"},
    "no word at all": {"q": "zzzzqqqq"},
    "a word of all, page 20": {"q": "river", "page": "20"},
    "a word of all, of drafts": {"q": "river", "state": "draft"},
}


def make(number: int, seed: int = 1) -> None:
    from django.contrib.auth.models import User

    from articles.models import StockRow, StockWord, Topic
    from articles.search.index import sound_of
    from bench.laboratory.database.made_up_articles import WORDS

    chance = random.Random(seed)
    topics = [Topic(name=f"Topic {n}", slug=f"topic-{n}", order=n) for n in range(TOPICS)]
    topics = Topic.objects.bulk_create(topics)
    people: list[Any] = [User(username=f"person{n}", is_staff=True) for n in range(PEOPLE)]
    people = [*User.objects.bulk_create(people), None]
    rare = ["".join(chance.choices(SYLLABLES, k=chance.choice((2, 3)))) for _ in range(8000)]
    named = ("heroin", "methadone", "naloxone", *(f"article{n}" for n in range(number)))
    words = [StockWord(word=word, sound=sound_of(word)) for word in {*WORDS, *rare, *named}]
    StockWord.objects.bulk_create(words, batch_size=BATCH)
    keys = dict(StockWord.objects.values_list("word", "pk"))
    rows: Any = StockRow.objects
    for numbers in batched(tqdm(range(number), unit=" rows"), BATCH):
        made = rows.bulk_create([_row(chance, n, topics, people) for n in numbers])
        places = []
        for row in made:
            own = {*WORDS} - {*chance.sample(WORDS, 3)} | {f"article{row.publication}"}
            own |= {*chance.sample(rare, WORDS_OF_A_ROW)}
            own |= {word for word, in_one in (("heroin", 3), ("methadone", 30), ("naloxone", 30))
                    if not chance.randrange(in_one)}  # fmt: skip
            places += [
                StockRow.words.through(stockrow=row, stockword_id=keys[word]) for word in own
            ]
        StockRow.words.through.objects.bulk_create(places, batch_size=BATCH * 5)
    measuring.measure_tables()


def _row(chance: random.Random, number: int, topics: list[Any], people: list[Any]) -> Any:
    from django.utils import timezone

    from articles.models import StockRow
    from articles.stock.rows import StockState
    from articles.stock.upkeep import checked_with
    from bench.laboratory.database.made_up_articles import WORDS

    moment = timezone.now() - timedelta(hours=chance.randrange(90_000))
    return StockRow(
        kind=("faq.question", "articles.article", "articles.article")[number % 3],
        publication=number,
        revision=number,
        checked_with=checked_with(),
        title=f"{' '.join(chance.choices(WORDS, k=5)).capitalize()} {number}",
        topic=chance.choice(topics),
        owner=chance.choice(people),
        deputy=chance.choice(people) if number % 2 else None,
        state=StockState.LIVE if chance.random() > 0.05 else StockState.DRAFT,
        changed_at=moment,
        draft_since=moment if chance.random() < 0.1 else None,
        next_review_on=timezone.localdate() + timedelta(days=chance.randrange(-20, 365)),
        awaits_review=chance.random() < 0.3,
        grade=round(chance.uniform(4, 13), 1),
        terms=max(0, chance.randrange(-30, 4)),
        broken_links=max(0, chance.randrange(-50, 3)),
        lacks_sources=chance.random() < 0.2,
        is_orphan=chance.random() < 0.3,
    )


def measure(options: argparse.Namespace) -> None:
    """Fill the database of the environment, or print its table, in a process of its own."""
    client = measuring.new_site()
    from django.contrib.auth.models import User

    from articles.models import StockRow

    if not StockRow.objects.exists():
        make(options.rows)
    if options.make:
        return
    rights = {"is_staff": True, "is_superuser": True}
    lead, _is_new = User.objects.get_or_create(username="lead", defaults=rights)
    StockRow.objects.filter(publication__lt=200).update(owner=lead)
    pages = {name: Page(partial(client.get, "/admin/stock/", q)) for name, q in ASKED.items()}
    found = measuring.take_turns(pages, options, begin=lambda: client.force_login(lead))
    medians = {name: statistics.median(one.page for one in each) for name, each in found.items()}
    first = next(iter(medians.values()))
    by_series = {id(found[name]): median / first for name, median in medians.items()}
    figures: Columns = {
        "median ms": lambda series: f"{statistics.median(one.page for one in series):.1f}",
        "p95 ms": lambda series: f"{series.page_p95:.1f}",
        "processor ms": lambda series: f"{series.cpu_median:.1f}",
        "database p95 ms": lambda series: f"{series.database_p95:.1f}",
        "queries": lambda series: str(max(len(one.spent) for one in series)),
        "× the first": lambda series: f"{by_series[id(series)]:.2f}",
    }
    measuring.print_table(f"{connection.vendor}, {options.rows:,} rows", found, figures)
    measuring.print_conditions(options)
    measuring.print_met(found, PAGE_MS, "for a page", lambda series: series.page_p95)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stock", description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    both.main("bench.stock", "The list of all pages", parser, measure)
