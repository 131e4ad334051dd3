from urllib.parse import unquote

import pytest

from recovery_site import views
from recovery_site.models import Change
from recovery_site.published import asking, changes
from tests.factories import make_article

GOING = "Words that are taken back."


@pytest.fixture
def article(visitor):
    """A published article that somebody has read."""
    article = make_article(slug="taken-back", title=GOING)
    changes.count_new(visitor.application.store)
    assert GOING in visitor.ask("/articles/taken-back/").text
    return article


def ask_again(visitor, should_stop=lambda: False):
    changes.count_new(visitor.application.store)
    return asking.ask_again(visitor.application, should_stop)


def test_what_was_taken_off_does_not_come_back_with_an_outage(visitor, article, database_goes):
    article.unpublish()
    assert ask_again(visitor) >= 1
    database_goes()
    answer = visitor.ask("/articles/taken-back/")
    assert GOING not in answer.text
    assert answer.status >= 500


def test_outage_shows_the_newest_words_although_nobody_had_asked(visitor, article, database_goes):
    article.publish(article.save_words(title="Newer words."))
    ask_again(visitor)
    database_goes()
    assert "Newer words." in visitor.ask("/articles/taken-back/").text


def test_each_page_is_asked_for_once(visitor, article):
    article.unpublish()
    assert ask_again(visitor) >= 1
    assert ask_again(visitor) == 0


def test_what_could_not_be_made_is_asked_for_again(visitor, article):
    article.unpublish()
    store = visitor.application.store
    changes.count_new(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visitor.application, "is_resting", lambda path: True)
        with pytest.raises(asking.NotMade):
            ask_again(visitor)
    assert store.kept.load("/articles/taken-back/") is not None
    ask_again(visitor)
    assert store.kept.load("/articles/taken-back/") is None


def test_page_that_cannot_be_made_keeps_no_other_from_being_asked(visitor, article, monkeypatch):
    other = make_article(slug="other", title=GOING)
    changes.count_new(visitor.application.store)
    assert GOING in visitor.ask("/articles/other/").text
    for each in (article, other):
        each.publish(each.save_words(title="Newer words."))
    asked, render = [], views.render

    def fail_at_first(request, *args):
        asked.append(request.path)
        if request.path == asked[0]:
            raise ZeroDivisionError
        return render(request, *args)

    monkeypatch.setattr("articles.views.render", fail_at_first)
    with pytest.raises(asking.NotMade):
        ask_again(visitor)
    store = visitor.application.store
    assert set(asked) == {"/articles/taken-back/", "/articles/other/"}
    assert store.is_outdated(asked[0])
    assert not store.is_outdated(asked[-1])
    assert {unquote(note.name) for note in store.front.ended()} == {asked[0]}


def test_nothing_more_is_asked_of_a_database_that_is_away(
    visitor, article, database_goes, monkeypatch
):
    visitor.ask("/articles/")
    article.unpublish()
    store = visitor.application.store
    changes.count_new(store)
    before = {unquote(note.name) for note in store.front.ended()}
    asked, ask = [], asking.ask
    monkeypatch.setattr(asking, "ask", lambda *args: asked.append(args) or ask(*args))
    database_goes()
    with pytest.raises(asking.NotMade):
        asking.ask_again(visitor.application, lambda: False)
    assert {unquote(note.name) for note in store.front.ended()} == before
    assert len(asked) == 1 < len(before)


def test_what_the_disk_refused_is_kept_later(visitor, article, monkeypatch):
    def refuse(*args):
        raise OSError(28, "No space left on device")

    article.publish(article.save_words(title="Newer words."))
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        with pytest.raises(asking.NotMade):
            ask_again(visitor)
    store = visitor.application.store
    assert store.is_outdated("/articles/taken-back/")
    assert ask_again(visitor) >= 1
    assert not store.is_outdated("/articles/taken-back/")


def test_what_was_taken_off_in_a_flood_of_changes_stays_off(visitor, article, database_goes):
    assert GOING in visitor.ask("/feed/").text
    article.unpublish()
    Change.objects.all().delete()
    assert ask_again(visitor) >= 2
    database_goes()
    for path in ("/articles/taken-back/", "/feed/"):
        assert GOING not in visitor.ask(path).text
    assert not list(visitor.application.store.front.ended())


def test_asking_ends_when_told_so(visitor, article):
    article.unpublish()
    assert ask_again(visitor, should_stop=lambda: True) == 0
    assert ask_again(visitor) >= 1


def test_a_full_disk_does_not_keep_a_change_from_being_counted(visitor, article, monkeypatch):
    store = visitor.application.store
    monkeypatch.setattr(store.front, "to_ask", store.folder / "nowhere")
    article.unpublish()
    changes.count_new(store)
    assert visitor.ask("/articles/taken-back/").status == 404
