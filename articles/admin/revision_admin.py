"""The admin's views of the revisions of a publication: preview, compare, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from articles.exporting import html_of, markdown_of
from articles.pictures.views import shown_early
from articles.publishing.publication import Publication
from articles.publishing.revision import Revision

from . import framing
from .comparison.changes import Comparison

EXPORTS: Any = {"md": ("text/markdown", markdown_of), "html": ("text/html", html_of)}


class RevisionsAdmin(admin.ModelAdmin):
    """Subclasses render the visitors' page of a revision in `preview`."""

    has_clinical_review = True
    object_history_template = "admin/publication/history.html"

    if TYPE_CHECKING:

        def preview(
            self, request: HttpRequest, publication: Any, revision: Any
        ) -> HttpResponse: ...

        def reviews_by_words(self, publication: Publication) -> dict[str, list[Any]]: ...

    def path_of(self, route: str, view: Any, name: str) -> Any:
        """An address below that of one publication."""
        return path(
            f"<int:pk>/{route}",
            self.admin_site.admin_view(view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
        )

    def get_urls(self) -> list[Any]:
        return [
            self.path_of("versions/", self.versions_view, "versions"),
            self.path_of("versions/compare/", self.compare_view, "compare"),
            self.path_of("versions/<int:number>/restore/", self.restore_view, "restore"),
            self.path_of("preview/<int:number>/", self.preview_view, "preview"),
            self.path_of("preview/<int:number>/widths/", self.widths_view, "widths"),
            self.path_of("versions/<int:number>/export.<kind>", self.export_view, "export"),
            *super().get_urls(),
        ]

    @property
    def revision_model(self) -> Any:
        return self.opts.get_field("revisions").related_model

    def url_of(self, name: str, *args: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def kept_url(self, request: HttpRequest, name: str, *args: object) -> str:
        """With the filters and the page of the list from which the editor came."""
        filters = self.get_preserved_filters(request)
        context: Any = {"opts": self.opts, "preserved_filters": filters}
        return add_preserved_filters(context, self.url_of(name, *args))

    def redirect_to(self, request: HttpRequest, name: str, *args: object) -> HttpResponse:
        return redirect(self.kept_url(request, name, *args))

    def has_review_permission(self, request: HttpRequest) -> bool:
        model = self.revision_model._meta
        return self.has_clinical_review and request.user.has_perm(
            f"{model.app_label}.review_{model.model_name}"
        )

    def has_vouch_permission(self, request: HttpRequest) -> bool:
        model = self.revision_model._meta
        return self.has_clinical_review and request.user.has_perm(
            f"{model.app_label}.vouch_{model.model_name}"
        )

    def get_publication(
        self, request: HttpRequest, pk: int, to_change: bool = False
    ) -> Publication:
        found = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        allowed = (
            self.has_change_permission(request, found)
            if to_change
            else self.has_view_or_change_permission(request, found)
        )
        if not allowed:
            raise PermissionDenied
        return found

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        urls = {
            "list_url": self.kept_url(request, "changelist"),
            "change_url": self.kept_url(request, "change", object_id),
        }
        return super().history_view(request, object_id, {**urls, **(extra_context or {})})

    def export_view(self, request: HttpRequest, pk: int, number: int, kind: str) -> HttpResponse:
        """One version as a file."""
        publication = self.get_publication(request, pk)
        revision = self.get_revision(publication, number)
        if kind not in EXPORTS:
            raise Http404
        content_type, write = EXPORTS[kind]
        response = HttpResponse(write(revision), content_type=f"{content_type}; charset=utf-8")
        name = f"{revision.slug or publication.pk}-{number}.{kind}"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response

    def versions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication = self.get_publication(request, pk)
        revisions = list(
            publication.revisions.select_related("author").defer(
                "body", "rendered", "plain_text", "contents", "sources"
            )
        )
        reviews = self.reviews_by_words(publication)
        for revision in revisions:
            revision.reviews_shown = reviews.get(revision.words_digest, [])
        can_change = self.has_change_permission(request, publication)
        return self.staff_page(
            request,
            "versions",
            publication,
            title=gettext("Versions"),
            revisions=revisions,
            has_change_permission=can_change,
            can_ask=can_change and self.has_clinical_review,
            has_review_permission=self.has_review_permission(request),
            has_vouch_permission=self.has_vouch_permission(request),
        )

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication = self.get_publication(request, pk)
        try:
            numbers = sorted(int(request.GET.get(side, "")) for side in ("old", "new"))
            old, new = (publication.revisions.get(number=number) for number in numbers)
        except (ValueError, self.revision_model.DoesNotExist) as nonsense:
            raise Http404 from nonsense
        return self.staff_page(
            request,
            "compare",
            publication,
            title=gettext("Versions %(old)s and %(new)s") % {"old": old.number, "new": new.number},
            old=old,
            new=new,
            sides=[("old", old), ("new", new)],
            numbers=publication.revisions.values_list("number", flat=True),
            comparison=Comparison(old, new),
        )

    def preview_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """The page that visitors would see if this revision were live."""
        publication = self.get_publication(request, pk)
        revision = self.get_revision(publication, number)
        page = shown_early(self.preview(request, publication, revision))
        return framing.within_own_pages(page, request)

    def widths_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """The preview as a phone and as a desktop show it."""
        publication = self.get_publication(request, pk)
        page = self.staff_page(
            request,
            "widths",
            publication,
            title=gettext("Version %s on a phone and a desktop") % number,
            preview_url=self.url_of("preview", pk, self.get_revision(publication, number).number),
        )
        return framing.around_own_pages(page, request)

    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        publication = self.get_publication(request, pk, to_change=True)
        revision = self.get_revision(publication, number)
        if request.method != "POST":
            return self.confirm(
                request,
                publication,
                title=gettext("Restore version %s?") % number,
                text=gettext(
                    "Its words become the newest draft. Nothing is lost, and visitors see no change"
                    " until you publish."
                ),
                button=gettext("Restore"),
            )
        restored = publication.restore(revision, by=request.user)
        done = gettext("Restored version %(old)s as version %(new)s.") % {
            "old": number,
            "new": restored.number,
        }
        self.record(request, publication, done)
        return self.redirect_to(request, "change", pk)

    def get_revision(self, publication: Publication, number: int) -> Revision:
        return get_object_or_404(publication.revisions, number=number)

    def record(self, request: HttpRequest, publication: Publication, done: str) -> None:
        """Show what was done to the editor and add it to the history."""
        self.log_change(request, publication, done)
        messages.success(request, done)

    def confirm(self, request: HttpRequest, publication: Publication, **context: Any) -> Any:
        return self.staff_page(request, "confirm", publication, **context)

    def staff_page(
        self, request: HttpRequest, template: str, publication: Publication, **context: Any
    ) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            **context,
            "opts": self.opts,
            "original": publication,
            "kept_filters": request.GET.get("_changelist_filters", ""),
            "preserved_filters": self.get_preserved_filters(request),
            "list_url": self.kept_url(request, "changelist"),
            "change_url": self.kept_url(request, "change", publication.pk),
            "versions_url": self.kept_url(request, "versions", publication.pk),
        }
        return TemplateResponse(request, f"admin/publication/{template}.html", context)
