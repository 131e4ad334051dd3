"""Requests that estimates for others leave out: many from one network."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0066_harmless_searches"),
    ]

    operations = [
        migrations.AddField(
            model_name="callbackrequest",
            name="delays_others",
            field=models.BooleanField(default=True, editable=False),
        ),
    ]
