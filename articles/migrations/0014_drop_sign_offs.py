"""Reviews are rows of their own since."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("articles", "0013_fill_reviews")]
    operations = [
        migrations.RemoveField(
            model_name="articlerevision",
            name="reviewed_at",
        ),
        migrations.RemoveField(
            model_name="articlerevision",
            name="reviewed_by",
        ),
        migrations.RemoveField(
            model_name="articlerevision",
            name="reviewer",
        ),
        migrations.RemoveField(
            model_name="pagerevision",
            name="reviewed_at",
        ),
        migrations.RemoveField(
            model_name="pagerevision",
            name="reviewed_by",
        ),
        migrations.RemoveField(
            model_name="pagerevision",
            name="reviewer",
        ),
    ]
