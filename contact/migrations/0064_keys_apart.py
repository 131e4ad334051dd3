"""Room for the ids of several INDEX_KEYs, and for the audit key of before."""

from django.db import migrations, models

import contact.privacy.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0063_danger_of_other_writers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetiredAuditKey",
            fields=[
                ("id", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("sealed", contact.privacy.encryption.EncryptedTextField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="linestop",
            name="index_key",
            field=models.CharField(default="", editable=False, max_length=16),
        ),
        migrations.AlterField(
            model_name="keymarker",
            name="index_key",
            field=models.CharField(max_length=255),
        ),
    ]
