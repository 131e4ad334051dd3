"""What is typed into the form of a page is kept on the server for its author alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.admin.autosave_admin import local_time
from articles.models import Article
from articles.publishing.autosave import MAX_WINDOWS_OF_PAGE, Autosave
from recovery_site.models import ContentVersion
from tests.articles.admin.forms import change_url, log_in, payload
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
KEEP_NEW = "/admin/articles/article/autosave/"


@pytest.fixture
def article():
    return make_article(title="Live words", slug="live-words")


def keep(client, user, article=None, edits=1, key="window", **over):
    url = change_url(article, "autosave") if article else KEEP_NEW
    form = payload(article, title="Typed words", form_key=key)
    return client.post(url, form | {"edits": edits, "account": user.pk} | over)


def test_typed_words_are_kept_for_their_author_and_seen_by_nobody_else(
    as_editor, editor, article, client
):
    number = ContentVersion.objects.get().number
    answer = keep(as_editor, editor, article).json()
    assert set(answer) == {"kept_at", "others"}
    keep(as_editor, editor, article, edits=2, title="More words")
    assert Autosave.objects.get().beginning == "More words"
    assert article.revisions.count() == 1
    assert ContentVersion.objects.get().number == number
    assert "Live words" in client.get(article.get_absolute_url()).text
    page = as_editor.get(change_url(article)).text
    assert "did not save: “More words”" in page
    assert "Based on version 1" in page
    assert "More words" in as_editor.get("/admin/").text
    other = log_in(make_staff("Editors", username="otto"))
    for url in (change_url(article), f"{change_url(article)}?kept=window", "/admin/"):
        assert "More words" not in other.get(url).text, url


def test_words_are_taken_up_in_any_browser_with_what_they_were_based_on(as_editor, editor, article):
    related = make_article()
    assert 'id="id_is_medical" checked' in as_editor.get(change_url(article)).text
    keep(as_editor, editor, article, is_medical="", related=[related.pk], sources="CDC: x", edits=7)
    article.save_revision(by=make_staff("Editors", username="otto"), title="Otto's words")
    elsewhere = log_in(editor)
    response = elsewhere.get(f"{change_url(article)}?kept=window")
    form = response.context["adminform"].form
    assert "typed until" in response.text
    assert "This form holds the words of version" not in response.text
    assert 'value="Typed words"' in response.text
    assert 'id="id_is_medical" checked' not in response.text
    assert f'<option value="{related.pk}" selected>' in response.text
    assert [form[name].value() for name in ("base", "form_key", "edits")] == ["1", "window", 7]
    # Saved as they are, they would undo what was saved meanwhile.
    posted = payload(article, title="Typed words", base=1, form_key="window")
    assert "otto saved version 2" in elsewhere.post(change_url(article), posted).text
    assert Autosave.objects.exists()
    assert elsewhere.post(change_url(article), posted | {"base": 2}).status_code == 302
    assert not Autosave.objects.of_account(editor).exists()


def test_words_of_a_page_never_saved_are_offered_until_they_are_saved(as_editor, editor):
    assert keep(as_editor, editor, slug="").status_code == 200
    assert "did not save: “Typed words”" in as_editor.get(ADD).text
    taken_up = as_editor.get(f"{ADD}?kept=window").text
    assert 'value="Typed words"' in taken_up
    assert "did not save: “Typed words”" not in taken_up
    as_editor.post(ADD, payload(title="Typed words", form_key="window") | {"_save": "1"})
    assert Article.objects.get().newest_revision.title == "Typed words"
    assert not Autosave.objects.exists()


def test_an_earlier_state_never_replaces_a_later_one_and_each_window_has_its_own(
    as_editor, editor, article
):
    keep(as_editor, editor, article, edits=5, title="Later")
    assert keep(as_editor, editor, article, edits=4, title="Earlier").status_code == 409
    keep(as_editor, editor, article, key="other window", title="Other")
    assert {row.beginning for row in Autosave.objects.all()} == {"Later", "Other"}
    for number in range(MAX_WINDOWS_OF_PAGE):
        keep(as_editor, editor, article, key=f"window {number}")
    assert Autosave.objects.count() == MAX_WINDOWS_OF_PAGE


def test_words_are_thrown_away_by_their_author_alone(as_editor, editor, article):
    keep(as_editor, editor, article)
    other = log_in(make_staff("Editors", username="otto"))
    other.post(change_url(article, "autosave"), {"discard": "window"})
    assert Autosave.objects.exists()
    back = as_editor.post(change_url(article, "autosave"), {"discard": "window"})
    assert back["Location"] == change_url(article)
    assert not Autosave.objects.exists()


def test_no_key_pressed_in_the_form_throws_kept_words_away(as_editor, editor):
    # Enter in a field presses the first button of its form, which is also focused in a new one.
    keep(as_editor, editor, slug="")
    before, form = as_editor.get(ADD).text.split('id="article_form"')
    assert "did not save: “Typed words”" in before
    assert 'name="discard"' in before
    assert 'name="discard"' not in form
    assert form.partition('<button type="submit"')[2].startswith(' name="_save"')


def test_who_else_writes_in_the_page_is_shown(as_editor, editor, article):
    otto = make_staff("Editors", username="otto", first_name="Otto", last_name="Ott")
    keep(log_in(otto), otto, article)
    at = local_time(Autosave.objects.get().at)
    said = f"Otto Ott is writing in this page too (last at {at})."
    assert said in keep(as_editor, editor, article, key="mine").json()["others"]
    assert said in as_editor.get(change_url(article)).text
    assert "writing in this page" not in as_editor.get(change_url(make_article())).text
    Autosave.objects.update(at=timezone.now() - timedelta(minutes=6))
    assert said not in as_editor.get(change_url(article)).text


def test_what_cannot_be_kept_is_refused_with_a_reason(as_editor, editor, article):
    stranger = make_staff("Editors", username="otto")
    for over, reason in (
        ({"account": stranger.pk}, "Another account"),
        ({"edits": "x"}, "not complete"),
        ({"edits": "9" * 5000}, "not complete"),
        ({"form_key": ""}, "not complete"),
        ({"body": "x" * 600_000}, "too long"),
    ):
        answer = keep(as_editor, editor, article, **over)
        assert (answer.status_code, reason in answer.json()["error"]) == (400, True), over
    assert keep(as_editor, editor, article, title="a\0b", body="\x1f").status_code == 200
    answer = as_editor.get(change_url(article, "autosave"))
    assert answer.json()["account"] == editor.pk
    assert "no-store" in answer["Cache-Control"]


def test_words_that_arrive_after_their_save_are_not_offered(as_editor, editor, article):
    keep(as_editor, editor, article, edits=1)
    posted = payload(article, title="Typed words", form_key="window", edits=3)
    as_editor.post(change_url(article), posted | {"_save": "1"})
    # Sent before the save, and come after it.
    assert keep(as_editor, editor, article, edits=3).status_code == 409
    assert keep(as_editor, editor, article, edits=2).status_code == 409
    assert "“Typed words” (article)" not in as_editor.get("/admin/").text
    assert "and did not save" not in as_editor.get(change_url(article)).text
    assert "is writing" not in log_in(make_staff("Editors")).get(change_url(article)).text
    # What the same window typed since is news.
    assert keep(as_editor, editor, article, edits=4, title="Since").status_code == 200
    assert "“Since” (article)" in as_editor.get("/admin/").text
    assert "did not save: “Since”" in as_editor.get(change_url(article)).text


@pytest.mark.parametrize("edits", ["", "-1", "9" * 30])
def test_no_count_of_edits_keeps_words_from_being_saved(as_editor, article, edits):
    posted = payload(article, title="Typed words", form_key="window", edits=edits)
    as_editor.post(change_url(article), posted | {"_save": "1"})
    assert article.revisions.first().title == "Typed words"


def test_words_are_kept_for_a_month(editor, as_editor, article):
    keep(as_editor, editor, article)
    assert Autosave.objects.purge() == 0
    Autosave.objects.update(at=timezone.now() - timedelta(days=31))
    assert Autosave.objects.purge() == 1
    Autosave.objects.note_saved(editor, "window", 1, "articles.article", article.pk)
    assert Autosave.objects.purge() == 0
    Autosave.objects.update(at=timezone.now() - timedelta(hours=2))
    assert Autosave.objects.purge() == 1


def test_nobody_keeps_words_of_a_page_they_may_not_change(article):
    article.unpublish()
    article.put_into_bin()
    editor = make_staff("Editors")
    assert keep(log_in(editor), editor, article).status_code == 403
    for user in (make_staff("Intake"), make_staff("Medical reviewers")):
        assert keep(log_in(user), user).status_code == 403
    assert not Autosave.objects.exists()


def test_words_are_offered_only_to_those_who_may_still_change_the_page(as_editor, editor, article):
    keep(as_editor, editor, article)
    assert "words of yours that were not saved" in as_editor.get("/admin/").text
    editor.groups.clear()
    assert "words of yours that were not saved" not in as_editor.get("/admin/").text


def test_words_without_a_title_are_known_by_how_they_begin(as_editor, editor):
    body = "<h2>Before you come</h2><p>Bring a card.</p>"
    keep(as_editor, editor, title="", summary="", body=body)
    assert "did not save: “Before you come Bring a card.”" in as_editor.get(ADD).text
    assert "“Before you come Bring a card.” (article)" in as_editor.get("/admin/").text
