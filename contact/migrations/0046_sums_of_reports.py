from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0045_place_identifier_required"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportDay",
            fields=[
                ("start", models.DateTimeField(primary_key=True, serialize=False)),
                ("end", models.DateTimeField()),
                ("changes", models.PositiveBigIntegerField()),
                ("counted_by", models.CharField(max_length=32)),
                ("counts", models.JSONField()),
            ],
            options={
                "verbose_name": "day of reports",
                "verbose_name_plural": "days of reports",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "change to reports",
                "verbose_name_plural": "changes to reports",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("hour"),
                        models.F("number"),
                        models.F("id"),
                        name="report_change_hour",
                    )
                ],
            },
        ),
    ]
