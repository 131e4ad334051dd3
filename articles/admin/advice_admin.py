"""The admin's list of advice on the words of a version, and what was dismissed of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.text.clean_text import SingleLineField, clean_text
from articles.wording.advice import open_advice
from articles.wording.dismissals import MAX_REASON, DismissedAdvice
from articles.wording.dismissing import dismiss, take_back

from .revision_admin import RevisionsAdmin


class DismissForm(forms.Form):
    reason = SingleLineField(
        label=_("Why it does not apply here"),
        max_length=MAX_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, data: Any, digest: str) -> None:
        super().__init__(data, auto_id=f"{digest[:16]}_%s")


def _dismiss_forms(request: HttpRequest, pieces: list[Any], wanted: str) -> dict[str, DismissForm]:
    """A form for each piece that can be dismissed, by digest; in the wanted one what was sent."""
    return {
        piece.digest: DismissForm(request.POST if piece.digest == wanted else None, piece.digest)
        for piece in pieces
        if piece.kind.can_be_dismissed
    }


class AdviceAdmin(RevisionsAdmin):
    def get_urls(self) -> list[Any]:
        return [
            self.path_of("versions/<int:number>/advice/", self.advice_view, "advice"),
            *super().get_urls(),
        ]

    def advice_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        publication = self.get_publication(request, pk, to_change=request.method == "POST")
        revision: Any = self.get_revision(publication, number)
        pieces = open_advice(publication, revision)
        wanted = request.POST.get("dismiss", "")
        by_digest = _dismiss_forms(request, pieces, wanted)
        if request.method == "POST":
            form = by_digest.get(wanted)
            if form is None or form.is_valid():
                self._decide(request, publication, pieces, form)
                return self.redirect_to(request, "advice", pk, number)
        dismissed = DismissedAdvice.objects.of_page(publication).select_related("by")
        return self.staff_page(
            request,
            "advice",
            publication,
            title=gettext("Advice on version %s") % number,
            revision=revision,
            pieces=[(piece, by_digest.get(piece.digest)) for piece in pieces],
            dismissed=dismissed.order_by("-at", "-pk"),
            has_change_permission=self.has_change_permission(request, publication),
        )

    def _decide(self, request: HttpRequest, publication: Any, pieces: list[Any], form: Any) -> None:
        """Dismiss what the form is about; without a form, show again what was dismissed."""
        if form is None:
            digest = clean_text(request.POST.get("take_back", ""))
            said = take_back(publication, digest)
            done = gettext("Shown again: %s") % said if said else ""
        else:
            digest, reason = request.POST["dismiss"], form.cleaned_data["reason"]
            (piece,) = [each for each in pieces if each.digest == digest]
            done = self.dismiss_piece(request, publication, piece, reason)
        if done:
            self.record(request, publication, done)
        else:
            messages.info(request, gettext("Somebody did this already, or the words changed."))

    def dismiss_piece(self, request: HttpRequest, publication: Any, piece: Any, reason: str) -> str:
        """What the history says of it; nothing if somebody dismissed it before."""
        if not dismiss(publication, piece, reason, request.user):
            return ""
        names = {"advice": piece.text, "reason": reason}
        return gettext("Dismissed: %(advice)s Reason: %(reason)s") % names

    def advice_context(self, request: HttpRequest, publication: Any) -> dict[str, Any]:
        """For the form of a page: links stand in a list of their own there."""
        newest = publication.newest_revision
        if newest is None:
            return {}
        pieces = open_advice(publication, newest)
        return {
            "advice": [piece for piece in pieces if piece.kind.can_be_dismissed],
            "may_dismiss": self.has_change_permission(request, publication),
            "advice_url": self.kept_url(request, "advice", publication.pk, newest.number),
        }

    def show_advice(self, request: HttpRequest, publication: Any, revision: Any) -> None:
        """Say after a save what is worth another look in the words of `revision`."""
        if pieces := open_advice(publication, revision):
            messages.warning(
                request,
                format_html(
                    '{}<ul>{}</ul><a href="{}">{}</a>',
                    gettext("Saved all the same, but perhaps worth another look:"),
                    format_html_join("", "<li>{}</li>", ((piece.text,) for piece in pieces)),
                    self.kept_url(request, "advice", publication.pk, revision.number),
                    gettext("Dismiss what does not apply…"),
                ),
            )
