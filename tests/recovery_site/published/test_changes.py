import importlib
import threading
import time
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article, Topic
from contact.models import Helpline
from faq.models import Question
from recovery_site.models import Change
from recovery_site.published import changes
from recovery_site.published.application import Application
from recovery_site.published.store import Store
from tests.factories import make_article, make_helpline, make_page, make_question, make_topic

from .visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tags():
    """What was written since the last call, as a set of tags."""
    newest = Change.objects.order_by("id").last()
    seen = [newest.pk if newest else 0]

    def new():
        rows = list(Change.objects.filter(id__gt=seen[0]).values_list("id", "tag"))
        seen[0] = max([seen[0], *(row[0] for row in rows)])
        return {row[1] for row in rows}

    return new


def test_publishing_an_article_touches_its_lists(tags):
    article = make_article(live=False)
    tags()
    article.publish()
    topic = f"topic:{article.topic_id}"
    assert tags() == {f"article:{article.pk}", "articles", f"{topic}:list", "topics"}


def test_new_words_of_a_live_article_leave_its_topic_alone(tags):
    article = make_article()
    tags()
    article.save_words(title="Other words", body="<p>x</p>")
    assert tags() == set()
    article.publish()
    assert tags() == {f"article:{article.pk}", "articles"}


def test_unpublishing_touches_the_lists(tags):
    article = make_article()
    tags()
    article.unpublish()
    assert {f"article:{article.pk}", f"topic:{article.topic_id}:list", "topics"} <= tags()


def test_draft_and_schedule_change_nothing_that_visitors_read(tags):
    article = make_article(live=False)
    tags()
    article.save_words(title="Draft", body="<p>y</p>")
    article.schedule(timezone.now() + timedelta(days=1))
    article.slug = "another-address"
    article.save()
    article.unschedule()
    assert tags() == set()


def test_saving_without_a_change_touches_nothing(tags):
    article = make_article()
    tags()
    article.save()
    assert tags() == set()


def test_move_to_another_topic_touches_both(tags):
    article, topic = make_article(), make_topic()
    before = article.topic_id
    tags()
    article.topic = topic
    article.save()
    assert {f"topic:{before}:list", f"topic:{topic.pk}:list"} <= tags()


def test_related_articles_touch_the_article_that_names_them(tags):
    article, other = make_article(), make_article()
    tags()
    article.related.add(other)
    assert tags() == {f"article:{article.pk}"}
    article.related.clear()
    assert tags() == {f"article:{article.pk}"}


def test_sign_off_touches_the_article(tags):
    article = make_article()
    tags()
    article.live.sign_off(by=User.objects.create_user("r"), reviewer="A reviewer, MD")
    assert tags() == {f"article:{article.pk}", "articles"}


def test_question_touches_the_article_that_it_belongs_to(tags):
    article = make_article()
    question = make_question(article=article)
    assert {f"question:{question.pk}", "questions", f"article:{article.pk}"} <= tags()
    question.order = 7
    question.save()
    assert f"topic:{question.topic_id}:list" in tags()


def test_page_topic_and_helpline_touch_their_own(tags):
    page = make_page()
    assert tags() == {f"page:{page.pk}", "pages"}
    topic = make_topic()
    assert tags() == {f"topic:{topic.pk}", "topics", "articles", "questions"}
    topic.name = "Another name"
    topic.save()
    assert f"topic:{topic.pk}" in tags()
    line = make_helpline()
    assert tags() == {"helplines"}
    Helpline.objects.filter(pk=line.pk).update(order=3)
    assert tags() == {"helplines"}
    line.delete()
    assert tags() == {"helplines"}
    gone = f"topic:{topic.pk}"
    topic.delete()
    assert gone in tags()


def test_what_was_rolled_back_never_changed(tags):
    article = make_article(live=False)
    tags()
    with transaction.atomic():
        article.publish()
        transaction.set_rollback(True)
    assert tags() == set()


def test_bulk_and_raw_changes_are_noticed(tags):
    article = make_article()
    tags()
    Article.objects.update(updated_at=timezone.now())
    assert f"article:{article.pk}" in tags()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_topic SET name = 'Raw'")
    assert f"topic:{article.topic_id}" in tags()


def test_no_migration_dropped_a_trigger():
    """SQLite forgets the triggers of a table that Django makes anew to change it."""
    module = importlib.import_module("recovery_site.migrations.0003_change_triggers")
    wanted = {trigger.name for trigger in module.triggers(connection.vendor)}
    table = "sqlite_master WHERE type = 'trigger'" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM {table}" if table else "SELECT tgname FROM pg_trigger")
        assert wanted <= {name for (name,) in cursor.fetchall()}


def test_counting_takes_each_change_once(store, folder):
    make_helpline()
    assert changes.count_new(store) > 0
    assert changes.count_new(store) == 0
    before = store.generations.all
    Helpline.objects.update(order=1)
    assert changes.count_new(Store(folder, "build-1")) > 0
    assert changes.count_new(store) == 0
    assert store.generations.all == before + 1


@pytest.mark.parametrize("lost", ["some", "all"])
def test_lost_rows_make_everything_anew(store, lost):
    make_helpline()
    changes.count_new(store)
    epoch = store.generations.epoch
    Change.objects.all().delete()
    if lost == "some":
        Change.objects.create(id=store.generations.last + 500, tag="topics", at=timezone.now())
    changes.count_new(store)
    assert store.generations.epoch != epoch
    assert store.generations.last == (Change.objects.last().pk if lost == "some" else 0)


def test_flood_of_changes_makes_everything_anew(store, monkeypatch):
    make_helpline()
    changes.count_new(store)
    epoch = store.generations.epoch
    monkeypatch.setattr(changes, "MOST", 3)
    for _ in range(5):
        Helpline.objects.update(name="x")
    changes.count_new(store)
    assert store.generations.epoch != epoch
    assert store.generations.last == Change.objects.last().pk


def test_old_changes_are_pruned_and_counting_goes_on(store):
    for _ in range(3):
        make_helpline()
    changes.count_new(store)
    Change.objects.update(at=timezone.now() - timedelta(days=2))
    assert changes.prune() >= 2
    assert Change.objects.count() == 1
    epoch = store.generations.epoch
    Helpline.objects.filter(pk=Helpline.objects.first().pk).update(order=5)
    assert changes.count_new(store) > 0
    assert store.generations.epoch == epoch


def test_ids_follow_the_order_of_commits(store):
    """A change that commits late must not slip in behind what was counted already."""
    first, second = make_helpline(), make_helpline()
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    changes.count_new(store)
    changed, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            Helpline.objects.filter(pk=first.pk).update(order=1)
            changed.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    changed.wait(10)
    Helpline.objects.filter(pk=second.pk).update(order=2)
    assert changes.count_new(store) == 2
    may_commit.set()
    thread.join()
    assert changes.count_new(store) == 2


def test_watching_counts_what_another_machine_wrote(store):
    make_helpline()
    changes.count_new(store)
    before = store.generations.all
    stop = threading.Event()
    thread = threading.Thread(target=changes.watch, args=(store, stop))
    thread.start()
    try:
        Helpline.objects.update(name="Elsewhere")
        deadline = time.monotonic() + 10
        while store.generations.all == before and time.monotonic() < deadline:
            time.sleep(0.02)
        assert store.generations.all == before + 1
    finally:
        stop.set()
        thread.join()


def test_watching_survives_a_database_that_is_away(store, monkeypatch, caplog):
    tries = []

    def fail(store):
        tries.append(1)
        raise OSError

    monkeypatch.setattr(changes, "count_new", fail)
    monkeypatch.setattr(changes, "EVERY_SECONDS", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=changes.watch, args=(store, stop))
    thread.start()
    while len(tries) < 3:
        time.sleep(0.01)
    stop.set()
    thread.join()
    assert caplog.text.count("changes cannot be read") == 1


# Everything that staff can do to what visitors read.
EDITS = {
    "words of an article": lambda w: (
        w.article.save_words(title="Newer words", body="<h2>New</h2><p>Newer.</p>"),
        w.article.publish(),
    ),
    "unpublish an article": lambda w: w.article.unpublish(),
    "publish another article": lambda w: w.draft.publish(),
    "address of an article": lambda w: _set(w.article, slug="new-address"),
    "topic of an article": lambda w: _set(w.article, topic=w.other_topic),
    "no medical content": lambda w: _set(w.article, is_medical=False),
    "related articles": lambda w: w.article.related.set([w.elsewhere]),
    "no related articles": lambda w: w.related.related.clear(),
    "words of a related article": lambda w: (
        w.elsewhere.save_words(title="Related, renamed"),
        w.elsewhere.publish(),
    ),
    "unpublish a related article": lambda w: w.elsewhere.unpublish(),
    "next review": lambda w: [
        _set(each, next_review_on=date(2031, 5, 6)) for each in (w.article, w.question, w.page)
    ],
    "sign-off": lambda w: [
        each.live.sign_off(None, "A reviewer, MD") for each in (w.article, w.question, w.page)
    ],
    "words of a question": lambda w: (
        w.question.save_words(title="Is it renamed?", summary="It is."),
        w.question.publish(),
    ),
    "unpublish a question": lambda w: w.question.unpublish(),
    "order of questions": lambda w: w.question.move(1),
    "article of a question": lambda w: _set(w.question, article=None),
    "another article of a question": lambda w: _set(w.question, article=w.elsewhere),
    "topic of a question": lambda w: _set(w.question, topic=w.other_topic),
    "name of a topic": lambda w: _set(w.topic, name="A new name"),
    "description of a topic": lambda w: _set(w.topic, description="Said anew."),
    "order of topics": lambda w: _set(w.topic, order=999),
    "address of a topic": lambda w: _set(w.topic, slug="topic-moved"),
    "words of a page": lambda w: (w.page.save_words(title="Privacy, anew"), w.page.publish()),
    "unpublish a page": lambda w: w.page.unpublish(),
    "name of a help line": lambda w: _set(w.line, name="Renamed line"),
    "unverified help line": lambda w: _set(w.line, verified_on=None),
    "help line gone": lambda w: w.line.delete(),
    "new help line": lambda w: make_helpline(name="Brand-new line"),
    "new topic": lambda w: make_question(topic=make_topic(name="Brand-new topic")),
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
        self.second = make_question(topic=self.topic, order=20)
        self.lonely = make_question()
        self.page = make_page()
        self.line = make_helpline()

    def paths(self):
        yield from ("/", "/articles/", "/faq/", "/help-now/", "/privacy/", "/feed/")
        yield from ("/sitemap.xml", "/robots.txt", "/.well-known/security.txt")
        for part in ("site", "topics", "pages", "articles-1", "questions-1"):
            yield f"/sitemap-{part}.xml"
        for model in (Article, Question, Topic):
            for thing in model.objects.all():
                yield thing.get_absolute_url()
        for article in Article.objects.all():
            yield f"/articles/older/{article.pk}/"
            yield f"{article.topic.get_absolute_url()}older/{article.pk}/"
        for question in Question.objects.all():
            yield f"/faq/topics/{question.topic.slug}/"
            yield f"/faq/topics/{question.topic.slug}/after/{question.pk}/"


@pytest.mark.parametrize("edit", EDITS)
def test_every_page_is_as_if_made_now_after(edit, visitor, folder, settings):
    """No tag may be missing on any page: kept pages equal those of an empty store."""
    world = World()
    store = visitor.application.store
    changes.count_new(store)
    before = set(world.paths())
    for path in before:
        visitor.ask(path)
    counted = store.generations.last
    EDITS[edit](world)
    changes.count_own(store)
    assert store.generations.last > counted
    anew = Visitor(Application(Store(folder / "anew", "build-1")))
    for path in sorted(before | set(world.paths())):
        kept, fresh = visitor.ask(path), anew.ask(path)
        assert (kept.status, kept.text) == (fresh.status, fresh.text), path
    assert store.pages
