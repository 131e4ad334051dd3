"""Bind what decides whether a call is safe to its request."""

from __future__ import annotations

from typing import Any

from django.db import migrations

import contact.records.requests.safety

BATCH = 500


def fill(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("contact", "CallbackRequest")
    requests = model.objects.using(schema_editor.connection.alias).order_by("pk")
    fields = contact.records.requests.safety.BOUND_FIELDS
    batch = list(requests.only(*fields)[:BATCH])
    while batch:
        for row in batch:
            values = [getattr(row, name) for name in fields]
            row.safety_seal = contact.records.requests.safety.safety_seal(row.pk, *values)
        requests.bulk_update(batch, ["safety_seal"])
        batch = list(requests.only(*fields).filter(pk__gt=batch[-1].pk)[:BATCH])


class Migration(migrations.Migration):
    dependencies = [("contact", "0058_danger_weighed_by_kinds")]

    operations = [
        migrations.AddField(
            "callbackrequest",
            "safety_seal",
            contact.records.requests.safety.SafetySealField(
                default="", editable=False, max_length=64
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
