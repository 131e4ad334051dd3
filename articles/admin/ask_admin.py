"""The admin's screen on which an editor asks a clinician for a review, and reads the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing.review_requests import ask
from articles.text.clean_text import MultiLineField

from .review_admin import ReviewsAdmin


class AccountField(forms.ModelChoiceField):
    def label_from_instance(self, account: Any) -> str:
        return account.get_full_name() or account.get_username()


class AskForm(forms.Form):
    reviewer = AccountField(label=_("Who should review it?"), queryset=None)
    due_on = forms.DateField(
        label=_("By when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    remark = MultiLineField(
        label=_("Remark"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("What to look at, or why it is urgent."),
    )

    def __init__(self, *args: Any, reviewers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewers  # type: ignore[attr-defined]

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise ValidationError(_("This day has passed. Choose a later one."))
        return day


class AskForReviewAdmin(ReviewsAdmin):
    def get_urls(self) -> list[Any]:
        return [
            self.path_of("versions/<int:number>/ask/", self.ask_view, "ask"),
            *super().get_urls(),
        ]

    def reviewers(self, request: HttpRequest) -> Any:
        """Active accounts that may review this kind of page, but the one that asks."""
        model = self.revision_model._meta
        accounts: Any = get_user_model().objects
        allowed = accounts.with_perm(
            f"{model.app_label}.review_{model.model_name}", include_superusers=False
        )
        return allowed.exclude(pk=request.user.pk).order_by("first_name", "last_name", "username")

    def writers(self) -> Any:
        """Active accounts that may change this kind of page."""
        accounts: Any = get_user_model().objects
        allowed = accounts.with_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
        return allowed.order_by("first_name", "last_name", "username")

    def ask_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        if not self.has_clinical_review:
            raise Http404
        publication = self.get_publication(request, pk, to_change=True)
        revision: Any = self.get_revision(publication, number)
        form = AskForm(request.POST or None, reviewers=self.reviewers(request))
        if form.is_valid():
            try:
                asked = ask(revision, request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                names = {"who": asked.reviewer.get_full_name() or asked.reviewer, "number": number}
                done = gettext("Asked %(who)s to review version %(number)s.") % names
                self.record(request, publication, done)
                return self.redirect_to(request, "change", pk)
        # Whoever opens the answer to what they asked has seen it.
        requests = revision.requests_of_words()
        answered = requests.filter(asked_by=request.user, answer__isnull=False, seen_at=None)
        answered.update(seen_at=timezone.now())
        return self.staff_page(
            request,
            "ask",
            publication,
            title=gettext("Ask for a review of version %s") % number,
            revision=revision,
            form=form,
            standing=revision.standing_review(),
            reviews=revision.reviews_of_words(),
            requests=requests.filter(answer=None).select_related("reviewer", "asked_by"),
        )
