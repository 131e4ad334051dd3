"""The static files that tests share."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.staticfiles.finders import get_finder

from recovery_site.management.commands import serve
from tests import static_files


@pytest.fixture
def kept(settings, tmp_path, monkeypatch):
    """A place where nothing is kept yet, and one file to make."""
    settings.STATICFILES_DIRS = [tmp_path / "ours"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a.css").write_text("a")
    monkeypatch.setattr(static_files, "KEPT", tmp_path / "kept")
    get_finder.cache_clear()
    yield tmp_path / "kept"
    get_finder.cache_clear()


def test_workers_that_ask_at_once_make_them_once(kept, monkeypatch):
    def make(folder):
        with (kept / "made").open("a") as log:
            log.write("x")
        really_make(folder)

    really_make = static_files.make
    monkeypatch.setattr(static_files, "make", make)
    with ThreadPoolExecutor() as workers:
        folders = set(workers.map(lambda _: static_files.made(), range(3)))
    assert (kept / "made").read_text() == "x"
    (folder,) = folders
    assert list(folder.glob("a.*.css"))


def test_what_a_killed_worker_left_half_made_is_made_anew(kept, monkeypatch):
    def make(folder):
        half = folder.with_suffix(".unfinished")
        half.mkdir()
        (half / "half.css").write_text("h")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(static_files, "make", make)
        with pytest.raises(KeyboardInterrupt):
            static_files.made()
    assert not list(static_files.made().glob("half*"))
    assert list(static_files.made().glob("a.*.css"))


def test_a_changed_file_makes_others(kept, tmp_path):
    before = static_files.made()
    (tmp_path / "ours" / "a.css").write_text("ab")
    assert static_files.made() != before


def test_a_start_finds_them_done(kept, settings):
    static_files.put(settings.DATA_DIR)
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    said = io.StringIO()
    serve.Command(stdout=said).collect_static()
    assert said.getvalue() == ""
