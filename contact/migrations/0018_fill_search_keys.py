"""The keys under which staff find requests that came before there were any."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from contact.privacy.encryption import DecryptionError
from contact.records.requests.search_keys import keys_of

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    requests = apps.get_model("contact", "CallbackRequest").objects.using(alias)
    keys = apps.get_model("contact", "SearchKey").objects.using(alias)
    kept = requests.filter(purged_at=None).only("name", "phone", "created_at").order_by("pk")
    batch = list(kept[:BATCH])
    while batch:
        keys.bulk_create(
            keys.model(request_id=row.pk, key=key, asked_at=row.created_at)
            for row in batch
            for key in keys_of(_readable(row, "name"), _readable(row, "phone"))
        )
        batch = list(kept.filter(pk__gt=batch[-1].pk)[:BATCH])


def _readable(row: Any, field: str) -> str:
    """The value, or nothing where no present key opens it: it is found by its reference."""
    try:
        return str(getattr(row, field))
    except DecryptionError:
        return ""


class Migration(migrations.Migration):
    dependencies = [("contact", "0017_search_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
