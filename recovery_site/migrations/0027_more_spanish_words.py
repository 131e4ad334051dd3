"""Everyday words of Spanish for what our pages tell, and more ways to ask for some of them."""

import csv
from importlib import import_module
from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent
more = import_module("recovery_site.migrations.0020_more_search_phrases")


def add_words(apps, schema_editor):
    rows = apps.get_model("recovery_site", "SearchSynonym").objects
    with (HERE / "more_search_synonyms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # What editors wrote in the meantime stays.
            rows.get_or_create(words=row.pop("words"), defaults=row)
    more.add_phrases_of(apps, HERE / "phrases_of_owners_and_kin.txt")


class Migration(migrations.Migration):
    dependencies = [("recovery_site", "0026_phrases_of_us_and_work")]
    operations = [migrations.RunPython(add_words, migrations.RunPython.noop)]
