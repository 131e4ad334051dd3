"""Until now a page had one place, whatever its version: so each version takes that one."""

from django.db import migrations

TAKE = "UPDATE {revisions} SET {values}"
ONE = "{name} = (SELECT {name} FROM {pages} WHERE {pages}.id = {revisions}.publication_id)"
TABLES = {
    ("articles_articlerevision", "articles_article"): (
        "slug",
        "language",
        "topic_id",
        "is_medical",
    ),
    ("articles_pagerevision", "articles_page"): ("slug", "language", "foot_order"),
}
RELATED = """
    UPDATE articles_articlerevision SET related_keys = (
        SELECT {as_list} FROM (
            SELECT to_article_id FROM articles_article_related
            WHERE from_article_id = publication_id ORDER BY to_article_id
        ) AS related
    )
    WHERE publication_id IN (SELECT from_article_id FROM articles_article_related)
"""
AS_LIST = {"sqlite": "json_group_array(to_article_id)", "postgresql": "jsonb_agg(to_article_id)"}


def fill(apps, schema_editor):
    for (revisions, pages), names in TABLES.items():
        values = ", ".join(ONE.format(name=n, pages=pages, revisions=revisions) for n in names)
        schema_editor.execute(TAKE.format(revisions=revisions, values=values))
    as_list = AS_LIST[schema_editor.connection.vendor]
    schema_editor.execute(RELATED.format(as_list=as_list))


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_place_of_versions")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
