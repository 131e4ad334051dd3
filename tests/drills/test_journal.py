"""A request that was thanked for is there once, whatever a crash or a disk does meanwhile.

Each drill also runs against a journal that is broken on purpose, and must then fail.
"""

import os
import time
from contextlib import contextmanager, suppress

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contact.lifecycle.journal import journal, journal_aside, journal_files, storing
from contact.models import CallbackRequest, DangerPhrase
from tests.contact.lifecycle.journal.test_journal import payload
from tests.drills.crash_states import recording

pytestmark = pytest.mark.django_db
FOLDERS = ("new", "done", "aside", "words")


class Lost(AssertionError):
    """What the drill is for: a request is gone, doubled or unreadable."""


@pytest.fixture
def places(tmp_path, settings):
    """Gives folders in the place of DATA_DIR, each empty."""

    def place():
        settings.DATA_DIR = tmp_path / str(len(list(tmp_path.iterdir())))
        settings.DATA_DIR.mkdir()
        journal._tried.clear()
        return settings.DATA_DIR

    return place


@pytest.fixture(autouse=True)
def quick_to_receive():
    """Looking for danger is half of the time in which a request comes in."""
    DangerPhrase.objects.all().delete()


@contextmanager
def undone():
    """What happens to the database meanwhile is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def rows():
    return frozenset(CallbackRequest.objects.values_list("pk", flat=True))


def committed_rows():
    """Which rows there are, as far as they are committed: nothing within a transaction counts."""
    level, last = len(connection.savepoint_ids), rows()

    def look():
        nonlocal last
        if len(connection.savepoint_ids) <= level:
            last = rows()
        return last

    return look


def append():
    return journal.append(payload(), "key", words_taken=())


def recover():
    journal._tried.clear()
    journal.drain()
    journal.reconcile()


def require_once(entry_ids, where, at_least=1):
    for entry_id in entry_ids:
        if not at_least <= CallbackRequest.objects.filter(pk=entry_id).count() <= 1:
            raise Lost(f"{where}: the request is not there")
    if CallbackRequest.objects.count() > len(entry_ids):
        raise Lost(f"{where}: there are more requests than entries")
    if any(str(request.name) != payload()["name"] for request in CallbackRequest.objects.all()):
        raise Lost(f"{where}: it says something else")


def require_copy(entry_id, where):
    """The journal still holds it, for a failover that loses the row."""
    folders = [journal_files.journal_folder(name) for name in ("new", "done")]
    found = [path for folder in folders for path in folder.glob(f"{entry_id}.*")]
    if not any(journal.problem_of(entry_id, path) is None for path in found):
        raise Lost(f"{where}: the journal holds it no more")


# Appending


def crashes_of_append(places, all_of, folders=FOLDERS):
    root = places()
    for name in folders:
        journal_files.journal_folder(name)
    with recording(root) as recorder:
        entry = append()
    count = 0
    for count, state in enumerate(all_of(recorder), 1):
        state.put_into(places())
        with undone():
            recover()
            where = f"state {count}, after step {state.position}"
            require_once([entry.id], where, at_least=state.is_last)
            if journal_aside.names_aside():
                raise Lost(f"{where}: half an entry stands where whole ones do")
            # They press the button again.
            append()
            recover()
            require_once([entry.id], where)
    return count


@pytest.mark.parametrize("folders", [FOLDERS, ()], ids=["used before", "first request ever"])
def test_no_crash_loses_a_request_that_was_thanked_for(places, all_of, folders):
    assert crashes_of_append(places, all_of, folders) >= 6


def without_temporary_file(path, content):
    if path.exists():
        return False
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return True


def without_sync_of_the_file(path, content):
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)
    return True


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("write_file", without_temporary_file),
        ("write_file", without_sync_of_the_file),
        ("sync", lambda folder: None),
    ],
    ids=["written in its place", "file not synced", "folder not synced"],
)
def test_a_journal_that_loses_requests_is_found(places, all_of, monkeypatch, name, broken):
    monkeypatch.setattr(journal_files, name, broken)
    with pytest.raises(Lost):
        crashes_of_append(places, all_of)


def failures_of_append(places, each_failure):
    count = 0
    for failing in each_failure(places().parent):
        count += 1
        places()
        for name in FOLDERS:
            journal_files.journal_folder(name)
        where = f"failure {count}"
        try:
            thanked = failing(append)
        except OSError:
            thanked = None
        with undone():
            recover()
            if thanked:
                require_once([thanked.id], where)
            again = append()
            recover()
            require_once([again.id], where)
    return count


def test_a_call_that_fails_while_a_request_is_written_is_no_thank_you(places, each_failure):
    assert failures_of_append(places, each_failure) >= 12


def test_a_thank_you_in_spite_of_a_failure_is_found(places, each_failure, monkeypatch):
    def write(path, content):
        try:
            return whole(path, content)
        except OSError:
            return True

    whole = journal_files.write_file
    monkeypatch.setattr(journal_files, "write_file", write)
    with pytest.raises(Lost):
        failures_of_append(places, each_failure)


# Draining, which moves what came in


def two_entries(places):
    root = places()
    for name in FOLDERS:
        journal_files.journal_folder(name)
    entries = [journal.append(payload(), key).id for key in ("first", "second")]
    return root, entries


def world_of(state, paths):
    """Make the rows of that state, each from its entry."""
    for entry_id in state.database:
        journal._store(entry_id, paths[entry_id])


def crashes_of_drain(places, all_of):
    root, entries = two_entries(places)
    originals = {entry_id: root.parent / f"{entry_id}.original" for entry_id in entries}
    # They waited for a database longer than the journal keeps what came in.
    long_ago = time.time() - journal.RETENTION_SECONDS - 60
    for entry_id, path in originals.items():
        entry = root / "journal" / "new" / f"{entry_id}.sealed"
        path.write_bytes(entry.read_bytes())
        os.utime(entry, (long_ago, long_ago))
    with undone(), recording(root, committed_rows()) as recorder:
        journal.drain()
    count = 0
    for count, state in enumerate(all_of(recorder), 1):
        state.put_into(places())
        with undone():
            world_of(state, originals)
            recover()
            where = f"state {count}, after step {state.position}"
            require_once(entries, where)
            for entry_id in entries:
                require_copy(entry_id, where)
    return count


def test_no_crash_of_the_drain_loses_or_doubles_a_request(places, all_of):
    # Both rows come in at once.
    assert crashes_of_drain(places, all_of) >= 7


def moved_before_it_is_stored(entries, phrases=None):
    done = journal_files.journal_folder("done")
    taken = [(entry_id, (done / path.name).with_suffix(".taken")) for entry_id, path in entries]
    for (_entry_id, path), (_same, target) in zip(entries, taken, strict=True):
        if path.exists():
            path.rename(target)
    stored = whole_store(taken, phrases)
    for (_entry_id, path), (_same, target) in zip(entries, taken, strict=True):
        if target.exists():
            target.rename(path)
    return stored


def copied_and_deleted(path, target):
    target.write_bytes(path.read_bytes())
    path.unlink()


def under_a_new_id(entries, phrases):
    whole_insert([(journal.uuid.uuid4(), payload) for _entry_id, payload in entries], phrases)


whole_store, whole_insert = storing.store_each, storing.insert


@pytest.mark.parametrize(
    ("place", "name", "broken"),
    [
        (storing, "store_each", moved_before_it_is_stored),
        (storing, "insert", under_a_new_id),
        (journal_files, "move", copied_and_deleted),
    ],
    ids=["moved before it is stored", "stored under a new id", "copied and deleted"],
)
def test_a_drain_that_loses_or_doubles_is_found(places, all_of, monkeypatch, place, name, broken):
    monkeypatch.setattr(place, name, broken)
    with pytest.raises(Lost):
        crashes_of_drain(places, all_of)


def failures_of(places, each_failure, run, entries_of=two_entries):
    count = 0
    for failing in each_failure(places().parent):
        count += 1
        _root, entries = entries_of(places)
        with undone():
            with suppress(OSError):
                failing(run)
            recover()
            where = f"failure {count}"
            require_once(entries, where)
            for entry_id in entries:
                require_copy(entry_id, where)
    return count


def test_a_call_that_fails_while_requests_come_in_loses_none(places, each_failure):
    assert failures_of(places, each_failure, journal.drain) >= 10


# Reconciling, after a failover that lost rows


def drained_entries(places):
    """Both are drained; the row of the second is lost."""
    root, entries = two_entries(places)
    for entry_id in entries:
        path = root / "journal" / "new" / f"{entry_id}.sealed"
        journal_files.move(path, root / "journal" / "done" / path.name)
    return root, entries


def crashes_of_reconcile(places, all_of):
    root, entries = drained_entries(places)
    originals = {entry_id: root.parent / f"{entry_id}.original" for entry_id in entries}
    for entry_id, path in originals.items():
        path.write_bytes((root / "journal" / "done" / f"{entry_id}.sealed").read_bytes())
    # Both are older than the journal keeps them, and a killed process left a file.
    long_ago = time.time() - journal.RETENTION_SECONDS - 60
    for path in (root / "journal" / "done").iterdir():
        os.utime(path, (long_ago, long_ago))
    left = root / "journal" / "new" / ".left-behind"
    left.write_bytes(b"half")
    os.utime(left, (long_ago, long_ago))
    with undone():
        journal._store(entries[0], originals[entries[0]])
        with recording(root, committed_rows()) as recorder:
            journal.reconcile()
    count = 0
    for count, state in enumerate(all_of(recorder), 1):
        state.put_into(places())
        with undone():
            world_of(state, originals)
            recover()
            require_once(entries, f"state {count}, after step {state.position}")
    return count


def test_no_crash_of_reconciling_loses_or_doubles_a_request(places, all_of):
    assert crashes_of_reconcile(places, all_of) >= 4


def forgotten_before_it_is_restored(entry_id, path, is_stored, oldest):
    content = path.read_bytes()
    path.unlink()
    if not is_stored:
        copy = path.with_suffix(".again")
        copy.write_bytes(content)
        return journal._store(entry_id, copy)
    return False


def test_a_reconciler_that_forgets_before_it_restores_is_found(places, all_of, monkeypatch):
    monkeypatch.setattr(journal, "_restore_or_expire", forgotten_before_it_is_restored)
    with pytest.raises(Lost):
        crashes_of_reconcile(places, all_of)


def test_a_call_that_fails_while_rows_are_restored_loses_none(places, each_failure):
    assert failures_of(places, each_failure, journal.reconcile, drained_entries) >= 5


def test_what_was_emptied_stays_empty_whatever_crash_comes(places, all_of):
    root, entries = drained_entries(places)
    (root / "journal" / "done" / f"{entries[1]}.sealed").unlink()
    original = root.parent / "original"
    original.write_bytes((root / "journal" / "done" / f"{entries[0]}.sealed").read_bytes())
    with undone():
        journal._store(entries[0], original)
        CallbackRequest.objects.update(purged_at=timezone.now())
        with recording(root) as recorder:
            journal.reconcile()
        for state in all_of(recorder):
            state.put_into(places())
            recover()
            assert CallbackRequest.objects.get().purged_at
            assert not journal_files.entries(journal_files.journal_folder("done"))
