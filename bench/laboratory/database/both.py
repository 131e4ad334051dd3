"""The same measurement on SQLite and on PostgreSQL, each in a process and a database of its own."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.laboratory.servers import ROOT
from bench.laboratory.site import fresh_environment
from tests import postgres


def main(
    module: str,
    title: str,
    parser: argparse.ArgumentParser,
    measure: Callable[[argparse.Namespace], None],
) -> None:
    """The command line of `module`: measure on both databases and write the tables to bench/."""
    parser.add_argument("--rounds", type=int, default=20, help="how often a page is asked in turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make or options.measure:
        measure(options)
        return
    printed = tables(module)
    if not options.only:
        results = ROOT / "bench" / f"{module.rpartition('.')[2].upper()}.md"
        written = "\n".join([f"# {title}", "", *printed])
        results.write_text(f"{written}\nMade by `python -m {module}`.\n", "utf-8")


def tables(module: str) -> list[str]:
    """Fill both databases at once, then measure one after the other; return their tables."""
    printed = []
    with tempfile.TemporaryDirectory() as folder, postgres.server(is_durable=True) as url:
        environments = []
        for name, database in (("sqlite", ""), ("postgresql", url)):
            (data := Path(folder) / name).mkdir()
            environments.append(fresh_environment(data) | {"DATABASE_URL": database})
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        makers = [
            subprocess.Popen([*command, "--make"], cwd=ROOT, env=environment)
            for environment in environments
        ]
        codes = [maker.wait() for maker in makers]
        if any(codes):
            sys.exit("The rows could not be made.")
        for environment in environments:
            ran = subprocess.run(
                [*command, "--measure"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            print(ran.stdout)
            printed.append(ran.stdout)
    return printed
