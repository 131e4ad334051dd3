"""Editors are told what a merge does before they tick it, and find it again in the bin."""

from itertools import product

import pytest
from django.contrib.auth.models import Permission

from faq.models import Question
from recovery_site.models import QuestionMerge, SearchPhrase
from tests.articles.admin.forms import history, log_in
from tests.factories import make_article, make_question, make_staff, make_topic, sign_off

pytestmark = pytest.mark.django_db


def url(question, *rest):
    return "/".join([f"/admin/faq/question/{question.pk}", *map(str, rest or ["change"]), ""])


@pytest.fixture
def as_editor():
    return log_in(make_staff("Editors", username="erin"))


@pytest.fixture
def pair():
    SearchPhrase.objects.all().delete()
    topic, article = make_topic(), make_article(title="Says more")
    old = make_question(topic=topic, slug="old", title="Is it old?", article=article)
    make_article(title="Links to it", body='<p><a href="/faq/old/">x</a></p>')
    SearchPhrase.objects.create(path="/faq/old/", phrases="how old")
    return old, make_question(topic=topic, slug="new", title="Is it new?")


def decide(client, old, new, **over):
    page = client.get(url(old, "merge", new.pk))
    return client.post(
        url(old, "merge", new.pk),
        {"seen": page.context["form"].initial["seen"], "sure": "on"} | over,
        follow=True,
    )


def test_the_other_question_is_chosen_by_its_title(as_editor, pair):
    old, new = pair
    make_question(title="Of another topic?")
    make_question(title="Is it new, in a draft?", topic=new.topic, live=False)
    make_question(title="Es nuevo, is it new?", topic=new.topic, language="es")
    assert f'href="{url(old, "merge")}"' in as_editor.get(url(old)).text
    assert names(as_editor.get(url(old, "merge"))) == ["Is it new?"]
    assert names(as_editor.get(url(old, "merge"), {"q": "ANOTHER of"})) == ["Of another topic?"]
    assert names(as_editor.get(url(old, "merge"), {"q": "is"})) == ["Is it new?"]
    assert names(as_editor.get(url(old, "merge"), {"q": "\0nowhere"})) == []


def names(page):
    return [str(question) for question, _url in page.context["choices"]]


def test_it_is_told_before_what_will_happen(as_editor, pair):
    old, new = pair
    page = as_editor.get(url(old, "merge", new.pk)).text
    for told in (
        "“Is it old?” leaves the site and goes into the bin", "lead to /faq/new/", "/faq/#old",
        "Not one word of “Is it new?” changes", "how old", "“Says more” no longer shows it",
        ">Links to it<",
    ):  # fmt: skip
        assert told in page, told
    without_tick = as_editor.post(url(old, "merge", new.pk), {"sure": ""})
    assert "Set this tick" in without_tick.text
    assert "Look again" in decide(as_editor, old, new, seen="").text
    assert not QuestionMerge.objects.exists()


def test_merge_and_undo_stand_in_both_histories(as_editor, pair, client):
    old, new = pair
    sign_off(old.live, None, "Jane Doe, MD")
    told = decide(as_editor, old, new).text
    assert "Merged into “Is it new?”." in told
    assert "In the bin since" in told
    assert f'<a href="{url(new)}">Is it new?</a>' in told
    assert "Jane Doe, MD" in as_editor.get(url(old, "versions")).text
    assert f'<a href="{url(old)}">Is it old?</a>' in as_editor.get(url(new)).text
    assert client.get("/faq/old/")["Location"] == "/faq/new/"
    assert "no longer merged into “Is it new?”" in as_editor.get(url(old, "bring-back")).text
    as_editor.post(url(old, "bring-back"))
    assert [text for _who, text in history(old)] == [
        "Merged into “Is it new?”.",
        (
            "Brought back from the bin, no longer merged into “Is it new?”."
            " Ways to ask that came back: 1."
        ),
    ]
    assert [text for _who, text in history(new)] == [
        "“Is it old?” was merged into it.",
        "“Is it old?” is no longer merged into it. Ways to ask given back: 1.",
    ]
    assert client.get("/faq/old/").status_code == 404


def test_a_choice_that_is_no_longer_possible_leads_back_to_choosing(as_editor, pair):
    old, new = pair
    new.unpublish()
    answered = as_editor.get(url(old, "merge", new.pk), follow=True)
    assert answered.redirect_chain[-1][0] == url(old, "merge")
    assert "Visitors don’t see “Is it new?”" in answered.text
    assert as_editor.get(url(old, "merge", 999_999_999)).status_code == 404
    assert as_editor.post(url(new, "merge", old.pk)).status_code == 200


def test_a_merge_needs_each_right_of_what_it_does(as_editor, pair):
    old, new = pair
    rights = ("change_question", "view_question", "publish_question", "delete_question")
    some = (*rights, "change_searchphrase")
    lacking = {}
    for right in some[2:]:
        account = make_staff(username=f"without-{right}")
        kept = [each for each in some if each != right]
        account.user_permissions.set(Permission.objects.filter(codename__in=kept))
        lacking[right] = log_in(account)
    for client, address in product(lacking.values(), (["merge"], ["merge", new.pk])):
        assert client.get(url(old, *address)).status_code == 403
        assert client.post(url(old, *address), {"sure": "on"}).status_code == 403
        assert "Merge into another" not in client.get(url(old)).text
    decide(as_editor, old, new)
    for client in lacking.values():
        assert client.post(url(old, "bring-back")).status_code == 403
    assert Question.objects.get(pk=old.pk).binned_at
