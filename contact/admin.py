"""The admin of intake: helplines, the audit trail, and links to the workspace."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .intake import audit_text
from .models import AuditEntry, CallbackRequest, Helpline
from .privacy.audit_trail.audit import AuditAction
from .records.kept_copies import crisis_lines, moved_numbers
from .records.requests import references
from .staff_admin import (
    caller_ids,  # noqa: F401 - registers pages of the leads, as the next do
    planning,  # noqa: F401
    retention,  # noqa: F401
    setup,  # noqa: F401
)
from .staff_admin.lists import LabelledRowForm, StrictChangeList, StrictListAdmin


@admin.register(CallbackRequest)
class CallbackRequestAdmin(admin.ModelAdmin):
    """Redirects to the workspace, in which staff work on requests."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return redirect("intake:list")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self._to_card(request, object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return self._to_card(request, object_id)

    def _to_card(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        callback = self.get_object(request, unquote(object_id))
        if callback is None:
            raise Http404
        return redirect(callback)


def _write_copies() -> None:
    crisis_lines.write()
    moved_numbers.write()


@admin.register(Helpline)
class HelplineAdmin(StrictListAdmin):
    list_display = ["name", "kind", "phone", "languages", "order", "verified_on", "is_shown"]
    list_editable = ["order", "verified_on"]
    list_filter = ["kind", ("verified_on", admin.EmptyFieldListFilter)]
    search_fields = ["name", "phone", "description"]
    prepopulated_fields = {"slug": ["name"]}

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=LabelledRowForm, **kwargs)

    # Each page made after this change must show it: run_jobs would come a moment later.
    def save_model(self, *args: Any, **kwargs: Any) -> None:
        super().save_model(*args, **kwargs)
        _write_copies()

    def delete_model(self, *args: Any) -> None:
        super().delete_model(*args)
        _write_copies()

    def delete_queryset(self, *args: Any) -> None:
        super().delete_queryset(*args)
        _write_copies()

    @admin.display(description=_("visitors see it"), boolean=True)
    def is_shown(self, helpline: Helpline) -> bool:
        return helpline.is_published


class AuditPaginator(Paginator):
    """Paginates the newest entries alone, because counting the whole trail reads all of it."""

    MAX_ENTRIES = 10_000

    @cached_property
    def count(self) -> int:
        newest: Any = self.object_list[: self.MAX_ENTRIES]
        return newest.count()


class ActionFilter(admin.SimpleListFilter):
    title = _("what")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(action.value, str(action.label)) for action in AuditAction]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(action=self.value()) if self.value() else queryset


class AuditChangeList(StrictChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        audit_text.name_accounts(self.result_list)


@admin.register(AuditEntry)
class AuditEntryAdmin(StrictListAdmin):
    list_display = ["number", "at", "actor_name", "what", "reference", "words"]
    list_filter = [ActionFilter, "at"]
    paginator = AuditPaginator
    search_fields = ["actor_name"]
    search_help_text = _("An account's name, or a request's reference.")
    show_full_result_count = False
    # Facets would count the whole trail.
    show_facets = admin.ShowFacets.NEVER
    fields = ["number", "at", "actor_name", "what", "reference", "all_words", "hash"]
    readonly_fields = ["what", "reference", "all_words"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AuditChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"title": _("Audit trail"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            audit_text.name_accounts([entry])
        return entry

    @admin.display(description=_("what"), ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return audit_text.action_label(entry)

    @admin.display(description=_("request"), empty_value="")
    def reference(self, entry: AuditEntry) -> SafeString | None:
        return audit_text.card_link(entry.request_id) if entry.request_id else None

    @admin.display(description=_("detail"), empty_value="")
    def words(self, entry: AuditEntry) -> SafeString:
        return audit_text.detail_text(entry)

    @admin.display(description=_("detail"), empty_value="")
    def all_words(self, entry: AuditEntry) -> SafeString:
        return audit_text.detail_text(entry, in_full=True)

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
