from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0038_unusual_reading"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("is_secret_shopper", True)),
                name="callback_shopper",
            ),
        ),
    ]
