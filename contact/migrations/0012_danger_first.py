from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0011_fill_number_zones")]

    operations = [
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                *("turn_at", "id", "due_at", "due_until", "status"),
                condition=models.Q(("closed_at", None), ("priority", 0)),
                name="callback_danger",
            ),
        ),
    ]
