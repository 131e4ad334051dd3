"""Keeping, offering and throwing away what an editor typed and did not save."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles.publishing.autosave import Autosave
from articles.publishing.open_pages import OpenPage
from articles.text.clean_text import clean_text

from .publication_form import WINDOW_FIELDS
from .take_down import TakeDownAdmin

MAX_LENGTH = 500_000
MAX_EDITS, MAX_DIGITS = 2_000_000_000, 10


class AutosaveAdmin(TakeDownAdmin):
    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = never_cache(self.autosave_view)
        return [
            path("autosave/", self.admin_site.admin_view(view), name=f"{name}_autosave_new"),
            self.path_of("autosave/", view, "autosave"),
            self.path_of("pulse/", never_cache(require_POST(self.pulse_view)), "pulse"),
            *super().get_urls(),
        ]

    @property
    def kind(self) -> str:
        return self.opts.label_lower

    def autosave_url(self, pk: int | None) -> str:
        return self.url_of("autosave", pk) if pk else self.url_of("autosave_new")

    def autosave_view(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Keep the words that a form sends, or throw away those of the window `discard`.

        Reading it says who is logged in, with a token for the forms of a window that was open
        before a log-in.
        """
        if pk:
            self.get_publication(request, pk, to_change=True)
        elif not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return JsonResponse({"account": request.user.pk, "token": get_token(request)})
        if form_key := request.POST.get("discard"):
            Autosave.objects.forget(request.user, form_key)
            if "stay" in request.POST:
                return HttpResponse(status=204)
            return (
                self.redirect_to(request, "change", pk) if pk else self.redirect_to(request, "add")
            )
        return self._keep(request, pk)

    def _keep(self, request: HttpRequest, pk: int | None) -> HttpResponse:
        form_key, edits = request.POST.get("form_key", ""), request.POST.get("edits", "")
        if request.POST.get("account") != str(request.user.pk):
            return JsonResponse({"error": gettext("Another account is logged in now.")}, status=400)
        is_number = edits.isdecimal() and len(edits) <= MAX_DIGITS
        if not 0 < len(form_key) <= 40 or not is_number or int(edits) > MAX_EDITS:
            return JsonResponse({"error": gettext("This form is not complete.")}, status=400)
        names = set(self.get_form(request).base_fields) - set(WINDOW_FIELDS)
        fields = {
            name: clean_text(values) for name, values in request.POST.lists() if name in names
        }
        if sum(len(value) for values in fields.values() for value in values) > MAX_LENGTH:
            return JsonResponse({"error": gettext("The text is too long.")}, status=400)
        words = {"kind": self.kind, "page": pk, "fields": fields}
        if not Autosave.objects.keep(request.user, form_key, int(edits), **words):
            return JsonResponse({"error": "superseded"}, status=409)
        return JsonResponse(
            {"kept_at": local_time(timezone.now()), "others": self.said_of_others(request, pk)}
        )

    def pulse_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An open form says that it is open, or was closed, and asks who else is in the page.

        It does so by itself, which keeps nobody logged in.
        """
        self.get_publication(request, pk, to_change=True)
        window = clean_text(request.POST.get("window", ""))[:40]
        if "closed" in request.POST:
            OpenPage.objects.close(request.user, window)
            return HttpResponse(status=204)
        OpenPage.objects.note(request.user, window, self.kind, pk)
        return JsonResponse({"others": self.said_of_others(request, pk)})

    def kept_words(self, request: HttpRequest, obj: Any) -> Autosave | None:
        """The own words that the address asks for (`?kept=`), if they are still kept."""
        rows = Autosave.objects.of_page(request.user, self.kind, obj.pk if obj else None)
        form_key = request.GET.get("kept", "")
        return rows.filter(form_key=form_key).first() if form_key else None

    def note_saved_words(self, request: HttpRequest, data: dict[str, Any], pk: int) -> None:
        """Offer the words of a window no more once they are in a version."""
        edits = min(data["edits"] or 0, MAX_EDITS)
        if edits > 0 and data["form_key"]:
            Autosave.objects.note_saved(request.user, data["form_key"], edits, self.kind, pk)
        else:
            Autosave.objects.forget(request.user, data["form_key"])

    def autosave_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        pk = obj.pk if obj else None
        shown = request.POST.get("form_key") or request.GET.get("kept", "")
        rows = Autosave.objects.of_page(request.user, self.kind, pk).exclude(form_key=shown)
        return {
            "autosave_url": self.autosave_url(pk),
            "pulse_url": self.url_of("pulse", pk) if pk else "",
            "kept_words": {
                "rows": rows,
                "shown": None if request.POST else self.kept_words(request, obj),
                "url": self.autosave_url(pk),
            },
            "others": self.said_of_others(request, pk),
        }

    def said_of_others(self, request: HttpRequest, pk: int | None) -> str:
        """Who else is in the page now, in words; empty if nobody is."""
        if pk is None:
            return ""
        rows = Autosave.objects.writers(self.kind, pk, but=request.user)
        writing = gettext("%(who)s is writing in this page too (last at %(when)s).")
        said = [writing % {"who": _name(row.account), "when": local_time(row.at)} for row in rows]
        writers = {row.account_id for row in rows}
        has_open = gettext("%(who)s has this page open too, or had it a moment ago.")
        others = OpenPage.objects.others(self.kind, pk, but=request.user)
        return " ".join(
            [*said, *(has_open % {"who": _name(each)} for each in others if each.pk not in writers)]
        )


def _name(account: Any) -> str:
    return account.get_full_name() or account.get_username()


def local_time(when: Any) -> str:
    return date_format(timezone.localtime(when), "TIME_FORMAT")
