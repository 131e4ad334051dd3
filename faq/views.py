from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import structured_data
from articles.caching import public
from articles.models import Topic

from .answers import Answer, ShortAnswer
from .models import MAX_TOPIC_LINKS, Question
from .structured_data import faq_page

# With more, each topic has a page of its own.
MOST_ON_ONE_PAGE = 100
PER_PAGE = 50
MORE = 6
# Long texts that the page of a question does not show.
UNSHOWN = (
    "live__body",
    *(f"article__live__{name}" for name in ("body", "rendered", "plain_text", "contents")),
)


@require_safe
@public
def question_list(request: HttpRequest) -> HttpResponse:
    """All questions with their answers; when there are too many, the topics that have some."""
    questions = Question.objects.published()
    # Not all in their order first, with their answers: that would read every one of thousands.
    some = questions.order_by("pk").values_list("pk")[: MOST_ON_ONE_PAGE + 1]
    context: dict[str, Any]
    if len(some) > MOST_ON_ONE_PAGE:
        context = {"topics": Topic.objects.with_published_content(Question)[:MAX_TOPIC_LINKS]}
    else:
        by_topic = ("topic__order", "topic__name", "topic_id", "order", "pk")
        answers = questions.order_by(*by_topic).rows(Answer)
        groups = groupby(answers, key=attrgetter("topic_slug", "topic"))
        context = {
            "groups": [(slug, name, list(group)) for (slug, name), group in groups],
            "json_ld": [faq_page(answers)],
        }
    return render(request, "faq/question_list.html", context)


@require_safe
@public
def topic_questions(request: HttpRequest, slug: str, after: int | None = None) -> HttpResponse:
    """The questions of a topic with their answers: the first, or those after the key `after`."""
    topic = get_object_or_404(Topic, slug=slug, language=get_language())
    questions = topic.questions.published().order_by("order", "pk")
    if after is not None:
        last = get_object_or_404(questions.select_related(None).only("order"), pk=after)
        same_place = Q(order=last.order, pk__gt=last.pk)
        questions = questions.filter(same_place | Q(order__gt=last.order), order__gte=last.order)
    answers = questions[: PER_PAGE + 1].rows(Answer)
    if not answers:
        raise Http404
    shown = answers[:PER_PAGE]
    context = {
        "topic": topic,
        "questions": shown,
        "after": after,
        "last": shown[-1] if len(answers) > PER_PAGE else None,
        "json_ld": [faq_page(shown)],
    }
    return render(request, "faq/topic_questions.html", context)


@require_safe
@public
def question_detail(request: HttpRequest, slug: str) -> HttpResponse:
    questions = Question.objects.published().select_related("live", "article__live")
    question = get_object_or_404(questions.defer(*UNSHOWN), slug=slug)
    return render_question(request, question, question.live)


def more_questions(question: Question) -> list[ShortAnswer]:
    """Others of its topic."""
    others = Question.objects.published().filter(topic=question.topic_id).exclude(pk=question.pk)
    return others.order_by("order", "pk")[:MORE].rows(ShortAnswer)


def render_question(
    request: HttpRequest,
    question: Question,
    revision: Any,
    preview: bool = False,
    more: list[ShortAnswer] | None = None,
) -> HttpResponse:
    """The page of `question` with the words of `revision`, for visitors and for previews."""
    context = {
        "question": question,
        "revision": revision,
        "preview": preview,
        "more": more_questions(question) if more is None else more,
        "json_ld": [
            faq_page([revision], whole=True),
            structured_data.breadcrumbs(
                (settings.SITE_NAME, "/"),
                (_("Questions"), "/faq/"),
                (revision.title, question.get_absolute_url()),
            ),
        ],
    }
    return render(request, "faq/question_detail.html", context)
