"""A reader gets a whole page or none, whatever a crash or a disk does while pages are written."""

import contextlib
import gzip

import brotli
import pytest
from django.http import HttpResponse

from recovery_site.page_cache import disk
from recovery_site.page_cache.disk import PageFolders
from recovery_site.page_cache.pages import CachedPage
from tests.drills.crash_states import recording

PATH = "/faq/"


class Torn(AssertionError):
    """What the drill is for: a reader would get something that is no page."""


def page_of(words, earlier=None):
    response = HttpResponse(f"<h1>{words}</h1>" * 9, headers={"Cache-Control": "public"})
    return CachedPage.from_response(PATH, response, earlier)


FIRST = page_of("What happens when I call?")
SECOND = page_of("What happens when you call us?", FIRST)


def folders_in(root):
    return PageFolders(root, "release", lambda *words: None)


def write_pages(folders):
    """A page, the same at the next version, then other words in the place of what was made."""
    folders.save(1, FIRST)
    folders.show(1)
    folders.save(2, FIRST, same=folders.folder(1))
    folders.show(2)
    folders.save(2, SECOND)


def require_whole(folders, where):
    for number, written in ((1, (FIRST,)), (2, (FIRST, SECOND))):
        page = folders.load(folders.folder(number), PATH)
        if page and page.digest not in {each.digest for each in written}:
            raise Torn(f"{where}: another page")
    bodies = {each.body("identity") for each in (FIRST, SECOND)}
    place = disk.place_of(folders.current, PATH)
    opening = {"": bytes, ".gz": gzip.decompress, ".br": brotli.decompress}
    for suffix, opened in opening.items():
        file = place / f"index.html{suffix}"
        with contextlib.suppress(FileNotFoundError):
            served = file.read_bytes()
            try:
                is_whole = opened(served) in bodies
            except (OSError, EOFError, brotli.error):
                is_whole = False
            if not is_whole:
                raise Torn(f"{where}: nginx serves a part of a page as {file.name}")


def require_mended(root, where):
    folders = folders_in(root)
    require_whole(folders, where)
    # The next visitor's page replaces what was left.
    folders.save(2, SECOND)
    folders.show(2)
    require_whole(folders, where)
    if folders.load(folders.folder(2), PATH) != SECOND:
        raise Torn(f"{where}: it is not made anew")


def crashes_of_writing(tmp_path, all_of):
    root = tmp_path / "recorded"
    folders = folders_in(root)
    with recording(root) as recorder:
        write_pages(folders)
    count = 0
    for count, state in enumerate(all_of(recorder), 1):
        place = tmp_path / str(count)
        place.mkdir()
        state.put_into(place)
        require_mended(place, f"state {count}, after step {state.position}")
    return count


def test_no_crash_leaves_half_a_page_for_readers(tmp_path, all_of):
    assert crashes_of_writing(tmp_path, all_of) > 20


def without_sync(file, content, modified=None):
    with disk._new_file(file) as new:
        new.write_bytes(content)


def in_its_place(file, content, modified=None):
    file.write_bytes(content)


@pytest.mark.parametrize("write", [without_sync, in_its_place])
def test_pages_that_a_crash_would_tear_are_found(tmp_path, all_of, monkeypatch, write):
    monkeypatch.setattr(disk, "_write", write)
    with pytest.raises(Torn):
        crashes_of_writing(tmp_path, all_of)


def test_a_call_that_fails_while_pages_are_written_leaves_whole_ones(tmp_path, each_failure):
    count = 0
    for failing in each_failure(tmp_path):
        count += 1
        root = tmp_path / str(count)
        folders = folders_in(root)
        with contextlib.suppress(OSError):
            failing(lambda: write_pages(folders))  # noqa: B023
        require_mended(root, f"failure {count}")
    assert count > 40
