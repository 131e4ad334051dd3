"""The words of visitors: rows by which editors teach the search, with those to begin with."""

import csv
from pathlib import Path

from django.db import migrations, models

HERE = Path(__file__).parent


def add_first_words(apps, schema_editor):
    synonyms = apps.get_model("recovery_site", "SearchSynonym")
    with (HERE / "search_synonyms.csv").open(encoding="utf-8", newline="") as file:
        synonyms.objects.bulk_create(synonyms(**row) for row in csv.DictReader(file))
    phrases = apps.get_model("recovery_site", "SearchPhrase")
    pages = (HERE / "search_phrases.txt").read_text("utf-8").strip().split("\n\n")
    for page in pages:
        head, _line, asked = page.partition("\n")
        path, language = head.split()
        phrases.objects.create(path=path, language=language, phrases=asked)


class Migration(migrations.Migration):
    dependencies = [("recovery_site", "0009_officers_set_reading")]
    operations = [
        migrations.CreateModel(
            name="SearchSynonym",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="Words or short phrases with commas between: narcan, nasal spray. Capitals, accents and endings make no difference.",
                        max_length=500,
                        unique=True,
                        verbose_name="what visitors write",
                    ),
                ),
                (
                    "means",
                    models.CharField(
                        help_text="With commas between: naloxone. Who searches for one of the words above also finds pages with these.",
                        max_length=500,
                        verbose_name="words on our pages",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")],
                        default="en",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
            ],
            options={
                "verbose_name": "words for the same thing",
                "verbose_name_plural": "words for the same thing",
                "ordering": ["words"],
            },
        ),
        migrations.CreateModel(
            name="SearchPhrase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        help_text="For example /faq/real-name/.",
                        max_length=300,
                        verbose_name="address of the page",
                    ),
                ),
                (
                    "phrases",
                    models.TextField(
                        help_text="One to a line, as visitors would type it: can i use a fake name",
                        max_length=5000,
                        verbose_name="also asked as",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("es", "Spanish")],
                        default="en",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
            ],
            options={
                "verbose_name": "other ways to ask",
                "verbose_name_plural": "other ways to ask",
                "ordering": ["path", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("path", "language"),
                        name="search_phrases_once",
                        violation_error_message="This page has some already. Add to those.",
                    )
                ],
            },
        ),
        migrations.RunPython(add_first_words, migrations.RunPython.noop),
    ]
