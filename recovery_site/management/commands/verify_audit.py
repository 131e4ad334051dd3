from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contact.privacy import audit


class Command(BaseCommand):
    help = "Check that nobody changed, removed or inserted an audit entry."

    def handle(self, *args: Any, **options: Any) -> None:
        if broken := audit.verify():
            raise CommandError(f"The audit trail breaks at entry {broken.number}: {broken.reason}.")
        self.stdout.write(f"The audit trail is whole: {audit.AuditEntry.objects.count()} entries.")
