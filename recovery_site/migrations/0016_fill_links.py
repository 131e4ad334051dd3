"""Fill the index of links from the revisions that are there already."""

from django.db import migrations

from articles.links.index import rows_for

KINDS = {
    "articles.article": ("articles", "ArticleRevision"),
    "articles.page": ("articles", "PageRevision"),
    "faq.question": ("faq", "QuestionRevision"),
}


def fill_links(apps, schema_editor):
    link = apps.get_model("articles", "Link")
    names = [field.attname for field in link._meta.concrete_fields if not field.primary_key]
    link.objects.all().delete()
    for kind, model in KINDS.items():
        revisions = apps.get_model(*model).objects.only("publication_id", "body", "sources")
        for revision in revisions.iterator(chunk_size=200):
            rows = rows_for(kind, revision)
            link.objects.bulk_create(
                link(**{name: getattr(row, name) for name in names}) for row in rows
            )


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0015_editors_see_old_addresses"),
        ("articles", "0010_links"),
        ("faq", "0005_fill_place_of_versions"),
    ]
    operations = [migrations.RunPython(fill_links, migrations.RunPython.noop)]
