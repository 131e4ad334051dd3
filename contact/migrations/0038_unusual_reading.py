import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import contact.privacy.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0037_times_of_keeping"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadingRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("many", "Cards opened within one hour, without work on them"),
                            (
                                "closed_desk",
                                "Cards opened while the desk was closed, without work on them",
                            ),
                            ("again", "Times the same card was opened, without work on it"),
                            (
                                "searched",
                                "Searches that found the same request, without work on it",
                            ),
                            ("shown", "Numbers shown, with no call written down after"),
                            (
                                "colleague",
                                "Cards opened, without work on them, whose name sounds like a colleague’s family name",
                            ),
                        ],
                        max_length=20,
                        unique=True,
                        verbose_name="what",
                    ),
                ),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        help_text="In one day.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="listed from",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick it to list this no more.",
                        verbose_name="in use",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of unusual reading",
                "verbose_name_plural": "rules of unusual reading",
                "ordering": ["kind"],
                "default_permissions": ["view", "add", "change"],
            },
        ),
        migrations.AddField(
            model_name="desk",
            name="reading_checked_on",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="UnusualReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("many", "Cards opened within one hour, without work on them"),
                            (
                                "closed_desk",
                                "Cards opened while the desk was closed, without work on them",
                            ),
                            ("again", "Times the same card was opened, without work on it"),
                            (
                                "searched",
                                "Searches that found the same request, without work on it",
                            ),
                            ("shown", "Numbers shown, with no call written down after"),
                            (
                                "colleague",
                                "Cards opened, without work on them, whose name sounds like a colleague’s family name",
                            ),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("day", models.DateField(editable=False, verbose_name="day")),
                ("count", models.PositiveIntegerField(editable=False, verbose_name="how many")),
                ("least", models.PositiveIntegerField(editable=False, verbose_name="listed from")),
                ("request_ids", models.JSONField(default=list, editable=False)),
                (
                    "found_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "acknowledged_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="acknowledged at"),
                ),
                (
                    "note",
                    contact.privacy.encryption.EncryptedTextField(blank=True, verbose_name="note"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="acknowledged by",
                    ),
                ),
            ],
            options={
                "verbose_name": "unusual reading",
                "verbose_name_plural": "unusual reading",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("day"), models.F("account"), models.F("kind"), name="reading_day"
                    ),
                    models.Index(
                        models.F("acknowledged_at"), models.F("id"), name="reading_acknowledged"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("acknowledged_at", None)),
                        fields=("kind", "account", "day"),
                        name="reading_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("acknowledged_at", None), ("acknowledged_by", None)),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="reading_acknowledged_by_someone",
                    ),
                ],
            },
        ),
    ]
