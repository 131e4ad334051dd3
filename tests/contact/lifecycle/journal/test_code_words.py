"""A pair of code words belongs to one open request, and is known before the database is."""

import os
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
from django.db import IntegrityError, connection, transaction

from contact.lifecycle.changes import transitions
from contact.lifecycle.changes.undo import undo, undoable
from contact.lifecycle.journal import code_words, journal, journal_files
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Step
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.requests.code_words import code_word_pairs
from tests.contact.lifecycle.journal.test_journal import payload
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def same_candidates(monkeypatch):
    """Every entry would like the same pairs, as two entries in many do."""
    monkeypatch.setattr(code_words, "code_word_pairs", lambda entry_id: iter([11, 12, 13]))


def reserved():
    return {int(path.name) for path in journal_files.journal_folder("words").iterdir()}


def an_hour_passes():
    for path in journal_files.journal_folder("words").iterdir():
        os.utime(path, (time.time() - 3601,) * 2, follow_symlinks=False)


def test_what_the_visitor_is_told_is_what_the_request_has():
    entry = journal.append(payload(), "key", words_taken=frozenset())
    assert entry.code_words in set(code_word_pairs(entry.id))
    journal.drain()
    assert CallbackRequest.objects.get().code_words == entry.code_words


def test_words_need_no_database(monkeypatch):
    monkeypatch.setattr(connection, "cursor", lambda *args, **kwargs: 1 / 0)
    assert journal.append(payload(), "key", words_taken=frozenset()).code_words is not None


def test_no_words_are_given_while_it_is_not_known_which_are_taken():
    assert journal.append(payload(), "key").code_words is None
    # A second press on the button finds what the first one wrote.
    assert journal.append(payload(), "key", words_taken=frozenset()).code_words is None
    journal.drain()
    assert journal.append(payload(), "key", words_taken=frozenset()).code_words is None
    assert CallbackRequest.objects.get().code_words is None


def test_the_same_request_sent_again_has_the_same_words():
    told = journal.append(payload(), "key", words_taken=frozenset()).code_words
    assert journal.append(payload(), "key", words_taken=frozenset({told})).code_words == told
    journal.drain()
    assert journal.append(payload(), "key", words_taken=frozenset({told})).code_words == told
    for path in journal_files.journal_folder("done").iterdir():
        path.unlink()
    # Days later, too.
    assert journal.append(payload(), "key", words_taken=frozenset({told})).code_words == told


def test_a_pair_of_another_request_is_passed_over(same_candidates):
    assert code_words.reserve(FIRST, frozenset({11})) == 12
    assert code_words.reserve(SECOND, frozenset({11})) == 13
    assert code_words.reserve(uuid.UUID(int=3), frozenset({11})) is None
    assert code_words.reserve(FIRST, frozenset({11})) == 12


def test_a_pair_that_the_release_before_reserved_by_a_file_is_passed_over(same_candidates):
    for number, owner in ((11, FIRST), (12, SECOND)):
        (journal_files.journal_folder("words") / str(number)).write_text(str(owner))
    assert code_words.reserve(SECOND, frozenset()) == 12
    assert code_words.reserve(uuid.UUID(int=3), frozenset()) == 13
    an_hour_passes()
    code_words.release_taken()
    assert reserved() == set()


def test_those_who_reserve_at_the_same_time_never_have_one_pair(monkeypatch):
    monkeypatch.setattr(code_words, "code_word_pairs", lambda entry_id: iter(range(1000)))
    all_are_ready = threading.Barrier(4)

    def reserve_sixty(start):
        all_are_ready.wait()
        return [code_words.reserve(uuid.UUID(int=start + each), frozenset()) for each in range(60)]

    with ThreadPoolExecutor(4) as threads:
        given = [number for lot in threads.map(reserve_sixty, (1, 101, 201, 301)) for number in lot]
    assert len(set(given)) == len(given) == 240


def test_a_disk_that_refuses_stops_no_request(monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise OSError

    monkeypatch.setattr(code_words, "_reserve", refuse)
    entry = journal.append(payload(), "key", words_taken=frozenset())
    assert entry.code_words is None
    assert "no code words can be reserved (OSError)" in caplog.text
    assert journal.drain() == 1


def test_a_pair_is_free_again_when_its_request_is_closed():
    told = journal.append(payload(), "key", words_taken=frozenset()).code_words
    an_hour_passes()
    code_words.release_taken()
    assert reserved() == {told}
    journal.drain()
    for path in journal_files.journal_folder("done").iterdir():
        path.unlink()
    code_words.release_taken()
    assert reserved() == {told}
    request = CallbackRequest.objects.get()
    with transaction.atomic():
        transitions.close(claims.lock(request.pk), None, "not_now")
    code_words.release_taken()
    assert reserved() == set()


def test_reservations_that_are_being_written_are_left_alone():
    code_words.reserve(FIRST, frozenset())
    code_words.release_taken()
    assert len(reserved()) == 1
    an_hour_passes()
    code_words.release_taken()
    assert reserved() == set()


def test_a_pair_that_another_machine_gave_too_is_told_to_nobody_twice(same_candidates):
    make_request(code_words=11)
    journal.append(payload(), "key", words_taken=frozenset())
    assert journal.drain() == 1
    assert CallbackRequest.objects.filter(code_words=11).count() == 1
    assert CallbackRequest.objects.filter(code_words=None).count() == 1


def test_the_database_refuses_two_open_requests_with_one_pair():
    make_request(code_words=11, outcome="not_now")
    make_request(code_words=11)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(code_words=11)


def closed_by_step(by):
    request = make_request(code_words=11)
    with transaction.atomic(), undoable(claims.lock(request.pk), by, AuditAction.CLOSED):
        transitions.close(claims.lock(request.pk), by, "not_now")
    return request


@pytest.mark.parametrize("is_given_anew", [False, True])
@pytest.mark.parametrize("way", ["reopen", "undo"])
def test_a_request_opened_again_keeps_its_words_unless_they_are_anothers(way, is_given_anew):
    lena = make_staff("Intake leads")
    request = closed_by_step(lena)
    if is_given_anew:
        make_request(code_words=11)
    with transaction.atomic():
        if way == "undo":
            undo(Step.objects.get(), lena)
        else:
            transitions.reopen(claims.lock(request.pk), lena)
    request = CallbackRequest.objects.get(pk=request.pk)
    assert request.is_open
    assert request.code_words == (None if is_given_anew else 11)


def test_an_emptied_request_has_no_words():
    request = make_request(code_words=next(islice(code_word_pairs(FIRST), 1)), outcome="not_now")
    request.purge()
    assert CallbackRequest.objects.get().code_words is None
