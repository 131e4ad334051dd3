"""Words searched in vain, counted by week."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0012_editors_write_facts"),
    ]

    operations = [
        migrations.CreateModel(
            name="FailedSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=30, verbose_name="word")),
                ("week", models.DateField(verbose_name="week from")),
                ("count", models.PositiveIntegerField(verbose_name="how often")),
            ],
            options={
                "verbose_name": "word searched in vain",
                "verbose_name_plural": "words searched in vain",
                "ordering": ["-week", "-count", "word"],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("word", "week"), name="failed_search_once_a_week"
                    )
                ],
            },
        ),
    ]
