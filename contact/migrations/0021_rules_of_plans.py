from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0020_promised_earlier")]

    operations = [
        migrations.AddField(
            model_name="desk",
            name="planned_by",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
