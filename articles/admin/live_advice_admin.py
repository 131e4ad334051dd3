"""Advice on the words that an editor is typing, which the form of the page shows beside them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from articles.wording.advice import open_advice
from articles.wording.kinds import Advice, AdviceKind

from .advice_admin import AdviceAdmin, DismissForm

READ_FIELDS = ("title", "summary", "body")
# About 15,000 words with their HTML: each pause in typing has all of them read.
MOST_CHARACTERS = 100_000


class LiveAdviceAdmin(AdviceAdmin):
    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_live_advice"
        view = never_cache(require_POST(sensitive_post_parameters()(self.live_advice_view)))
        return [
            path("advice/", self.admin_site.admin_view(view), name=f"{name}_new"),
            self.path_of("advice/", view, "live_advice"),
            *super().get_urls(),
        ]

    def live_advice_url(self, publication: Any) -> str:
        if publication is None:
            return self.url_of("live_advice_new")
        return self.url_of("live_advice", publication.pk)

    def live_advice_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """What is worth another look in words as they would be saved; they are kept nowhere.

        With `dismiss` and a `reason`, that piece is dismissed first.
        """
        publication = self.get_publication(request, pk, to_change=True) if pk else None
        if publication is None and not self.has_add_permission(request):
            raise PermissionDenied
        words = {name: request.POST.get(name, "") for name in READ_FIELDS}
        if sum(map(len, words.values())) > MOST_CHARACTERS:
            return _refused(gettext("The text is too long to be read as you write."))
        revision = self.revision_model(**words)
        try:
            revision.derive()
        except ValidationError as error:
            return _refused(" ".join(map(str, error.messages)))
        if problem := self._dismiss_place(request, publication, revision):
            return _refused(problem)
        pieces = open_advice(publication, revision)
        shown = [_shown(piece, may_dismiss=publication is not None) for piece in pieces]
        return JsonResponse({"said": _said_of(len(shown)), "pieces": shown})

    def _dismiss_place(self, request: HttpRequest, publication: Any, revision: Any) -> str:
        """Dismiss what is wanted, and return what is wrong with that, if anything.

        Somebody else may have done it already, or the words changed: then nothing is.
        """
        if publication is None or "dismiss" not in request.POST:
            return ""
        wanted = request.POST["dismiss"]
        form = DismissForm(request.POST, wanted)
        if not form.is_valid():
            return " ".join(map(str, form.errors["reason"]))
        places = [each for piece in open_advice(publication, revision) for each in _open_to(piece)]
        reason = form.cleaned_data["reason"]
        for place in [each for each in places if each.digest == wanted]:
            if done := self.dismiss_piece(request, publication, place, reason):
                self.log_change(request, publication, done)
        return ""


def _open_to(piece: Advice) -> list[Advice]:
    """The places that can be dismissed by themselves. A hard text is known by its hardest one."""
    if not piece.kind.can_be_dismissed:
        return []
    return piece.places[:1] if piece.kind is AdviceKind.GRADE else piece.places


def _shown(piece: Advice, *, may_dismiss: bool) -> dict[str, Any]:
    digests = {each.digest for each in _open_to(piece)} if may_dismiss else set()
    places = [
        {"passage": each.passage, "digest": each.digest if each.digest in digests else ""}
        for each in piece.places
    ]
    return {"text": piece.text, "places": places}


def _said_of(count: int) -> str:
    if not count:
        return gettext("Advice: nothing to look at")
    return ngettext("Advice: %s thing to look at", "Advice: %s things to look at", count) % count


def _refused(why: str) -> JsonResponse:
    return JsonResponse({"error": why}, status=400)
