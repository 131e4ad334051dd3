"""The words of visitors, as editors keep them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles.admin.changelists import StrictModelAdmin

from .rows import FailedSearch, SearchPhrase, SearchSynonym


@admin.register(SearchSynonym)
class SearchSynonymAdmin(StrictModelAdmin):
    list_display = ["words", "means", "language"]
    list_filter = ["language"]
    search_fields = ["words", "means"]
    list_per_page = 100


@admin.register(SearchPhrase)
class SearchPhraseAdmin(StrictModelAdmin):
    list_display = ["path", "language", "first_phrases"]
    list_filter = ["language"]
    search_fields = ["path", "phrases"]
    list_per_page = 100

    @admin.display(description=SearchPhrase._meta.get_field("phrases").verbose_name)
    def first_phrases(self, row: SearchPhrase) -> str:
        return ", ".join(row.phrases.split("\n")[:3])


@admin.register(FailedSearch)
class FailedSearchAdmin(StrictModelAdmin):
    """Staff read what was counted, and change nothing of it."""

    list_display = ["word", "week", "count"]
    list_display_links = None
    search_fields = ["word"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
