"""The admin's screen on which somebody vouches that only spelling changed since a review."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from articles.publishing.typo_only import (
    pass_as_typo,
    require_unsaid,
    review_to_carry,
)

from .comparison.changes import Comparison
from .review_admin import ReviewsAdmin


class TypoOnlyAdmin(ReviewsAdmin):
    def get_urls(self) -> list[Any]:
        return [
            self.path_of("versions/<int:number>/typo/", self.typo_view, "typo"),
            *super().get_urls(),
        ]

    def typo_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        if not self.has_clinical_review:
            raise Http404
        publication = self.get_publication(request, pk)
        if not self.has_vouch_permission(request):
            raise PermissionDenied
        revision: Any = self.get_revision(publication, number)
        refused: list[str] = []
        if request.method == "POST":
            try:
                passed = pass_as_typo(revision, request.user)
            except ValidationError as error:
                refused = error.messages
            else:
                self.record(request, publication, self._passed(revision, passed.carried))
                return self.redirect_to(request, "versions", pk)
        return self._typo_page(request, revision, refused)

    def _passed(self, revision: Any, review: Any) -> str:
        return gettext(
            "Version %(number)s: only spelling changed since version %(read)s, so the review by"
            " %(reviewer)s of %(day)s stays."
        ) % {
            "number": revision.number,
            "read": review.revision.number,
            "reviewer": review.reviewer,
            "day": date_format(localtime(review.at)),
        }

    def _typo_page(self, request: HttpRequest, revision: Any, refused: list[str]) -> HttpResponse:
        carried = review_to_carry(revision)
        try:
            require_unsaid(revision)
        except ValidationError as error:
            refused = refused or error.messages
        return self.staff_page(
            request,
            "typo",
            revision.publication,
            title=gettext("Only spelling changed in version %s?") % revision.number,
            revision=revision,
            refused=refused or (carried.problems if carried else []),
            is_own=revision.was_written_by(request.user),
            carried=carried,
            comparison=Comparison(carried.revision, revision) if carried else None,
        )
