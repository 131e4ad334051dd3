import base64
import errno
import logging
import multiprocessing
import os
import resource
import signal
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from contact.lifecycle.changes import attempts
from contact.lifecycle.journal import journal, journal_aside, journal_health, receiving
from contact.lifecycle.team import claims
from contact.lifecycle.triage import floods
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.records.clean_text import FreeTextField
from contact.records.enums import SetApart
from contact.visitor.callback_form.forms import CallbackForm
from tests.factories import MESSAGE, NAME, PHONE, make_request, make_staff
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db


def payload(**over):
    return {
        "name": NAME, "phone": PHONE, "extension": "", "phone_as_typed": "602 555 0123",
        "relationship": "", "needs": "", "message": MESSAGE, "calling_for": "self",
        "announce": "no", "voicemail": "none", "best_time": "any", "time_zone": "",
        "language": "en", "consent_version": "test", "suspected_spam": False,
    } | over  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_tried():
    journal._tried.clear()


@pytest.fixture
def new(settings):
    return settings.DATA_DIR / "journal" / "new"


@pytest.fixture
def done(settings):
    return settings.DATA_DIR / "journal" / "done"


def test_an_entry_becomes_one_request_and_is_kept(new, done):
    entry = journal.append(payload(), "key")
    assert journal.waiting_count() == 1
    assert journal.drain() == 1
    assert journal.waiting_count() == 0
    request = CallbackRequest.objects.get()
    assert (request.pk, request.reference) == (entry.id, entry.reference)
    assert (request.name, request.phone, request.message) == (NAME, PHONE, MESSAGE)
    assert request.phone_index
    assert [path.name for path in done.iterdir()] == [f"{entry.id}.sealed"]
    assert audit.AuditEntry.objects.get(request_id=entry.id).action == "received"
    assert journal.drain() == 0


def test_journal_knows_whether_it_can_be_written(monkeypatch, new):
    assert journal_health.is_writable()
    assert list(new.iterdir()) == []

    def refuse(*args):
        raise OSError

    monkeypatch.setattr("contact.lifecycle.journal.journal_files.os.link", refuse)
    assert not journal_health.is_writable()
    assert list(new.iterdir()) == []


def test_a_disk_with_room_for_little_is_not_writable(new):
    """Each file may grow to half of the largest request, as where a disk is about to be full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    half = journal_health.LARGEST_ENTRY_BYTES // 2
    resource.setrlimit(resource.RLIMIT_FSIZE, (half, before[1]))
    try:
        assert not journal_health.is_writable()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(new.iterdir()) == []


def test_the_probe_is_as_large_as_the_largest_request(new):
    longest = {
        name: "\U0001f335" * field.longest
        for name, field in CallbackForm().fields.items()
        if isinstance(field, FreeTextField)
    }
    longest["phone_as_typed"] = longest.pop("phone")
    entry = journal.append(payload(**longest), "key")
    size = (new / f"{entry.id}.sealed").stat().st_size
    assert size * 0.8 < journal_health.LARGEST_ENTRY_BYTES * 0.8 < size * 1.2


def test_the_time_is_that_of_the_visitor_not_of_the_drain():
    before = datetime.now(UTC)
    journal.append(payload(), "key")
    after = datetime.now(UTC)
    time.sleep(0.05)
    journal.drain()
    request = CallbackRequest.objects.get()
    assert before <= request.created_at <= after < request.received_at


def test_the_promise_is_stored_and_makes_no_second_entry():
    told = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    entry = journal.append(payload(source="naloxone"), "key", told)
    assert journal.append(payload(source="naloxone"), "key", told + timedelta(minutes=30)) == entry
    journal.drain()
    request = CallbackRequest.objects.get()
    assert (request.promised_by, request.call_by, request.source) == (told, told, "naloxone")


def test_only_the_site_may_read_the_journal(new, done):
    entry = journal.append(payload(), "key")
    for folder in (new.parent, new, done):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((new / f"{entry.id}.sealed").stat().st_mode) == 0o600


def test_an_entry_is_sealed(new):
    entry = journal.append(payload(), "key")
    content = (new / f"{entry.id}.sealed").read_bytes()
    for words in (NAME, PHONE, MESSAGE, "calling_for"):
        assert words.encode() not in content


def test_file_and_folder_are_on_disk_before_append_returns(new, monkeypatch, durable):
    journal.append(payload(), "first")
    synced = []
    real_fsync, real_link = os.fsync, os.link

    def fsync(descriptor):
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_fsync(descriptor)

    def link(*args):
        synced.append("link")
        real_link(*args)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "link", link)
    journal.append(payload(), "second")
    assert synced == ["file", "link", "folder"]


def test_appending_never_touches_the_database(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr(connection, "cursor", refuse)
    journal.append(payload(), "key")


def test_the_same_words_under_the_same_key_are_one_entry_for_ever(done):
    entries = {journal.append(payload(), "key") for _ in range(3)}
    journal.drain()
    entries.add(journal.append(payload(), "key"))
    assert journal.waiting_count() == 0
    for path in done.iterdir():
        path.unlink()
    entries.add(journal.append(payload(), "key"))
    assert journal.drain() == 0
    assert len(entries) == 1
    assert CallbackRequest.objects.count() == 1


def test_other_words_or_another_key_are_another_entry():
    ids = {
        journal.append(payload(**over), key).id
        for over, key in [({}, "a"), ({}, "b"), ({"name": "Ben"}, "a"), ({}, ""), ({}, "")]
    }
    assert len(ids) == 5


def test_many_appends_at_once_make_one_entry():
    entries = []
    barrier = threading.Barrier(8)

    def press():
        barrier.wait()
        entries.append(journal.append(payload(), "key"))

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(entries) == 8
    assert len(set(entries)) == 1
    assert journal.waiting_count() == 1


# Crashes


def test_a_crash_before_the_link_leaves_nothing_to_drain(new, monkeypatch):
    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", die)
    with pytest.raises(KeyboardInterrupt):
        journal.append(payload(), "key")
    assert journal.waiting_count() == 0


def test_a_crash_between_commit_and_move_makes_no_second_request(monkeypatch):
    journal.append(payload(), "key")

    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(journal.journal_files, "move", die)
    with pytest.raises(KeyboardInterrupt):
        journal.drain()
    monkeypatch.undo()
    assert CallbackRequest.objects.count() == 1
    assert journal.waiting_count() == 1
    assert journal.drain() == 0
    assert journal.waiting_count() == 0
    assert CallbackRequest.objects.count() == 1
    assert audit.AuditEntry.objects.filter(action="received").count() == 1


def test_a_crash_between_row_and_audit_leaves_neither(monkeypatch):
    journal.append(payload(), "key")

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(audit, "record_each", die)
    with pytest.raises(KeyboardInterrupt):
        journal.drain()
    monkeypatch.undo()
    assert CallbackRequest.objects.count() == 0
    assert journal.drain() == 1


def test_a_killed_append_is_cleaned_up_later(new):
    journal.append(payload(), "key")
    left = new / ".left-behind"
    left.write_bytes(b"half")
    assert journal.drain() == 1
    journal.reconcile()
    assert left.exists()
    os.utime(left, (0, 0))
    journal.reconcile()
    assert not left.exists()


def test_a_process_killed_at_any_moment_leaves_whole_entries_only():
    def write_for_ever():
        number = 0
        while True:
            journal.append(payload(message="m" * 4000), f"key-{number}")
            number += 1

    context = multiprocessing.get_context("fork")
    process = context.Process(target=write_for_ever, daemon=True)
    process.start()
    wait_until(lambda: journal.waiting_count() >= 20)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    waiting = journal.waiting_count()
    assert (journal.drain(), journal_aside.names_aside()) == (waiting, [])
    assert CallbackRequest.objects.count() == waiting


# Trouble


def test_a_database_that_is_down_loses_nothing(monkeypatch):
    journal.append(payload(), "key")

    def down(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(CallbackRequest.objects, "bulk_create", down)
    with pytest.raises(OperationalError):
        journal.drain()
    assert journal.waiting_count() == 1
    monkeypatch.undo()
    assert journal.drain() == 1


@pytest.mark.parametrize("damage", [b"", b"junk", b"\x01" * 200])
def test_an_unreadable_entry_stays_and_does_not_block_others(new, damage, caplog):
    broken = journal.append(payload(), "broken")
    (new / f"{broken.id}.sealed").write_bytes(damage)
    journal.append(payload(), "whole")
    assert journal.drain() == 1
    reason = "key-01010101-missing" if len(damage) == 200 else "damaged"
    assert journal_aside.names_aside() == [f"{broken.id} ({reason})"]
    assert str(broken.id) in caplog.text


def unreadable_by_the_disk(path, monkeypatch):
    def read(self):
        if self.name.startswith(path.name.partition(".")[0]):
            raise OSError(errno.EIO, "the disk does not give it")
        return whole(self)

    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", read)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (unreadable_by_the_disk, "EIO"),
        (lambda path, monkeypatch: path.write_bytes(b"junk"), "damaged"),
    ],
    ids=["EIO", "damaged"],
)
@pytest.mark.parametrize("is_drained_before", [True, False])
def test_a_second_copy_heals_what_cannot_be_read(
    new, done, spoil, reason, is_drained_before, monkeypatch, client
):
    older = journal.append(payload(), "older")
    newer = journal.append(payload(message="made-up"), "newer")
    spoil(new / f"{older.id}.sealed", monkeypatch)
    if is_drained_before:
        assert journal.drain() == 1
        assert journal_aside.names_aside() == [f"{older.id} ({reason})"]
        assert f"{older.id} ({reason})" in client.get("/readyz").text
        assert CallbackRequest.objects.get().pk == newer.id
    again = journal.append(payload(), "older")
    assert (again.id, again.reference) == (older.id, older.reference)
    monkeypatch.undo()
    assert journal.drain() == (1 if is_drained_before else 2)
    assert CallbackRequest.objects.count() == 2
    # Tried again, what was set aside is known to be in.
    monkeypatch.setattr(journal, "RETRY_UNREADABLE_SECONDS", 0)
    journal.drain()
    assert journal_aside.names_aside() == []
    assert {path.name for path in done.iterdir()} == {f"{e.id}.sealed" for e in (older, newer)}


def test_a_kept_copy_that_is_damaged_is_healed_by_a_second_one(done):
    entry = journal.append(payload(), "key")
    journal.drain()
    (done / f"{entry.id}.sealed").write_bytes(b"junk")
    CallbackRequest.objects.all().delete()
    assert journal.append(payload(), "key").id == entry.id
    assert journal.drain() == 1
    assert CallbackRequest.objects.get().pk == entry.id


def test_a_process_without_free_files_sets_nothing_aside(new, monkeypatch):
    journal.append(payload(), "key")

    def read(self):
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(OSError, match="too many"):
        journal.drain()
    assert journal.waiting_count() == 1


def test_an_unreadable_entry_is_logged_once_a_minute(new, caplog, monkeypatch):
    entry = journal.append(payload(), "key")
    (new / f"{entry.id}.sealed").write_bytes(b"junk")
    for _ in range(5):
        journal.drain()
    assert caplog.text.count(str(entry.id)) == 1
    # Nor is the database asked for anything because of it.
    with CaptureQueriesContext(connection) as queries:
        journal.drain()
    assert not queries.captured_queries
    monkeypatch.setattr(journal, "RETRY_UNREADABLE_SECONDS", 0)
    journal.drain()
    assert caplog.text.count(str(entry.id)) == 2


def test_an_entry_with_a_missing_key_is_stored_when_the_key_is_back(settings):
    journal.append(payload(), "key")
    keys = settings.JOURNAL_PRIVATE_KEYS
    settings.JOURNAL_PRIVATE_KEYS = [base64.b64encode(b"9" * 32).decode()]
    assert (journal.drain(), len(journal_aside.names_aside())) == (0, 1)
    assert "-missing)" in journal_aside.names_aside()[0]
    settings.JOURNAL_PRIVATE_KEYS = keys
    journal._tried.clear()
    assert (journal.drain(), journal_aside.names_aside()) == (1, [])


def test_an_entry_under_another_id_does_not_open(new):
    entry = journal.append(payload(), "key")
    path = new / f"{entry.id}.sealed"
    path.rename(new / "11111111-1111-4111-8111-111111111111.sealed")
    assert (journal.drain(), len(journal_aside.names_aside())) == (0, 1)


def test_an_entry_the_database_refuses_stays(caplog):
    journal.append(payload(language="x" * 5000, calling_for=None), "key")
    assert journal.drain() == 0
    assert "(refused-" in journal_aside.names_aside()[0]
    assert "IntegrityError" in caplog.text or "DataError" in caplog.text
    assert NAME not in caplog.text


def test_strangers_files_are_left_alone(new):
    journal.append(payload(), "key")
    (new / "README").write_text("hello")
    (new / "not-an-id.sealed").write_text("hello")
    assert journal.drain() == 1
    assert len(list(new.iterdir())) == 2


def test_draining_stops_when_told(monkeypatch):
    monkeypatch.setattr(journal, "BATCH", 1)
    for number in range(3):
        journal.append(payload(), f"key-{number}")
    answers = iter([False, True])
    assert journal.drain(lambda: next(answers)) == 1
    assert journal.waiting_count() == 2


def test_patterns_of_danger_are_read_once_for_a_burst():
    """With them read for each entry, a burst of thousands would take minutes."""
    for n in range(3):
        journal.append(payload(message="I took all my pills"), f"key {n}")
    with CaptureQueriesContext(connection) as queries:
        assert journal.drain() == 3
    assert len([each for each in queries if "contact_dangerphrase" in each["sql"]]) == 1
    assert {row.priority for row in CallbackRequest.objects.all()} == {0}


def test_a_burst_comes_in_together_and_lengthens_the_trail_once():
    """Row by row, each with a commit of its own, a burst of thousands took minutes."""
    entries = [journal.append(payload(), f"key-{n}") for n in range(journal.BATCH)]
    with CaptureQueriesContext(connection) as captured:
        assert journal.drain() == len(entries)
    heads = [query for query in captured if 'UPDATE "contact_audithead"' in query["sql"]]
    assert len(heads) == 1
    received = audit.AuditEntry.objects.filter(action="received").order_by("number")
    assert {entry.request_id for entry in received} == {entry.id for entry in entries}
    assert audit.verify() is None


def test_words_are_read_before_others_have_to_wait(monkeypatch):
    def looked_at(*arguments):
        levels.append(len(connection.savepoint_ids))
        return priority_of(*arguments)

    levels, priority_of = [], receiving.priority_of
    monkeypatch.setattr(receiving, "priority_of", looked_at)
    for n in range(2):
        journal.append(payload(), f"key-{n}")
    assert journal.drain() == 2
    assert levels == [len(connection.savepoint_ids)] * 2


def test_an_entry_that_is_refused_takes_none_along_that_came_with_it():
    good = [journal.append(payload(), "first")]
    refused = journal.append(payload(calling_for=None), "bad")
    good.append(journal.append(payload(), "last"))
    assert journal.drain() == 2
    assert set(CallbackRequest.objects.values_list("pk", flat=True)) == {each.id for each in good}
    assert [name.partition(" ")[0] for name in journal_aside.names_aside()] == [str(refused.id)]
    assert audit.verify() is None


def test_requests_of_one_number_that_come_in_together_count_each_other():
    for n in range(floods.PER_NUMBER + 1):
        journal.append(payload(), f"key-{n}")
    journal.drain()
    assert CallbackRequest.objects.filter(set_apart=SetApart.NUMBER).count() == 1


def test_the_oldest_comes_first(new):
    ids = [journal.append(payload(), f"key-{number}").id for number in range(5)]
    for age, entry_id in enumerate(ids):
        os.utime(new / f"{entry_id}.sealed", (1000 - age, 1000 - age))
    journal.drain()
    order = CallbackRequest.objects.order_by("received_at").values_list("pk", flat=True)
    assert list(order) == ids[::-1]


# Reconciling


def test_a_row_lost_in_a_failover_is_restored_once(caplog):
    entry = journal.append(payload(), "key")
    journal.drain()
    CallbackRequest.objects.all().delete()
    assert journal.reconcile() == 1
    assert journal.reconcile() == 0
    assert CallbackRequest.objects.get().pk == entry.id
    assert str(entry.id) in caplog.text


def test_old_entries_go_only_when_their_row_is_there(done):
    kept = journal.append(payload(), "kept")
    lost = journal.append(payload(), "lost")
    journal.drain()
    for path in done.iterdir():
        os.utime(path, (0, 0))
    CallbackRequest.objects.filter(pk=lost.id).delete()
    assert journal.reconcile() == 1
    assert [path.name for path in done.iterdir()] == [f"{lost.id}.sealed"]
    assert CallbackRequest.objects.filter(pk=kept.id).exists()
    journal.reconcile()
    assert list(done.iterdir()) == []


def test_the_day_counts_from_the_drain_not_from_the_visit(new, done):
    entry = journal.append(payload(), "key")
    os.utime(new / f"{entry.id}.sealed", (0, 0))
    journal.drain()
    journal.reconcile()
    assert len(list(done.iterdir())) == 1


def test_a_kept_entry_that_does_not_open_is_logged_and_stays(done, caplog):
    entry = journal.append(payload(), "key")
    journal.drain()
    CallbackRequest.objects.all().delete()
    (done / f"{entry.id}.sealed").write_bytes(b"junk")
    assert journal.reconcile() == 0
    assert list(done.iterdir()) == []
    assert journal_aside.names_aside() == [f"{entry.id} (damaged)"]
    assert str(entry.id) in caplog.text


def test_a_row_from_elsewhere_is_not_touched():
    make_request(name="Ana")
    journal.reconcile()
    assert CallbackRequest.objects.get().name == "Ana"


# Several drainers


@pytest.mark.django_db(transaction=True)
def test_drainers_side_by_side_insert_each_entry_once(monkeypatch):
    if connection.vendor == "sqlite":
        # On a busy machine each of the others may hold the lock for seconds.
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 150)
    for number in range(20):
        journal.append(payload(), f"key-{number}")
    barrier = threading.Barrier(4)
    counts, problems = [], []

    def run():
        barrier.wait()
        try:
            counts.append(journal.drain())
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sum(counts) == 20
    assert CallbackRequest.objects.count() == 20
    assert audit.AuditEntry.objects.filter(action="received").count() == 20
    assert journal.waiting_count() == 0
    assert audit.verify() is None


@pytest.mark.django_db(transaction=True)
def test_the_raw_database_holds_nothing_that_says_who_asked():
    journal.append(payload(relationship="my nephew Quentin", needs="relay service"), "key")
    journal.drain()
    with transaction.atomic():
        request = claims.lock(CallbackRequest.objects.get().pk)
        attempts.record_attempt(request, make_staff(), "no_answer", "Quentin answered")
    request.notes.create(by=make_staff(), text="zebrafinch again")
    with connection.cursor() as cursor:
        raw = b""
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for value in (value for row in cursor.fetchall() for value in row):
                is_binary = isinstance(value, bytes | memoryview)
                raw += b" " + (bytes(value) if is_binary else str(value).encode())
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        raw += b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert request.reference.encode() in raw
    for secret in ("Ysolde", "Quarrington", "6025550123", "555 0123", "zebrafinch", "Quentin"):
        assert secret.encode() not in raw
    assert b"relay service" not in raw


def test_a_journal_that_can_not_be_made_is_not_writable(settings):
    assert journal_health.is_writable()
    (settings.DATA_DIR / "file").write_text("")
    settings.DATA_DIR /= "file"
    assert not journal_health.is_writable()


def test_no_log_line_tells_what_an_entry_says(caplog, new):
    caplog.set_level(logging.DEBUG)
    journal.append(payload(), "key")
    entry = journal.append(payload(name="Ana"), "key")
    (new / f"{entry.id}.sealed").write_bytes(b"junk")
    journal.drain()
    journal.reconcile()
    for secret in (NAME, PHONE, "zebrafinch"):
        assert secret not in caplog.text


def test_a_temporary_file_that_goes_meanwhile_does_not_end_the_reconciling(new):
    entry = journal.append(payload(), "key")
    journal.drain()
    CallbackRequest.objects.all().delete()
    (new / ".gone").symlink_to(new / "nowhere")
    assert journal.reconcile() == 1
    assert CallbackRequest.objects.get().pk == entry.id
