from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact.lifecycle.safeguards import key_rotation
from contact.privacy import key_marker
from recovery_site.sign_in import factors


class Command(BaseCommand):
    help = "Seal every encrypted value with the first key of FIELD_KEYS. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--give-up-lost",
            action="store_true",
            help="let the site start though keys are lost: what they sealed stays unreadable",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable: dict[type, int] = {}
        for progress in key_rotation.reseal_all():
            unreadable[progress.model] = progress.unreadable
            name = progress.model._meta.verbose_name
            self.stdout.write(f"{name}: {progress.seen} rows seen, {progress.resealed} sealed anew")
        resealed, lost_secrets = factors.reseal_secrets()
        self.stdout.write(f"second factors: {resealed} rows sealed anew")
        lost = sum(unreadable.values()) + lost_secrets
        if options["give_up_lost"]:
            key_marker.mark_keys(only_newest=True)
            self.stdout.write(
                f"The site starts with the present keys; {lost} rows stay unreadable."
            )
            return
        if lost:
            raise CommandError(
                f"{lost} rows can't be opened with the keys in FIELD_KEYS and were left as they "
                "are. Keep every old key until this command succeeds."
            )
        key_marker.mark_keys(only_newest=True)
        if waiting := key_rotation.old_journal_entries():
            self.stdout.write(
                f"Keep the old keys for now: {waiting} journal entries still need them. "
                "They are gone within 24 hours; run this again then."
            )
        else:
            self.stdout.write("Only the first key is needed now. Older backups need the old keys.")
