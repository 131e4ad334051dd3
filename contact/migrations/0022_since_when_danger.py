from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0021_rules_of_plans")]

    operations = [
        migrations.AddField(
            model_name="callbackrequest",
            name="danger_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="callbackrequest",
            name="reached_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                *("due_at", "id", "tries", "due_until", "status", "call_by"),
                condition=models.Q(("closed_at", None), ("priority", 0)),
                name="callback_danger_due",
            ),
        ),
    ]
