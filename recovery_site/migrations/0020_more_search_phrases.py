"""More ways in which visitors ask for the pages that the site begins with."""

from pathlib import Path

from django.db import migrations

FILE = Path(__file__).with_name("more_search_phrases.txt")


def add_phrases(apps, schema_editor):
    add_phrases_of(apps, FILE)


def add_phrases_of(apps, file):
    rows = apps.get_model("recovery_site", "SearchPhrase").objects
    for page in file.read_text("utf-8").strip().split("\n\n"):
        head, *asked = page.splitlines()
        path, language = head.split()
        row, _made = rows.get_or_create(path=path, language=language)
        own = [line.strip() for line in row.phrases.splitlines()]
        row.phrases = "\n".join(dict.fromkeys([*own, *asked]))
        row.save()


class Migration(migrations.Migration):
    dependencies = [("recovery_site", "0019_helpful_counts")]
    operations = [migrations.RunPython(add_phrases, migrations.RunPython.noop)]
