"""Bring the starter texts of this release to a site that has earlier ones."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from articles.publishing.kinds import form_url
from recovery_site import starter_texts


class Command(BaseCommand):
    help = (
        "Publish the starter texts of this release where nobody changed the earlier ones, and add "
        "the new ones. Texts that staff edited, took off, scheduled or signed off stay as they are "
        "and are listed. With --dry-run nothing changes."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            changes = starter_texts.update()
            self.list("Added", changes.added)
            self.list("New words, because nobody had changed the old ones", changes.renewed)
            self.list("Left as your staff made them; compare by hand", changes.left)
            if options["dry_run"]:
                transaction.set_rollback(True)
                self.stdout.write("This was a dry run: nothing changed.")

    def list(self, heading: str, publications: list[Any]) -> None:
        self.stdout.write(f"{heading}: {len(publications)}")
        for each in publications:
            self.stdout.write(f"  {each.slug}  {form_url(each, each.pk)}")
