"""Database triggers that keep audit entries from being changed, and their head from going back.

Who owns the tables can take the triggers off; the hash chain and its anchors show it all the same.
"""

from collections.abc import Iterator

REFUSAL_MESSAGE = "audit entries never change"
HEAD_MESSAGE = "the head of the audit trail only goes on"
ENTRIES, HEAD = "contact_auditentry", "contact_audithead"
# A head that names as many entries as before names the same ones.
GOES_BACK = "NEW.count < OLD.count OR (NEW.count = OLD.count AND NEW.hash <> OLD.hash)"

type Fields = tuple[str | bool, ...]


def audit_triggers(vendor: str) -> Iterator[Fields]:
    """Return the fields of each `Trigger`."""
    if vendor == "sqlite":
        refusal, head = _abort(REFUSAL_MESSAGE), _abort(HEAD_MESSAGE)
        yield ("audit_entries_never_change", ENTRIES, "BEFORE UPDATE", refusal)
        yield ("audit_entries_never_go", ENTRIES, "BEFORE DELETE", refusal)
        yield ("audit_head_goes_on", HEAD, "BEFORE UPDATE", f"{head[:-1]} WHERE {GOES_BACK};")
        yield ("audit_head_stays", HEAD, "BEFORE DELETE", head)
        return
    refusal, head = f"RAISE EXCEPTION '{REFUSAL_MESSAGE}';", f"RAISE EXCEPTION '{HEAD_MESSAGE}';"
    yield ("audit_entries_never_change", ENTRIES, "BEFORE UPDATE OR DELETE", refusal)
    goes_on = f"IF {GOES_BACK} THEN {head} END IF; RETURN NEW;"
    yield ("audit_head_goes_on", HEAD, "BEFORE UPDATE", goes_on)
    yield ("audit_head_stays", HEAD, "BEFORE DELETE", head)
    # Triggers of rows do not see a TRUNCATE.
    yield ("audit_entries_stay_whole", ENTRIES, "BEFORE TRUNCATE", refusal, False, True)
    yield ("audit_head_stays_whole", HEAD, "BEFORE TRUNCATE", head, False, True)


def _abort(message: str) -> str:
    return f"SELECT RAISE(ABORT, '{message}');"
