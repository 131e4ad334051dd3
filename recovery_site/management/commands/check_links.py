"""Check where the links of all live texts lead."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from articles.links import live_checks, outside


class Command(BaseCommand):
    help = (
        "Checks the links of everything that visitors can read: pages of this site, places on "
        "them, phone numbers and mail addresses. Ends with an error if one leads nowhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--outside", action="store_true", help="also ask other websites, which takes a while"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        broken, answers = 0, outside.SiteAnswers() if options["outside"] else None
        for publication, finding in live_checks.check_all(answers):
            broken += finding.problem.is_broken
            self.stdout.write(f"{publication.get_absolute_url()}: {finding}")
        if broken:
            text = ngettext("%s link leads nowhere.", "%s links lead nowhere.", broken)
            raise CommandError(text % broken)
        self.stdout.write("All links lead somewhere.")
