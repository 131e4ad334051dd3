"""More closed requests, copied inside the database from some that were made in full.

Each copy is somebody else's and asked at another time, but what is sealed still opens for the row
that it was copied from alone: no page that is measured opens a copy.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Model

from bench.laboratory.database.made_up_callers import World
from contact.models import AuditEntry, CallAttempt, CallbackRequest, SearchKey
from contact.records.requests.references import reference_for

COLUMNS = (
    *("number", "source", "id", "reference", "phone_index", "person", "name_index", "call"),
    *("seconds", "key_1", "key_2", "key_3"),
)
TYPES = {"number": "integer", "seconds": "integer"} | dict.fromkeys(
    ("source", "id", "person", "call"), "uuid"
)
AT_ONCE = 50_000


def copy_requests(chance: random.Random, total: int, world: World, linked_share: float) -> None:
    """Insert `total` closed requests, each with its call, search keys and audit entry."""
    closed = CallbackRequest.objects.filter(closed_at__isnull=False)
    sources = list(closed.values_list("pk", flat=True))
    columns = ", ".join(f"{name} {_type(name)}" for name in COLUMNS)
    rows = _rows(chance, total, sources, world, linked_share)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Half a gigabyte: with less, each copy waits for the disk, in indexes by chance.
            cursor.execute("PRAGMA cache_size = -500000")
        cursor.execute(f"CREATE TEMPORARY TABLE copies ({columns})")
        while some := list(islice(rows, AT_ONCE)):
            cursor.execute("DELETE FROM copies")
            _fill(cursor, some)
            for statement in _statements():
                cursor.execute(statement)


def _type(column: str) -> str:
    """SQLite takes what a `uuid` is written with for a number where it looks like one: 12e4…"""
    found = TYPES.get(column, "varchar(64)")
    return "char(32)" if found == "uuid" and connection.vendor == "sqlite" else found


def _rows(
    chance: random.Random, total: int, sources: list[UUID], world: World, linked_share: float
) -> Iterator[tuple[object, ...]]:
    first = AuditEntry.objects.count() + 1
    for number in range(first, first + total):
        caller = chance.choice(world.callers)
        key, call = (UUID(int=chance.getrandbits(128), version=4) for _ in range(2))
        person = caller.person if chance.random() < linked_share else key
        hashes = (caller.phone_index, person, world.sounds[caller.name], call)
        seconds = -chance.randrange(3600)
        keys = [*world.keys(caller), None][:3]
        yield number, chance.choice(sources), key, reference_for(key), *hashes, seconds, *keys


def _fill(cursor: object, rows: list[tuple[object, ...]]) -> None:
    raw = cursor.cursor  # type: ignore[attr-defined]
    if connection.vendor == "postgresql":
        lines = "\n".join(
            "\t".join("\\N" if each is None else str(each) for each in row) for row in rows
        )
        raw.copy_expert("COPY copies FROM STDIN", io.StringIO(lines))
        return
    plain = [[each.hex if isinstance(each, UUID) else each for each in row] for row in rows]
    raw.executemany(f"INSERT INTO copies VALUES ({', '.join('?' * len(COLUMNS))})", plain)


def _statements() -> Iterator[str]:
    own = {name: f"c.{name}" for name in ("id", "reference", "phone_index", "person")}
    yield _insert(CallbackRequest, "id", own | {"line_index": "c.phone_index"}, "name_index")
    yield _insert(CallAttempt, "request_id", {"id": "c.call", "request_id": "c.id"})
    yield _insert(AuditEntry, "request_id", {"number": "c.number", "request_id": "c.id"})
    for key in ("key_1", "key_2", "key_3"):
        yield (
            f"INSERT INTO {SearchKey._meta.db_table} (request_id, key, asked_at) "
            f"SELECT r.id, c.{key}, r.created_at FROM copies c "
            f"JOIN {CallbackRequest._meta.db_table} r ON r.id = c.id WHERE c.{key} IS NOT NULL"
        )


def _insert(model: type[Model], link: str, own: dict[str, str], *hashes: str) -> str:
    """Copy what belongs to a request, but for its own columns, a little earlier."""
    values = {}
    for field in model._meta.concrete_fields:
        column = str(field.column)
        is_time = isinstance(field, DateTimeField)
        values[column] = _earlier(f"r.{column}") if is_time else f"r.{column}"
    values |= own | {name: f"c.{name}" for name in hashes}
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM copies c JOIN {table} r ON r.{link} = c.source"
    )


def _earlier(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"{column} + c.seconds * interval '1 second'"
    return f"strftime('%Y-%m-%d %H:%M:%f', {column}, c.seconds || ' seconds')"
