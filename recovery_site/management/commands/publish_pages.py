"""Make every public page, so that no visitor has to wait for one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from recovery_site.page_cache.cache import site_cache, site_folder
from recovery_site.page_cache.handler import PageCacheHandler
from recovery_site.page_cache.refresh import refresh
from recovery_site.page_cache.warming import Warmer

MAX_NAMED = 10
# Content that changes meanwhile makes every page anew.
ATTEMPTS = 5


class Command(BaseCommand):
    help = (
        "Warm the page cache: make every page that visitors may see, for the site and for nginx. "
        "Pages that are fresh are left alone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            cache = site_cache(memory_bytes=0)
        except OSError as error:
            raise CommandError(f"{site_folder()} cannot be written ({error.strerror}).") from error
        try:
            refresh(cache)
        except DatabaseError as error:
            raise CommandError("The database does not answer.") from error
        warmer = Warmer(PageCacheHandler(cache))
        made, total = make_all(warmer)
        failed = warmer.failed
        self.stdout.write(f"{made:,} pages made, {total - made - len(failed):,} were fresh.")
        if failed:
            named = ", ".join(failed[:MAX_NAMED])
            raise CommandError(f"{len(failed):,} could not be made; the log says why: {named}")
        cache.remove_others(warmer.number)


def make_all(warmer: Warmer) -> tuple[int, int]:
    """How many pages were made, and how many there are, all of one version of the content."""
    for _attempt in range(ATTEMPTS):
        made, total = 0, warmer.begin()
        for path in tqdm(list(warmer.waiting), unit=" pages", disable=None):
            made += warmer.make(path)
            if warmer.is_outdated:
                break
        if not warmer.is_outdated:
            return made, total
    raise CommandError("The content changed again and again. Start it once more later.")
