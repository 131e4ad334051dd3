"""Check every page anew for the list of all pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from articles.stock import upkeep


class Command(BaseCommand):
    help = (
        "Checks the words, links and place of every article, question and page anew, drafts too, "
        "for the list of all pages. `run_jobs` does so by itself after an upgrade."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        number = upkeep.check_all_pages()
        self.stdout.write(ngettext("Checked %d page.", "Checked %d pages.", number) % number)
