"""Lighthouse's scores of a first visit on a slow phone: `python -m bench.lighthouse`.

Serves a throw-away copy of the site as `make run` does, opens each page several times in
Chromium with an empty cache, and prints the medians, and every audit that a page failed.
Exits 1 below the bars; writes bench/LIGHTHOUSE.md. Needs Node, npm and Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from bench.laboratory import interrupts, site
from bench.laboratory.servers import ROOT, NotStarted, running
from bench.laboratory.tools import cache_folder

VERSION = "12.8.2"
RESULTS = ROOT / "bench" / "LIGHTHOUSE.md"
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)
# Chromium sometimes loses the beginning of a trace (NO_NAVSTART).
TRIES = 4
# 400 ms a request and 50 kB a second; opening the connection is not slowed down.
SLOW_3G = (
    "--only-audits=first-contentful-paint", "--throttling-method=devtools",
    "--throttling.requestLatencyMs=400", "--throttling.downloadThroughputKbps=400",
    "--throttling.uploadThroughputKbps=400", "--throttling.cpuSlowdownMultiplier=1",
)  # fmt: skip
NOT_LISTED = ("/search/", "/contact/my-request/")
LARGEST_PAINT_MS, SLOW_TEXT_MS, REQUESTS = 800, 1000, 4

# What starter content has not: each fact about the centre, and a picture in an article.
FILL = """
import io, random
from datetime import timedelta
from django.utils import timezone
from PIL import Image
from articles.models import Article, Picture, Topic
from articles.pictures.making import make_picture
from recovery_site.facts.models import Fact, FactKind
today = timezone.localdate()
for kind in FactKind:
    Fact.objects.create(kind=kind, text="Made-up words for this measurement.", source="made up",
                        verified_on=today, expires_on=today + timedelta(days=9))
file = io.BytesIO()
noise = Image.frombytes("RGB", (48, 24), random.Random(1).randbytes(3456))
noise.resize((1440, 720)).save(file, "JPEG")
picture, _is_new = Picture.objects.keep(make_picture(file.getvalue()), "made-up.jpg", None)
article = Article.objects.create(slug="pictured", topic=Topic.objects.first())
image = f'<figure><img src="{picture.address.path}" alt="Coloured clouds"></figure>'
words = "<p>" + "Made-up words for this measurement. " * 40 + "</p>"
article.save_revision(title="With a picture", summary="Made-up words, and a picture.",
                      body=f"<h2>First part</h2>{image}{words}<h2>Second part</h2>{words}")
article.publish()
print(article.get_absolute_url())
"""


class NotMeasured(Exception):
    """Lighthouse cannot be had, or gave no figures; the text says why."""


class Visit(NamedTuple):
    """A page opened once, or the medians of several times.

    Scores of 100 by category, paints in ms, bytes sent with headers, failed audits by name.
    """

    scores: dict[str, int]
    first_paint: float
    largest_paint: float
    slow_text: float
    shift: float
    sent: int
    requests: int
    failed: dict[str, str]

    def below(self) -> list[str]:
        """The bars that it misses."""
        missed = {
            **{name: score < 100 for name, score in self.scores.items()},
            f"largest paint > {LARGEST_PAINT_MS} ms": self.largest_paint > LARGEST_PAINT_MS,
            f"first text on slow 3G > {SLOW_TEXT_MS} ms": self.slow_text > SLOW_TEXT_MS,
            "layout shift": self.shift > 0,
            f"more than {REQUESTS} requests": self.requests > REQUESTS,
        }
        return [name for name, holds in missed.items() if holds]


def lighthouse() -> Path:
    """The program, installed into the cache folder when it isn't there. Raises NotMeasured."""
    for needed in ("node", "npm", "chromium"):
        if not shutil.which(needed):
            raise NotMeasured(f"Lighthouse needs Node, npm and Chromium, and {needed} is missing.")
    folder = cache_folder() / f"lighthouse-{VERSION}"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        print(f"Installing Lighthouse {VERSION} …", flush=True)
        command = ["npm", "install", "--prefix", str(folder), "--no-save", "--no-audit",
                   "--no-fund", "--ignore-scripts", f"lighthouse@{VERSION}"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotMeasured(f"npm could not install Lighthouse: {done.stderr.strip()[-300:]}")
    return program


def visit(program: Path, url: str, folder: Path) -> Visit:
    """Open the page as a phone with an empty cache does, and once more on a slow line.

    Raises NotMeasured.
    """
    slow = report_of(program, url, folder, *SLOW_3G)["audits"]["first-contentful-paint"]
    return read(report_of(program, url, folder, *options_of(url)), slow["numericValue"])


def options_of(url: str) -> tuple[str, ...]:
    """Search engines are kept from some pages on purpose, which is no fault of theirs."""
    return ("--skip-audits=is-crawlable",) if any(each in url for each in NOT_LISTED) else ()


def report_of(program: Path, url: str, folder: Path, *options: str) -> dict[str, Any]:
    report, said = folder / "report.json", "no report"
    command = [str(program), url, "--quiet", "--output=json", f"--output-path={report}",
               f"--chrome-flags={FLAGS}", *options]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": str(shutil.which("chromium")), "CI": "1"}
    for _try in range(TRIES):
        report.unlink(missing_ok=True)
        try:
            subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            said = "no end after 120 s"
            continue
        if report.exists():
            found: dict[str, Any] = json.loads(report.read_text("utf-8"))
            if "runtimeError" in found:
                said = found["runtimeError"]["message"]
            elif "numericValue" in found["audits"]["first-contentful-paint"]:
                return found
            else:
                said = "a report without the first paint"
    raise NotMeasured(f"{url}: {said}")


def read(report: dict[str, Any], slow_text: float) -> Visit:
    audits, categories = report["audits"], report["categories"].values()
    asked = [each for each in audits["network-requests"]["details"]["items"]
             if each["url"].startswith("http")]  # fmt: skip
    failed = {
        name: audits[name]["title"]
        for category in categories
        for name in (reference["id"] for reference in category["auditRefs"])
        if audits[name]["score"] is not None and audits[name]["score"] < 1
    }
    return Visit(
        scores={each["title"]: round(100 * (each["score"] or 0)) for each in categories},
        first_paint=audits["first-contentful-paint"]["numericValue"],
        largest_paint=audits["largest-contentful-paint"]["numericValue"],
        slow_text=slow_text,
        shift=audits["cumulative-layout-shift"]["numericValue"],
        sent=sum(each.get("transferSize", 0) for each in asked),
        requests=len(asked),
        failed=failed,
    )


def summed_up(visits: list[Visit]) -> Visit:
    def median(values: list[float]) -> float:
        return statistics.median(values)

    return Visit(
        scores={name: round(median([each.scores[name] for each in visits]))
                for name in visits[0].scores},
        first_paint=median([each.first_paint for each in visits]),
        largest_paint=median([each.largest_paint for each in visits]),
        slow_text=median([each.slow_text for each in visits]),
        shift=max(each.shift for each in visits),
        sent=round(median([each.sent for each in visits])),
        requests=max(each.requests for each in visits),
        failed={name: title for each in visits for name, title in each.failed.items()},
    )  # fmt: skip


def table(rows: dict[str, Visit]) -> str:
    names = list(next(iter(rows.values())).scores)
    head = ["page", *names, "first paint ms", "largest paint ms",
            "on slow 3G ms", "layout shift", "bytes with headers", "requests"]  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for page, row in rows.items():
        scores = [str(row.scores[name]) for name in names]
        figures = [f"{row.first_paint:.0f}", f"{row.largest_paint:.0f}",
                   f"{row.slow_text:.0f}", f"{row.shift:.3f}", f"{row.sent:,}",
                   str(row.requests)]  # fmt: skip
        lines.append("| " + " | ".join([page, *scores, *figures]) + " |")
    return "\n".join(lines)


def failures(rows: dict[str, Visit]) -> str:
    """Every audit that a page failed, also those that weigh nothing, and the pages."""
    pages: dict[tuple[str, str], list[str]] = {}
    for page, row in rows.items():
        for failed in row.failed.items():
            pages.setdefault(failed, []).append(page)
    return "\n".join(
        f"- {title} (`{name}`): {', '.join(where)}" for (name, title), where in pages.items()
    )


def pages_of(article: str, pictured: str) -> dict[str, str]:
    """A page of each kind that differs from the others."""
    return {
        "home": "/",
        "article": article,
        "article with a picture": pictured,
        "questions": "/faq/",
        "question": "/faq/is-withdrawal-dangerous/",
        "topic": "/articles/topics/treatment-and-recovery/",
        "contact": "/contact/",
        "my request": "/contact/my-request/",
        "help now": "/help-now/",
        "Spanish": "/es/",
        "about the centre": "/about/",
        "search results": "/search/?q=fentanyl",
        "search for danger": "/search/?q=my+friend+wont+wake+up",
    }


def measure(options: argparse.Namespace) -> dict[str, Visit]:
    program = lighthouse()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = site.prepare(folder / "site")
        pages = pages_of(made.path, site.manage(made.environment, "shell", "-c", FILL).split()[-1])
        pages = {page: path for page, path in pages.items() if options.only in page}
        log = folder / "log"
        visits: dict[str, list[Visit]] = {page: [] for page in pages}
        with running(site.serve, "/readyz", log=log, environment=made.environment) as server:
            # The host that SITE_URL names.
            address = server.address.replace("127.0.0.1", "localhost")
            for number in range(1, options.rounds + 1):
                for page, path in pages.items():
                    seen = visit(program, address + path, folder)
                    visits[page].append(seen)
                    scores = "/".join(map(str, seen.scores.values()))
                    print(f"round {number}: {page} {scores}, {seen.largest_paint:.0f} ms, "
                          f"slow {seen.slow_text:.0f} ms", flush=True)  # fmt: skip
    return {page: summed_up(seen) for page, seen in visits.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.lighthouse", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each page is opened")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--output", type=Path, help="default: bench/LIGHTHOUSE.md, unless --only")
    options = parser.parse_args()
    interrupts.listen()
    try:
        rows = measure(options)
    except (NotMeasured, NotStarted) as error:
        print(error)
        return 1
    parts = ["# A first visit on a slow phone", table(rows)]
    if listed := failures(rows):
        parts.append(f"Audits that did not pass, with or without weight:\n\n{listed}")
    parts.append(
        f"Lighthouse {VERSION}, mobile, medians of {options.rounds} visits with an empty cache. "
        "Search engines are kept from search and a visitor's own request on purpose: there "
        "`is-crawlable` is not asked. Made by `python -m bench.lighthouse`."
    )
    text = "\n\n".join(parts)
    print(f"\n{text}")
    if output := options.output or (None if options.only else RESULTS):
        output.write_text(f"{text}\n", "utf-8")
    below = [f"{page}: {', '.join(row.below())}" for page, row in rows.items() if row.below()]
    for each in below:
        print(f"BELOW THE BAR  {each}")
    return 1 if below else 0
