"""Tells monitoring whether backups are made and come back: status 0, or 1 with a line for each."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from recovery_site.backups.heartbeat import backup_problems


class Command(BaseCommand):
    help = (
        "Tell whether a backup was made here in the last 26 hours, and one restored on trial in the"
        " last 33 days. Ends with status 1 and a line for each that was missed, else with 0."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(backup_problems(timezone.now()))
        self.stdout.write("\n".join(found) or "backups are made, and come back")
        if found:
            sys.exit(1)
