from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contact", "0018_fill_search_keys")]

    operations = [
        migrations.AlterField(
            model_name="callbackrequest",
            name="best_time",
            field=models.CharField(
                choices=[
                    ("any", "Any time"),
                    ("morning", "Morning (8 a.m. to noon)"),
                    ("afternoon", "Afternoon (noon to 5 p.m.)"),
                    ("evening", "Evening (5 to 9 p.m.)"),
                    ("now", "As soon as you can, also at night"),
                ],
                default="any",
                max_length=20,
                verbose_name="best time",
            ),
        ),
    ]
