import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0030_handed_over_to_emergency_help"),
    ]

    operations = [
        migrations.AlterField(
            model_name="searchkey",
            name="request",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="search_keys",
                to="contact.callbackrequest",
            ),
        ),
        migrations.AddIndex(
            model_name="searchkey",
            index=models.Index(models.F("request"), models.F("key"), name="search_key_also"),
        ),
    ]
