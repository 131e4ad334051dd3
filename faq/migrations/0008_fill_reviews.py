"""Each sign-off becomes a review, and each revision knows the digest of its words."""

from django.db import migrations

from articles.migrations._fill_reviews import fill


def fill_reviews(apps, schema_editor):
    fill(schema_editor, "faq_question", "faq_questionrevision", "faq_questionreview")


class Migration(migrations.Migration):
    dependencies = [("faq", "0007_reviews")]
    operations = [migrations.RunPython(fill_reviews, migrations.RunPython.noop)]
