from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contact.privacy.audit_trail import audit_anchors
from recovery_site.backups import restoring
from recovery_site.backups.manifest import BackupError


class Command(BaseCommand):
    help = (
        "Bring a backup back into an empty database: DIR is one backup, or a folder of which the"
        " newest is taken. Stop the site before."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path)
        parser.add_argument(
            "--key", type=Path, metavar="FILE", help="the private key of BACKUP_PUBLIC_KEY"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = options["key"].read_text("utf-8").strip() if options["key"] else ""
            done = restoring.restore(options["dir"], key)
        except OSError as error:
            raise CommandError(f"{error.filename or options['dir']}: {error.strerror}.") from error
        except ValueError as error:
            raise CommandError(f"{options['key']} holds no key: {error}.") from error
        except BackupError as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        manifest = done.manifest
        self.stdout.write(
            f"{done.requests} requests are back; {done.journal} entries of the journal"
        )
        self.stdout.write("wait for run_jobs, which leaves out those that are in already.")
        self.stdout.write(restoring.gap(manifest, timezone.now()))
        if found := audit_anchors.find_gap():
            self.stdout.write(f"The audit trail has a gap: {found}.")
            self.stdout.write("verify_audit says so until verify_audit --accept-gap.")
        if done.unreadable:
            self.stderr.write(f"{done.unreadable} sealed values cannot be opened by these keys.")
        if done.broken_trail:
            self.stderr.write(f"The audit trail breaks at {done.broken_trail}.")
        if done.unreadable or done.broken_trail:
            raise CommandError("The backup is back, with the faults above.")
        self.stdout.write("Every sealed value opens, and the audit trail is that of the backup.")
