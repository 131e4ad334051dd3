"""Bring all content of another site into this one, which must be empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery_site.content_archive import ArchiveError, import_from


class Command(BaseCommand):
    help = (
        "Bring the content of FILE, which `export_content` wrote, into a site that has none: all "
        "of it, or nothing. What was live or scheduled there is so here at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = import_from(options["file"])
        except ArchiveError as error:
            raise CommandError(str(error)) from error
        for name, count in rows.items():
            self.stdout.write(f"{count:>8,} {name}")
