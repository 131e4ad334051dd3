"""How fast the site is on this machine, beside nginx, gunicorn and Wagtail: `make bench`.

Starts everything in throw-away folders, lets all take turns under load, prints the tables and
writes them to bench/RESULTS.md. Exits 1 when an answer failed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.laboratory import interrupts, nginx, tools
from bench.laboratory.asking import BR, GZIP
from bench.laboratory.cpu import largest_worker
from bench.laboratory.servers import ROOT, NotStarted
from bench.laboratory.site import prepare
from bench.laboratory.speed import contestants, wagtail
from bench.laboratory.speed.contestants import FRONT, ORDER, LineUp, WrongPage
from bench.laboratory.speed.results import Rounds, report
from bench.laboratory.speed.wrk import Wrk

RESULTS = ROOT / "bench" / "RESULTS.md"


def line_up(stack: ExitStack, folder: Path, options: argparse.Namespace, coding: str) -> LineUp:
    """Start all contestants."""
    print("Making a site to measure …", flush=True)
    site = prepare(folder / "site")
    lineup = LineUp(folder, tools.cache_folder(), coding, stack, site)
    lineup.cache.mkdir(parents=True, exist_ok=True)
    print("Starting it, several times …", flush=True)
    contestants.start_site(lineup)
    contestants.start_uncached(lineup)
    if options.wagtail:
        print("Making a Wagtail to compare with …", flush=True)
        contestants.start_wagtail(lineup, options.wagtail_source)
        lineup.left_out.append("WordPress, which would need PHP and MySQL")
    return lineup


def measure(lineup: LineUp, options: argparse.Namespace) -> Rounds:
    """Put load on each contestant in turn, for several rounds."""
    wrk = Wrk(lineup.folder, lineup.coding)
    order = [name for name in ORDER if name in lineup.contestants]
    rounds: Rounds = []
    for number in range(1, options.rounds + 1):
        loads = {}
        for name in order:
            who = lineup.contestants[name]
            loads[name] = wrk.measure(who.answer, who.roots, options.seconds)
        rounds.append(loads)
        told = " · ".join(f"{name} {load.rate:,.0f}/s {load.cpu:,.0f} µs"
                          for name, load in loads.items())  # fmt: skip
        others = statistics.mean(load.others for load in loads.values())
        print(f"round {number} of {options.rounds}: {told} · others {others:.0%}", flush=True)
    if FRONT in lineup.contestants and not lineup.site.page_files():
        raise WrongPage("The published page went away: the code changed while it was measured.")
    return rounds


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of load for each in a round")
    parser.add_argument("--wagtail", action="store_true", help="compare with Wagtail too")
    parser.add_argument(
        "--wagtail-source", default=wagtail.DEMO, help="where git clones Wagtail's demo from"
    )
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser.parse_args()


def run(options: argparse.Namespace) -> int:
    missing = tools.missing()
    if "wrk" in missing:
        print("wrk is missing, which makes the load: on Debian, apt install wrk.", file=sys.stderr)
        return 1
    coding = f"{BR}, {GZIP}" if nginx.brotli_module() or "nginx" in missing else GZIP
    with tempfile.TemporaryDirectory(prefix="site-bench-") as folder, ExitStack() as stack:
        lineup = line_up(stack, Path(folder), options, coding)
        if "nginx" in missing:
            lineup.left_out.append("nginx is not installed")
        rounds = measure(lineup, options)
        all_contestants = lineup.contestants.items()
        memories = {name: largest_worker(who.worker_of) for name, who in all_contestants}
        interrupts.ignore()
        written = report(
            lineup, tools.described(lineup.postgres), rounds, memories, options.seconds
        )
    print(f"\n{written}")
    options.output.write_text(written, "utf-8")
    failed = sum(load.failed for each in rounds for load in each.values())
    if failed:
        print(f"{failed} answers failed.", file=sys.stderr)
    return 1 if failed else 0


def main() -> int:
    interrupts.listen()
    try:
        return run(arguments())
    except KeyboardInterrupt:
        print("\nStopped. Nothing is left running.", file=sys.stderr)
        return 130
    except subprocess.CalledProcessError as error:
        print(f"{error.cmd} failed: {(error.stderr or '')[-800:]}", file=sys.stderr)
        return 1
    except (NotStarted, WrongPage) as error:
        print(error, file=sys.stderr)
        return 1
