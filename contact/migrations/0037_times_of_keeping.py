import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import contact.privacy.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0036_disclosures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenReview",
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
                ("until", models.DateField(verbose_name="until")),
                (
                    "reason",
                    contact.privacy.encryption.EncryptedTextField(verbose_name="why it stays open"),
                ),
            ],
            options={
                "verbose_name": "review of an open request",
                "verbose_name_plural": "reviews of open requests",
                "ordering": ["at", "id"],
                "abstract": False,
                "default_permissions": [],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("came_in", "Came in"),
                            ("referred", "Referred to another place"),
                            ("answered", "Questions answered, nothing more wanted"),
                            ("not_now", "Not now"),
                            ("emergency", "Handed over to emergency help"),
                            ("unreachable", "Could not be reached"),
                            ("wrong_number", "Wrong number"),
                            ("stop", "Asked us to stop calling"),
                            ("line_stop", "The line is not called any more"),
                            ("cancelled", "Cancelled by themselves"),
                            ("duplicate", "Handled in another request"),
                            ("spam", "Spam"),
                        ],
                        max_length=20,
                        unique=True,
                        verbose_name="how it ended",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        help_text="Counted from the day it was closed. At most 2,192: six years.",
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(2192),
                        ],
                        verbose_name="days until it is emptied",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="why")),
            ],
            options={
                "verbose_name": "time that a kind of request is kept",
                "verbose_name_plural": "times that kinds of requests are kept",
                "ordering": ["outcome"],
                "default_permissions": ["view", "add", "change"],
            },
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="kept_until",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="review_days",
            field=models.PositiveSmallIntegerField(
                default=60,
                help_text="After so many days, a lead keeps it open with a reason, or closes it.",
                validators=[django.core.validators.MinValueValidator(7)],
                verbose_name="days until an open request is reviewed",
            ),
        ),
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                models.F("outcome"),
                models.F("closed_at"),
                condition=models.Q(("purged_at", None)),
                name="callback_kept",
            ),
        ),
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                models.F("created_at"),
                models.F("id"),
                models.F("kept_until"),
                models.F("closed_at"),
                condition=models.Q(("closed_at", None)),
                name="callback_review",
            ),
        ),
        migrations.AddField(
            model_name="openreview",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="written by",
            ),
        ),
        migrations.AddField(
            model_name="openreview",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="contact.callbackrequest",
            ),
        ),
    ]
