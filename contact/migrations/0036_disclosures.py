import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import contact.privacy.encryption
import contact.records.oversight.disclosures


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0035_legal_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
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
                (
                    "disclosed_on",
                    models.DateField(
                        validators=[contact.records.oversight.disclosures.not_after_today],
                        verbose_name="day",
                    ),
                ),
                (
                    "recipient",
                    contact.privacy.encryption.EncryptedTextField(
                        editable=True, verbose_name="to whom"
                    ),
                ),
                (
                    "what",
                    contact.privacy.encryption.EncryptedTextField(
                        editable=True, verbose_name="what was told"
                    ),
                ),
                (
                    "purpose",
                    contact.privacy.encryption.EncryptedTextField(
                        editable=True, verbose_name="what for"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "Their written consent (42 CFR 2.31)"),
                            ("emergency", "A medical emergency (42 CFR 2.51)"),
                            ("court_order", "A court order (42 CFR part 2, subpart E)"),
                            ("audit", "An audit or evaluation (42 CFR 2.53)"),
                            ("research", "Research (42 CFR 2.52)"),
                            (
                                "child_abuse",
                                "A report of suspected child abuse (42 CFR 2.12(c)(6))",
                            ),
                            (
                                "crime",
                                "A crime on the premises or against staff (42 CFR 2.12(c)(5))",
                            ),
                            ("other", "Another ground, named under what for"),
                        ],
                        max_length=20,
                        verbose_name="on what ground",
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
                        verbose_name="written by",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="contact.callbackrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "disclosure",
                "verbose_name_plural": "disclosures",
                "ordering": ["at", "id"],
                "abstract": False,
                "default_permissions": [],
                "indexes": [models.Index(models.F("disclosed_on"), name="disclosure_day")],
            },
        ),
    ]
