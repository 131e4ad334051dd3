"""Make drafts of a document: an article, and the questions that follow it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.importing.document import ImportedDocument, UnreadableDocument
from articles.importing.files import READABLE_FILES, read_document
from articles.models import Topic
from recovery_site.document_import.drafts import save_drafts


class Command(BaseCommand):
    help = (
        f"Read a file ({', '.join(READABLE_FILES)}) into the draft of an article and drafts of "
        "questions. Nothing is published; the same file twice makes nothing new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--topic", help="address of the topic, such as withdrawal-and-safety")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        topic = _topic(options["topic"])
        try:
            document = read_document(path.name, path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except UnreadableDocument as error:
            raise CommandError(f"{path}: {error}") from error
        drafts = save_drafts(document, topic)
        if drafts.article:
            self._tell(drafts.article, drafts.article in drafts.new)
            counts = (f"{name}: {number}" for name, number in document.counts().items() if number)
            self.stdout.write(f"  {', '.join(counts)}; topic: {topic.name}")
        for question in drafts.questions:
            self._tell(question, question in drafts.new)
        self._tell_left_out(document)
        if drafts.new:
            self.stdout.write("Visitors see nothing of it until somebody publishes it.")

    def _tell(self, publication: Any, is_new: bool) -> None:
        kind = publication._meta.verbose_name
        state = "New draft" if is_new else "There already"
        self.stdout.write(f"{state}: {kind} “{publication}”")

    def _tell_left_out(self, document: ImportedDocument) -> None:
        for part in document.left_out:
            where = f" (after “…{part.after}”)" if part.after else ""
            self.stdout.write(f"Left out: {part.kind.label}: {part.text or '–'}{where}")


def _topic(slug: str | None) -> Topic:
    """The topic of that address; without one, the first topic of the site."""
    if slug:
        if topic := Topic.objects.filter(slug=slug).first():
            return topic
        known = ", ".join(Topic.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no topic {slug}. Topics: {known}.")
    if topic := Topic.objects.first():
        return topic
    raise CommandError("There is no topic yet. Add one in the admin first.")
