"""A Spanish wish to be dead means danger, whatever words stand beside it."""

from __future__ import annotations

from typing import Any

from django.db import migrations

WISH = (
    "quisiera/quisiese/querria/deseo/desearia/preferiria/prefiero/ojala [yo] "
    "estar/estuviera/estuviese muerto/muerta"
)


def bring(apps: Any, schema_editor: Any) -> None:
    phrases = apps.get_model("contact", "DangerPhrase").objects
    phrases.using(schema_editor.connection.alias).get_or_create(
        words=WISH, defaults={"kind": "suicide", "language": "es", "points": 200}
    )


class Migration(migrations.Migration):
    dependencies = [("contact", "0049_reached_by_a_talk_alone")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
