"""The admin's lists of publications and topics."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing.publication import Publication
from articles.stock.place import STOCK, list_address

from .named_versions import moment

MAX_QUERY_LENGTHS = {SEARCH_VAR: 200, ORDER_VAR: 30}


class StrictModelAdmin(admin.ModelAdmin):
    """A list whose address can neither leak other columns nor cause an error."""

    actions = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only the lookups that the list's own filters offer."""
        allowed: set[str] = set()
        filters: Any = self.get_list_filter(request)
        for each in filters:
            if isinstance(each, str):
                allowed |= {f"{each}__exact", f"{each}__id__exact", f"{each}__isnull"}
            else:
                allowed.add(each.parameter_name)
        return lookup in allowed

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if STOCK in request.GET:
            return redirect(list_address(QueryDict(request.GET[STOCK])))
        query = request.GET.copy()
        for name, length in MAX_QUERY_LENGTHS.items():
            if name in query:
                query[name] = str(query[name])[:length]
        request.GET = query  # type: ignore[assignment]
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})


class PublicationStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("Words not yet published")),
            ("live", _("Live")),
            ("scheduled", _("Scheduled")),
            ("not_live", _("Did not go live as scheduled")),
            ("never", _("Not on the site")),
            ("bin", _("In the bin")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "bin":
            return queryset.filter(binned_at__isnull=False)
        queryset = queryset.outside_bin()
        match self.value():
            case "waiting":
                return queryset.with_draft()
            case "live":
                return queryset.filter(live__isnull=False)
            case "scheduled":
                return queryset.with_schedule()
            case "not_live":
                return queryset.not_gone_live()
            case "never":
                return queryset.filter(live__isnull=True, scheduled__isnull=True)
        return queryset


class ReviewFilter(admin.SimpleListFilter):
    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        clinical = (
            [("clinical", _("Awaiting clinical review"))] if model_admin.has_clinical_review else []
        )
        return [*clinical, ("overdue", _("Next review overdue"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "clinical" if hasattr(queryset, "awaiting_review"):
                return queryset.awaiting_review()
            case "overdue":
                return queryset.review_overdue()
        return queryset


class OwnerFilter(admin.SimpleListFilter):
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", _("Mine")), ("none", _("Live, and nobody’s"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "mine":
                return queryset.filter(Q(owner=request.user) | Q(deputy=request.user))
            case "none":
                return queryset.unowned()
        return queryset


class LinkFilter(admin.SimpleListFilter):
    title = _("links")
    parameter_name = "links"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("broken", _("With links that lead nowhere"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.with_broken_links() if self.value() else queryset


class PublicationChangelist(StrictModelAdmin):
    """The list of one kind of publication: state, dates, and a search in the newest revisions."""

    list_display: Any = ("title", "state", "changed", "next_review_on", "on_site")
    list_filter: ClassVar[Any] = (PublicationStateFilter, ReviewFilter, OwnerFilter, LinkFilter)
    search_fields = ("slug",)
    search_help_text = _("Finds words in titles, summaries and texts.")

    @admin.display(description=_("title"), ordering="newest_title")
    def title(self, publication: Any) -> str:
        return format_html('<span id="row-{}">{}</span>', publication.pk, publication)

    @admin.display(description=_("state"))
    def state(self, publication: Any) -> str:
        labels = state_labels(publication, publication.newest_pk)
        return format_html_join(" ", '<span class="state state--{}">{}</span>', labels)

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, publication: Any) -> Any:
        return publication.updated_at and timezone.localdate(publication.updated_at)

    @admin.display(description=_("visit"))
    def on_site(self, publication: Any) -> str:
        if not publication.is_published:
            return "–"
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">: {}</span></a>',
            publication.get_absolute_url(),
            gettext("View"),
            publication,
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        publications: Any = super().get_queryset(request)
        return publications.with_newest()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Match every word, anywhere in the newest revision only."""
        revisions: Any = self.opts.get_field("revisions").related_model
        for word in search_term.split()[:10]:
            has_word = (
                Q(title__icontains=word)
                | Q(summary__icontains=word)
                | Q(plain_text__icontains=word)
            )
            newest = revisions.objects.filter(has_word, pk=OuterRef("newest_pk"))
            queryset = queryset.filter(Q(slug__icontains=word) | Exists(newest))
        return queryset, False


class ChangelistRowForm(forms.ModelForm):
    """Label each field of an editable list with its row, for screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {self.instance}"


def state_labels(publication: Publication, newest_pk: int | None) -> list[tuple[str, str]]:
    """The state of a publication as (CSS modifier, text) labels."""
    labels = []
    if publication.binned_at:
        return [("draft", gettext("In the bin since %s") % moment(publication.binned_at))]
    if publication.live_id:
        labels.append(("live", gettext("Live")))
        if newest_pk not in (publication.live_id, publication.scheduled_id):
            labels.append(("draft", gettext("newer draft")))
    elif newest_pk != publication.scheduled_id:
        labels.append(("draft", gettext("Draft")))
    if publication.scheduled_for:
        label = gettext("goes live %s") % moment(publication.scheduled_for)
        labels.append(("scheduled", label))
    if publication.schedule_problem:
        labels.append(("draft", gettext("did not go live")))
    if publication.take_down_at:
        label = gettext("leaves the site %s") % moment(publication.take_down_at)
        labels.append(("draft", label))
    return labels
