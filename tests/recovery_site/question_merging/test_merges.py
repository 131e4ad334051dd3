"""Two questions become one: visitors of either reach the answer, and it can be taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles.links import checks
from articles.links.addresses import parse_href
from articles.links.index import uses_of
from articles.models import OldAddress
from faq.models import Question
from recovery_site.models import QuestionMerge, SearchPhrase
from recovery_site.question_merging.merges import merge, obstacle, state_of, take_back
from tests.factories import make_article, make_question, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_other_phrases():
    SearchPhrase.objects.all().delete()


@pytest.fixture
def topic():
    return make_topic()


@pytest.fixture
def old(topic):
    return make_question(topic=topic, slug="old", title="Is it old?")


@pytest.fixture
def new(topic):
    return make_question(topic=topic, slug="new", title="Is it new?")


def fresh(question):
    return Question.objects.get(pk=question.pk)


def asked_as(slug, language="en"):
    rows = SearchPhrase.objects.filter(path=f"/faq/{slug}/", language=language)
    return [line for row in rows for line in row.phrases.splitlines()]


def let_ask(slug, *lines, language="en"):
    SearchPhrase.objects.create(path=f"/faq/{slug}/", language=language, phrases="\n".join(lines))


def leads_to(client, slug):
    response = client.get(f"/faq/{slug}/")
    return response.get("Location", "") if response.status_code == 301 else response.status_code


def test_visitors_of_a_merged_question_reach_the_other_one(client, old, new):
    words = new.live
    merge(old, new, None)
    assert leads_to(client, "old") == "/faq/new/"
    page = client.get("/faq/").text
    assert "Is it old?" not in page
    assert '<span id="old"></span><h3>Is it new?' in page
    assert fresh(old).binned_at
    assert (fresh(new).live, new.revisions.count()) == (words, 1)


def test_a_list_without_answers_keeps_the_places_too(client, old, new, topic, monkeypatch):
    monkeypatch.setattr("faq.views.MAX_ANSWERS_ON_LIST", 1)
    make_question(topic=topic)
    merge(old, new, None)
    assert '<li id="new"><span id="old"></span>' in client.get("/faq/").text


def test_a_link_to_the_place_of_a_merged_question_leads_on(old, new):
    linking = make_article(title="Links to its place", body='<p><a href="/faq/#old">x</a></p>')
    merge(old, new, None)
    address = parse_href("/faq/#old")
    site = checks.LinkTargets([address])
    assert site.problem(address, frozenset()) == "moved"
    assert [use.publication for use in uses_of(fresh(new))] == [linking]
    # An article has no place for it on the list of questions.
    take_back(fresh(old))
    fresh(old).unpublish(linking.get_absolute_url())
    site = checks.LinkTargets([address])
    assert site.problem(address, frozenset()) == "not_published"


def test_other_ways_to_ask_go_to_the_other_question_each_once(old, new):
    let_ask("old", "Is it  OLD", "how old")
    let_ask("old", "es viejo", language="es")
    let_ask("new", "is it old", "how new")
    kept = merge(old, new, None)
    assert asked_as("old") == []
    assert asked_as("new") == ["is it old", "how new", "how old"]
    assert asked_as("new", "es") == ["es viejo"]
    assert kept.added == {"en": ["how old"], "es": ["es viejo"]}


def test_taking_back_gives_what_nobody_changed(client, old, new):
    let_ask("old", "both", "mine", "mended by staff")
    let_ask("new", "both", "theirs")
    merge(old, new, None)
    SearchPhrase.objects.update(phrases="both\ntheirs\nmine\nmended by  all")
    holder, returned = take_back(fresh(old))
    assert (holder, returned) == (new, {"en": ["both", "mine"]})
    assert asked_as("old") == ["both", "mine"]
    assert asked_as("new") == ["both", "theirs", "mended by  all"]
    question = fresh(old)
    assert (question.binned_at, question.live, question.revisions.count()) == (None, None, 1)
    assert leads_to(client, "old") == 404
    question.publish()
    assert leads_to(client, "old") == 200
    assert not QuestionMerge.objects.exists()
    merge(fresh(old), fresh(new), None)
    assert leads_to(client, "old") == "/faq/new/"


def test_merges_of_merges_are_flat_and_are_taken_back_in_any_order(client, old, new, topic):
    newest = make_question(topic=topic, slug="newest")
    old.save_revision(title="Is it old?", body="<p>x</p>", place={"slug": "older"})
    old.publish()
    let_ask("older", "first", "everywhere")
    let_ask("new", "second")
    let_ask("newest", "third", "everywhere")
    merge(fresh(old), fresh(new), None)
    merge(fresh(new), fresh(newest), None)
    for slug in ("old", "older", "new"):
        assert leads_to(client, slug) == "/faq/newest/"
    assert asked_as("newest") == ["third", "everywhere", "second", "first"]
    take_back(fresh(old))
    assert asked_as("older") == ["first", "everywhere"]
    assert asked_as("newest") == ["third", "everywhere", "second"]
    assert leads_to(client, "older") == 404
    fresh(old).publish()
    assert leads_to(client, "old") == "/faq/older/"
    assert leads_to(client, "new") == "/faq/newest/"
    take_back(fresh(new))
    assert asked_as("new") == ["second"]
    assert asked_as("newest") == ["third", "everywhere"]


def test_the_first_of_two_merges_is_taken_back_last(old, new, topic):
    newest = make_question(topic=topic, slug="newest")
    let_ask("old", "first")
    merge(old, new, None)
    merge(fresh(new), newest, None)
    take_back(fresh(new))
    assert (asked_as("new"), asked_as("newest")) == (["first"], [])
    take_back(fresh(old))
    assert (asked_as("old"), asked_as("new")) == (["first"], [])


def test_what_cannot_be_merged_says_why_and_changes_nothing(old, new, topic):
    draft = make_question(topic=topic, live=False, title="A draft?")
    spanish = make_question(topic=topic, language="es")
    leaving = make_question(topic=topic)
    leaving.schedule_take_down(timezone.now() + timedelta(days=1))
    for into, why in (
        (old, "into itself"), (draft, "Publish it first"),
        (spanish, "another language"), (leaving, "leaves the site"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=why):
            merge(fresh(old), into, None)
    merge(draft, new, None)
    assert "in the bin" in obstacle(fresh(draft), fresh(new))
    # A circle: the other way round, the question in the bin is nowhere to lead to.
    merge(fresh(old), fresh(new), None)
    with pytest.raises(ValidationError, match="Publish it first"):
        merge(fresh(new), old, None)
    assert fresh(new).is_published


def test_whoever_decided_on_other_words_is_asked_again(old, new):
    seen = state_of(old, new)
    Question.objects.get(pk=new.pk).save_revision(title="Changed by a colleague?", body="<p>x</p>")
    with pytest.raises(ValidationError, match="Look again"):
        merge(fresh(old), fresh(new), None, seen)
    assert fresh(old).is_published
    merge(fresh(old), fresh(new), None, state_of(fresh(old), fresh(new)))


def test_phrases_that_do_not_fit_stop_the_merge_whole(old, new):
    let_ask("old", "a" * 3000)
    let_ask("new", "b" * 3000)
    with pytest.raises(ValidationError, match="more other ways to ask than fit"):
        merge(old, new, None)
    assert fresh(old).is_published
    assert asked_as("old") == ["a" * 3000]
    assert not OldAddress.objects.exists()


def test_a_page_that_was_to_lead_to_a_merged_question_leads_to_the_other(client, old, new):
    article = make_article(slug="leaving")
    article.schedule_take_down(timezone.now() - timedelta(minutes=1), lead_to="/faq/old/")
    merge(old, new, None)
    article.refresh_from_db()
    article.take_down_scheduled()
    assert client.get("/articles/leaving/")["Location"] == "/faq/new/"
    # Nothing leads to itself.
    fresh(new).unpublish("/faq/old/")
    assert leads_to(client, "new") == 404


def test_a_draft_without_an_address_leads_nowhere(new, topic):
    draft = make_question(topic=topic, live=False, slug="draft-0123456789ab")
    merge(draft, new, None)
    assert not OldAddress.objects.exists()
    assert fresh(draft).binned_at
