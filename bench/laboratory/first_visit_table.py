"""How many bytes a first visit takes, for every kind of page that a visitor can open.

Serves a throw-away copy of the site as it runs behind https, alone and behind nginx, asks for every
published page and for the pages around a callback request, with br, and counts all bytes with the
headers of HTTP/1.1. The table has the largest page of each kind. Exits 1 above the bar. The count
does not depend on how busy the machine is.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
import uuid
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.laboratory import interrupts, nginx, servers, site
from bench.laboratory.asking import BR, Answer, ask
from bench.laboratory.drill.connections import HOST, Line
from bench.laboratory.first_visit import LIMIT, MAX_REQUESTS, Fetched, first_visit
from bench.laboratory.servers import ROOT, running

RESULTS = ROOT / "bench" / "FIRST_VISIT.md"
ENVIRONMENT = {"SITE_URL": f"https://{HOST}", "TRUSTED_PROXIES": "127.0.0.1/32"}
HTTPS = {"Host": HOST, "X-Forwarded-Proto": "https"}
LIST = """
import json
from django.urls import resolve
from recovery_site.site_map.public_paths import public_paths
print(json.dumps([(path, resolve(path).func.__name__) for path in public_paths()]))
"""
KINDS = {
    "home": "home",
    "article_list": "article list",
    "topic_detail": "topic",
    "article_detail": "article",
    "question_list": "questions",
    "topic_questions": "questions of a topic",
    "question_detail": "question",
    "help_now": "help",
    "help_now_es": "help in Spanish",
    "overdose_sheet": "sheet to print",
    "about": "about the centre",
    "page_detail": "plain page",
}
# Kinds that are not published pages, and one address of each.
OTHERS = {
    "contact form": "/contact/",
    "my request": "/contact/my-request/",
    "search": "/search/",
    "search with results": "/search/?q=heroin",
    "search without results": "/search/?q=zzzz",
}
CALLER = {"name": "Test Person", "phone": "201-555-0123", "message": ""}
STYLE = re.compile(rb"<style.*?</style>", re.DOTALL)
SCRIPT = re.compile(rb"<script.*?</script>", re.DOTALL)
DRAWING = re.compile(rb"<svg.*?</svg>", re.DOTALL)


class Visit(NamedTuple):
    """A first visit to one page."""

    kind: str
    path: str
    answer: Answer
    fetched: list[Fetched]

    @property
    def size(self) -> int:
        return sum(each.size for each in self.fetched)

    @property
    def is_above(self) -> bool:
        return self.size > LIMIT or len(self.fetched) > MAX_REQUESTS


def addresses(made: site.Site, port: int) -> list[tuple[str, str]]:
    """Kind and path of every page that visitors can open."""
    printed = site.manage(made.environment, "shell", "--no-imports", "-c", LIST)
    listed = json.loads(printed.splitlines()[-1])
    found = [(KINDS[view], path) for path, view in listed if view in KINDS]
    return [*found, *OTHERS.items(), ("thanks", thanks(port))]


def thanks(port: int) -> str:
    """Ask for a call, as a visitor does; the address of the page that follows."""
    line = Line(port)
    try:
        form = CALLER | {"key": str(uuid.uuid4())}
        answer = line.ask("/contact/", "POST", form, HTTPS)
    finally:
        line.close()
    if answer.status != 303:
        raise OSError(f"the callback form gave status {answer.status}")
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def visit(kind: str, path: str, address: str, headers: dict[str, str]) -> Visit:
    fetch = partial(ask, coding=BR, headers=headers)
    answer = fetch(address + path)
    if answer.status != 200:
        raise OSError(f"{path}: status {answer.status}")
    return Visit(kind, path.partition("?r=")[0], answer, first_visit(answer, fetch))


def largest(visits: list[Visit]) -> list[Visit]:
    """The largest page of each kind."""
    found: dict[str, Visit] = {}
    for each in visits:
        if each.kind not in found or each.size > found[each.kind].size:
            found[each.kind] = each
    return list(found.values())


def measure() -> dict[str, list[Visit]]:
    """Every page, by who sends it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="site-first-visit-")))
        made = site.prepare(folder / "site", changes=ENVIRONMENT)
        site.publish_pages(made)
        command = servers.on_port(made.web_server)
        log = folder / "log"
        application = stack.enter_context(
            running(command, "/healthz", log, made.environment, headers=HTTPS)
        )
        pages = addresses(made, urlsplit(application.address).port or 0)
        senders = {"the application": application.address}
        if shutil.which("nginx"):
            front = nginx.before(application.address, made.data, folder / "nginx")
            server = stack.enter_context(running(front, "/healthz", log, headers=HTTPS))
            senders["nginx"] = server.address
        return {
            sender: [visit(kind, path, address, HTTPS) for kind, path in pages]
            for sender, address in senders.items()
        }


def table(visits: list[Visit]) -> str:
    """The largest page of each kind, and what its bytes are made of."""
    pages = {kind: sum(each.kind == kind for each in visits) for kind in {v.kind for v in visits}}
    head = ["kind", "pages", "the largest", "bytes", "of the bar", "requests", "headers", "page",
            "coding", "HTML", "style", "scripts", "drawings"]  # fmt: skip
    lines = [f"| {' | '.join(head)} |", f"|---|---:|---|{'---:|' * 5}---|{'---:|' * 4}"]
    for each in largest(visits):
        answer = each.answer
        parts = [
            sum(map(len, pattern.findall(answer.body))) for pattern in (STYLE, SCRIPT, DRAWING)
        ]
        cells = [
            each.kind,
            str(pages[each.kind]),
            f"`{each.path}`",
            f"{each.size:,}{' **above**' if each.is_above else ''}",
            f"{each.size / LIMIT:.0%}",
            str(len(each.fetched)),
            f"{answer.length - len(answer.sent):,}",
            f"{len(answer.sent):,}",
            answer.coding or "identity",
            *(f"{size:,}" for size in (len(answer.body), *parts)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.first_visit", description=__doc__)
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    interrupts.listen()
    found = measure()
    about = (
        f"Bar: {LIMIT:,} bytes in at most {MAX_REQUESTS} requests, for the page with all that it "
        "needs at once, headers included. `Accept-Encoding: br`. The last four columns are bytes "
        "of the page before compression. Each kind is judged by the largest of its pages."
    )
    parts = ["# Bytes of a first visit", about]
    for sender, visits in found.items():
        above = sum(each.is_above for each in visits)
        parts += [f"## Sent by {sender}", table(visits),
                  f"{len(visits)} pages, {above} above the bar."]  # fmt: skip
    parts.append("Made by `python -m bench.first_visit`.")
    text = "\n\n".join(parts)
    print(text)
    options.output.write_text(f"{text}\n", "utf-8")
    return 1 if any(each.is_above for visits in found.values() for each in visits) else 0
