"""Each sign-off becomes a review, and each revision knows the digest of its words."""

from django.db import migrations

from ._fill_reviews import fill


def fill_reviews(apps, schema_editor):
    fill(schema_editor, "articles_article", "articles_articlerevision", "articles_articlereview")
    fill(schema_editor, "articles_page", "articles_pagerevision")


class Migration(migrations.Migration):
    dependencies = [("articles", "0012_reviews")]
    operations = [migrations.RunPython(fill_reviews, migrations.RunPython.noop)]
