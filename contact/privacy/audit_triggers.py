"""Database triggers that keep audit entries from being changed.

SQLite gets no trigger against DELETE, because Django's `flush` deletes all rows there. The hash
chain shows a deletion all the same.
"""

REFUSAL_MESSAGE = "audit entries never change"


def audit_triggers(vendor: str) -> list[tuple[str, str, str, str]]:
    """Return the name, table, events and body of each trigger."""
    name, table = "audit_entries_never_change", "contact_auditentry"
    if vendor == "sqlite":
        return [(name, table, "BEFORE UPDATE", f"SELECT RAISE(ABORT, '{REFUSAL_MESSAGE}');")]
    return [(name, table, "BEFORE UPDATE OR DELETE", f"RAISE EXCEPTION '{REFUSAL_MESSAGE}';")]
