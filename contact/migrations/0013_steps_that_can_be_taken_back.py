import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0012_danger_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                ("action", models.CharField(editable=False, max_length=40)),
                ("group", models.UUIDField(db_index=True, editable=False, null=True)),
                ("changes", models.JSONField(default=dict, editable=False)),
                ("line_stops", models.JSONField(default=list, editable=False)),
                ("undone_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "default_permissions": (),
            },
        ),
        migrations.RemoveIndex(
            model_name="callattempt",
            name="call_attempt_report",
        ),
        migrations.AddField(
            model_name="callattempt",
            name="undone_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="taken back"),
        ),
        migrations.AddField(
            model_name="linestop",
            name="lifted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="callattempt",
            index=models.Index(
                models.F("at"),
                models.F("number"),
                models.F("hour_of_week"),
                models.F("by"),
                models.F("outcome"),
                models.F("undone_at"),
                models.F("request"),
                models.F("id"),
                name="call_attempt_report",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="attempt",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contact.callattempt",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="request",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="contact.callbackrequest",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="undone_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
