"""All content of a site as one zip file, and an empty site with the content of such a file.

`manifest.json` names the format, the site and, for each table, its rows and the SHA-256 of its
file, which holds a JSON object in each line. Accounts are no content: rows lose who wrote them, but
keep the names that pages show. Nothing is taken that a page would not hold: texts are cleaned and
rendered anew.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import Error, connection, models, transaction
from django.utils import timezone

from articles.links import index as links
from articles.models import PictureFile
from articles.publishing.revision import Revision
from articles.search import index as search_index
from articles.stock import upkeep as stock

ARCHIVE_FORMAT = 1
ARCHIVE_MANIFEST = "manifest.json"
MOST_UNPACKED_BYTES = 2_000_000_000
CONTENT_APPS = ("articles", "faq", "recovery_site")
# Derived from content, between accounts, or about accounts and visits.
MODELS_LEFT_OUT = {
    "articles.link", "articles.searchdocument", "articles.searchword",
    "articles.stockrow", "articles.stockword", "articles.autosave", "articles.openpage",
    "articles.articlereviewrequest", "faq.questionreviewrequest",
    "recovery_site.contentversion", "recovery_site.failedsearch", "recovery_site.helpfulcount",
    "recovery_site.staffaccount", "recovery_site.staffsession",
}  # fmt: skip
# A new site has some of these; those of the archive take their place.
REPLACED = {
    "recovery_site.searchphrase", "recovery_site.searchsynonym",
    "articles.termtoavoid", "articles.wordlist", "articles.wordingstate",
}  # fmt: skip
# Made anew from the words of a revision.
DERIVED = {"rendered", "contents", "plain_text", "word_count", "words_digest"}


class ArchiveError(Exception):
    """The archive cannot be read, or does not fit this site; the message says why."""


def archived_models() -> list[type[models.Model]]:
    found = [model for app in CONTENT_APPS for model in apps.get_app_config(app).get_models()]
    return [model for model in found if model._meta.label_lower not in MODELS_LEFT_OUT]


def archived_fields(model: type[models.Model]) -> list[str]:
    """Names of the fields that an archive holds, but for the primary key."""
    derived = DERIVED if issubclass(model, Revision) else set()
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return [
        field.name
        for field in fields
        if not field.primary_key
        and field.name not in derived
        and (field.related_model is None or _is_content(field.related_model))
    ]


def _is_content(model: Any) -> bool:
    return model._meta.app_label in CONTENT_APPS


def export_to(path: Path) -> dict[str, int]:
    """Write the archive; return how many rows each table has. Raises FileExistsError, OSError."""
    tables: dict[str, Any] = {}
    with path.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        path.chmod(0o600)
        with transaction.atomic():
            _see_one_moment()
            for model in archived_models():
                lines = _Lines(archive, model._meta.label_lower)
                with lines:
                    rows = model._base_manager.order_by("pk")
                    names = archived_fields(model)
                    each = rows.iterator(chunk_size=500)
                    serializers.serialize("jsonl", each, fields=names, stream=lines, cls=_Encoder)
                tables[lines.name] = {"rows": lines.rows, "sha256": lines.sha256}
        manifest = {
            "format": ARCHIVE_FORMAT,
            "site": settings.SITE_NAME,
            "made_at": timezone.now().isoformat(),
            "tables": tables,
        }
        archive.writestr(ARCHIVE_MANIFEST, json.dumps(manifest, indent=2))
    return {name: table["rows"] for name, table in tables.items()}


class _Encoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        # Django's own leaves out microseconds.
        return value.isoformat() if isinstance(value, datetime) else super().default(value)


class _Lines(io.TextIOBase):
    """A file in the archive to which a serializer writes; counts and hashes its lines."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name, self.rows, self._hash = name, 0, hashlib.sha256()
        self._file = archive.open(f"{name}.jsonl", "w")

    def write(self, text: str) -> int:
        data = text.encode()
        self.rows += data.count(b"\n")
        self._hash.update(data)
        return self._file.write(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _see_one_moment() -> None:
    if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def import_from(path: Path) -> dict[str, int]:
    """Bring the content of an archive into this site, all or nothing; return the rows of tables.

    Raises ArchiveError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            tables = _checked(archive)
            with transaction.atomic():
                _require_empty()
                for model in archived_models():
                    _load(archive, model)
                # Otherwise the database would ask only at the end.
                connection.check_constraints()
                _derive()
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError) as error:
        raise ArchiveError(f"{path} is no archive of content: {error}") from error
    except (DeserializationError, ValidationError, Error) as error:
        raise ArchiveError(f"Nothing was imported: {_first_line(error)}") from error
    return tables


def _checked(archive: zipfile.ZipFile) -> dict[str, int]:
    """The rows of each table, after their files were compared with the manifest."""
    if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED_BYTES:
        raise ArchiveError(f"The archive unpacks to more than {MOST_UNPACKED_BYTES:,} bytes.")
    manifest = json.loads(archive.read(ARCHIVE_MANIFEST))
    if manifest.get("format") != ARCHIVE_FORMAT:
        raise ArchiveError("The archive was made by a release with another format.")
    known = {model._meta.label_lower for model in archived_models()}
    if strange := sorted(set(manifest["tables"]) - known):
        raise ArchiveError(f"This release does not know: {', '.join(strange)}.")
    for name, table in manifest["tables"].items():
        with archive.open(f"{name}.jsonl") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        if found != table["sha256"]:
            raise ArchiveError(f"{name}.jsonl is not as it was exported.")
    return {name: table["rows"] for name, table in manifest["tables"].items()}


def _require_empty() -> None:
    for model in archived_models():
        rows = model._base_manager.all()
        if model._meta.label_lower in REPLACED:
            rows.delete()
        elif count := rows.count():
            raise ArchiveError(
                f"This site is not empty: it has {count} {model._meta.verbose_name_plural}. "
                "An archive is imported into a site without content."
            )


def _load(archive: zipfile.ZipFile, model: type[models.Model]) -> None:
    name = f"{model._meta.label_lower}.jsonl"
    if name not in archive.namelist():
        return
    with archive.open(name) as file:
        for each in serializers.deserialize("jsonl", io.TextIOWrapper(file, "utf-8")):
            if type(each.object) is not model:
                raise ArchiveError(f"{name} holds rows of another table.")
            if isinstance(each.object, Revision):
                _require_web_addresses(each.object.sources)
                each.object.derive()
            if isinstance(each.object, PictureFile):
                each.object.require_true()
            each.object.clean_fields(exclude=_not_to_clean(each.object))
            each.save()
    for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _not_to_clean(row: models.Model) -> set[str]:
    """Fields that are not cleaned: relations, which the database checks, and empty ones."""
    return {
        field.name
        for field in row._meta.fields
        if field.is_relation or field.value_from_object(row) in field.empty_values
    }


def _require_web_addresses(sources: list[Any]) -> None:
    for source in sources:
        if urlsplit(source.get("url", "")).scheme not in ("", "http", "https"):
            raise ValidationError(f"{source['url']} is no address of a website.")


def _derive() -> None:
    """Fill what follows from the content: the indexes of links and search, the list of pages."""
    for revision in _all(Revision):
        links.store_links(revision)
    while search_index.mend():
        pass
    while stock.mend_rows():
        pass


def _all(base: type[models.Model]) -> Iterator[Any]:
    for model in archived_models():
        if issubclass(model, base):
            yield from model._base_manager.iterator(chunk_size=500)


def _first_line(error: Exception) -> str:
    words = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    return words.splitlines()[0] if words else type(error).__name__
