"""The admin of articles, plain pages and topics."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from articles.text.clean_text import MultiLineField, SingleLineField

from .. import views
from ..models import Article, OldAddress, Page, Topic
from . import picture_admin  # noqa: F401
from .changelists import (
    ChangelistRowForm,
    LinkFilter,
    OwnerFilter,
    PublicationStateFilter,
    ReviewFilter,
    StrictModelAdmin,
)
from .choosing_articles import article_choice, articles_named
from .publication_admin import PublicationAdmin
from .wording_admin import TermToAvoidAdmin, WordListAdmin

__all__ = [
    "ArticleAdmin",
    "OldAddressAdmin",
    "PageAdmin",
    "TermToAvoidAdmin",
    "TopicAdmin",
    "WordListAdmin",
]


@admin.register(Article)
class ArticleAdmin(PublicationAdmin):
    list_display: Any = (
        "title",
        "state",
        "topic",
        "changed",
        "next_review_on",
        "on_site",
    )
    list_filter: ClassVar[Any] = (
        PublicationStateFilter,
        ReviewFilter,
        OwnerFilter,
        LinkFilter,
        "topic",
    )
    list_select_related = ("topic",)
    filter_horizontal = ("related",)
    place_fields = ("slug", "topic", "is_medical", "related", "language")

    def preview(self, request: HttpRequest, publication: Any, revision: Any) -> HttpResponse:
        publication.show_in_place_of(revision)
        return views.render_article(request, publication, revision, preview=True)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "related":
            kwargs |= article_choice(db_field, self.admin_site, AutocompleteSelectMultiple)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            return articles_named(queryset, search_term), False
        return super().get_search_results(request, queryset, search_term)


@admin.register(Page)
class PageAdmin(PublicationAdmin):
    """Pages that the site's own templates link to can be neither moved nor deleted."""

    has_clinical_review = False
    place_fields = ("slug", "language", "foot_order")

    def preview(self, request: HttpRequest, publication: Any, revision: Any) -> HttpResponse:
        publication.show_in_place_of(revision)
        return views.render_page(request, publication, revision, preview=True)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_fixed = obj is not None and obj.has_fixed_address
        return not is_fixed and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and obj.has_fixed_address:
            return self.place_fields
        return super().get_readonly_fields(request, obj)


@admin.register(OldAddress)
class OldAddressAdmin(StrictModelAdmin):
    """A page that moves leaves one behind; staff may delete it."""

    list_display: Any = ("path", "target", "since")
    search_fields = ("path", "target")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TopicAdminForm(forms.ModelForm):
    class Meta:
        field_classes = {"name": SingleLineField, "description": MultiLineField}


@admin.register(Topic)
class TopicAdmin(StrictModelAdmin):
    form = TopicAdminForm
    list_display: Any = ("name", "order", "language", "article_count")
    list_editable = ("order",)
    search_fields = ("name", "description")
    prepopulated_fields: ClassVar[Any] = {"slug": ("name",)}

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=ChangelistRowForm, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        topics = super().get_queryset(request)
        return topics.annotate(number_of_articles=Count("articles", distinct=True))

    @admin.display(description=_("articles"), ordering="number_of_articles")
    def article_count(self, topic: Any) -> int:
        return topic.number_of_articles
