"""Mails about clinical reviews: they name the page and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from articles.models import Article, ArticleReviewRequest, Page
from articles.publishing.kinds import form_url
from contact.lifecycle.alerting.mail_path import deliver
from faq.models import Question, QuestionReviewRequest

logger = logging.getLogger(__name__)

# After so long it is not mailed any more; it stands on the first page of the admin anyway.
TRY_FOR = timedelta(days=2)


def send_due(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Mail each reviewer who was asked, and each asker who was answered, once."""
    if not settings.MAIL_URL:
        return 0
    sent = _tell_owners(is_stopping)
    for message, request, noted in _due():
        if is_stopping():
            break
        rows = type(request).objects.filter(pk=request.pk)
        # Noted before it is sent, as another machine's process may be about to send it.
        if not rows.filter(**{noted: None}).update(**{noted: timezone.now()}):
            continue
        if error := deliver(message):
            rows.update(**{noted: None})
            # The text of a mail error may hold addresses.
            logger.error("mail about a review failed (%s)", error)
            continue
        sent += 1
    return sent


def _tell_owners(is_stopping: Callable[[], bool]) -> int:
    """Mail owner and deputy of each page past its review, once for each day that passed."""
    sent = 0
    for model in (Article, Question, Page):
        found: Any = model.objects.to_tell_of_review()
        for page in found:
            if is_stopping() or not page.keepers:
                continue
            rows = model.objects.filter(pk=page.pk, review_told_for=page.review_told_for)
            if not rows.update(review_told_for=page.next_review_on):
                continue
            body = f"{page.live.title}\n\n{settings.SITE_URL}{form_url(page, page.pk)}\n"
            subject = gettext("A page of yours is due for its review")
            if error := deliver(EmailMessage(subject=subject, body=body, to=page.keepers)):
                told = model.objects.filter(pk=page.pk, review_told_for=page.next_review_on)
                told.update(review_told_for=page.review_told_for)
                logger.error("mail about a due review failed (%s)", error)
                continue
            sent += 1
    return sent


def _due() -> Iterator[tuple[EmailMessage, Any, str]]:
    for model in (ArticleReviewRequest, QuestionReviewRequest):
        asked, answered = model.objects.untold(timezone.now() - TRY_FOR)
        for each in asked:
            subject = gettext("A page waits for your review")
            yield _message(subject, each, "review", each.reviewer), each, "reviewer_told_at"
        for each in answered:
            subject = gettext("The review that you asked for")
            yield _message(subject, each, "ask", each.asked_by), each, "asker_told_at"


def _message(subject: str, request: Any, screen: str, to: Any) -> EmailMessage:
    body = f"{request.revision.title}\n\n{settings.SITE_URL}{address_of(request, screen)}\n"
    return EmailMessage(subject=subject, body=body, to=[to.email])


def address_of(request: Any, screen: str) -> str:
    page = request.revision.publication
    name = f"admin:{page._meta.app_label}_{page._meta.model_name}_{screen}"
    return reverse(name, args=[page.pk, request.revision.number])
