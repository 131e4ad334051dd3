"""The zones of the numbers that are still to be called; others are never asked for theirs."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from contact.privacy.encryption import DecryptionError
from contact.schedule.number_zones import number_zones


def fill(apps: Any, schema_editor: Any) -> None:
    requests = apps.get_model("contact", "CallbackRequest").objects.using(
        schema_editor.connection.alias
    )
    to_call = requests.filter(closed_at=None)
    for pk in list(to_call.values_list("pk", flat=True)):
        row = requests.only("phone").get(pk=pk)
        try:
            zones = number_zones(str(row.phone))
        except DecryptionError:
            continue
        requests.filter(pk=pk).update(number_zones=zones)


class Migration(migrations.Migration):
    dependencies = [("contact", "0010_number_zones")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
