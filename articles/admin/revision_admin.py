"""The admin's views of the revisions of a publication: preview, compare, restore, sign off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..clean_text import SingleLineField
from ..publication import Publication
from ..revision import Revision
from .comparison.changes import Comparison


class SignOffForm(forms.Form):
    reviewer = SingleLineField(
        label=_("Name and credentials to print"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("As the page should show it: First and last name, MD"),
    )


class RevisionsAdmin(admin.ModelAdmin):
    """Subclasses render the visitors' page of a revision in `preview`."""

    has_clinical_review = True
    object_history_template = "admin/publication/history.html"

    if TYPE_CHECKING:

        def preview(
            self, request: HttpRequest, publication: Any, revision: Any
        ) -> HttpResponse: ...

    def get_urls(self) -> list[Any]:
        def url(route: str, view: Any, name: str) -> Any:
            meta = self.opts
            return path(
                f"<int:pk>/{route}",
                self.admin_site.admin_view(view),
                name=f"{meta.app_label}_{meta.model_name}_{name}",
            )

        return [
            url("versions/", self.versions_view, "versions"),
            url("versions/compare/", self.compare_view, "compare"),
            url("versions/<int:number>/restore/", self.restore_view, "restore"),
            url("versions/<int:number>/sign-off/", self.sign_off_view, "sign_off"),
            url("preview/<int:number>/", self.preview_view, "preview"),
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

    def versions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication = self.get_publication(request, pk)
        revisions = list(
            publication.revisions.select_related("author").defer(
                "body", "rendered", "plain_text", "contents", "sources"
            )
        )
        return self.staff_page(
            request,
            "versions",
            publication,
            title=gettext("Versions"),
            revisions=revisions,
            has_change_permission=self.has_change_permission(request, publication),
            has_review_permission=self.has_review_permission(request),
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
        return self.preview(request, publication, self.get_revision(publication, number))

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

    def sign_off_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        if not self.has_clinical_review:
            raise Http404
        publication = self.get_publication(request, pk)
        if not self.has_review_permission(request):
            raise PermissionDenied
        revision = self.get_revision(publication, number)
        if revision.reviewed_at:
            return self._refuse_sign_off(request, revision)
        form = SignOffForm(
            request.POST if request.method == "POST" else None,
            initial={"reviewer": getattr(request.user, "get_full_name", str)()},
        )
        if not form.is_valid():
            return self.staff_page(
                request,
                "sign_off",
                publication,
                title=gettext("Sign off version %s") % number,
                revision=revision,
                form=form,
            )
        return self._sign_off(request, publication, revision, form.cleaned_data["reviewer"])

    def _sign_off(
        self, request: HttpRequest, publication: Publication, revision: Revision, reviewer: str
    ) -> HttpResponse:
        try:
            revision.sign_off(request.user, reviewer)
        except ValidationError:
            return self._refuse_sign_off(request, revision)
        done = gettext("Signed off version %(number)s as %(reviewer)s.") % {
            "number": revision.number,
            "reviewer": revision.reviewer,
        }
        self.record(request, publication, done)
        return self.redirect_to(request, "versions", publication.pk)

    def _refuse_sign_off(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        messages.error(
            request,
            gettext("%(reviewer)s has already signed off version %(number)s; that stands.")
            % {"reviewer": revision.reviewer, "number": revision.number},
        )
        return self.redirect_to(request, "versions", revision.publication_id)

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
