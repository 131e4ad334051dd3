"""How often the wanted page comes first: `python -m tests.recovery_site.search.figures`.

The queries are in queries.csv, with the pages that answer each. With `unseen`, they are in
unseen.csv, by somebody who knew the titles of our pages and nothing of the search, as `later` in
later.csv; with `fresh`, in fresh.csv, by somebody who knew the search. Every second query is for
tuning, the others only measure. `people` and `people_later`, by somebody who knew the titles alone,
hold danger and what only looks like it besides; the second was measured after what the first
mended. `strangers` is a third such list, without danger; its Spanish words were added because they
had found nothing; `passers_by` is one with danger. `slang` is of drugs, with danger and without;
its later half was written after what the first half mended. `callers` is one by somebody who knew
the addresses of the pages alone, with danger and without. `!danger` wants 911 and 988 on top,
`!none` anything else. With `meaning`, the process that compares meanings helps; with `misses`, the
tuned queries that miss are named.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("queries.csv")
LISTS = {
    name: FILE.with_name(f"{name}.csv")
    for name in (
        "unseen",
        "fresh",
        "later",
        "people",
        "people_later",
        "strangers",
        "passers_by",
        "slang",
        "callers",
    )
}
DANGER, NO_DANGER = "/!danger/", "/!none/"
HALVES = ("tuned", "measured")


class Wanted(NamedTuple):
    kind: str
    query: str
    pages: frozenset[str]
    half: str


class Figures(NamedTuple):
    queries: int
    first: float
    in_three: float
    dead_ends: int


def wanted(path: Path = FILE) -> list[Wanted]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Wanted(
            row["kind"],
            row["query"],
            frozenset(f"/{page}/" for page in row["wanted"].split("|")),
            HALVES[number % 2],
        )
        for number, row in enumerate(rows)
    ]


def found(query: str) -> list[str]:
    from recovery_site.search.danger import language_of_danger
    from recovery_site.search.results import search

    is_danger = bool(language_of_danger(query))
    urls = [page.url for page in search(query, is_danger).pages]
    return [DANGER, *urls] if is_danger else urls


def shown(each: Wanted, urls: list[str]) -> list[str]:
    """The pages alone, unless help is what is wanted or not."""
    if NO_DANGER in each.pages:
        return [DANGER if DANGER in urls else NO_DANGER]
    return urls if DANGER in each.pages else [url for url in urls if url != DANGER]


def is_first(each: Wanted, urls: list[str]) -> bool:
    return shown(each, urls)[:1] != [] and shown(each, urls)[0] in each.pages


def figures(chosen: list[Wanted]) -> Figures:
    first = in_three = dead_ends = 0
    for each in chosen:
        urls = found(each.query)
        first += is_first(each, urls)
        in_three += not each.pages.isdisjoint(shown(each, urls)[:3])
        dead_ends += not urls
    count = len(chosen) or 1
    return Figures(len(chosen), first / count, in_three / count, dead_ends)


def main() -> None:
    queries = wanted(next((LISTS[name] for name in LISTS if name in sys.argv), FILE))
    by_kind: dict[tuple[str, str], list[Wanted]] = defaultdict(list)
    for each in queries:
        by_kind[each.half, each.kind].append(each)
        by_kind[each.half, "all"].append(each)
    print(f"{'half':9} {'kind':9} {'n':>4} {'first':>6} {'three':>6} {'none':>5}")
    for (half, kind), chosen in sorted(by_kind.items()):
        it = figures(chosen)
        line = f"{it.queries:4} {it.first:6.1%} {it.in_three:6.1%} {it.dead_ends:5}"
        print(f"{half:9} {kind:9} {line}")
    if "misses" in sys.argv:
        for each in queries:
            urls = found(each.query)
            if each.half == "tuned" and not is_first(each, urls):
                mark = " " if each.pages & set(urls[:3]) else "!"
                print(mark, each.query, "→", *urls[:4], "| wanted", *each.pages)


if __name__ == "__main__":
    import tempfile

    import django

    from tests.__main__ import PRODUCTION

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= PRODUCTION | {"DJANGO_SETTINGS_MODULE": "tests.site_settings"}
        os.environ["DATA_DIR"] = folder
        os.environ["DATABASE_URL"] = ""
        django.setup()
        from pathlib import Path as _Path

        from tests import prepared
        from tests.recovery_site.search import beside

        prepared.put_site(_Path(folder))
        if "meaning" in sys.argv:
            with beside.search_by_meaning():
                main()
        else:
            main()
