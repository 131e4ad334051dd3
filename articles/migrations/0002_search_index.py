"""What the search index holds: the words of what visitors can read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("publication", models.PositiveBigIntegerField()),
                ("revision", models.PositiveBigIntegerField()),
                ("language", models.CharField(max_length=8)),
                ("title", models.TextField()),
                ("headings", models.TextField()),
                ("summary", models.TextField()),
                ("body", models.TextField()),
                ("words", models.TextField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "publication"), name="search_document_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("stem", models.CharField(max_length=30)),
                ("sound", models.CharField(max_length=30)),
                ("documents", models.IntegerField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["stem"], name="search_word_stem"),
                    models.Index(fields=["sound"], name="search_word_sound"),
                ],
            },
        ),
    ]
