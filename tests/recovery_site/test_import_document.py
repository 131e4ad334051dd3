"""`import_document`: drafts of an article and its questions, once."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from articles.models import Article
from faq.models import Question
from tests.factories import make_topic

pytestmark = pytest.mark.django_db
TEXT = """How sleep comes back

Sleep is often <poor> at first.

What helps

- Dark: Keep the room dark.
- Quiet: Turn the phone off.

Call us today!

It takes weeks.

Will I sleep again?

Yes, nearly everybody does.

No, a pill is not the first thing.
"""


@pytest.fixture
def imported(tmp_path, capsys):
    def run(text=TEXT, *options, name="sleep.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        call_command("import_document", tmp_path / name, *options)
        return capsys.readouterr().out

    return run


def test_a_document_becomes_drafts_that_visitors_cannot_see(imported, client):
    topic = make_topic(name="Nights", slug="nights")
    make_topic(name="First", slug="first", order=0)
    told = imported(TEXT, "--topic", "nights")
    article = Article.objects.get()
    assert (article.topic, article.slug, article.is_published) == (
        topic, "how-sleep-comes-back", False,
    )  # fmt: skip
    assert article.newest_revision.title == "How sleep comes back"
    assert "<p>Sleep is often &lt;poor&gt; at first.</p>" in article.newest_revision.body
    assert client.get("/articles/how-sleep-comes-back/").status_code == 404
    answers = Question.objects.order_by("pk")
    assert [(q.newest_revision.title, q.newest_revision.summary) for q in answers] == [
        ("Will I sleep again?", "Yes, nearly everybody does."),
        ("", "No, a pill is not the first thing."),
    ]
    assert {question.article for question in answers} == {article}
    assert "New draft: article “How sleep comes back”" in told
    assert "question “(title missing)”" in told
    assert "Visitors see nothing of it" in told


def test_an_answer_without_its_question_cannot_be_published(imported):
    make_topic()
    imported()
    missing = Question.objects.get(slug="question-missing")
    for publish in (missing.publish, lambda: missing.schedule(None)):
        with pytest.raises(ValidationError, match="needs a title"):
            publish()
    missing.save_revision(title="Do pills help?", summary="Not at first.")
    missing.publish()
    assert missing.is_published


def test_the_same_document_twice_makes_nothing_new_whatever_became_of_the_first(imported):
    make_topic()
    imported()
    article = Article.objects.get()
    article.save_revision(title="Another title", body="<p>Other words.</p>")
    article.publish()
    told = imported()
    assert "There already: article “Another title”" in told
    assert "New draft" not in told
    assert (Article.objects.count(), Question.objects.count()) == (1, 2)
    assert article.revisions.count() == 2


def test_other_words_under_the_same_title_get_an_address_of_their_own(imported):
    make_topic()
    imported()
    imported(TEXT.replace("weeks", "months"))
    assert {article.slug for article in Article.objects.all()} == {
        "how-sleep-comes-back",
        "how-sleep-comes-back-2",
    }


def test_it_says_what_was_left_out(imported):
    make_topic()
    told = imported("<h1>A</h1><p>Take <s>40 mg</s> 4 mg.</p>", name="a.html")
    assert "Left out: Struck out or deleted: 40 mg (after “…A Take”)" in told


@pytest.mark.parametrize(
    ("options", "name", "says"),
    [
        (["--topic", "none"], "a.txt", "no topic none. Topics: withdrawal"),
        ([], "a.pdf", "can be read"),
        ([], "gone.txt", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(tmp_path, options, name, says):
    make_topic(slug="withdrawal")
    if name != "gone.txt":
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CommandError, match=says):
        call_command("import_document", tmp_path / name, *options)
    assert not Article.objects.exists()


def test_without_a_topic_it_says_so(tmp_path):
    with pytest.raises(CommandError, match="no topic yet"):
        call_command("import_document", tmp_path / "a.txt")
