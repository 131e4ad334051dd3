import fcntl
import os
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.http import HttpResponse

from recovery_site.published.front import Front, can_be_kept
from recovery_site.published.generations import EPOCH, Generations
from recovery_site.published.pages import Page


@pytest.fixture
def counters(tmp_path):
    return Generations(tmp_path)


@pytest.fixture
def front(counters, tmp_path):
    return Front(tmp_path, counters, "b")


def page_at(counters, path, *tags, body="<p>x</p>", content_type="text/html; charset=utf-8"):
    response = HttpResponse(body, content_type=content_type)
    numbers = counters.now()
    return Page.of(
        path, response, tags=list(tags) or ["articles"], numbers=numbers, build="b", earlier=None
    )


def show(front, page):
    front.note(page)
    front.put(page)


def files(front):
    return sorted(str(file.relative_to(front.pages)) for file in front.pages.rglob("*.*"))


def ended(front):
    """The addresses of the pages to be asked for."""
    return {unquote(note.name) for note in front.ended()}


def change(counters, front, *tags):
    with counters.locked():
        counters.count(tags, 1, front.drop)


def test_page_is_there_in_every_coding(front, counters):
    show(front, page_at(counters, "/articles/why/"))
    show(front, page_at(counters, "/"))
    assert files(front) == [
        "articles/why/index.html", "articles/why/index.html.br", "articles/why/index.html.gz",
        "index.html", "index.html.br", "index.html.gz",
    ]  # fmt: skip
    assert (front.pages / "index.html").read_text() == "<p>x</p>"


def test_change_takes_away_what_shows_it_and_nothing_else(front, counters):
    show(front, page_at(counters, "/help-now/", "helplines"))
    show(front, page_at(counters, "/articles/why/", "article:1", "topic:1"))
    change(counters, front, "topic:1")
    assert {name.split("/")[0] for name in files(front)} == {"help-now"}


def test_page_that_was_overtaken_by_a_change_is_not_shown(front, counters):
    page = page_at(counters, "/help-now/", "helplines")
    change(counters, front, "helplines")
    show(front, page)
    assert files(front) == []


@pytest.mark.parametrize(
    "path",
    ["/../etc/", "/a/../b/", "/.well-known/x/", "/a b/", "/ä/", "/feed", "/A/", "//", "/a//b/"],
)  # fmt: skip
def test_odd_addresses_never_become_files(front, counters, tmp_path, path):
    around = tmp_path.parent
    before = {*around.rglob("index.html*")}
    show(front, page_at(counters, path))
    assert {*around.rglob("index.html*")} == before
    outside = front.every_look / "etc/index.html"
    outside.parent.mkdir(exist_ok=True)
    outside.touch()
    front.forget(path)
    change(counters, front, "articles")
    assert outside.exists()
    assert ended(front) == {path}


@pytest.mark.parametrize("path", ["/articles/older/5/", "/faq/topics/x/after/5/", "/" + 90 * "ä"])
def test_pages_whose_end_cannot_be_noted_are_not_kept(path):
    assert not can_be_kept(path)


@pytest.mark.parametrize("path", ["/articles/older/", "/articles/older/5", "/faq/after/x/", "/A/"])
def test_other_pages_are_kept(path):
    assert can_be_kept(path)


def test_half_a_page_is_none(front, counters, monkeypatch):
    show(front, page_at(counters, "/help-now/"))
    utime, calls = os.utime, []

    def fill(*args):
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        utime(*args)

    monkeypatch.setattr(os, "utime", fill)
    with pytest.raises(OSError, match="No space"):
        show(front, page_at(counters, "/help-now/", body="<p>y</p>"))
    assert files(front) == []
    assert list(front.pages.iterdir()) == []


def test_only_html_is_shown(front, counters):
    show(front, page_at(counters, "/feed/", content_type="application/atom+xml"))
    assert files(front) == []


def test_other_build_begins_anew(front, counters, tmp_path):
    show(front, page_at(counters, "/"))
    assert files(Front(tmp_path, counters, "b")) != []
    assert files(Front(tmp_path, counters, "c")) == []
    show(front, page_at(counters, "/"))
    assert files(front) == []


def test_new_epoch_begins_anew(front, counters):
    show(front, page_at(counters, "/"))
    with counters.locked():
        counters.count_everything(1, front.clear)
    assert files(front) == []
    show(front, page_at(counters, "/"))
    assert len(files(front)) == 3


def test_what_is_older_than_a_day_is_taken_away(front, counters, monkeypatch):
    show(front, page_at(counters, "/"))
    show(front, page_at(counters, "/help-now/"))
    front.drop_old()
    assert len(files(front)) == 6
    now = os.stat(front.pages / "index.html").st_ctime
    monkeypatch.setattr("recovery_site.published.front.time.time", lambda: now + 24 * 3600 + 60)
    front.drop_old()
    assert files(front) == []


def test_page_of_a_new_epoch_is_asked_for_whatever_it_is(front, counters):
    for path in ("/", "/feed/", "/sitemap.xml", "/A/"):
        show(front, page_at(counters, path, "articles", "topics"))
    assert ended(front) == set()
    with counters.locked():
        counters.count_everything(1, front.clear)
    assert ended(front) == {"/", "/feed/", "/sitemap.xml", "/A/"}


def test_other_build_asks_for_nothing_but_knows_what_depends_on_what(front, counters, tmp_path):
    show(front, page_at(counters, "/"))
    newer = Front(tmp_path, counters, "c")
    assert ended(newer) == set()
    change(counters, newer, "articles")
    assert ended(newer) == {"/"}


def test_pages_of_another_epoch_are_asked_for_after_the_start(front, counters, tmp_path):
    show(front, page_at(counters, "/"))
    counters.numbers[EPOCH] += 1
    assert ended(Front(tmp_path, counters, "b")) == {"/"}


def test_page_of_an_older_build_is_noted_too(front, counters, tmp_path):
    Front(tmp_path, counters, "c")
    show(front, page_at(counters, "/"))
    assert files(front) == []
    change(counters, front, "articles")
    assert ended(front) == {"/"}


def test_older_process_takes_pages_of_a_newer_style_away(front, counters, tmp_path, settings):
    settings.SECURE_CSP = {"style-src": ["'sha256-abc'"]}
    newer = Front(tmp_path, counters, "b")
    assert newer.pages != front.pages
    for path in ("/", "/help-now/"):
        show(newer, page_at(counters, path))
    change(counters, front, "articles")
    assert files(newer) == []
    show(newer, page_at(counters, "/help-now/"))
    assert len(files(newer)) == 3
    front.forget("/help-now/")
    assert files(newer) == []


def test_older_process_that_clears_leaves_the_place_to_the_newer(front, counters, tmp_path):
    newer = Front(tmp_path, counters, "c")
    with counters.locked():
        counters.count_everything(1, front.clear)
    assert newer.is_ours()


@pytest.mark.parametrize(("place", "name"), [(Path, "unlink"), (os, "scandir")])
def test_pages_that_cannot_be_removed_are_gone_for_nginx(front, counters, monkeypatch, place, name):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    show(front, page_at(counters, "/"))
    with monkeypatch.context() as patch:
        patch.setattr(place, name, refuse)
        change(counters, front, "articles")
    assert counters.last == 1
    assert files(front) == []
    assert ended(front) == {"/"}


def test_no_page_loses_its_notes_because_others_cannot_be_removed(front, counters, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    other = page_at(counters, "/articles/other/", "article:2")
    for page in (page_at(counters, "/articles/one/", "article:1"), other):
        show(front, page)
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        change(counters, front, "article:1")
    # Asked for again, it is noted anew.
    assert not other.is_current(counters, "b")
    assert ended(front) == {"/articles/one/", "/articles/other/"}


def test_those_that_few_depend_on_are_asked_for_first(front, counters):
    for n in range(30):
        show(front, page_at(counters, f"/articles/{n}/", "topic:1:list", f"article:{n}"))
    for tags in (["article:7", "topic:1:list"], ["topic:1:list", "article:7"]):
        change(counters, front, *tags)
        notes = [unquote(note.name) for note in front.ended()]
        assert notes[0] == "/articles/7/"
        assert len(notes) == 31
        for note in list(front.ended()):
            note.unlink()
        for n in range(30):
            show(front, page_at(counters, f"/articles/{n}/", "topic:1:list", f"article:{n}"))


def test_pages_are_shown_again_once_the_disk_has_room(front, counters, tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", refuse)
        with counters.locked():
            counters.count_everything(1, front.clear)
    show(front, page_at(counters, "/"))
    assert len(files(front)) == 3
    assert front.is_ours()


def test_what_was_set_aside_is_deleted_later(front, counters, tmp_path):
    show(front, page_at(counters, "/"))
    with counters.locked():
        front.clear()
    assert list(tmp_path.rglob("index.html"))
    front.drop_old()
    assert not list(tmp_path.rglob("index.html"))
    assert not list(tmp_path.glob("gone.*"))


def test_unfinished_files_are_swept_after_an_hour(front, counters, tmp_path, monkeypatch):
    for path in ("/articles/a.new", "/faq/"):
        show(front, page_at(counters, path))
    left = [front.pages / "faq/.7.8.new", tmp_path / "kept/ab/cd.7.8.new"]
    left[1].parent.mkdir(parents=True)
    for file in left:
        file.touch()
    front.drop_old()
    assert all(file.exists() for file in left)
    now = left[0].stat().st_ctime
    monkeypatch.setattr("recovery_site.published.keeping.time.time", lambda: now + 3700)
    front.drop_old()
    assert not any(file.exists() for file in left)
    assert len(files(front)) == 3
    change(counters, front, "articles")
    assert ended(front) == {"/articles/a.new", "/faq/"}


def test_others_may_count_while_old_pages_are_looked_for(front, counters, monkeypatch):
    show(front, page_at(counters, "/"))
    looked, rglob = [], Path.rglob

    def look(*args):
        with counters.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        looked.append(1)
        return rglob(*args)

    monkeypatch.setattr(Path, "rglob", look)
    front.drop_old()
    assert looked
