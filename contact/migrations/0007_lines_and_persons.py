import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0006_labels_of_plan_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LineStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_index", models.CharField(db_index=True, editable=False, max_length=64)),
                (
                    "stopped_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="since"
                    ),
                ),
                (
                    "stopped_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written down by",
                    ),
                ),
            ],
            options={
                "verbose_name": "stop of a line",
                "verbose_name_plural": "stops of lines",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="line_index",
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=64),
        ),
        # Filled by the next migration: a default would be the same for all rows.
        migrations.AddField(
            model_name="callbackrequest",
            name="person",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="callbackrequest",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("came_in", "Came in"),
                    ("referred", "Referred to another place"),
                    ("answered", "Questions answered, nothing more wanted"),
                    ("not_now", "Not now"),
                    ("unreachable", "Could not be reached"),
                    ("wrong_number", "Wrong number"),
                    ("stop", "Asked us to stop calling"),
                    ("line_stop", "The line is not called any more"),
                    ("cancelled", "Cancelled by themselves"),
                    ("duplicate", "Handled in another request"),
                    ("spam", "Spam"),
                ],
                max_length=20,
                verbose_name="outcome",
            ),
        ),
    ]
