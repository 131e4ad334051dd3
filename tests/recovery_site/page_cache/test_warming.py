import os

import pytest

from articles import views as article_views
from recovery_site.models import ContentVersion
from recovery_site.page_cache import handler, snapshot
from recovery_site.page_cache.refresh import refresh
from recovery_site.page_cache.warming import Warmer, WarmingFailed
from tests.factories import make_article

GOING = "Words that are taken back."


@pytest.fixture
def article(visitor, cache):
    """A published article that somebody has read."""
    article = make_article(slug="taken-back", title=GOING)
    refresh(cache)
    assert GOING in visitor.ask("/articles/taken-back/").text
    return article


@pytest.fixture
def warmer(visitor):
    return Warmer(visitor.application)


@pytest.fixture
def warm(warmer, cache):
    def warm(should_stop=lambda: False):
        """Make all pages; how many were made."""
        refresh(cache)
        made = warmer.step(should_stop)
        while warmer.waiting and not should_stop():
            made += warmer.step(should_stop)
        return made

    return warm


def test_outage_shows_the_newest_words_although_nobody_had_asked(
    article, visitor, warm, database_goes
):
    article.publish(article.save_revision(title="Newer words."))
    warm()
    database_goes()
    for path in ("/articles/taken-back/", "/feed/", "/articles/"):
        assert "Newer words." in visitor.ask(path).text
        assert GOING not in visitor.ask(path).text


def test_what_was_taken_off_does_not_come_back_with_an_outage(
    article, visitor, warm, database_goes
):
    article.unpublish()
    warm()
    database_goes()
    answer = visitor.ask("/articles/taken-back/")
    assert GOING not in answer.text
    assert answer.status >= 500
    assert GOING not in visitor.ask("/feed/").text


def test_each_page_is_made_once(article, warm):
    assert warm() > 8
    assert warm() == 0


def test_pages_that_stay_the_same_are_the_same_files(article, warm, folder):
    warm()
    before = os.stat(folder / "current/articles/taken-back/index.html.br")
    ContentVersion.raise_number()
    warm()
    after = os.stat(folder / "current/articles/taken-back/index.html.br")
    assert after.st_ino == before.st_ino
    assert after.st_mtime == before.st_mtime


def test_earlier_versions_go_once_all_pages_are_made(article, warm, cache):
    warm()
    for _ in range(3):
        ContentVersion.raise_number()
        refresh(cache)
    warm()
    assert list(cache.disk.versions.iterdir()) == [cache.disk.folder(cache.version.number)]
    assert [file.name for file in cache.disk.published.iterdir()] == [str(cache.version.number)]


def test_what_could_not_be_made_is_tried_again(article, warm, warmer, monkeypatch):
    article.publish(article.save_revision(title="Newer words."))
    with monkeypatch.context() as patch:
        patch.setattr(article_views, "render", lambda *args: 1 / 0)
        with pytest.raises(WarmingFailed):
            warm()
    assert "/articles/taken-back/" in warmer.waiting
    assert "/help-now/" not in warmer.waiting
    monkeypatch.setattr(handler, "REST_SECONDS", 0)
    assert warm() == 3


def test_a_page_that_can_never_be_made_lets_no_folders_pile_up(
    article, visitor, warm, cache, monkeypatch, database_goes
):
    monkeypatch.setattr(article_views, "render", lambda *args: 1 / 0)
    for _ in range(12):
        ContentVersion.raise_number()
        with pytest.raises(WarmingFailed):
            warm()
    assert len(list(cache.disk.versions.iterdir())) < 9
    database_goes()
    assert GOING in visitor.ask("/articles/taken-back/").text


def test_nothing_more_is_asked_of_a_database_that_is_away(article, warm):
    article.unpublish()
    snapshot.circuit.open()
    with pytest.raises(WarmingFailed):
        warm()
    snapshot.circuit.close()
    assert warm() > 8


def test_what_the_disk_refused_is_kept_later(article, warm, monkeypatch, cache):
    def refuse(*args):
        raise OSError(28, "No space left on device")

    article.publish(article.save_revision(title="Newer words."))
    refresh(cache)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        with pytest.raises(WarmingFailed):
            warm()
    # Of the pages that this process makes, the jobs keep none in memory.
    cache.pages.clear()
    warm()
    assert cache.disk.is_there(cache.version.number, "/articles/taken-back/")


def test_lists_come_first_then_what_was_read_last(article, visitor, warm, warmer, cache, folder):
    for n in range(3):
        make_article(slug=f"rarely-read-{n}")
    warm()
    for coding in ("", ".gz", ".br"):
        file = folder / f"current/articles/taken-back/index.html{coding}"
        written = file.stat().st_mtime
        os.utime(file, (written + 60, written))
    ContentVersion.raise_number()
    refresh(cache)
    warmer.begin()
    paths = list(warmer.waiting)
    assert paths[0] == "/"
    assert paths.index("/articles/") < paths.index("/articles/taken-back/")
    assert paths.index("/articles/taken-back/") < paths.index("/articles/rarely-read-2/")


def test_warming_ends_when_told_so(article, warm):
    assert warm(should_stop=lambda: True) == 0
    assert warm() >= 1
