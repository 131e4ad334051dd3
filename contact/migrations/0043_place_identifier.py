from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0042_signs_weighed_anew")]

    operations = [
        migrations.AddField(
            model_name="place",
            name="identifier",
            field=models.UUIDField(
                editable=False, null=True, unique=True, verbose_name="identifier"
            ),
        ),
    ]
