from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact.lifecycle.journal import endings, index_rotation
from contact.lifecycle.safeguards import key_rotation
from contact.lifecycle.safeguards.key_rotation import ROWS_PER_REPORT
from contact.privacy import key_marker
from contact.privacy.audit_trail import audit
from recovery_site.sign_in.factors import factors


class Command(BaseCommand):
    help = (
        "Seal every encrypted value with the first key of FIELD_KEYS, and make every hash of a"
        " number or name anew with the first of INDEX_KEY, while the site runs. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--give-up-lost",
            action="store_true",
            help="let the site start though keys are lost: what they sealed stays unreadable",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lost = self.seal_anew()
        renewed = self.hash_anew()
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
        needed = index_rotation.needed_older_keys()
        audit.record(None, audit.AuditAction.KEYS_ROTATED, None, numbers=renewed)
        key_marker.mark_keys(only_newest=True, needed=needed)
        self.say_what_is_needed(stops=index_rotation.count_stops_of_older_keys())

    def seal_anew(self) -> int:
        """Return how many rows can't be opened."""
        unreadable: dict[type, int] = {}
        for progress in key_rotation.reseal_all():
            unreadable[progress.model] = progress.unreadable
            name = progress.model._meta.verbose_name
            self.stdout.write(f"{name}: {progress.seen} rows seen, {progress.resealed} sealed anew")
        resealed, lost_secrets = factors.reseal_secrets()
        self.stdout.write(f"second factors: {resealed} rows sealed anew")
        return sum(unreadable.values()) + lost_secrets

    def hash_anew(self) -> int:
        """Return how many requests have new hashes."""
        seen = renewed = told = 0
        for seen, renewed, _unreadable in index_rotation.reindex_all():
            if seen - told >= ROWS_PER_REPORT:
                told = seen
                self.stdout.write(f"numbers and names: {seen} requests seen, {renewed} anew")
        self.stdout.write(f"numbers and names: {seen} requests seen, {renewed} anew")
        endings.renew_all()
        return renewed

    def say_what_is_needed(self, stops: int) -> None:
        if stops:
            self.stdout.write(
                f"Keep the older keys of INDEX_KEY: {stops} stops are known by them alone, as "
                "the numbers were emptied. Each goes over when somebody writes its number again."
            )
        if waiting := key_rotation.old_journal_entries():
            self.stdout.write(
                f"Keep the old keys for now: {waiting} journal entries still need them. "
                "They are gone within 24 hours; run this again then."
            )
        elif not stops:
            self.stdout.write(
                "Only the first keys are needed now; older backups need the old ones."
            )
