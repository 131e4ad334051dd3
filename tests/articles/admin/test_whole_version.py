"""A version is the whole page: what visitors can notice of it changes when it is published."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from recovery_site.facts.foot import from_records
from recovery_site.staff.scheduled_changes import carry_out_due
from tests.articles.admin.forms import history, log_in
from tests.factories import make_article, make_page, make_question, make_staff, make_topic

pytestmark = pytest.mark.django_db
LISTS = ("/", "/articles/", "/faq/", "/feed/", "/sitemap.xml")


class World:
    """A live page of one kind, and a place to which another version of it moves."""

    def __init__(self, make, client):
        self.make, self.client = make, client
        self.topics = [make_topic(), make_topic()]
        for topic in self.topics:
            make_article(topic=topic), make_question(topic=topic)
        first, second = self.others = [make_article(), make_article()]
        here, there = {
            make_article: ({"is_medical": True}, {"related": [second.pk], "is_medical": ""}),
            make_question: ({"article": first}, {"article": second.pk}),
            make_page: ({"foot_order": 1}, {"foot_order": 2}),
        }[make]
        if make is not make_page:
            here["topic"], there["topic"] = self.topics[0], self.topics[1].pk
        self.there = {"slug": "there"} | there
        self.page = make(slug="here", title="Words of the page", **here)
        meta = self.page._meta
        self.admin = f"/admin/{meta.app_label}/{meta.model_name}/{self.page.pk}/"
        self.editor = log_in(make_staff("Editors", username="erin"))

    def seen(self):
        """Each address with its answer to visitors."""
        model = type(self.page)
        pages = [*self.topics, *self.others, model(slug="here"), model(slug="there")]
        paths = [*LISTS, *(each.get_absolute_url() for each in pages)]
        paths += [f"/faq/topics/{topic.slug}/" for topic in self.topics]
        answers = {path: self.client.get(path) for path in paths}
        found = {
            path: (answer.status_code, answer.get("Location"), answer.text)
            for path, answer in answers.items()
        }
        return found | {"foot": from_records()}

    def save_elsewhere(self, button, **over):
        """Save the same words in the other place."""
        words = self.page.newest_revision
        form = {name: getattr(words, name) for name in ("title", "summary", "body")}
        form |= {"language": "en", "base": words.number, "sources": "", **self.there}
        self.editor.post(f"{self.admin}change/", form | over | {button: "1"})
        self.page = type(self.page).objects.get(pk=self.page.pk)


@pytest.fixture(params=[make_article, make_question, make_page])
def world(request, client):
    return World(request.param, client)


def test_visitors_notice_nothing_of_a_draft_and_all_of_it_once_published(world):
    before = world.seen()
    world.save_elsewhere("_save")
    assert world.page.newest_revision.number == 2
    assert world.seen() == before
    world.save_elsewhere("_publish")
    after = world.seen()
    old, new = (type(world.page)(slug=slug).get_absolute_url() for slug in ("here", "there"))
    assert (before[old][0], before[new][0]) == (200, 404)
    assert after[old][:2] == (301, new)
    assert after[new][0] == 200
    # An old version brings its place back with its words, as a draft first.
    world.page.restore(world.page.revisions.get(number=1))
    assert world.seen() == after
    world.page.publish()
    back = world.seen()
    same = {path for path, answer in before.items() if back[path] == answer}
    # The date of the change is in the page itself and in what lists by dates, and the list of
    # questions has a place for each address that one had.
    assert set(LISTS) - {"/sitemap.xml", "/feed/", "/faq/"} <= same
    assert back[old][0] == 200


def test_a_preview_shows_the_place_of_its_version(world):
    world.save_elsewhere("_save")
    pages = [world.editor.get(f"{world.admin}preview/{number}/").text for number in (1, 2)]
    shown = {make_article: world.topics, make_question: world.others, make_page: []}[world.make]
    for number, thing in enumerate(shown):
        assert thing.get_absolute_url() in pages[number]
        assert thing.get_absolute_url() not in pages[1 - number]


def test_a_comparison_marks_each_part_of_the_place(world):
    world.save_elsewhere("_save")
    page = world.editor.get(f"{world.admin}versions/compare/?old=1&new=2").text
    marked = [
        *re.findall(r"comparison__row--changed.*?comparison__label\">([^<]+)", page, re.DOTALL)
    ]
    assert {each.strip() for each in marked} == {
        str(world.page.revisions.model._meta.get_field(name).verbose_name)
        for name in world.page.revisions.model.PLACE_FIELDS
        if name != "language"
    }


def test_what_is_scheduled_moves_when_it_goes_live(world, monkeypatch):
    before = world.seen()
    when = timezone.localtime() + timedelta(days=1)
    world.save_elsewhere("_schedule", publish_at=when.strftime("%Y-%m-%dT%H:%M"))
    assert world.page.scheduled.number == 2
    assert world.seen() == before
    later = when + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert carry_out_due() == 1
    assert world.seen()[type(world.page)(slug="there").get_absolute_url()][0] == 200


def test_an_address_to_come_is_taken_for_others():
    article = make_article(slug="here")
    article.schedule(timezone.now() + timedelta(days=1), elsewhere(article))
    other = make_article(live=False)
    editor = log_in(make_staff("Editors"))
    url = f"/admin/articles/article/{other.pk}/change/"
    form = {"title": "T", "slug": "there", "language": "en", "topic": other.topic.pk, "base": 1}
    page = editor.post(url, form | {"_save": "1"}).text
    assert "already has this address" in page
    assert other.revisions.count() == 1


def test_a_schedule_that_lost_its_address_is_called_off_and_the_others_go_live():
    by = make_staff(username="erin")
    unlucky, lucky = make_article(slug="here"), make_article()
    past = timezone.now() - timedelta(minutes=1)
    unlucky.schedule(past, elsewhere(unlucky), by=by)
    lucky.schedule(past, elsewhere(lucky, slug="free"), by=by)
    make_article(slug="there")
    assert carry_out_due() == 1
    unlucky.refresh_from_db()
    assert (unlucky.live.number, unlucky.slug, unlucky.scheduled) == (1, "here", None)
    assert "did not go live" in history(unlucky)[0][1]


def test_old_words_come_back_though_their_address_is_taken():
    article = make_article(live=False, slug="here")
    elsewhere(article)
    make_article(slug="here")
    article.restore(article.revisions.get(number=1))
    article.refresh_from_db()
    assert (article.revisions.count(), article.slug) == (3, "there")


def test_a_topic_that_is_gone_leaves_the_page_in_the_one_it_has():
    article, gone = make_article(), make_topic()
    stays = article.topic
    article.schedule(timezone.now(), elsewhere(article, topic_id=gone.pk))
    gone.delete()
    assert carry_out_due() == 1
    article.refresh_from_db()
    assert (article.live.number, article.topic) == (2, stays)


def elsewhere(article, **place):
    return article.save_revision(title="Other words", place=place or {"slug": "there"})
