"""The list of pictures: what each looks like, which texts show it, and what no text needs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.pictures.addresses import STAFF_PREFIX
from articles.pictures.uses import is_being_written, picture_uses, with_use
from articles.publishing.kinds import form_url

from ..models import Picture
from .changelists import StrictModelAdmin


class PictureUseFilter(admin.SimpleListFilter):
    title = _("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("none", _("In no text")), ("some", _("In a text"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("none", "some"):
            return queryset.filter(is_in_a_version=self.value() == "some")
        return queryset


@admin.register(Picture)
class PictureAdmin(StrictModelAdmin):
    """Pictures come in with the editor of texts, and never change."""

    list_display: Any = ("small", "name", "size", "added_at", "is_used")
    list_display_links = ("small", "name")
    list_filter: ClassVar[Any] = (PictureUseFilter,)
    list_per_page = 50
    search_fields = ("name",)
    search_help_text = _("Looks for names of files.")
    fields = ("large", "name", "size", "added_at", "added_by", "used_by")
    readonly_fields = fields
    delete_confirmation_template = "admin/articles/picture/delete_confirmation.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        pictures: Any = super().get_queryset(request)
        return with_use(pictures)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and not (obj and (picture_uses(obj) or is_being_written(obj)))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        shown = self.get_object(request, object_id)
        context = {"is_in_earlier_versions": shown is not None and shown.is_in_a_version}
        return super().delete_view(request, object_id, {**context, **(extra_context or {})})

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        # Django's own leads to the first page where nobody may change a row.
        super().response_delete(request, obj_display, obj_id)
        return HttpResponseRedirect(reverse("admin:articles_picture_changelist"))

    @admin.display(description=_("picture"))
    def small(self, picture: Any) -> str:
        return self._image(picture.address.all_sizes[0], 120)

    @admin.display(description=_("picture"))
    def large(self, picture: Any) -> str:
        return self._image(picture.address, picture.width)

    def _image(self, address: Any, width: int) -> str:
        height = max(1, round(width * address.height / address.width))
        src = STAFF_PREFIX + address.name
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="" loading="lazy">', src, width, height
        )

    @admin.display(description=_("size"))
    def size(self, picture: Any) -> str:
        return f"{picture.width} × {picture.height}"

    @admin.display(description=_("in a text"), boolean=True)
    def is_used(self, picture: Any) -> bool:
        return picture.is_in_a_version

    @admin.display(description=_("shown by"))
    def used_by(self, picture: Any) -> str:
        if uses := picture_uses(picture):
            using = (each.publication for each in uses)
            rows = ((form_url(each, each.pk), each) for each in using)
            return format_html(
                "<ul>{}</ul><p>{}</p>",
                format_html_join("", '<li><a href="{}">{}</a></li>', rows),
                gettext("Take it out of these texts before you delete it."),
            )
        if is_being_written(picture):
            return gettext("Words that somebody is writing and has not saved yet.")
        if picture.is_in_a_version:
            return gettext("Earlier versions alone, or pages in the bin.")
        return gettext("No text. It can be deleted.")
