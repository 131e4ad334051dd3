"""The pages on which a clinician without an account reads one version and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import ArticleReviewRequest
from articles.pictures.addresses import PictureAddress
from articles.pictures.uses import published_pictures
from articles.pictures.views import file_response, picture_file, shown_early
from articles.publishing import outside_reviews
from articles.publishing.review_events import Verdict
from articles.text.clean_text import MultiLineField
from contact.privacy import brakes
from faq.models import QuestionReviewRequest
from recovery_site.errors import error_page

ANSWER_BUTTONS = [
    (Verdict.APPROVED, _("I have checked these words")),
    (Verdict.RETURNED, _("Return with this remark")),
]


class AnswerForm(forms.Form):
    verdict = forms.TypedChoiceField(choices=ANSWER_BUTTONS, coerce=Verdict)
    remark = MultiLineField(
        label=_("Remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For the authors; visitors don’t see it. Needed to return the words."),
    )


# Exempt: who has the address may answer, and it is in no cookie.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def outside_review(request: HttpRequest, key: str) -> HttpResponse:
    asked, refusal = _opened(request, key)
    if refusal:
        return refusal
    form = AnswerForm(request.POST if request.method == "POST" else None)
    is_done = False
    if form.is_valid():
        try:
            review = outside_reviews.answer(asked, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _note(asked, review)
            is_done = True
    context = {
        "asked": asked,
        "revision": asked.revision,
        "key": key,
        "form": form,
        "buttons": ANSWER_BUTTONS,
        "is_done": is_done,
    }
    return render(request, "outside_review.html", context)


@require_safe
@never_cache
def outside_review_page(request: HttpRequest, key: str) -> HttpResponse:
    """The page as visitors would read it."""
    asked, refusal = _opened(request, key)
    if refusal:
        return refusal
    publication = asked.revision.publication
    model_admin: Any = admin.site.get_model_admin(type(publication))
    page = model_admin.preview(request, publication, asked.revision)
    return shown_early(page, f"/review/{key}/pictures/")


@require_safe
@never_cache
def outside_review_picture(request: HttpRequest, key: str, address: PictureAddress) -> HttpResponse:
    """A picture on that page, which visitors may not see yet."""
    asked, refusal = _opened(request, key)
    if refusal:
        return refusal
    file = picture_file(address)
    path = file.picture.address.path
    if path not in asked.revision.body and not published_pictures(path=path):
        raise Http404
    return file_response(file)


def _opened(request: HttpRequest, key: str) -> tuple[Any, Any]:
    """The request of this link, or the page that says why there is none."""
    lanes = brakes.network_lanes(request.META.get("REMOTE_ADDR", ""), "link to a review")
    if wait := brakes.begin_try(lanes):
        response = error_page(429, brakes.wait_text(wait))
        response["Retry-After"] = str(wait)
        return None, response
    models = (ArticleReviewRequest, QuestionReviewRequest)
    if asked := outside_reviews.open_request(models, key):
        brakes.forgive(lanes)
        return asked, None
    ended = gettext(
        "This link to a review does not work, or no longer: it was answered or taken back, ran out,"
        " or the words changed. Ask whoever sent it to you for a new one."
    )
    return None, error_page(404, ended)


def _note(asked: Any, review: Any) -> None:
    """Write the answer into the history, under the name of whoever made the link."""
    said = {
        "who": review.reviewer,
        "verdict": review.get_verdict_display(),
        "number": asked.revision.number,
    }
    done = gettext("By the link that was made for %(who)s: version %(number)s %(verdict)s.") % said
    if asked.asked_by_id:
        entries: Any = LogEntry.objects
        page = [asked.revision.publication]
        entries.log_actions(
            asked.asked_by_id, page, CHANGE, change_message=done, single_object=True
        )
