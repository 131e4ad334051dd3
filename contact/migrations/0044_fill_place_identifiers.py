"""An identifier for each place, by which a file of places knows it again."""

import uuid
from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    places = apps.get_model("contact", "Place").objects.using(schema_editor.connection.alias)
    missing = list(places.filter(identifier=None).only("pk"))
    for place in missing:
        place.identifier = uuid.uuid4()
    places.bulk_update(missing, ["identifier"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("contact", "0043_place_identifier")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
