from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0009_persons_instead_of_links")]

    operations = [
        migrations.AddField(
            model_name="callbackrequest",
            name="number_zones",
            field=models.CharField(blank=True, editable=False, max_length=255),
        ),
    ]
