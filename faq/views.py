from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from articles.models import Topic
from articles.reading import structured_data
from articles.reading.caching import public
from articles.reading.pagination import paginate

from .answers import Answer, ShortAnswer, with_earlier_places
from .models import MAX_TOPIC_LINKS, Question
from .structured_data import faq_page

# Above this the list leads to the answers, above the other to topics.
MAX_ANSWERS_ON_LIST = 30
MAX_ON_LIST = 100
QUESTIONS_PER_PAGE = 50
MAX_MORE = 6
# Long columns that the page of a question does not need.
DEFERRED = (
    "live__body",
    *(f"article__live__{name}" for name in ("body", "rendered", "plain_text", "contents")),
)


@require_safe
@public
def question_list(request: HttpRequest) -> HttpResponse:
    """All questions with their answers; without them, or topics alone, when there are many."""
    questions = Question.objects.published()
    # Counting by keys first avoids sorting and reading thousands of answers.
    some = questions.order_by("pk").values_list("pk")[: MAX_ON_LIST + 1]
    context: dict[str, Any]
    if len(some) > MAX_ON_LIST:
        context = {"topics": Topic.objects.with_published_content(Question)[:MAX_TOPIC_LINKS]}
    else:
        by_topic = ("topic__order", "topic__name", "topic_id", "order", "pk")
        answers = with_earlier_places(questions.order_by(*by_topic).rows(Answer))
        groups = groupby(answers, key=attrgetter("topic_slug", "topic"))
        context = {
            "groups": [(slug, name, list(group)) for (slug, name), group in groups],
            "is_brief": len(answers) > MAX_ANSWERS_ON_LIST,
        }
        if not context["is_brief"]:
            context["json_ld"] = [faq_page(answers)]
    return render(request, "faq/question_list.html", context)


@require_safe
@public
def topic_questions(request: HttpRequest, slug: str, after: int | None = None) -> HttpResponse:
    """The first questions of a topic with their answers, or those after the one with pk `after`."""
    topic = get_object_or_404(Topic, slug=slug, language=get_language())
    answers = paginate(
        topic.questions.published(),
        Answer,
        "order",
        after,
        per_page=QUESTIONS_PER_PAGE,
        first_url=reverse("faq:topic_questions", args=[slug]),
        url_after=lambda pk: reverse("faq:more_topic_questions", args=[slug, pk]),
    )
    if not answers.items:
        raise Http404
    context = {"topic": topic, "answer_list": answers, "json_ld": [faq_page(answers.items)]}
    return render(request, "faq/topic_questions.html", context)


@require_safe
@public
def question_detail(request: HttpRequest, slug: str) -> HttpResponse:
    questions = Question.objects.published().select_related("live", "review", "article__live")
    question = get_object_or_404(questions.defer(*DEFERRED), slug=slug)
    return render_question(request, question, question.live)


def more_questions(question: Question) -> list[ShortAnswer]:
    """Other questions of the same topic."""
    others = Question.objects.published().filter(topic=question.topic_id).exclude(pk=question.pk)
    return others.order_by("order", "pk")[:MAX_MORE].rows(ShortAnswer)


def render_question(
    request: HttpRequest,
    question: Question,
    revision: Any,
    preview: bool = False,
    more: list[ShortAnswer] | None = None,
) -> HttpResponse:
    """The page of `question` with the content of `revision`, for visitors and previews."""
    context = {
        "question": question,
        "revision": revision,
        "preview": preview,
        "more_questions": more_questions(question) if more is None else more,
        "json_ld": [
            faq_page([revision], whole=True),
            structured_data.medical_page(question, revision),
            structured_data.breadcrumbs(
                (settings.SITE_NAME, "/"),
                (gettext("Questions"), "/faq/"),
                (revision.title, question.get_absolute_url()),
            ),
        ],
    }
    return render(request, "faq/question_detail.html", context)
