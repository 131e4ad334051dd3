import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0044_fill_place_identifiers")]

    operations = [
        migrations.AlterField(
            model_name="place",
            name="identifier",
            field=models.UUIDField(
                default=uuid.uuid4, editable=False, unique=True, verbose_name="identifier"
            ),
        ),
    ]
