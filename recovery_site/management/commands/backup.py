from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery_site.backups import making
from recovery_site.backups.manifest import BackupError


class Command(BaseCommand):
    help = (
        "Copy database and journal, consistent while the site runs, into a new folder of DIR. Keys"
        " are not in it: keep them elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path)
        parser.add_argument("--keep", type=int, help="how many backups stay; the oldest go")
        parser.add_argument(
            "--verify", action="store_true", help="make none, but check the newest in DIR"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep needs a number of 1 or more.")
        try:
            if options["verify"]:
                folder = making.newest_in(options["dir"])
                made = making.read_back(folder)
                self.stdout.write(
                    f"{folder}: whole. Made {made.made_at}, {made.requests} requests,"
                    f" {made.audit_entries} audit entries."
                )
                return
            folder = making.make_backup(options["dir"], keep=options["keep"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        self.stdout.write(f"{folder}: {size / 1_000_000:.1f} MB, read back and whole.")
