"""Admin lists whose addresses accept only the lookups that their filters offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError
from django.http import HttpRequest

MAX_SEARCH_LENGTH = 200


class StrictChangeList(ChangeList):
    """Treat values that the database refuses like unknown lookups, not as errors."""

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


class StrictListAdmin(admin.ModelAdmin):
    """Allow only the lookups of the list's own filters."""

    LOOKUPS = ("", "__exact", "__isnull", "__isempty", "__gte", "__lt")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StrictChangeList

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
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH_LENGTH])


class LabelledRowForm(forms.ModelForm):
    """Editable fields in a list, each labelled with its row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"
