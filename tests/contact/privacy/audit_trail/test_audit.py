import threading
import uuid
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import (
    AuditEntry,
    AuditEntryImmutable,
    AuditHead,
)
from recovery_site.database import triggers
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db


def change(sql, *values):
    """Change the trail as someone with access to the database would, past model and trigger."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            triggers.remove(connection)
        else:
            cursor.execute("ALTER TABLE contact_auditentry DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE contact_audithead DISABLE TRIGGER USER")
        cursor.execute(sql, values)


@pytest.fixture
def chain():
    staff = make_staff(username="maria")
    return [
        audit.record(staff, "viewed", uuid.uuid4()),
        audit.record(None, "received", make_request().pk),
        audit.record(staff, "listed", references=["K7MQ-4XWD"]),
        audit.record(staff, "closed", uuid.uuid4(), outcome="spam"),
    ]


def test_entries_say_who_did_what_when(chain):
    first, second, *_ = chain
    assert [entry.number for entry in chain] == [1, 2, 3, 4]
    assert (first.actor_name, first.action) == ("maria", "viewed")
    assert (second.actor, second.actor_name) == (None, "system")
    assert second.previous == first.hash


def test_an_untouched_chain_is_whole(chain):
    assert audit.verify() is None


STORED = (
    ("received", {}, "37d98ec60f9bc71bf397df83e0a461f6f1840644f124f5113f4f87b0c9ac2643"),
    (
        "moved to their next hours",
        {},
        "3166a6c55fbf540bf1ab6406f840ef4b9c3f5069afeaed9febd9b4af44a55146",
    ),
    ("handed over", {"to": 7}, "e1e5b44aa67d2b8b2ae56ee49e6c415b2f83083b6ba8d42c9e9ffb95cb70c84f"),
    (
        "called",
        {"outcome": "no_answer", "entry": "22222222-2222-4222-8222-222222222222"},
        "252983988d76bbbc45c7f2c9b3c538732f8d25da2a65ab8d9924e8b1cc010576",
    ),
    (
        "took the shift over",
        {"handover": "33333333-3333-4333-8333-333333333333"},
        "f4e93a01cad62b02a5dd2e3b5fa23a51fe8f0a044848cc5e3c12c309045a603c",
    ),
)
SEAL = "9abe880f7b2c7f8005fd9e07ce06d322b0c4478c69e44c3932493c16007c6f9f"


def test_a_chain_that_an_earlier_release_stored_is_whole_and_goes_on():
    previous = ""
    for number, (action, detail, digest) in enumerate(STORED, 1):
        AuditEntry(
            number=number,
            at=datetime(2026, 3, 2, 17, number, tzinfo=UTC),
            actor_name="system",
            action=action,
            request_id=uuid.UUID("11111111-1111-4111-8111-111111111111"),
            detail=detail,
            previous=previous,
            hash=digest,
        ).save()
        previous = digest
        assert audit.AuditAction(action).value == action
    AuditHead.objects.update_or_create(
        pk=1, defaults={"count": len(STORED), "hash": previous, "seal": SEAL}
    )
    assert audit.verify() is None
    entry = audit.record(None, audit.AuditAction.POSTPONED, uuid.uuid4())
    # Purposes had one key then. An entry between says that the trail goes on under its own.
    between = AuditEntry.objects.get(action="key changed")
    assert (between.number, between.previous) == (6, previous)
    assert (entry.number, entry.previous) == (7, between.hash)
    assert AuditEntry.objects.filter(action="moved to their next hours").count() == 2
    assert audit.verify() is None


def test_an_empty_chain_is_whole():
    assert audit.verify() is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_name", "someone"),
        ("action", "listed"),
        ("detail", '{"references": []}'),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("request_id", None),
        ("hash", "0" * 64),
        ("previous", "0" * 64),
        ("actor_id", None),
    ],
)
def test_a_changed_column_is_found(chain, column, value):
    number = 3 if column == "detail" else 1
    change(f"UPDATE contact_auditentry SET {column} = %s WHERE number = %s", value, number)
    assert audit.verify().number == number


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_removed_entry_is_found(chain, number):
    change("DELETE FROM contact_auditentry WHERE number = %s", number)
    assert audit.verify().number == number


def test_a_cut_tail_is_found_even_when_the_head_is_turned_back(chain):
    change("DELETE FROM contact_auditentry WHERE number > 2")
    change("UPDATE contact_audithead SET count = 2, hash = %s", chain[1].hash)
    assert "head" in audit.verify().reason


@pytest.mark.parametrize(
    ("statements", "number"),
    [
        (["UPDATE contact_audithead SET count = 0, hash = '', seal = ''"], 1),
        (["DELETE FROM contact_audithead"], 1),
    ],
)
def test_a_head_that_names_nothing_beside_entries_is_found(chain, statements, number):
    """The end of the chain could be gone as well: nothing else names it."""
    for statement in [*statements, "DELETE FROM contact_auditentry WHERE number = 4"]:
        change(statement)
    assert audit.verify() == (number, "the head of the chain is gone")


def test_an_older_head_that_is_put_back_is_found(chain):
    older = AuditHead(count=2, hash=chain[1].hash)
    change(
        "UPDATE contact_audithead SET count = 2, hash = %s, seal = %s",
        older.hash,
        older.expected_seal(),
    )
    assert audit.verify() == (3, "the entry stands beyond the end that the head names")


def test_an_inserted_entry_is_found(chain):
    forged = AuditEntry(
        number=5, at=chain[3].at, actor_name="maria", action="viewed", previous=chain[3].hash,
        hash="0" * 64,
    )  # fmt: skip
    forged.save()
    assert audit.verify().number == 5


def test_an_entry_of_another_history_is_found(chain):
    """After a restored backup, an entry has a valid hash but does not follow the one before."""
    other = AuditEntry(
        number=2, at=chain[1].at, actor_name="system", action="purged", previous=chain[0].hash
    )
    other.hash = other.expected_hash()
    change("DELETE FROM contact_auditentry WHERE number = 2")
    other.save()
    assert audit.verify().number == 3


def test_a_last_entry_of_another_history_is_found(chain):
    other = AuditEntry(
        number=4, at=chain[3].at, actor_name="system", action="purged", previous=chain[2].hash
    )
    other.hash = other.expected_hash()
    change("DELETE FROM contact_auditentry WHERE number = 4")
    other.save()
    assert "head names" in audit.verify().reason


def test_a_removed_head_is_noticed_at_the_next_entry(chain):
    change("DELETE FROM contact_audithead")
    with pytest.raises(DatabaseError), transaction.atomic():
        audit.record(None, "received")


def test_entries_can_not_be_changed_or_deleted(chain):
    entry = AuditEntry.objects.first()
    for attempt in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(action="x"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(AuditEntryImmutable):
            attempt()
    assert AuditEntry.objects.count() == 4


def test_the_database_itself_refuses_changes(chain):
    statements = [
        "UPDATE contact_auditentry SET action = 'x'",
        "DELETE FROM contact_auditentry",
        "DELETE FROM contact_audithead",
        "UPDATE contact_audithead SET count = 0",
        "UPDATE contact_audithead SET hash = 'x'",
    ]
    if connection.vendor == "postgresql":
        statements += ["TRUNCATE contact_auditentry", "TRUNCATE contact_audithead"]
    for statement in statements:
        refused = pytest.raises(DatabaseError, match=r"never change|only goes on")
        with refused, transaction.atomic():
            connection.cursor().execute(statement)
    assert audit.verify() is None


def test_an_entry_outlives_the_account():
    staff = make_staff(username="maria")
    audit.record(staff, "viewed", uuid.uuid4())
    staff.delete()
    assert AuditEntry.objects.get().actor_name == "maria"
    assert audit.verify() is None


def test_the_command_tells_whole_from_broken(chain):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "whole: 4 entries" in out.getvalue()
    change("UPDATE contact_auditentry SET action = 'x' WHERE number = 2")
    with pytest.raises(CommandError, match="breaks at entry 2"):
        call_command("verify_audit")


@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_form_one_chain():
    AuditHead.objects.get_or_create(pk=1)
    barrier, problems = threading.Barrier(4), []

    def write():
        barrier.wait()
        try:
            for _ in range(10):
                audit.record(None, "received", uuid.uuid4())
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert AuditEntry.objects.count() == 40
    assert audit.verify() is None
