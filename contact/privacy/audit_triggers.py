"""The database's own guard of the audit trail: entries never change.

SQLite gets no guard against DELETE: Django's own `flush` empties tables that way there. The chain
shows a deletion all the same.
"""

REFUSAL = "audit entries never change"


def triggers(vendor: str) -> list[tuple[str, str, str, str]]:
    """Name, table, events and body of each trigger."""
    name, table = "audit_entries_never_change", "contact_auditentry"
    if vendor == "sqlite":
        return [(name, table, "BEFORE UPDATE", f"SELECT RAISE(ABORT, '{REFUSAL}');")]
    return [(name, table, "BEFORE UPDATE OR DELETE", f"RAISE EXCEPTION '{REFUSAL}';")]
