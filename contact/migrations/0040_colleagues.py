import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0039_index_of_secret_shoppers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Colleague",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="colleague",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "languages",
                    models.CharField(default="en", max_length=40, verbose_name="languages"),
                ),
                (
                    "further_languages",
                    models.CharField(
                        blank=True, default="", max_length=100, verbose_name="further languages"
                    ),
                ),
                (
                    "takes_calls",
                    models.BooleanField(default=True, verbose_name="takes calls now"),
                ),
                (
                    "seen_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="last seen"),
                ),
            ],
            options={
                "verbose_name": "colleague",
                "verbose_name_plural": "colleagues",
                "default_permissions": (),
            },
        ),
    ]
