from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contact.intake.reports.csv_export import csv_lines
from contact.models import Place
from contact.staff_admin.place_files.columns import all_rows


class Command(BaseCommand):
    help = "Write the places to refer to into a CSV file, with the columns of HSDS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        places = list(Place.objects.all())
        try:
            file.write_bytes("".join(csv_lines(all_rows(places), notice="")).encode())
        except OSError as error:
            raise CommandError(f"{file} can't be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {len(places)} places to {file}.")
