"""How long it takes to make all pages again after one publication, by the size of the site.

The page cache does not track which page depends on which row: every change has all pages made
again, and those whose bytes stayed the same are linked. This counts the pages and the processor
time of it, for the starter content alone and with made-up articles, so that it can be said when
tracking would pay. Processor time (user and system) depends little on what else the machine does;
seconds of the clock do.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.laboratory import cpu, site
from bench.laboratory.servers import ROOT

if TYPE_CHECKING:
    from recovery_site.page_cache.cache import PageCache

RESULTS = ROOT / "bench" / "REBUILD.md"
SIZES = [0, 1_000, 10_000]
# What may be spent on making pages again, as a share of one processor.
SHARE = 0.1
HEAD = [
    *("content", "pages", "made at first, CPU s", "made again", "with new bytes"),
    *("what is published, CPU s", "pages, CPU s", "ms a page", "clock s"),
    f"changes an hour in {SHARE:.0%} of a processor",
]


class Spent(NamedTuple):
    """Processor time of this process and its ended children, and time of the clock, in seconds."""

    cpu: float
    clock: float

    @classmethod
    def until_now(cls) -> Spent:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return cls(time.process_time() + used.ru_utime + used.ru_stime, time.monotonic())

    def __sub__(self, other: object) -> Spent:
        if not isinstance(other, Spent):
            return NotImplemented
        return Spent(self.cpu - other.cpu, self.clock - other.clock)


class Made(NamedTuple):
    """All pages of one content version."""

    pages: int
    changed: int
    # Taking over the version: above all, listing what is published.
    adopting: Spent
    making: Spent


def measure(articles: int) -> None:
    """In a process of its own, on the site of the environment: print a row of the table."""
    import django

    django.setup()
    from articles.models import Article
    from bench.laboratory.database.made_up_articles import make_content
    from bench.laboratory.database.measuring import measure_tables
    from recovery_site.page_cache.cache import site_cache

    if articles:
        make_content(articles)
        measure_tables()
    cache = site_cache(memory_bytes=0)
    first = make_pages(cache)
    article: Any = Article.objects.published().order_by("-published_at")[0]
    article.publish(article.save_revision(title=f"{article.live.title}, in other words"))
    again = make_pages(cache)
    milliseconds = again.making.cpu * 1000 / again.pages
    spent = again.adopting.cpu + again.making.cpu
    cells = [
        f"starter content and {articles:,} articles" if articles else "starter content",
        f"{first.pages:,}",
        f"{first.adopting.cpu + first.making.cpu:.1f}",
        f"{again.pages:,}",
        f"{again.changed:,}",
        f"{again.adopting.cpu:.2f}",
        f"{again.making.cpu:.2f}",
        f"{milliseconds:.1f}",
        f"{again.adopting.clock + again.making.clock:.1f}",
        f"{3600 * SHARE / spent:,.0f}",
    ]
    print(f"| {' | '.join(cells)} |")


def make_pages(cache: PageCache) -> Made:
    """Make what `publish_pages` makes, with the same code."""
    from tqdm import tqdm

    from recovery_site.page_cache.handler import PageCacheHandler
    from recovery_site.page_cache.refresh import refresh
    from recovery_site.page_cache.warming import Warmer

    begun = Spent.until_now()
    refresh(cache)
    adopted = Spent.until_now()
    warmer = Warmer(PageCacheHandler(cache))
    warmer.begin()
    made = sum(warmer.make(path) for path in tqdm(list(warmer.waiting), unit=" pages"))
    done = Spent.until_now()
    if warmer.failed:
        raise SystemExit(f"{len(warmer.failed)} pages could not be made: {warmer.failed[:5]}")
    changed = changed_pages(cache.disk.folder(warmer.number))
    cache.remove_others(warmer.number)
    return Made(made, changed, adopted - begun, done - adopted)


def changed_pages(folder: Path) -> int:
    """How many pages in the folder share no file with an earlier version."""
    bodies = [*folder.rglob("index.html"), *folder.rglob("body")]
    return sum(body.stat().st_nlink == 1 for body in bodies)


def run(articles: int) -> str:
    """The row of a site with that many made-up articles."""
    with tempfile.TemporaryDirectory(prefix="site-rebuild-") as name:
        made = site.prepare(Path(name) / "site")
        ran = subprocess.run(
            [sys.executable, "-m", "bench.rebuild", "--measure", str(articles)],
            cwd=ROOT, env=made.environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return ran.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.rebuild", description=__doc__)
    parser.add_argument("articles", type=int, nargs="*", help="how many made-up ones to add")
    parser.add_argument("--output", type=Path, help="default: bench/REBUILD.md for all sizes")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        measure(options.measure)
        return
    table = [f"| {' | '.join(HEAD)} |", f"|---|{'---:|' * (len(HEAD) - 1)}"]
    print("\n".join(table), flush=True)
    for articles in options.articles or SIZES:
        table.append(run(articles))
        print(table[-1], flush=True)
    about = (
        "All pages are made again after one article got another title, by the code of "
        "`publish_pages`, in one process, on SQLite. CPU is user and system time; the clock counts "
        "waiting for the disk and for other processes too. Pages whose bytes stayed the same are "
        f"not compressed again. {cpu.model()}."
    )
    text = "\n\n".join(
        ["# Making pages again after one publication", about, "\n".join(table),
         "Made by `python -m bench.rebuild`."]
    )  # fmt: skip
    if output := options.output or (None if options.articles else RESULTS):
        output.write_text(f"{text}\n", "utf-8")
