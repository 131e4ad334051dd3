import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from faq.models import Question
from tests.factories import make_article, make_question, make_staff, make_topic

pytestmark = pytest.mark.django_db

LIST = "/admin/faq/question/"


def log_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_editor():
    return log_in(make_staff("Editors", username="erin"))


@pytest.fixture
def as_writer():
    user = make_staff(username="wes")
    user.user_permissions.set(
        Permission.objects.filter(codename__in=("change_question", "view_question"))
    )
    return log_in(user)


def payload(question=None, **over):
    return {
        "title": "Can I stop on my own?",
        "summary": "Not alone.",
        "body": "<p>Withdrawal can be dangerous.</p>",
        "sources": "",
        "base": question.newest_revision.number if question else "",
        "slug": question.slug if question else "can-i-stop",
        "topic": (question.topic if question else make_topic()).pk,
        "order": 10,
        "language": "en",
        "article": "",
    } | over


def names(questions=None):
    return [str(question) for question in (questions or Question.objects.all())]


def test_question_is_written_previewed_and_published(as_editor, client):
    as_editor.post(f"{LIST}add/", payload(article=make_article().pk) | {"_save": "1"})
    question = Question.objects.get()
    assert client.get("/faq/can-i-stop/").status_code == 404
    preview = as_editor.get(f"{LIST}{question.pk}/preview/1/")
    assert "<h1>Can I stop on my own?</h1>" in preview.text
    assert preview["X-Robots-Tag"] == "noindex"
    form = payload(question, article=question.article_id)
    as_editor.post(f"{LIST}{question.pk}/change/", form | {"_publish": "1"})
    assert "Withdrawal can be dangerous" in client.get("/faq/").text
    messages = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert messages[0] == "Saved version 1."
    assert "Published version 1." in messages[1]


def test_reviewer_signs_off_an_answer(client):
    question = make_question()
    reviewer = log_in(make_staff("Medical reviewers"))
    url = f"{LIST}{question.pk}/versions/1/review/"
    assert (
        reviewer.post(url, {"reviewer": "Jane Doe, MD", "verdict": "approved"}).status_code == 302
    )
    assert "Reviewed by Jane Doe, MD" in client.get(question.get_absolute_url()).text


def test_order_can_be_typed_in_the_list(as_editor):
    topic = make_topic()
    first, second = (make_question(topic=topic, order=n) for n in (10, 20))
    form = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "1"}
    for n, (question, order) in enumerate([(first, 30), (second, 20)]):
        form |= {f"form-{n}-id": question.pk, f"form-{n}-order": order}
    as_editor.post(LIST, form)
    assert list(Question.objects.all()) == [second, first]
    assert LogEntry.objects.get().object_id == str(first.pk)
    assert first.revisions.count() == 1


def test_typed_order_needs_the_right_to_publish(as_writer):
    question = make_question(order=10)
    assert "form-0-order" not in as_writer.get(LIST).text
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "1"}
    as_writer.post(LIST, form | {"form-0-id": question.pk, "form-0-order": 99})
    question.refresh_from_db()
    assert question.order == 10


def test_question_moves_up_and_down_within_its_topic(as_editor):
    topic, other = make_topic(order=1), make_topic(order=2)
    a, b, c = (make_question(topic=topic, order=5, title=name) for name in "ABC")
    far = make_question(topic=other, order=5, title="Far")
    response = as_editor.post(f"{LIST}{c.pk}/move/up/")
    assert response["Location"] == f"{LIST}arrange/?moved={c.pk}-up"
    assert names() == ["A", "C", "B", "Far"]
    as_editor.post(f"{LIST}{a.pk}/move/down/")
    assert names() == ["C", "A", "B", "Far"]
    assert LogEntry.objects.count() == 2
    # At either end nothing happens, and nothing is written down.
    as_editor.post(f"{LIST}{c.pk}/move/up/")
    as_editor.post(f"{LIST}{b.pk}/move/down/")
    assert names() == ["C", "A", "B", "Far"]
    assert LogEntry.objects.count() == 2
    far.refresh_from_db()
    assert far.order == 5


def test_the_button_that_moved_a_question_has_the_focus_again(as_editor):
    topic = make_topic()
    _a, b, c = (make_question(topic=topic, order=5, title=name) for name in "ABC")

    def focused(question, way):
        page = as_editor.post(f"{LIST}{question.pk}/move/{way}/", follow=True).text
        assert page.count("autofocus") == 1
        return page.partition("autofocus")[2].partition("<span class")[2].split("<")[0][-11:]

    assert focused(c, "up").endswith("Move up: C")
    # At the end its button can do nothing, so the other one has it.
    assert focused(c, "up").endswith("own: C")
    assert names() == ["C", "A", "B"]
    assert focused(b, "up").endswith("Move up: B")


def test_question_is_dragged_behind_another_of_its_topic(as_editor):
    topic = make_topic(order=1)
    a, _b, c = (make_question(topic=topic, order=5, title=name) for name in "ABC")
    far = make_question(topic=make_topic(order=2), order=5, title="Far")

    def place(question, after):
        answer = as_editor.post(f"{LIST}{question.pk}/place/", {"after": after}).json()
        assert answer["order"] == [each.pk for each in Question.objects.filter(topic=topic)]
        return answer["told"]

    assert place(a, c.pk) == "A: Moved to place 3 of 3."
    assert names() == ["B", "C", "A", "Far"]
    assert place(c, "") == "C: Moved to place 1 of 3."
    assert LogEntry.objects.count() == 2
    for question, after in ((c, ""), (a, far.pk), (a, a.pk), (a, 999)):
        assert "it stays where it is" in place(question, after)
    assert names() == ["C", "B", "A", "Far"]
    assert LogEntry.objects.count() == 2


def test_what_is_in_the_bin_has_no_place_in_the_order(as_editor):
    topic = make_topic()
    _a, gone, c = (make_question(topic=topic, order=5, title=name) for name in "ABC")
    gone.unpublish()
    gone.put_into_bin()
    assert "Move up: B" not in as_editor.get(f"{LIST}arrange/").text
    as_editor.post(f"{LIST}{c.pk}/move/up/")
    assert names(Question.objects.outside_bin()) == ["C", "A"]


def test_visitors_meet_the_questions_in_the_arranged_order(as_editor, client):
    topic = make_topic()
    make_question(topic=topic, order=1, title="Was first")
    second = make_question(topic=topic, order=2, title="Was second")
    as_editor.post(f"{LIST}{second.pk}/move/up/")
    page = client.get("/faq/").text
    assert page.index("Was second") < page.index("Was first")


def test_order_page_groups_by_topic_with_a_button_each_way(as_editor):
    questions = [make_question(topic=make_topic(name=f"Subject {n}")) for n in range(2)]
    page = as_editor.get(f"{LIST}arrange/").text
    for question in questions:
        assert f"<h2>{question.topic.name}</h2>" in page
        for way in ("up", "down"):
            assert f"{LIST}{question.pk}/move/{way}/" in page
    assert f"{LIST}arrange/" in as_editor.get(LIST).text


def test_empty_order_page_says_so(as_editor):
    assert "no questions yet" in as_editor.get(f"{LIST}arrange/").text


def test_moves_are_refused(as_editor, as_writer):
    question = make_question()
    url = f"{LIST}{question.pk}/move/up/"
    assert as_editor.get(url).status_code == 405
    assert as_editor.post(f"{LIST}{question.pk}/move/sideways/").status_code == 404
    assert as_editor.post(f"{LIST}999/move/up/").status_code == 404
    assert as_writer.post(url).status_code == 403
    place = f"{LIST}{question.pk}/place/"
    assert as_editor.get(place).status_code == 405
    for nonsense in ("x", "9" * 5000):
        assert as_editor.post(place, {"after": nonsense}).status_code == 400
    assert as_writer.post(place).status_code == 403
    assert as_writer.get(f"{LIST}arrange/").status_code == 403
    assert Client(enforce_csrf_checks=True).post(url).status_code in (302, 403)
    csrf = Client(enforce_csrf_checks=True)
    csrf.force_login(make_staff("Editors"))
    assert csrf.post(url).status_code == 403


def test_list_of_topics_counts_articles_and_questions(as_editor):
    topic = make_topic(name="Counted")
    for _ in range(2):
        make_article(topic=topic)
    for _ in range(3):
        make_question(topic=topic)
    page = as_editor.get("/admin/articles/topic/").text
    assert '<td class="field-article_count">2</td>' in page
    assert '<td class="field-question_count">3</td>' in page
