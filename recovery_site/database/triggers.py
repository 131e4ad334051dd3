"""Database triggers, declared in code and installed after every `migrate`.

A migration may make a table anew (SQLite does so for most changes) and take its triggers with it,
so no migration creates one. An app declares its own in `AppConfig.triggers(vendor)`, which returns
tuples with the fields of `Trigger`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.core import checks
from django.core.management.base import CommandError
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

HINT = "Run `manage.py migrate`: it installs them."
# Every trigger's name begins with one of these, so that those no longer declared are found.
TRIGGER_PREFIXES = ("content_changed_", "audit_", "report_", "search_")


class Trigger(NamedTuple):
    """`events` is such as "AFTER UPDATE", `body` the statements between BEGIN and END."""

    name: str
    table: str
    events: str
    body: str
    # PostgreSQL alone: run at the end of the transaction; or once a statement, not once a row.
    is_deferred: bool = False
    is_per_statement: bool = False

    def statements(self, vendor: str) -> list[str]:
        head = f"TRIGGER {self.name} {self.events} ON {self.table}"
        if vendor == "sqlite":
            return [f"CREATE {head} BEGIN {self.body} END"]
        if self.is_deferred:
            head = f"CONSTRAINT {head} DEFERRABLE INITIALLY DEFERRED"
        each = "STATEMENT" if self.is_per_statement else "ROW"
        function = f"FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql"
        return [
            f"CREATE OR REPLACE {function} AS $$BEGIN {self.body} END$$",
            f"CREATE {head} FOR EACH {each} EXECUTE FUNCTION {self.name}()",
        ]

    def text(self, vendor: str) -> str:
        """The text that `installed` gives for the trigger if it is as declared."""
        statements = self.statements(vendor)
        if vendor == "sqlite":
            return statements[0]
        digest = hashlib.blake2b("\n".join(statements).encode(), digest_size=8).hexdigest()
        return f"{digest} O BEGIN {self.body} END"


def declared(connection: BaseDatabaseWrapper) -> dict[str, Trigger]:
    """Declared triggers whose tables exist."""
    tables = set(connection.introspection.table_names())
    found = [
        Trigger(*fields)
        for config in apps.get_app_configs()
        for fields in getattr(config, "triggers", lambda vendor: ())(connection.vendor)
    ]
    return {trigger.name: trigger for trigger in found if trigger.table in tables}


def installed(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Table and text of each of this site's triggers in the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                """
                SELECT t.tgname, c.relname,
                    coalesce(obj_description(t.oid, 'pg_trigger'), '') || ' ' || t.tgenabled::text
                    || ' ' || p.prosrc
                FROM pg_trigger t
                JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)
                """
            )
        rows = cursor.fetchall()
    return {name: (table, text) for name, table, text in rows if name.startswith(TRIGGER_PREFIXES)}


def differing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that are missing, not as declared, or declared no more."""
    wanted = {
        name: (trigger.table, trigger.text(connection.vendor))
        for name, trigger in declared(connection).items()
    }
    there = installed(connection)
    return sorted(name for name in wanted | there if wanted.get(name) != there.get(name))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop this site's triggers from an SQLite database; `install` brings them back."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in installed(connection):
            cursor.execute(f"DROP TRIGGER {name}")


def install(connection: BaseDatabaseWrapper) -> None:
    """Create, replace and drop triggers so that the database has those that are declared."""
    wanted, there = declared(connection), installed(connection)
    names = differing(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in names:
            if name in there:
                table = "" if connection.vendor == "sqlite" else f" ON {there[name][0]}"
                cursor.execute(f"DROP TRIGGER {name}{table}")
            if name in wanted:
                for statement in wanted[name].statements(connection.vendor):
                    cursor.execute(statement)
            if connection.vendor == "postgresql":
                cursor.execute(_mark(wanted[name]) if name in wanted else _remove_function(name))


def _mark(trigger: Trigger) -> str:
    """SQL that lets `installed` tell the trigger from one that was declared otherwise."""
    digest = trigger.text("postgresql").partition(" ")[0]
    return f"COMMENT ON TRIGGER {trigger.name} ON {trigger.table} IS '{digest}'"


def _remove_function(name: str) -> str:
    return f"DROP FUNCTION IF EXISTS {name}()"


def check_triggers(databases: Iterable[str] | None = None, **kwargs: Any) -> list[checks.Warning]:
    """Compare the triggers of the databases; a warning, for an error would stop `migrate` too."""
    found = []
    for alias in databases or []:
        if connections[alias].settings_dict.get("IS_FOR_READING") or is_being_migrated(alias):
            continue
        if names := differing(connections[alias]):
            message = f"Triggers of the database are not as declared: {', '.join(names)}."
            found.append(checks.Warning(message, hint=HINT, id="recovery_site.W002"))
    return found


def is_being_migrated(alias: str) -> bool:
    """Whether migrations are pending; `migrate` installs the triggers after them."""
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def require_triggers() -> None:
    """Raise CommandError if the database answers and lacks a trigger."""
    try:
        names = differing(connections["default"])
    except DatabaseError:
        # Requests are taken without a database; /readyz compares again.
        return
    if names:
        raise CommandError(f"Triggers are not as declared: {', '.join(names)}. {HINT}")
