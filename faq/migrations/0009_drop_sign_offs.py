"""Reviews are rows of their own since."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("faq", "0008_fill_reviews")]
    operations = [
        migrations.RemoveField(
            model_name="questionrevision",
            name="reviewed_at",
        ),
        migrations.RemoveField(
            model_name="questionrevision",
            name="reviewed_by",
        ),
        migrations.RemoveField(
            model_name="questionrevision",
            name="reviewer",
        ),
    ]
