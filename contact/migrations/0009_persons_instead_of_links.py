import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0008_fill_lines_and_persons")]

    operations = [
        migrations.RemoveIndex(model_name="callbackrequest", name="callback_same_person"),
        migrations.RemoveField(model_name="callbackrequest", name="same_person_as"),
        migrations.AlterField(
            model_name="callbackrequest",
            name="person",
            field=models.UUIDField(db_index=True, default=uuid.uuid4, editable=False),
        ),
    ]
