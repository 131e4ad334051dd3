from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact.staff_admin.place_files.planned_import import (
    ImportPlan,
    PlanChanged,
    RowOutcome,
    carry_out,
    plan_import,
)


class Command(BaseCommand):
    help = (
        "Import places to refer to from a CSV file with the columns of HSDS. If one row is "
        "refused, nothing is imported. Places that are not in the file stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what it would do")
        parser.add_argument(
            "--account", help="whose change it is; the history of each place names them"
        )

    def handle(
        self, *args: Any, file: Path, dry_run: bool, account: str | None, **options: Any
    ) -> None:
        try:
            data = file.read_bytes()
            plan = plan_import(data)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self._say(plan)
        if dry_run:
            return
        if refused := plan.of(RowOutcome.REFUSED):
            raise CommandError(f"Nothing was imported, because {len(refused)} rows are refused.")
        person = get_user_model().objects.filter(username=account or "").first()
        if person is None:
            raise CommandError("Nothing was imported. Say with --account whose change it is.")
        try:
            carry_out(data, person, plan.fingerprint)
        except PlanChanged as error:
            raise CommandError(f"Nothing was imported. {error} Try again.") from error
        self.stdout.write(f"Imported {len(plan.to_import)} places.")

    def _say(self, plan: ImportPlan) -> None:
        for note in plan.notes:
            self.stdout.write(note)
        for row in plan.rows:
            self.stdout.write(f"{row}: {row.outcome}")
            for label, old, new in row.changes:
                self.stdout.write(f"  {label}: {old} -> {new}" if old else f"  {label}: {new}")
            for sentence in (*row.problems, *row.remarks):
                self.stdout.write(f"  {sentence}")
