from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact.lifecycle import clock
from contact.lifecycle.retention import retention
from contact.models import CallbackRequest, RetentionRule


class Command(BaseCommand):
    help = (
        "Empty callback requests closed longer ago than their kind is kept, which is "
        "RETENTION_DAYS if no rule says otherwise: words, name and number go, times and outcome "
        "stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many it would be")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        if dry_run:
            count, verb = CallbackRequest.objects.to_purge().count(), "Would empty"
        elif not clock.is_clock_trusted():
            raise CommandError(
                "Nothing was emptied: the clock jumped by more than a day, or run_jobs did not run"
                " for so long. If the time is right: manage.py confirm_clock."
            )
        else:
            count, verb = retention.purge_due(), "Emptied"
        longest = f"{settings.RETENTION_DAYS} days"
        if RetentionRule.objects.exists():
            longest += ", or than a rule keeps their kind"
        self.stdout.write(f"{verb}: {count} (closed longer ago than {longest}).")
        if held := CallbackRequest.objects.filter(purged_at=None).on_hold().count():
            self.stdout.write(f"Kept by a legal hold, whatever their age: {held}.")
