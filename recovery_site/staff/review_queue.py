"""What an account was asked to review, one page after the other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.models import ArticleReviewRequest
from faq.models import QuestionReviewRequest

from .review_mails import address_of


def queue_address(request: Any) -> str:
    """Where what was asked for is reviewed; the answer leads on to the next."""
    return f"{address_of(request, 'review')}?queue=1"


@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    """Lead to the first of what this account was asked to review."""
    user: Any = request.user
    for requests in (ArticleReviewRequest.objects, QuestionReviewRequest.objects):
        for each in requests.waiting_for(user)[:1]:
            return redirect(queue_address(each))
    messages.info(request, gettext("Nothing that you were asked to review waits any more."))
    return redirect("admin:index")
