"""The staff's side of callback requests: the queue, the help lines, the trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from . import audit, calling_hours, queries, references
from .card import CallCard, advice_line
from .encryption import EncryptedTextField
from .models import AuditEntry, CallAttempt, CallbackRequest, Helpline
from .planning import shown_time
from .queue import ListAdmin, QueueChangeList, StatusFilter, WaitingFilter

NEITHER = _("Search for a whole reference (K7MQ-4XWD) or for a whole phone number.")


@admin.register(CallbackRequest)
class CallbackRequestAdmin(CallCard):
    list_display = [
        "code",
        "state",
        "age",
        "when_to_call",
        "language",
        "about",
        "attempt_count",
    ]
    list_filter = [StatusFilter, WaitingFilter, "language", "best_time", "calling_for"]
    # Not used as such: get_search_results knows the two ways to find a request.
    search_fields = ["reference"]
    search_help_text = _("A reference (K7MQ-4XWD) or a whole phone number, written in any way.")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["close_as_spam"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = super().get_queryset(request)
        match = request.resolver_match
        if match and match.url_name == "contact_callbackrequest_changelist":
            # The list shows no words, so it doesn't load them.
            words = [field.name for field in EncryptedTextField.of(CallbackRequest)]
            attempts = (
                CallAttempt.objects.filter(request=models.OuterRef("pk"))
                .order_by()
                .values("request")
                .annotate(count=models.Count("pk"))
                .values("count")
            )
            return queryset.defer(*words).annotate(attempt_count=models.Subquery(attempts))
        return queryset

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueueChangeList

    def get_ordering(self, request: HttpRequest) -> Any:
        if request.GET.get(SEARCH_VAR) or request.GET.get("status") in ("all", "closed"):
            return ["-created_at", "-id"]
        # A call that was promised for now comes before those that nobody promised.
        is_due = models.Q(next_call_at__lte=Now())
        turn = models.Case(models.When(is_due, then=0), default=1).asc()
        return ["suspected_spam", turn, "status", "created_at", "id"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        search_term = queries.opened(search_term, request.user)
        if not search_term:
            return queryset, False
        wanted = queries.wanted(search_term)
        return (queryset.filter(wanted) if wanted else queryset.none()), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return self._search(request, request.POST[SEARCH_VAR])
        term = request.GET.get(SEARCH_VAR, "")
        if term and request.method == "GET" and queries.is_bare(term):
            return self._search(request, term)
        title = {"title": _("Callback requests")}
        response = super().changelist_view(request, title | (extra_context or {}))
        shown = getattr(response, "context_data", None) or {}
        if changelist := shown.get("cl"):
            action = "searched" if changelist.query else "listed"
            found = [str(row) for row in changelist.result_list]
            audit.record(request.user, action, references=found)
            if changelist.query and queries.wanted(changelist.query) is None:
                self.message_user(request, NEITHER, messages.WARNING)
        return response

    def _search(self, request: HttpRequest, term: str) -> HttpResponse:
        """Lead to an address that doesn't tell what was searched for."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        parameters = request.GET.copy()
        for name in (SEARCH_VAR, "p"):
            parameters.pop(name, None)
        if term.strip():
            parameters[SEARCH_VAR] = queries.sealed(term, request.user)
        return HttpResponseRedirect(f"{request.path}?{parameters.urlencode()}")

    @admin.display(description=_("reference"), ordering="reference")
    def code(self, request: CallbackRequest) -> str:
        return str(request)

    @admin.display(description=_("waiting"), ordering="created_at")
    def age(self, request: CallbackRequest) -> str:
        return timesince(request.created_at, depth=1)

    @admin.display(description=_("when to call"))
    def when_to_call(self, request: CallbackRequest) -> str:
        if not request.is_open:
            return ""
        advice = calling_hours.when_to_call(request.best_time, request.time_zone)
        if not request.next_call_at:
            return advice_line(advice)
        planned = shown_time(request.next_call_at)
        if request.is_due:
            since = _("Due since %s") % planned
            return format_html("<strong>{}</strong> {}", since, advice_line(advice))
        theirs = calling_hours.callers_time(request.time_zone, request.next_call_at)
        return str(_("Planned for %(ours)s (%(theirs)s)") % {"ours": planned, "theirs": theirs})

    @admin.display(description=_("calls"))
    def attempt_count(self, request: CallbackRequest) -> int:
        return request.attempt_count or 0  # type: ignore[attr-defined]

    @admin.action(description=_("Close as spam"), permissions=["change"])
    def close_as_spam(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        chosen = CallbackRequest.objects.open().filter(
            pk__in=list(queryset.values_list("pk", flat=True))
        )
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Close as spam?"),
                "opts": self.opts,
                "requests": chosen,
                "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            }
            template = "admin/contact/callbackrequest/close_as_spam.html"
            return TemplateResponse(request, template, context)
        with transaction.atomic():
            # All rows first, in one order: the audit trail is locked last.
            closing = list(chosen.select_for_update().order_by("pk"))
            for spam in closing:
                spam.close(CallbackRequest.Outcome.SPAM)
                self.log_change(request, spam, [{"changed": {"fields": ["status", "outcome"]}}])
        self.message_user(request, _("Closed as spam: %d") % len(closing), messages.SUCCESS)
        return None


class HelplineRow(forms.ModelForm):
    """Fields in a list, each with a name that says whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"


@admin.register(Helpline)
class HelplineAdmin(ListAdmin):
    list_display = ["name", "kind", "phone", "languages", "order", "verified_on", "is_shown"]
    list_editable = ["order", "verified_on"]
    list_filter = ["kind", ("verified_on", admin.EmptyFieldListFilter)]
    search_fields = ["name", "phone", "description"]
    prepopulated_fields = {"slug": ["name"]}

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=HelplineRow, **kwargs)

    @admin.display(description=_("visitors see it"), boolean=True)
    def is_shown(self, helpline: Helpline) -> bool:
        return helpline.is_published


@admin.register(AuditEntry)
class AuditEntryAdmin(ListAdmin):
    list_display = ["number", "at", "actor_name", "action", "request_id", "detail"]
    list_filter = ["action", "at"]
    search_fields = ["actor_name"]
    search_help_text = _("An account's name, or a request's reference.")
    show_full_result_count = False
    fields = ["number", "at", "actor_name", "action", "request_id", "detail", "hash"]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if references.is_reference(search_term):
            wanted = CallbackRequest.objects.filter(reference=references.normalise(search_term))
            return queryset.filter(request_id__in=wanted.values("pk")), False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
