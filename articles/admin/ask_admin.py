"""The admin's screen on which an editor asks a clinician for a review, and reads the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing import outside_reviews
from articles.publishing.account_field import AccountField
from articles.publishing.checklist import CHECKLIST_SOURCE, ClearPoint
from articles.publishing.outside_reviews import MAX_LINK_DAYS
from articles.publishing.review_requests import ask
from articles.publishing.typo_only import review_to_carry
from articles.text.clean_text import MultiLineField, SingleLineField

from .typo_admin import TypoOnlyAdmin


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


class InviteForm(forms.Form):
    """Asks somebody without an account, by a link."""

    name = SingleLineField(
        label=_("First and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    credentials = SingleLineField(
        label=_("Credentials"),
        max_length=70,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("As the page should print them after the name: MD"),
    )
    days = forms.IntegerField(
        label=_("Days until the link ends"),
        min_value=1,
        max_value=MAX_LINK_DAYS,
        initial=14,
        help_text=_("It ends sooner once it is answered, or when the words change."),
    )
    remark = MultiLineField(
        label=_("What to look at"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class AskForReviewAdmin(TypoOnlyAdmin):
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
        doing = request.POST.get("do", "ask")
        data = request.POST or None
        form = AskForm(data if doing == "ask" else None, reviewers=self.reviewers(request))
        outside = InviteForm(data if doing == "invite" else None, prefix="outside")
        if doing == "revoke" and data:
            return self._revoke(request, publication, revision)
        if form.is_valid() and self._ask(request, revision, form):
            return self.redirect_to(request, "change", pk)
        if outside.is_valid() and self._invite(request, revision, outside):
            return self.redirect_to(request, "ask", pk, number)
        return self._ask_page(request, publication, revision, form=form, outside=outside)

    def _ask_page(
        self, request: HttpRequest, publication: Any, revision: Any, **forms: Any
    ) -> HttpResponse:
        requests = revision.requests_of_words()
        self._note_seen(request, requests)
        return self.staff_page(
            request,
            "ask",
            publication,
            title=gettext("Ask for a review of version %s") % revision.number,
            revision=revision,
            **forms,
            standing=revision.standing_review(),
            missing=self._missing(request, revision),
            reviews=revision.reviews_of_words(),
            could_pass=self._could_pass(revision),
            clear_points=ClearPoint.labels,
            checklist_source=CHECKLIST_SOURCE,
            requests=requests.filter(answer=None, revoked_at=None).select_related(
                "reviewer", "asked_by"
            ),
        )

    def _could_pass(self, revision: Any) -> bool:
        """Whether a colleague could say that only spelling changed since a review."""
        carried = None if revision.reviews_of_words().exists() else review_to_carry(revision)
        return carried is not None and not carried.problems

    def _note_seen(self, request: HttpRequest, requests: Any) -> None:
        """Mark the answers to what this account asked as seen."""
        now = timezone.now()
        asked = requests.filter(asked_by=request.user, seen_at=None)
        ended = Q(expires_at__lte=now) | Q(revoked_at__isnull=False)
        asked.filter(Q(answer__isnull=False) | ended).update(seen_at=now)

    def _missing(self, request: HttpRequest, revision: Any) -> list[tuple[str, str]]:
        """What a version lacks, with the address at which it is written."""
        form = self.kept_url(request, "change", revision.publication_id)
        labels = {name: revision._meta.get_field(name) for name in revision.missing_parts}
        return [(capfirst(each.verbose_name), f"{form}#id_{name}") for name, each in labels.items()]

    def _ask(self, request: HttpRequest, revision: Any, form: AskForm) -> bool:
        try:
            asked = ask(revision, request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        names = {"who": asked.asked, "number": revision.number}
        done = gettext("Asked %(who)s to review version %(number)s.") % names
        self.record(request, revision.publication, done)
        return True

    def _invite(self, request: HttpRequest, revision: Any, form: InviteForm) -> bool:
        """Make a link, and show it this once."""
        try:
            asked, key = outside_reviews.invite(revision, request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        names = {"who": asked.outsider, "number": revision.number}
        done = gettext("Made a link by which %(who)s can review version %(number)s.") % names
        self.record(request, revision.publication, done)
        address = settings.SITE_URL + reverse("outside_review", args=[key])
        told = gettext(
            "Send it to them alone: whoever has it can answer in their name. It is shown only now."
        )
        messages.warning(request, format_html("{} <code>{}</code>", told, address))
        return True

    def _revoke(self, request: HttpRequest, publication: Any, revision: Any) -> HttpResponse:
        links = revision.requests_of_words().filter(key_digest__isnull=False, answer=None)
        for link in links.filter(revoked_at=None):
            if str(link.pk) != request.POST.get("link"):
                continue
            link.revoked_at = link.seen_at = timezone.now()
            link.save(update_fields=["revoked_at", "seen_at"])
            self.record(request, publication, gettext("Took back the link for %s.") % link.outsider)
        return self.redirect_to(request, "ask", publication.pk, revision.number)
