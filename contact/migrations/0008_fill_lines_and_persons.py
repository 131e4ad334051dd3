"""Persons from the links that staff made, lines from numbers, stops of lines from closed requests."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import F, Max
from django.db.models.functions import Coalesce

from contact.models import line_index
from contact.privacy.encryption import DecryptionError, EncryptedTextField

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:
    requests = apps.get_model("contact", "CallbackRequest").objects.using(
        schema_editor.connection.alias
    )
    requests.update(person=Coalesce("same_person_as", "id"), line_index=F("phone_index"))
    fill_extensions(requests)
    stops = apps.get_model("contact", "LineStop").objects.using(schema_editor.connection.alias)
    fill_stops(requests, stops)


def fill_extensions(requests: Any) -> None:
    """A number with an extension is a line of its own."""
    filled = requests.exclude(extension=EncryptedTextField.EMPTY).exclude(phone_index="")
    for row in filled.only("phone", "extension").iterator(chunk_size=BATCH):
        try:
            line = line_index(str(row.phone), str(row.extension))
        except DecryptionError:
            # What nobody can read keeps the line of its number.
            continue
        requests.filter(pk=row.pk).update(line_index=line)


def fill_stops(requests: Any, stops: Any) -> None:
    """Who asked us to stop was promised that the number is not called until somebody asks anew."""
    stopped = requests.filter(outcome="stop").exclude(line_index="").order_by()
    last = stopped.values_list("line_index").annotate(at=Max("closed_at"))
    for line, at in list(last):
        if not requests.filter(line_index=line, created_at__gt=at).exists():
            stops.create(line_index=line, stopped_at=at)


class Migration(migrations.Migration):
    dependencies = [("contact", "0007_lines_and_persons")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
