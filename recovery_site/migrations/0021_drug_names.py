"""More names of drugs and medicines, and of people, under which visitors look for our pages."""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).with_name("drug_names.csv")


def add_names(apps, schema_editor):
    rows = apps.get_model("recovery_site", "SearchSynonym").objects
    known = {
        (language, word.strip())
        for language, words in rows.values_list("language", "words")
        for word in words.split(",")
    }
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = [word.strip() for word in row["words"].split(",")]
            # Words that editors have given a meaning keep that one alone.
            new = [word for word in words if (row["language"], word) not in known]
            if new:
                rows.create(**row | {"words": ", ".join(new)})


class Migration(migrations.Migration):
    dependencies = [("recovery_site", "0020_more_search_phrases")]
    operations = [migrations.RunPython(add_names, migrations.RunPython.noop)]
