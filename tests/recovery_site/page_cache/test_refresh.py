import re
import threading
import time
from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article, Topic
from contact.lifecycle.changes import attempts, corrections, transitions, undo
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.journal import journal
from contact.models import CallbackRequest, Helpline
from contact.privacy.audit_trail.audit import AuditAction
from faq.models import Question
from recovery_site.models import VERSION_STEP, ContentVersion
from recovery_site.page_cache import refresh as module
from recovery_site.page_cache.cache import PageCache
from recovery_site.page_cache.handler import PageCacheHandler
from recovery_site.page_cache.refresh import refresh, refresh_own, watch_version
from recovery_site.page_cache.triggers import watched_tables
from recovery_site.site_map.public_paths import public_paths
from tests.contact.lifecycle.journal.test_journal import payload
from tests.factories import (
    figure_of,
    make_article,
    make_helpline,
    make_page,
    make_picture,
    make_question,
    make_request,
    make_staff,
    make_topic,
    sign_off,
)
from tests.waiting import PATIENCE, wait_until

from .visitor import Visitor

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("compressed_fast")]


@pytest.fixture
def has_changed():
    """Whether anything that visitors can see changed since the last call."""
    seen = [ContentVersion.current()]

    def has_changed():
        before, seen[0] = seen[0], ContentVersion.current()
        assert before <= seen[0]
        return before < seen[0]

    return has_changed


def test_whatever_is_written_about_an_article_is_a_change(has_changed):
    article = make_article()
    make_question(article=article)
    article.related.add(make_article())
    assert has_changed()
    for change in (
        lambda: article.publish(article.save_revision(title="Other words", body="<p>x</p>")),
        article.unpublish,
        article.related.clear,
        lambda: Article.objects.update(updated_at=timezone.now()),
        lambda: make_question(article=article),
        lambda: raw("UPDATE articles_topic SET name = 'Raw'"),
        lambda: article.related.add(make_article()),
        lambda: raw("DELETE FROM articles_article_related"),
    ):
        has_changed()
        change()
        assert has_changed()


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_copy_of_pages_in_place_of_the_link_is_served_no_more(cache, folder, is_shown):
    """A backup that follows links leaves one: nginx would serve its pages for ever."""
    current = folder / "current"
    current.unlink()
    (current / "withdrawn").mkdir(parents=True)
    (current / "withdrawn" / "index.html").write_text("taken off since")
    if is_shown:
        cache.show()
        assert current.readlink().name == cache.disk.folder(cache.version.number).name
    else:
        cache.disk.hide()
        assert not current.exists()
    assert not (current / "withdrawn").exists()


def test_what_was_rolled_back_never_changed(has_changed):
    article = make_article(live=False)
    has_changed()
    with transaction.atomic():
        article.publish()
        transaction.set_rollback(True)
    assert not has_changed()


def test_what_was_rolled_back_to_a_savepoint_hides_no_later_change(has_changed):
    line = make_helpline()
    has_changed()
    with transaction.atomic():
        with transaction.atomic():
            Helpline.objects.update(order=1)
            transaction.set_rollback(True)
        line.name = "Renamed"
        line.save()
    assert has_changed()


def test_a_bulk_change_of_a_transaction_counts_once():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite counts rows; the number need not be read before the commit")
    for _ in range(5):
        make_helpline()
    before = ContentVersion.current()
    Helpline.objects.update(order=9)
    assert ContentVersion.current() // VERSION_STEP == before // VERSION_STEP + 1


def test_truncating_a_table_is_a_change(has_changed):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    raw("TRUNCATE contact_helpline")
    assert has_changed()


def test_calls_make_no_page_anew(has_changed):
    journal.append(payload(), "key")
    journal.drain()
    assert not has_changed()


def test_what_staff_write_down_makes_no_page_anew(has_changed):
    request, maria = make_request(), make_staff()
    has_changed()
    with transaction.atomic(), undo.undoable(request, maria, AuditAction.CALLED) as step:
        step.attempt = attempts.record_attempt(request, maria, "stop", scope=Scope.LINE)
    with transaction.atomic():
        undo.undo(step, maria)
    with transaction.atomic():
        corrections.correct(CallbackRequest.objects.get(), maria, {"name": "Ann Example"})
    with transaction.atomic():
        transitions.add_note(request, maria, "They called back.")
    assert not has_changed()


def test_a_number_is_never_given_twice(cache):
    """A failover that loses changes must not lead back to the number of other pages."""
    make_helpline()
    before = ContentVersion.current()
    numbers = set()
    for name in ("one", "two", "three"):
        ContentVersion.objects.update(number=before)
        Helpline.objects.update(name=name)
        numbers.add(ContentVersion.current())
    assert len(numbers) > 1


@pytest.mark.parametrize("lost", ["some", "all"])
def test_lost_changes_make_every_page_anew(visitor, cache, lost):
    make_helpline(name="Night line")
    refresh(cache)
    visitor.ask("/help-now/")
    if lost == "all":
        ContentVersion.objects.all().delete()
    else:
        ContentVersion.objects.update(number=cache.version.number - VERSION_STEP)
    assert refresh(cache)
    assert cache.in_memory("/help-now/") is None
    assert visitor.ask("/help-now/").status == 200


def test_each_change_is_taken_over_once(cache, folder):
    make_helpline()
    assert refresh(PageCache(folder, "release-1"))
    assert not refresh(cache)


def test_pages_begin_anew_each_day(cache):
    ContentVersion.raise_number()
    ContentVersion.begin_day()
    assert not ContentVersion.begin_day()
    ContentVersion.objects.update(day=date(2020, 1, 1))
    before = ContentVersion.current()
    assert ContentVersion.begin_day()
    assert not ContentVersion.begin_day()
    assert ContentVersion.current() > before


def test_order_of_numbers_is_the_order_of_commits(cache):
    """A change that commits late must not slip in behind a number that was read already."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    first, second = make_helpline(), make_helpline()
    refresh(cache)
    changed, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            Helpline.objects.filter(pk=first.pk).update(order=1)
            changed.set()
            may_commit.wait(PATIENCE)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    changed.wait(PATIENCE)
    Helpline.objects.filter(pk=second.pk).update(order=2)
    assert refresh(cache)
    may_commit.set()
    thread.join()
    assert refresh(cache)


def watching(cache):
    stop = threading.Event()
    thread = threading.Thread(target=watch_version, args=(cache, stop))
    thread.start()
    return stop, thread


def test_watching_takes_over_what_another_machine_wrote(cache):
    make_helpline()
    refresh(cache)
    before = cache.version.number
    stop, thread = watching(cache)
    try:
        Helpline.objects.update(name="Elsewhere")
        wait_until(lambda: cache.version.number != before)
        assert cache.version.number == ContentVersion.current()
    finally:
        stop.set()
        thread.join()
    # Two looks within the second that visitors may see what was before.
    assert module.EVERY_SECONDS <= 0.5


def test_watching_survives_a_database_that_is_away(cache, monkeypatch, caplog):
    tries = []

    def fail(cache):
        tries.append(1)
        raise OSError

    monkeypatch.setattr(module, "refresh", fail)
    monkeypatch.setattr(module, "EVERY_SECONDS", 0.01)
    stop, thread = watching(cache)
    while len(tries) < 3:
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert caplog.text.count("cannot be read") == 1


def test_every_address_that_is_published_has_a_page(visitor, cache):
    World()
    refresh(cache)
    for path in public_paths():
        answer = visitor.ask(path)
        assert answer.status == 200, path
        assert answer.headers["Cache-Control"].startswith("public"), path


def test_every_page_reads_watched_tables_alone(visitor, cache):
    """A table that no trigger watches must not be shown on a page that is cached."""
    World()
    make_article(body=figure_of(make_picture()))
    refresh(cache)
    tables, watched = set(), {*watched_tables(), "recovery_site_contentversion"}
    # Written with the words whose links they are, and words that are published never change.
    watched.add("articles_link")

    def note(execute, sql, params, many, context):
        tables.update(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for path in (*public_paths(), *World.further_paths()):
            visitor.ask(path)
    assert "articles_article" in tables
    assert tables <= watched, "recovery_site/page_cache/triggers.py: UNWATCHED, or not on this page"


# Everything that staff can do to what visitors read, by what it is done to.
EDITS = {
    "articles": {
        "words": lambda w: (
            w.article.save_revision(title="Newer words", body="<h2>New</h2><p>Newer.</p>"),
            w.article.publish(),
        ),
        "publish another": lambda w: w.draft.publish(),
        "address": lambda w: _set(w.article, slug="new-address"),
        "no medical content": lambda w: _set(w.article, is_medical=False),
        "topic": lambda w: _set(w.article, topic=w.other_topic),
        "unpublish": lambda w: w.sibling.unpublish(),
    },
    "related articles": {
        "others": lambda w: w.article.related.set([w.elsewhere]),
        "words": lambda w: (
            w.elsewhere.save_revision(title="Related, renamed"),
            w.elsewhere.publish(),
        ),
        "none": lambda w: w.related.related.clear(),
        "unpublish": lambda w: w.elsewhere.unpublish(),
    },
    "questions": {
        "words": lambda w: (
            w.question.save_revision(title="Is it renamed?", summary="It is."),
            w.question.publish(),
        ),
        "order": lambda w: w.question.move(1),
        "another article": lambda w: _set(w.question, article=w.elsewhere),
        "no article": lambda w: _set(w.second, article=None),
        "topic": lambda w: _set(w.question, topic=w.other_topic),
        "unpublish": lambda w: w.lonely.unpublish(),
    },
    "topics": {
        "name": lambda w: _set(w.topic, name="A new name"),
        "description": lambda w: _set(w.topic, description="Said anew."),
        "order": lambda w: _set(w.topic, order=999),
        "address": lambda w: _set(w.other_topic, slug="topic-moved"),
        "new": lambda w: make_question(topic=make_topic(name="Brand-new topic")),
    },
    "pages and help lines": {
        "words of a page": lambda w: (w.page.save_revision(title="Page, anew"), w.page.publish()),
        "unpublish a page": lambda w: w.other_page.unpublish(),
        "name of a line": lambda w: _set(w.line, name="Renamed line"),
        "unverified line": lambda w: _set(w.other_line, verified_on=None),
        "line gone": lambda w: w.third_line.delete(),
        "new line": lambda w: make_helpline(name="Brand-new line"),
    },
    "reviews": {
        "next review": lambda w: [
            _set(each, next_review_on=date(2031, 5, 6)) for each in (w.article, w.question, w.page)
        ],
        "sign-off": lambda w: [
            sign_off(each.live, None, "A reviewer, MD") for each in (w.article, w.question)
        ],
    },
}


def _set(thing, **values):
    for name, value in values.items():
        setattr(thing, name, value)
    thing.save()


class World:
    def __init__(self):
        self.topic, self.other_topic = make_topic(), make_topic()
        self.elsewhere = make_article(topic=self.other_topic)
        self.article = make_article(topic=self.topic)
        self.sibling = make_article(topic=self.topic)
        self.related = make_article(topic=self.topic)
        self.related.related.set([self.elsewhere, self.article])
        self.draft = make_article(live=False, topic=self.topic)
        self.question = make_question(topic=self.topic, article=self.article, order=10)
        self.second = make_question(topic=self.topic, article=self.article, order=20)
        self.lonely = make_question()
        self.page, self.other_page = make_page(), make_page(slug="other-page")
        self.line, self.other_line, self.third_line = (make_helpline() for _ in range(3))

    def paths(self):
        yield from public_paths()
        for model in (Article, Question, Topic):
            for thing in model.objects.all():
                yield thing.get_absolute_url()
        yield from self.further_paths()

    @staticmethod
    def further_paths():
        for article in Article.objects.all():
            yield f"/articles/older/{article.pk}/"
            yield f"{article.topic.get_absolute_url()}older/{article.pk}/"
        for question in Question.objects.all():
            yield f"/faq/topics/{question.topic.slug}/"
            yield f"/faq/topics/{question.topic.slug}/after/{question.pk}/"


def test_every_page_is_as_if_made_now_after_edits(visitor, cache, folder):
    """Each edit is noticed; cached pages then equal those of an empty cache."""
    world = World()
    refresh(cache)
    before = set(world.paths())
    texts = {path: visitor.ask(path).text for path in before}
    for subject, edits in EDITS.items():
        for name, edit in edits.items():
            number = cache.version.number
            edit(world)
            refresh_own(cache)
            assert cache.version.number > number, (subject, name)
    anew = Visitor(PageCacheHandler(PageCache(folder / "anew", "release-1")))
    for path in sorted(before | set(world.paths())):
        kept, fresh = visitor.ask(path), anew.ask(path)
        assert (kept.status, kept.text) == (fresh.status, fresh.text), path
    assert texts != {path: visitor.ask(path).text for path in before}
    assert cache.pages
