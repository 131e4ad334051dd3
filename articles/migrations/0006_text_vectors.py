"""PostgreSQL keeps the vectors of documents: where most rows match, making them took longest."""

from django.db import migrations

ALL = "title || ' ' || headings || ' ' || summary || ' ' || body"
TEXTS = {"title": "title", "all": ALL}
COLUMNS = ", ".join(f"ADD COLUMN {name}_vector tsvector" for name in TEXTS)
VALUES = ", ".join(f"{name}_vector = to_tsvector('simple', {text})" for name, text in TEXTS.items())
POSTGRESQL = [
    *(f"DROP INDEX search_document_{name}" for name in TEXTS),
    f"ALTER TABLE articles_searchdocument {COLUMNS}",
    f"UPDATE articles_searchdocument SET {VALUES}",
    *(
        f"CREATE INDEX search_document_{name} ON articles_searchdocument USING gin ({name}_vector)"
        for name in TEXTS
    ),
]


def keep_vectors(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_scheduled_by")]
    operations = [migrations.RunPython(keep_vectors, migrations.RunPython.noop)]
