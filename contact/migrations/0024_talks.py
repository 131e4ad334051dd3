from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0023_danger_before_all"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="callattempt",
            name="call_attempt_report",
        ),
        migrations.AddField(
            model_name="callattempt",
            name="direction",
            field=models.CharField(
                choices=[
                    ("outgoing", "We called"),
                    ("incoming", "They called us"),
                    ("in_person", "They came to us"),
                ],
                default="outgoing",
                max_length=20,
                verbose_name="direction",
            ),
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="talk_direction",
            field=models.CharField(
                blank=True,
                choices=[
                    ("outgoing", "We called"),
                    ("incoming", "They called us"),
                    ("in_person", "They came to us"),
                ],
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="talks",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="talks"),
        ),
        migrations.AddIndex(
            model_name="callattempt",
            index=models.Index(
                models.F("at"),
                models.F("number"),
                models.F("hour_of_week"),
                models.F("by"),
                models.F("outcome"),
                models.F("direction"),
                models.F("undone_at"),
                models.F("request"),
                models.F("id"),
                name="call_attempt_report",
            ),
        ),
    ]
