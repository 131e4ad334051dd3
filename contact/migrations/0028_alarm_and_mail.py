from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0027_caller_ids")]

    operations = [
        migrations.AddField(
            model_name="desk",
            name="danger_alerted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="mailed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="mail_failed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="desk",
            name="mail_error",
            field=models.CharField(blank=True, default="", editable=False, max_length=100),
        ),
    ]
