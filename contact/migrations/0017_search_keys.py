import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0016_danger_patterns")]

    operations = [
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_keys",
                        to="contact.callbackrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "search key",
                "default_permissions": (),
                "indexes": [models.Index("key", "asked_at", "request", name="search_key_newest")],
            },
        ),
    ]
