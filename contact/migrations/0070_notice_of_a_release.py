"""A kind of notice: somebody released what one held."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0069_therapists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("handed_over", "handed over to you"),
                    ("assigned", "kept for you"),
                    ("taken", "taken after your hold had ended"),
                    ("released", "released while you held it"),
                ],
                max_length=20,
            ),
        ),
    ]
