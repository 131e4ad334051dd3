import pytest

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
