"""How the queue of callback requests is narrowed down and searched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db import DataError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import queries
from .models import CallbackRequest


class StatusFilter(admin.SimpleListFilter):
    """Open requests unless someone asks for others; a search looks at all of them."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*CallbackRequest.Status.choices, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        is_default = not self.value()
        if not changelist.query:
            open_query = changelist.get_query_string(remove=[self.parameter_name])
            yield {"selected": is_default, "query_string": open_query, "display": _("Open")}
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            selected = self.value() == value or (value == "all" and is_default and changelist.query)
            yield {"selected": selected, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in CallbackRequest.Status.values:
            return queryset.filter(status=self.value())
        if self.value() == "all" or request.GET.get(SEARCH_VAR):
            return queryset
        return queryset.open()


class WaitingFilter(admin.SimpleListFilter):
    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _("Over 1 hour")),
            ("4", _("Over 4 hours")),
            ("24", _("Over 1 day")),
            ("72", _("Over 3 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        limit = timezone.now() - timedelta(hours=int(self.value() or 0))
        return queryset.filter(created_at__lt=limit)


class OfferedChangeList(ChangeList):
    """A list that takes from its address only what its filters offer.

    Everything else ends where Django sends unknown lookups, not in an error of the database.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except DisallowedModelAdminLookup as error:
            raise IncorrectLookupParameters from error

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (ValueError, OverflowError, DataError) as error:
            raise IncorrectLookupParameters from error


class QueueChangeList(OfferedChangeList):
    """Keeps what was searched for out of addresses: they end up in logs and histories."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.query = queries.opened(self.query, request.user)


class ListAdmin(admin.ModelAdmin):
    """Lists whose addresses can hold no other lookups than their filters' own."""

    LOOKUPS = ("", "__exact", "__isnull", "__isempty", "__gte", "__lt")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OfferedChangeList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        offered: Any
        for offered in self.get_list_filter(request):
            if isinstance(offered, type) and issubclass(offered, admin.SimpleListFilter):
                names = {offered.parameter_name}
            else:
                field = offered if isinstance(offered, str) else offered[0]
                names = {f"{field}{ending}" for ending in self.LOOKUPS}
            if lookup in names:
                return True
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return super().get_search_results(request, queryset, search_term[: queries.LONGEST])
