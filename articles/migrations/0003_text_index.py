"""The indexes by which documents are found: FTS5 on SQLite, full text search on PostgreSQL."""

from django.db import migrations

SQLITE = """
    CREATE VIRTUAL TABLE articles_searchtext USING fts5(
        title, headings, summary, body, content='articles_searchdocument', content_rowid='id',
        tokenize='unicode61 remove_diacritics 0'
    )
"""
ALL = "title || ' ' || headings || ' ' || summary || ' ' || body"
POSTGRESQL = [
    f"CREATE INDEX search_document_{name} ON articles_searchdocument"
    f" USING gin (to_tsvector('simple', {text}))"
    for name, text in {"title": "title", "all": ALL}.items()
]


def make_text_index(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in [SQLITE] if is_sqlite else POSTGRESQL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_search_index")]
    operations = [migrations.RunPython(make_text_index, migrations.RunPython.noop)]
