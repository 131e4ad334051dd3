"""Further names of drugs, and more ways to ask about pills, getting well and who is told."""

import csv
from importlib import import_module
from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent
more = import_module("recovery_site.migrations.0020_more_search_phrases")


def add_names(apps, schema_editor):
    rows = apps.get_model("recovery_site", "SearchSynonym").objects
    with (HERE / "street_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # What editors wrote in the meantime stays.
            rows.get_or_create(words=row.pop("words"), defaults=row)
    more.add_phrases_of(apps, HERE / "phrases_of_pills_and_people.txt")


class Migration(migrations.Migration):
    dependencies = [("recovery_site", "0027_more_spanish_words")]
    operations = [migrations.RunPython(add_names, migrations.RunPython.noop)]
