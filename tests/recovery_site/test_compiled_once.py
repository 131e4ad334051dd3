"""What takes a second and megabytes to compile is compiled once, however many threads ask."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from contact.danger import rules
from contact.danger.verdict import PatternRow
from recovery_site.search import ranking, vocabulary
from tests.waiting import PATIENCE

THREADS = 4
ROWS = (PatternRow("asked by many at once"),)
VOCABULARY = vocabulary.SearchVocabulary([], [])


@pytest.mark.parametrize(
    ("module", "made", "ask"),
    [
        (rules, "Rules", lambda: rules.compiled(ROWS)),
        (ranking, "Phrases", lambda: ranking.phrases_of(VOCABULARY)),
    ],
)
def test_threads_that_ask_at_once_share_what_one_of_them_makes(monkeypatch, module, made, ask):
    begun, together = [], Barrier(THREADS)

    class Slow:
        def __init__(self, _of):
            begun.append(self)
            # Long enough for the others to begin too, if nothing holds them.
            time.sleep(0.1)

    def asked(_number):
        together.wait(PATIENCE)
        return ask()

    monkeypatch.setattr(module, made, Slow)
    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(asked, range(THREADS)))
    assert len(begun) == len(set(map(id, answers))) == 1
