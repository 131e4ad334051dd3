"""Erasures that wait for a second person to confirm them."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import contact.privacy.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0064_keys_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProposedErasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("request_ids", models.JSONField(default=list, editable=False)),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="asked at"
                    ),
                ),
                ("reason", contact.privacy.encryption.EncryptedTextField(verbose_name="reason")),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contact.callbackrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed erasure",
                "verbose_name_plural": "proposed erasures",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("request",),
                        name="erasure_waits_once",
                    )
                ],
            },
        ),
    ]
