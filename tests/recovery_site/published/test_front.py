import os

import pytest
from django.http import HttpResponse

from recovery_site.published.front import Front
from recovery_site.published.generations import Generations
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


def files(front):
    return sorted(str(file.relative_to(front.pages)) for file in front.pages.rglob("*.*"))


def change(counters, front, *tags):
    with counters.locked():
        counters.count(tags, 1, front.drop)


def test_page_is_there_in_every_coding(front, counters):
    front.put(page_at(counters, "/articles/why/"))
    front.put(page_at(counters, "/"))
    assert files(front) == [
        "articles/why/index.html", "articles/why/index.html.br", "articles/why/index.html.gz",
        "index.html", "index.html.br", "index.html.gz",
    ]  # fmt: skip
    assert (front.pages / "index.html").read_text() == "<p>x</p>"


def test_change_takes_away_what_shows_it_and_nothing_else(front, counters):
    front.put(page_at(counters, "/help-now/", "helplines"))
    front.put(page_at(counters, "/articles/why/", "article:1", "topic:1"))
    change(counters, front, "topic:1")
    assert {name.split("/")[0] for name in files(front)} == {"help-now"}


def test_page_that_was_overtaken_by_a_change_is_not_shown(front, counters):
    page = page_at(counters, "/help-now/", "helplines")
    change(counters, front, "helplines")
    front.put(page)
    assert files(front) == []


@pytest.mark.parametrize(
    "path",
    ["/../etc/", "/a/../b/", "/.well-known/x/", "/a b/", "/ä/", "/feed", "/A/", "//", "/a//b/"],
)  # fmt: skip
def test_odd_addresses_never_become_files(front, counters, path):
    front.put(page_at(counters, path))
    assert files(front) == []


def test_further_pages_of_lists_are_not_shown(front, counters):
    front.put(page_at(counters, "/articles/older/5/"))
    assert files(front) == []


def test_half_a_page_is_none(front, counters, monkeypatch):
    front.put(page_at(counters, "/help-now/"))
    utime, calls = os.utime, []

    def fill(*args):
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        utime(*args)

    monkeypatch.setattr(os, "utime", fill)
    with pytest.raises(OSError, match="No space"):
        front.put(page_at(counters, "/help-now/", body="<p>y</p>"))
    assert files(front) == []
    assert list(front.pages.iterdir()) == []


def test_only_html_is_shown(front, counters):
    front.put(page_at(counters, "/feed/", content_type="application/atom+xml"))
    assert files(front) == []


def test_other_build_begins_anew(front, counters, tmp_path):
    front.put(page_at(counters, "/"))
    assert files(Front(tmp_path, counters, "b")) != []
    assert files(Front(tmp_path, counters, "c")) == []
    front.put(page_at(counters, "/"))
    assert files(front) == []


def test_new_epoch_begins_anew(front, counters):
    front.put(page_at(counters, "/"))
    with counters.locked():
        counters.count_everything(1, front.clear)
    assert files(front) == []
    front.put(page_at(counters, "/"))
    assert len(files(front)) == 3


def test_what_is_older_than_a_day_is_taken_away(front, counters, monkeypatch):
    front.put(page_at(counters, "/"))
    front.put(page_at(counters, "/help-now/"))
    front.drop_old()
    assert len(files(front)) == 6
    now = os.stat(front.pages / "index.html").st_ctime
    monkeypatch.setattr("recovery_site.published.front.time.time", lambda: now + 24 * 3600 + 60)
    front.drop_old()
    assert files(front) == []
