"""Write all content of the site into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery_site.content_archive import export_to


class Command(BaseCommand):
    help = (
        "Write all articles, questions and pages with their versions and reviews, topics, old "
        "addresses, facts and words of the search into FILE, a zip archive. Accounts and callback "
        "requests are not in it. `import_content` brings it into an empty site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            rows = export_to(path)
        except FileExistsError:
            raise CommandError(f"{path} is there already. Name a new file.") from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        for name, count in rows.items():
            self.stdout.write(f"{count:>8,} {name}")
