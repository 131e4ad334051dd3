import django.core.validators
from django.db import migrations, models

import contact.records.desk.caller_ids


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0026_origins"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallerId",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        max_length=16,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9][0-9]{6,14}$", "Write it with its area code."
                            )
                        ],
                        verbose_name="number",
                    ),
                ),
                (
                    "shown_name",
                    models.CharField(
                        blank=True,
                        help_text="Exactly as a phone shows it. Empty if it shows none.",
                        max_length=15,
                        verbose_name="name beside it",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "verified_on",
                    models.DateField(
                        blank=True,
                        help_text="The day somebody called a phone from the desk and saw this. Visitors read of it for 30 days, then somebody has to look again.",
                        null=True,
                        validators=[contact.records.desk.caller_ids.not_in_the_future],
                        verbose_name="verified on",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick it when calls no longer show it.",
                        verbose_name="in use",
                    ),
                ),
            ],
            options={
                "verbose_name": "number that phones show",
                "verbose_name_plural": "numbers that phones show",
                "ordering": ["phone"],
            },
        ),
    ]
