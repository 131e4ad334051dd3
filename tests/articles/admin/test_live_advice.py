"""Advice on words as they are typed: the same as on words that were saved, and kept nowhere."""

import pytest

from articles.models import DismissedAdvice
from articles.publishing.autosave import Autosave
from articles.wording.advice import open_advice
from recovery_site.models import ContentVersion
from tests.articles.admin.forms import change_url, history, log_in
from tests.factories import make_article, make_page, make_question, make_staff

pytestmark = pytest.mark.django_db
NEW = "/admin/articles/article/advice/"
HARD = "Pharmacological interventions necessitate interdisciplinary collaboration."
MIXED = (
    "<h2>One</h2><h4>Deep</h4><p>An addict came. The  addict left.</p><p>An overdose.</p>"
    '<table><tbody><tr><td>a</td></tr></tbody></table><p><a href="/nowhere/">x</a></p>'
    f"<p>{HARD}</p>" + "<p>We necessitate institutional support here now.</p>" * 20
)


def words(**over):
    return {"title": "T", "summary": "", "body": "<p>An addict came. Sleep well.</p>"} | over


def pieces(client, url=NEW, **over):
    return client.post(url, words(**over)).json()["pieces"]


def test_typed_words_get_the_advice_that_they_would_get_once_saved(as_editor):
    article = make_article(body="<p>Saved.</p>")
    typed = pieces(as_editor, change_url(article, "advice"), body=MIXED)
    saved = open_advice(article, article.save_revision(title="T", summary="", body=MIXED))
    kinds = {piece.kind.value for piece in saved}
    assert kinds == {"term", "danger", "grade", "heading", "table", "link"}
    assert [piece["text"] for piece in typed] == [piece.text for piece in saved]
    assert [[each["passage"] for each in piece["places"]] for piece in typed] == [
        [piece.passage, *piece.also] for piece in saved
    ]


def test_words_of_a_page_never_saved_get_advice_that_cannot_be_dismissed_yet(as_editor):
    answer = as_editor.post(NEW, words()).json()
    assert answer["said"] == "Advice: 1 thing to look at"
    (piece,) = answer["pieces"]
    assert "Better: person with" in piece["text"]
    assert piece["places"] == [{"passage": "An addict came.", "digest": ""}]
    for kind in ("articles/page", "faq/question"):
        assert pieces(as_editor, f"/admin/{kind}/advice/") == [piece]
    nothing = as_editor.post(NEW, {}).json()
    assert nothing == {"said": "Advice: nothing to look at", "pieces": []}


def test_typed_words_are_kept_nowhere(as_editor, caplog):
    article = make_article()
    number = ContentVersion.objects.get().number
    caplog.set_level("DEBUG")
    response = as_editor.post(change_url(article, "advice"), words(body="<p>A junkie.</p>"))
    assert "no-store" in response["Cache-Control"]
    logged = [line.getMessage() for line in caplog.records if line.name != "django.db.backends"]
    assert "junkie" not in " ".join(logged)
    assert article.revisions.count() == 1
    assert not Autosave.objects.exists()
    assert not DismissedAdvice.objects.exists()
    assert ContentVersion.objects.get().number == number
    assert response.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_advice_is_dismissed_with_a_reason_where_it_stands(as_editor):
    article = make_article(body="<p>Saved.</p>")
    url, body = change_url(article, "advice"), "<p>An addict came. The addict left.</p>"
    _first, second = pieces(as_editor, url, body=body)[0]["places"]
    wish = words(body=body, dismiss=second["digest"])
    refused = as_editor.post(url, wish | {"reason": " "})
    assert (refused.status_code, refused.json()) == (400, {"error": "This field is required."})
    (left,) = as_editor.post(url, wish | {"reason": "A title"}).json()["pieces"]
    assert [each["passage"] for each in left["places"]] == ["An addict came."]
    row = DismissedAdvice.objects.get()
    assert (row.passage, row.reason, row.by.username) == ("The addict left.", "A title", "erin")
    assert history(article)[-1][1].endswith("Reason: A title")
    # Twice, or of words that are not there, it does nothing.
    entries = len(history(article))
    for digest in (second["digest"], "0" * 64, "a\0b", ""):
        answer = as_editor.post(url, words(body=body, dismiss=digest, reason="Again"))
        assert answer.json()["pieces"] == [left]
    assert len(history(article)) == entries
    article.save_revision(title="T", summary="", body=body)
    (same,) = open_advice(article, article.newest_revision)
    assert (same.passage, same.also) == ("An addict came.", ())


def test_a_link_and_less_than_the_hardest_sentence_cannot_be_dismissed(as_editor):
    url = change_url(make_article(), "advice")
    found = pieces(as_editor, url, body=MIXED)
    hard, link = found[2], found[-1]
    assert [bool(each["digest"]) for each in hard["places"]] == [True, False]
    assert [each["digest"] for each in link["places"]] == [""]


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"body": "x" * 60_000, "summary": "x" * 60_000}, "too long to be read"),
        ({"body": "<ul><li>" * 99}, "flatter"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(as_editor, over, reason):
    response = as_editor.post(NEW, words(**over))
    assert response.status_code == 400
    assert reason in response.json()["error"]


def test_bad_signs_do_no_harm(as_editor):
    (piece,) = pieces(as_editor, title="a\0b", body="\x1f<p>An addict came.<p>\ufffe")
    assert piece["places"][0]["passage"] == "An addict came."


def test_only_who_may_change_the_page_gets_advice(as_editor):
    article = make_article()
    url = change_url(article, "advice")
    assert as_editor.get(url).status_code == 405
    for each in (make_page(), make_question()):
        kind = each._meta.label_lower.replace(".", "/")
        assert as_editor.post(f"/admin/{kind}/{each.pk}/advice/", words()).status_code == 200
    for group in ("Medical reviewers", "Intake", "Intake leads", "Privacy officers"):
        other = log_in(make_staff(group))
        assert [other.post(at, words()).status_code for at in (url, NEW)] == [403, 403], group
    article.unpublish()
    article.put_into_bin()
    assert as_editor.post(url, words()).status_code == 403
