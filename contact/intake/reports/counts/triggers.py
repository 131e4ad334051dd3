"""Triggers that note which hours' figures changed, whoever changed them and how.

Each names the columns from which `counting.py` counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from contact.models import CallAttempt, CallbackRequest, ReportChange
from contact.records.report_days import SECONDS_AN_HOUR

CHANGES_TABLE = ReportChange._meta.db_table
REQUESTS_TABLE, CALLS_TABLE = CallbackRequest._meta.db_table, CallAttempt._meta.db_table
# Whether a request and its calls are counted at all.
IS_COUNTED = ("priority", "outcome", "is_secret_shopper")
REQUEST_COLUMNS = (
    *IS_COUNTED,
    *("created_at", "status", "closed_at", "language", "source", "origin", "hour_of_week"),
    *("asked_while_open", "first_attempt_minutes", "danger_at", "reached_at"),
)
CALL_COLUMNS = (
    *("at", "request_id", "by_id", "outcome", "direction", "number", "hour_of_week", "undone_at"),
)
NOTE = (
    "INSERT INTO {changes} (hour, number) SELECT DISTINCT {hour}, 1"
    " FROM ({moments}) AS moments WHERE {condition};"
)
CALLS_OF_REQUEST = " UNION SELECT at FROM {calls} WHERE request_id = NEW.id AND {condition}"
HOUR = {
    "sqlite": f"CAST(strftime('%s', moment) AS INTEGER) / {SECONDS_AN_HOUR}",
    "postgresql": f"floor(extract(epoch FROM moment) / {SECONDS_AN_HOUR})::integer",
}


def report_triggers(vendor: str) -> Iterator[tuple[str, str, str, str]]:
    """Return the name, table, events and body of each trigger."""
    calls = CALLS_OF_REQUEST.format(calls=CALLS_TABLE, condition=_differ(IS_COUNTED, vendor))
    yield from _triggers(vendor, REQUESTS_TABLE, "created_at", REQUEST_COLUMNS, calls)
    yield from _triggers(vendor, CALLS_TABLE, "at", CALL_COLUMNS)


def _triggers(
    vendor: str, table: str, column: str, columns: tuple[str, ...], further: str = ""
) -> Iterator[tuple[str, str, str, str]]:
    """`further`: SQL that adds moments to those of a row that was updated."""
    moved = f"SELECT OLD.{column} AS moment UNION SELECT NEW.{column}{further}"
    for event, moments, condition in (
        ("insert", f"SELECT NEW.{column} AS moment", "true"),
        ("update", moved, _differ(columns, vendor)),
        ("delete", f"SELECT OLD.{column} AS moment", "true"),
    ):
        body = NOTE.format(
            changes=CHANGES_TABLE, hour=HOUR[vendor], moments=moments, condition=condition
        )
        ending = " RETURN NULL;" if vendor == "postgresql" else ""
        yield f"report_{event}_{table}", table, f"AFTER {event.upper()}", body + ending


def _differ(columns: tuple[str, ...], vendor: str) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) {'IS NOT' if vendor == 'sqlite' else 'IS DISTINCT FROM'} ({new})"
