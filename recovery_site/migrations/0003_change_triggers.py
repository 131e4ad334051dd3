"""Whatever changes what visitors read writes a Change in the same transaction."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import migrations


class Watch(NamedTuple):
    """When a row of `table` is shown and one of `columns` changes, `tags` have changed."""

    table: str
    # SQL about {row}; empty: every row is shown.
    shown: str
    # Empty: any.
    columns: tuple[str, ...]
    # SQL of texts about {row}; NULL is no tag.
    tags: tuple[str, ...]


PUBLISHED = "{row}.live_id IS NOT NULL"
ADDRESS = ("slug", "language", "live_id", "topic_id", "published_at")
LISTS = ("'topic:' || {row}.topic_id || ':list'", "'topics'")
WATCHES = [
    Watch(
        "articles_article",
        PUBLISHED,
        (*ADDRESS, "updated_at", "next_review_on", "is_medical"),
        ("'article:' || {row}.id", "'articles'"),
    ),
    Watch(
        "faq_question",
        PUBLISHED,
        (*ADDRESS, "updated_at", "next_review_on", "article_id", "order"),
        ("'question:' || {row}.id", "'questions'", "'article:' || {row}.article_id"),
    ),
    Watch(
        "articles_page",
        PUBLISHED,
        ("slug", "language", "live_id", "updated_at", "next_review_on"),
        ("'page:' || {row}.id", "'pages'"),
    ),
    Watch(
        "articles_topic",
        "",
        ("name", "slug", "language", "description", "order"),
        ("'topic:' || {row}.id", "'topics'", "'articles'", "'questions'"),
    ),
    Watch("articles_article_related", "", (), ("'article:' || {row}.from_article_id",)),
    Watch("contact_helpline", "", (), ("'helplines'",)),
]
# Which publications a topic has, in which order: not touched by new words of one of them.
LISTED = [
    Watch("articles_article", PUBLISHED, ("slug", "language", "topic_id", "published_at"), LISTS),
    Watch("faq_question", PUBLISHED, ("slug", "language", "topic_id", "order"), LISTS),
]
# A revision's words never change, but a clinician signs them off.
REVISIONS = [
    ("articles_articlerevision", ("'article:' || NEW.publication_id", "'articles'")),
    ("faq_questionrevision", ("'question:' || NEW.publication_id", "'questions'")),
    ("articles_pagerevision", ("'page:' || NEW.publication_id", "'pages'")),
]


class Trigger(NamedTuple):
    name: str
    table: str
    event: str
    when: str
    tags: list[str]


def about(sql: str, *rows: str) -> list[str]:
    return [sql.format(row=row) for row in rows]


def differs(vendor: str, columns: tuple[str, ...]) -> str:
    unequal = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f'OLD."{column}" {unequal} NEW."{column}"' for column in columns)


def triggers(vendor: str) -> Iterator[Trigger]:
    watches = [(watch, "shown", False) for watch in WATCHES]
    watches += [(watch, "listed", True) for watch in LISTED]
    for (table, shown, columns, tags), kind, is_list in watches:
        for event, row in (("INSERT", "NEW"), ("DELETE", "OLD")):
            name = f"change_{table}_{kind}_{event.lower()}"
            yield Trigger(
                name, table, event, shown.format(row=row), [t.format(row=row) for t in tags]
            )
        conditions = []
        if columns:
            changed = differs(vendor, columns)
            if is_list:
                changed += " OR (OLD.live_id IS NULL) <> (NEW.live_id IS NULL)"
            conditions.append(f"({changed})")
        if shown:
            conditions.append("(" + " OR ".join(about(shown, "OLD", "NEW")) + ")")
        both = list(dict.fromkeys(text for tag in tags for text in about(tag, "OLD", "NEW")))
        name = f"change_{table}_{kind}_update"
        yield Trigger(name, table, "UPDATE", " AND ".join(conditions), both)
    for table, words in REVISIONS:
        yield Trigger(f"change_{table}_update", table, "UPDATE", "", list(words))


def sqlite(trigger: Trigger) -> list[str]:
    when = f"WHEN {trigger.when}" if trigger.when else ""
    rows = " UNION ".join(f"SELECT {tag} AS tag" for tag in trigger.tags)
    return [
        f"""
        CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} {when} BEGIN
        INSERT INTO recovery_site_change (tag, at)
        SELECT tag, strftime('%Y-%m-%d %H:%M:%f', 'now') FROM ({rows}) WHERE tag IS NOT NULL;
        END
        """
    ]


def postgresql(trigger: Trigger) -> list[str]:
    """At the end of the transaction, one after the other: so ids are in the order of commits."""
    when = f"WHEN ({trigger.when})" if trigger.when else ""
    return [
        f"""
        CREATE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('recovery_site_change'));
        INSERT INTO recovery_site_change (tag, at)
        SELECT DISTINCT tag, clock_timestamp()
        FROM unnest(ARRAY[{", ".join(trigger.tags)}]) AS tag WHERE tag IS NOT NULL;
        RETURN NULL;
        END $$
        """,
        f"""
        CREATE CONSTRAINT TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {when}
        EXECUTE FUNCTION {trigger.name}()
        """,
    ]


def add_triggers(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for trigger in triggers(vendor):
        for statement in {"sqlite": sqlite, "postgresql": postgresql}[vendor](trigger):
            schema_editor.execute(statement)


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for trigger in triggers(vendor):
        if vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {trigger.name}")
        else:
            schema_editor.execute(f"DROP FUNCTION {trigger.name}() CASCADE")


class Migration(migrations.Migration):
    dependencies = [
        ("recovery_site", "0002_change"),
        ("articles", "0001_initial"),
        ("faq", "0001_initial"),
        ("contact", "0001_initial"),
    ]
    operations = [migrations.RunPython(add_triggers, remove_triggers)]
