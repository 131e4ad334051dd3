"""Where staff keep articles, plain pages and topics."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from . import views
from .characters import OneLine, PrintableField
from .desk import PublicationAdmin
from .editing import RowForm
from .lists import ReviewFilter, StaffList, StateFilter
from .models import Article, Page, Topic


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
    list_filter: ClassVar[Any] = (StateFilter, ReviewFilter, "topic")
    list_select_related = ("topic",)
    filter_horizontal = ("related",)
    address_fields = ("slug", "topic", "is_medical", "related", "language", "next_review_on")
    shown_at_once = ("slug", "topic", "is_medical", "related", "language")

    def page(self, request: HttpRequest, publication: Any, revision: Any) -> HttpResponse:
        return views.render_article(request, publication, revision, preview=True)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "related":
            articles: Any = Article.objects.with_newest()
            kwargs["queryset"] = articles.order_by("newest_title")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Page)
class PageAdmin(PublicationAdmin):
    """Plain pages. Those that the site's own templates link to keep their addresses."""

    review = False

    def page(self, request: HttpRequest, publication: Any, revision: Any) -> HttpResponse:
        return views.render_page(request, publication, revision, preview=True)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_fixed = obj is not None and obj.has_fixed_address
        return not is_fixed and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and obj.has_fixed_address:
            return self.shown_at_once
        return super().get_readonly_fields(request, obj)


class TopicForm(forms.ModelForm):
    class Meta:
        field_classes = {"name": OneLine, "description": PrintableField}


@admin.register(Topic)
class TopicAdmin(StaffList):
    form = TopicForm
    list_display: Any = ("name", "order", "language", "article_count")
    list_editable = ("order",)
    search_fields = ("name", "description")
    prepopulated_fields: ClassVar[Any] = {"slug": ("name",)}

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=RowForm, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        topics = super().get_queryset(request)
        return topics.annotate(articles_here=Count("articles", distinct=True))

    @admin.display(description=_("articles"), ordering="articles_here")
    def article_count(self, topic: Any) -> int:
        return topic.articles_here
