import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import contact.privacy.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0034_secret_shoppers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="callbackrequest",
            options={
                "default_permissions": ["view", "change"],
                "permissions": [
                    ("lead_callbackrequest", "Can lead the intake team"),
                    ("export_callbackrequest", "Can export callback requests"),
                    ("protect_callbackrequest", "Can act as privacy officer"),
                ],
                "verbose_name": "callback request",
                "verbose_name_plural": "callback requests",
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
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
                        default=django.utils.timezone.now, editable=False, verbose_name="set at"
                    ),
                ),
                ("reason", contact.privacy.encryption.EncryptedTextField(verbose_name="reason")),
                (
                    "lifted_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="lifted at"),
                ),
                (
                    "lift_reason",
                    contact.privacy.encryption.EncryptedTextField(
                        blank=True, verbose_name="why it was lifted"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lifted by",
                    ),
                ),
            ],
            options={
                "verbose_name": "legal hold",
                "verbose_name_plural": "legal holds",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="legal_hold",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="contact.legalhold",
                verbose_name="legal hold",
            ),
        ),
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                models.F("legal_hold"),
                models.F("person"),
                condition=models.Q(("legal_hold__isnull", False)),
                name="callback_legal_hold",
            ),
        ),
        migrations.AddIndex(
            model_name="legalhold",
            index=models.Index(
                models.F("at"),
                models.F("id"),
                condition=models.Q(("lifted_at", None)),
                name="legal_hold_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at", None), ("lifted_by", None)),
                    models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                    _connector="OR",
                ),
                name="legal_hold_lifted_by_someone",
            ),
        ),
    ]
