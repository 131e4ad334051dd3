from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import structured_data

from .models import Question


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    questions = list(Question.objects.published().select_related("topic", "article"))
    groups = [
        {"topic": topic, "questions": list(group)}
        for topic, group in groupby(questions, key=lambda question: question.topic)
    ]
    json_ld = [structured_data.faq_page([question.live for question in questions])]
    return render(request, "faq/question_list.html", {"groups": groups, "json_ld": json_ld})


@require_safe
def question_detail(request: HttpRequest, slug: str) -> HttpResponse:
    questions = Question.objects.published().select_related("topic", "article")
    question = get_object_or_404(questions, slug=slug)
    return question_page(request, question, question.live)


def question_page(
    request: HttpRequest, question: Question, revision: Any, preview: bool = False
) -> HttpResponse:
    """The page of `question` with the words of `revision`, for visitors and for previews."""
    context = {
        "question": question,
        "revision": revision,
        "preview": preview,
        "more": question.topic.questions.published().exclude(pk=question.pk)[:6],
        "json_ld": [
            structured_data.faq_page([revision]),
            structured_data.breadcrumbs(
                (settings.SITE_NAME, "/"),
                (_("Questions"), "/faq/"),
                (revision.title, question.get_absolute_url()),
            ),
        ],
    }
    return render(request, "faq/question_detail.html", context)
