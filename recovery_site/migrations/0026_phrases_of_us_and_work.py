"""More ways in which visitors ask about the centre, work, records and terms of the field."""

from importlib import import_module
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).with_name("phrases_of_us_and_work.txt")
more = import_module("recovery_site.migrations.0020_more_search_phrases")


def add_phrases(apps, schema_editor):
    more.add_phrases_of(apps, FILE)


class Migration(migrations.Migration):
    dependencies = [("recovery_site", "0025_who_edits_words_to_avoid")]
    operations = [migrations.RunPython(add_phrases, migrations.RunPython.noop)]
