from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0033_signs_of_danger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="callbackrequest",
            name="callback_newest",
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="asked_while_open",
            field=models.BooleanField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="is_secret_shopper",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                models.F("created_at"),
                models.F("id"),
                models.F("priority"),
                models.F("outcome"),
                models.F("language"),
                models.F("hour_of_week"),
                models.F("first_attempt_minutes"),
                models.F("status"),
                models.F("source"),
                models.F("origin"),
                models.F("asked_while_open"),
                models.F("is_secret_shopper"),
                models.F("closed_at"),
                name="callback_newest",
            ),
        ),
    ]
