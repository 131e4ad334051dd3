"""The admin's screen on which a clinician reviews one version."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import StockRow
from articles.publishing.checklist import CHECKLIST_SOURCE
from articles.publishing.ownership import NEXT_REVIEW, require_near
from articles.publishing.publication import Publication
from articles.publishing.review_events import Verdict
from articles.stock.place import next_address, stock_query
from articles.text.clean_text import MultiLineField, SingleLineField
from articles.wording.advice import open_advice

from .checklist_form import ChecklistForm
from .comparison.changes import Comparison
from .revision_admin import RevisionsAdmin

VERDICT_BUTTONS = {
    Verdict.APPROVED: _("I have checked these words"),
    Verdict.RETURNED: _("Return with this remark"),
    Verdict.CHECKED_AGAIN: _("Checked, still correct"),
    Verdict.WITHDRAWN: _("Withdraw the review"),
}
DONE = {
    Verdict.APPROVED: _("Signed off version %(number)s as %(reviewer)s."),
    Verdict.RETURNED: _("Returned version %(number)s with a remark."),
    Verdict.CHECKED_AGAIN: _("Checked version %(number)s again as %(reviewer)s: still correct."),
    Verdict.WITHDRAWN: _("Withdrew the review of version %(number)s."),
}


class ReviewForm(forms.Form):
    reviewer = SingleLineField(
        label=_("Name and credentials to print"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("As the page should show it: First and last name, MD"),
    )
    next_review_on = forms.DateField(
        label=_("Next review"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From the day after on, visitors no longer read of your review as valid."),
    )
    remark = MultiLineField(
        label=_("Remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("For the author; visitors don't see it. Needed to return or to withdraw."),
    )
    verdict = forms.TypedChoiceField(
        choices=list(VERDICT_BUTTONS.items()), coerce=Verdict, widget=forms.HiddenInput
    )

    def clean_next_review_on(self) -> Any:
        day = self.cleaned_data["next_review_on"]
        if day and day <= timezone.localdate():
            raise ValidationError(_("Choose a day to come."))
        if day:
            require_near(day)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        verdict = cleaned.get("verdict")
        if verdict and verdict.needs_a_remark and not cleaned.get("remark"):
            self.add_error("remark", _("Say why, so that the author can act on it."))
        return cleaned


def _standing(revision: Any) -> dict[str, Any]:
    """Context: what was reviewed and asked for before, and the buttons that fit it."""
    standing = revision.standing_review()
    earlier = revision.last_reviewed()
    return {
        "standing": standing,
        "reviews": revision.reviews_of_words(),
        "requests": revision.requests_of_words().filter(answer=None).select_related("asked_by"),
        "earlier": earlier,
        "comparison": Comparison(earlier, revision) if earlier else None,
        "buttons": [
            (verdict, label)
            for verdict, label in VERDICT_BUTTONS.items()
            if verdict.follows_a_review == bool(standing)
        ],
    }


class ReviewsAdmin(RevisionsAdmin):
    def get_urls(self) -> list[Any]:
        number = "versions/<int:number>"
        return [
            self.path_of(f"{number}/review/", self.review_view, "review"),
            *super().get_urls(),
        ]

    @property
    def review_model(self) -> Any:
        return self.revision_model.reviews.rel.related_model

    def reviews_by_words(self, publication: Publication) -> dict[str, list[Any]]:
        """All reviews of a page, the latest first, by the digest of the words they are of."""
        found: dict[str, list[Any]] = defaultdict(list)
        if self.has_clinical_review:
            reviews = self.review_model.objects.filter(revision__publication=publication)
            for review in reviews.annotate(digest=F("revision__words_digest")):
                found[review.digest].append(review)
        return found

    def get_to_review(self, request: HttpRequest, pk: int) -> Publication:
        if not self.has_clinical_review:
            raise Http404
        publication = self.get_publication(request, pk)
        if not self.has_review_permission(request):
            raise PermissionDenied
        return publication

    def review_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        publication = self.get_to_review(request, pk)
        revision: Any = self.get_revision(publication, number)
        form = ReviewForm(request.POST or None, initial=self._initial(request))
        checklist = ChecklistForm(request.POST or None)
        if form.is_valid() and checklist.is_valid():
            said = {"by": request.user, "checklist": checklist.answers}
            try:
                review = revision.review(**form.cleaned_data, **said)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self._record_review(request, publication, number, review)
                return redirect(self._next_url(request, publication))
        return self._review_page(request, publication, revision, form, checklist)

    def _record_review(
        self, request: HttpRequest, publication: Publication, number: int, review: Any
    ) -> None:
        names = {"number": number, "reviewer": review.reviewer}
        done = DONE[Verdict(review.verdict)] % names
        self.record(request, publication, f"{done} {review.score}." if review.score else done)

    def _review_page(
        self,
        request: HttpRequest,
        publication: Publication,
        revision: Any,
        form: ReviewForm,
        checklist: ChecklistForm,
    ) -> HttpResponse:
        return self.staff_page(
            request,
            "review",
            publication,
            title=gettext("Review version %s") % revision.number,
            revision=revision,
            form=form,
            checklist=checklist,
            checklist_source=CHECKLIST_SOURCE,
            hints=open_advice(publication, revision),
            newest=publication.newest_revision.number,
            is_own=revision.was_written_by(request.user),
            not_now_url=self._not_now_url(request, publication),
            **_standing(revision),
        )

    def _next_url(self, request: HttpRequest, publication: Publication) -> str:
        """Whoever came from a list of what waits is led to its next page."""
        query = stock_query(request)
        if query is None:
            queue = reverse("admin:review_queue") if "queue" in request.GET else ""
            return queue or self.kept_url(request, "versions", publication.pk)
        kind = self.opts.label_lower
        row = StockRow.objects.filter(kind=kind, publication=publication.pk).first()
        return next_address(query, row.pk if row else 0)

    def _not_now_url(self, request: HttpRequest, publication: Publication) -> str:
        """What was asked for goes on waiting: a queue would lead back to it."""
        return (
            reverse("admin:index")
            if "queue" in request.GET
            else self._next_url(request, publication)
        )

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        """The name that this account signed with last, and a year until the next review."""
        signed = self.review_model.objects.filter(by=request.user).first()
        name = signed.reviewer if signed else getattr(request.user, "get_full_name", str)()
        return {"reviewer": name, "next_review_on": timezone.localdate() + NEXT_REVIEW}
