from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0025_code_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="callbackrequest",
            name="callback_newest",
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="origin",
            field=models.CharField(
                choices=[
                    ("website", "The form on the site"),
                    ("phone", "They called us themselves"),
                    ("walk_in", "Somebody came to the door"),
                    ("hospital", "A hospital or another service called"),
                    ("family", "Family or a friend called"),
                ],
                default="website",
                max_length=20,
                verbose_name="how it came",
            ),
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
                name="callback_newest",
            ),
        ),
    ]
