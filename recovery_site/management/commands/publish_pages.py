"""Make every public page, so that no visitor has to wait for one."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from recovery_site.progress_bar import ProgressBar
from recovery_site.published.application import Application
from recovery_site.published.asking import ask
from recovery_site.published.store import site_folder, site_store

# What leads to all others, and what no sitemap lists.
FIRST = ("/sitemap.xml", "/robots.txt", "/feed/", "/.well-known/security.txt")
LISTED = re.compile(r"<loc>(.*?)</loc>")
# These reach their view each time.
NOT_KEPT = ("/contact/",)
MOST_NAMED = 10


class Command(BaseCommand):
    help = (
        "Make every page that the sitemap lists, and keep it for the page store and for nginx. "
        "Pages that are kept and fresh are left alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            application = Application(site_store())
        except OSError as error:
            raise CommandError(f"{site_folder()} cannot be written ({error.strerror}).") from error
        store = application.store
        waiting = deque(FIRST)
        bar = ProgressBar(len(waiting))
        made, failed = 0, []
        while waiting:
            path = waiting.popleft()
            was_fresh = store.fresh(path) is not None
            text = ask(application, path)
            if store.fresh(path) is None:
                failed.append(path)
            else:
                made += not was_fresh
            further = [path for path in listed(text) if path not in NOT_KEPT]
            waiting.extend(further)
            bar.total += len(further)
            bar.step()
        bar.end()
        self.stdout.write(f"{made:,} pages made, {bar.done - made - len(failed):,} were fresh.")
        if failed:
            named = ", ".join(failed[:MOST_NAMED])
            raise CommandError(f"{len(failed):,} could not be made; the log says why: {named}")


def listed(sitemap: str) -> list[str]:
    return [urlsplit(unescape(url)).path for url in LISTED.findall(sitemap)]
