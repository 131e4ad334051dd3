"""What a worker makes ready off its requests."""

from types import SimpleNamespace

import pytest

from recovery_site.serving import preparing


@pytest.fixture
def done(monkeypatch):
    done = []
    monkeypatch.setattr(preparing.desk_snapshot, "prepare_danger", lambda: done.append("danger"))
    monkeypatch.setattr(preparing.results, "prepare_search", lambda: done.append("search"))
    monkeypatch.setattr(preparing.connections, "close_all", lambda: done.append("closed"))
    return done


def look(version, *numbers):
    """Keep prepared while the version becomes each of these numbers."""
    coming = iter(numbers)

    def wait(_seconds):
        version.number = next(coming, None)
        return version.number is None

    preparing.keep_prepared(version, SimpleNamespace(wait=wait))


def test_forms_and_searches_are_prepared_at_the_start(done):
    preparing.keep_prepared(None, None)
    assert done == ["danger", "search", "closed"]


def test_words_are_read_anew_after_each_change_before_a_visitor_asks(done):
    look(SimpleNamespace(number=5), 5, 6, 6)
    at_start, same = ["danger", "search", "closed"], ["danger", "closed"]
    assert done == [*at_start, *same, *at_start, *same]


def test_a_fault_does_not_end_it(done, monkeypatch, caplog):
    def fail():
        done.append("failed")
        raise OSError("disk")

    monkeypatch.setattr(preparing.desk_snapshot, "prepare_danger", fail)
    look(SimpleNamespace(number=5), 5)
    assert done == ["failed", "closed"] * 2
    assert "could not prepare (OSError)" in caplog.text
