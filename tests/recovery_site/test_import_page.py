"""The admin page that shows what a document becomes before it saves drafts."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.models import Article
from faq.models import Question
from tests.factories import make_staff, make_topic

pytestmark = pytest.mark.django_db
TEXT = """How sleep comes back

Sleep is often poor at first.

Will I sleep again?

Yes, nearly everybody does.

No, a pill is not the first thing.
"""


@pytest.fixture
def editor(client):
    account = make_staff("Editors", username="maria")
    client.force_login(account)
    return account


def upload(client, text=TEXT, name="sleep.txt", **more):
    file = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
    return client.post("/admin/import/", {"file": file, **more})


def seen_of(response):
    return re.search(r'name="seen" value="([^"]+)"', response.text)[1]


def test_an_editor_sees_what_a_document_becomes_and_saves_it(client, editor):
    topic = make_topic(name="Nights")
    shown = upload(client)
    assert "Question missing: write it before you publish the answer" in shown.text
    assert "Sleep is often poor at first." in shown.text
    assert not Article.objects.exists()
    saved = client.post("/admin/import/", {"seen": seen_of(shown), "topic": topic.pk}, follow=True)
    article = Article.objects.get()
    assert saved.redirect_chain[-1][0] == f"/admin/articles/article/{article.pk}/change/"
    assert "3 drafts were saved. Visitors don" in saved.text
    assert "Question missing: No, a pill is not the" in saved.text
    assert article.newest_revision.author == editor
    assert not article.is_published
    assert (
        LogEntry.objects.filter(user=editor, change_message="Imported from a document.").count()
        == 3
    )
    assert set(Question.objects.values_list("article", flat=True)) == {article.pk}


def test_a_title_alone_becomes_a_draft_without_a_text(client, editor):
    topic = make_topic()
    shown = upload(client, "# Sleep", "sleep.md")
    assert "<h3>Sleep</h3>" in shown.text
    client.post("/admin/import/", {"seen": seen_of(shown), "topic": topic.pk})
    assert Article.objects.get().newest_revision.title == "Sleep"


def test_the_same_document_again_makes_nothing_new(client, editor):
    topic = make_topic()
    for _time in range(2):
        answer = client.post(
            "/admin/import/", {"seen": seen_of(upload(client)), "topic": topic.pk}, follow=True
        )
    assert "imported before; nothing new was made" in answer.text
    assert (Article.objects.count(), Question.objects.count()) == (1, 2)


def test_left_out_parts_come_first_and_scripts_never_run(client, editor):
    make_topic()
    page = upload(
        client, "<h1>A</h1><p>Take <s>40 mg</s> 4 mg.<script>x()</script></p>", "a.html"
    ).text
    assert page.index("Left out (2)") < page.index("Save as drafts")
    assert "Script, or a link that runs one" in page
    assert "Struck out or deleted</strong>: 40 mg" in page
    assert "x()" not in page


def test_a_file_that_cannot_be_read_says_why(client, editor):
    make_topic()
    assert "can be read. Save yours as one of these." in upload(client, b"%PDF", "a.pdf").text


def test_what_comes_back_changed_saves_nothing(client, editor):
    topic = make_topic()
    seen = seen_of(upload(client))
    page = client.post("/admin/import/", {"seen": seen[:-3], "topic": topic.pk}, follow=True)
    assert "did not come back whole" in page.text
    page = client.post("/admin/import/", {"seen": seen, "topic": "0"})
    assert page.status_code == 200
    assert "Select a valid choice" in page.text
    assert not Article.objects.exists()


def test_a_site_without_topics_leads_to_the_first(client, editor):
    assert "Add a topic first" in client.get("/admin/import/").text


def test_only_who_may_write_both_imports(client):
    client.force_login(make_staff("Intake"))
    assert client.get("/admin/import/").status_code == 403
    client.logout()
    assert client.get("/admin/import/").status_code == 302


def test_the_list_of_articles_leads_to_it(client, editor):
    assert 'href="/admin/import/"' in client.get("/admin/articles/article/").text


def test_pasted_html_is_understood_and_what_is_left_out_is_said(client, editor):
    answer = client.post(
        "/admin/import/paste/", {"html": "<h4>A</h4><p>Take <s>40 mg</s> 4 mg.</p>"}
    )
    assert answer.json() == {
        "html": "<h2>A</h2>\n<p>Take 4 mg.</p>",
        "left_out": ["Struck out or deleted: 40 mg"],
    }
    answer = client.post("/admin/import/paste/", {"text": "• One\n• Two"})
    assert answer.json()["html"] == "<ul><li>One</li><li>Two</li></ul>"
    answer = client.post("/admin/import/paste/", {"html": "<b>" * 3000})
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


def test_only_who_writes_may_paste(client):
    client.force_login(make_staff("Intake"))
    assert client.post("/admin/import/paste/", {"text": "a"}).status_code == 403
