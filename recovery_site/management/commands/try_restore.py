from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recovery_site.backups import trial
from recovery_site.backups.manifest import BackupError


class Command(BaseCommand):
    help = (
        "Bring the newest backup of DIR back into a scratch place, as restore would, and drop it"
        " again. Ends with status 1 if it does not come back whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path)
        parser.add_argument(
            "--key", type=Path, metavar="FILE", help="the private key of BACKUP_PUBLIC_KEY"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = trial.try_restore(options["dir"], options["key"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{backup} comes back: every sealed value opens, the trail is whole.")
