from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0019_best_time_now")]

    operations = [
        migrations.AddField(
            model_name="callbackrequest",
            name="earlier_call_by",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="callbackrequest",
            index=models.Index(
                *("turn_at", "id", "due_at", "due_until", "status"),
                condition=models.Q(("closed_at", None), ("earlier_call_by__isnull", False)),
                name="callback_earlier",
            ),
        ),
    ]
