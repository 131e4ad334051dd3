"""Make every public page, so that no visitor has to wait for one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from recovery_site.progress_bar import ProgressBar
from recovery_site.published.application import Application
from recovery_site.published.asking import ask
from recovery_site.published.store import site_folder, site_store

# What no sitemap lists.
ALWAYS = ("/robots.txt", "/feed/", "/.well-known/security.txt", "/sitemap.xml")
LISTED = re.compile(r"<loc>(.*?)</loc>")
OLDER = re.compile(r'<a [^>]*rel="next" href="([^"]+)"')
# These reach their view each time.
NOT_KEPT = ("/contact/",)
MOST_NAMED = 10


class Command(BaseCommand):
    help = (
        "Make every page that the sitemap lists, and the older pages of its lists, and keep them "
        "for the page store and for nginx. Pages that are kept and fresh are left alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            application = Application(site_store())
        except OSError as error:
            raise CommandError(f"{site_folder()} cannot be written ({error.strerror}).") from error
        store = application.store
        waiting = deque(path for path in addresses(application) if path not in NOT_KEPT)
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
            if older := OLDER.search(text):
                waiting.append(unescape(older[1]))
                bar.total += 1
            bar.step()
        bar.end()
        self.stdout.write(f"{made:,} pages made, {bar.done - made - len(failed):,} were fresh.")
        if failed:
            named = ", ".join(failed[:MOST_NAMED])
            raise CommandError(f"{len(failed):,} could not be made; the log says why: {named}")


def addresses(application: Application) -> Iterator[str]:
    """The paths of all that visitors can read, as the sitemaps tell search engines."""
    yield from ALWAYS
    for part in listed(ask(application, "/sitemap.xml")):
        yield part
        yield from listed(ask(application, part))


def listed(sitemap: str) -> list[str]:
    return [urlsplit(unescape(url)).path for url in LISTED.findall(sitemap)]
