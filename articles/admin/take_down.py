"""Taking a page off the site, into the bin and back, told first who links to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.publishing.publication import Publication
from articles.text.clean_text import SingleLineField

from ..links import addresses, checks
from ..links.index import uses_of
from ..links.rows import Problem
from .moments import MomentField, require_to_come
from .named_versions import moment
from .revision_admin import RevisionsAdmin


class LeadOnForm(forms.Form):
    leave_at = MomentField(label=_("When"))
    lead_to = SingleLineField(
        label=_("Lead its visitors to"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField", "data-pages": ""}),
        help_text=_(
            "The address of a page here, such as /faq/. With a script you can type its title."
            " Empty: they get “not found”."
        ),
    )

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publication = publication
        self.initial.setdefault("leave_at", publication.take_down_at)
        self.initial.setdefault("lead_to", publication.take_down_lead_to)
        self.fields["leave_at"].help_text = _("Empty: at once. Time zone: %(zone)s.") % {
            "zone": settings.TIME_ZONE
        }

    def clean_leave_at(self) -> Any:
        if when := self.cleaned_data["leave_at"]:
            require_to_come(when)
        elif not self.publication.live_id:
            raise ValidationError(_("It is not on the site yet. Give a time after it goes live."))
        return when

    def clean_lead_to(self) -> str:
        typed = self.cleaned_data["lead_to"]
        if not typed:
            return ""
        address = addresses.parse_href(addresses.suggestion(typed) or typed)
        problem = checks.LinkTargets([address]).problem(address, frozenset())
        if not address.path or problem not in (None, Problem.NO_PLACE):
            raise ValidationError(_("This is not the address of a page that visitors can see."))
        if address.path == self.publication.get_absolute_url():
            raise ValidationError(_("This is the page that you take off the site."))
        return address.path


class TakeDownAdmin(RevisionsAdmin):
    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/unpublish/", wrap(self.unpublish_view), name=f"{name}_unpublish"),
            path("<int:pk>/stay/", wrap(self.stay_view), name=f"{name}_stay"),
            path("<int:pk>/bring-back/", wrap(self.bring_back_view), name=f"{name}_bring_back"),
            *super().get_urls(),
        ]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.publish_{self.opts.model_name}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_in_bin = obj is not None and obj.binned_at
        return not is_in_bin and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a page may be put into the bin, or deleted for good if it is there.

        What a clinician reviewed is kept for good.
        """
        if obj is None or not super().has_delete_permission(request, obj):
            return super().has_delete_permission(request, obj)
        if obj.binned_at:
            return getattr(request.user, "is_superuser", False) and not obj.is_reviewed
        return not (obj.live_id or obj.scheduled_id)

    def unpublish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication = self.get_publication(request, pk, to_change=True)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form = LeadOnForm(data, publication=publication)
        if not form.is_valid():
            return self.confirm(
                request,
                publication,
                title=gettext("Take this page off the site?"),
                text=gettext("All versions stay here, and you can publish again."),
                button=gettext("Take it off the site"),
                uses=self.shown_uses(request, publication),
                form=form,
            )
        try:
            done = self._take_down(request, publication, **form.cleaned_data)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return self.redirect_to(request, "unpublish", pk)
        self.record(request, publication, done)
        return self.redirect_to(request, "change", pk)

    def _take_down(
        self, request: HttpRequest, publication: Any, lead_to: str, leave_at: datetime | None
    ) -> str:
        """Take it off now or later; return what was done. Raises ValidationError."""
        if leave_at:
            publication.schedule_take_down(leave_at, request.user, lead_to)
            done = gettext("On %s the page leaves the site by itself.") % moment(leave_at)
            leads = gettext("Its address then leads to %s.")
        else:
            publication.unpublish(lead_to)
            done = gettext("Unpublished.")
            leads = gettext("Its address leads to %s now.")
        return f"{done} {leads % lead_to}" if lead_to else done

    def stay_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication = self.get_publication(request, pk, to_change=True)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        if not publication.take_down_at:
            return self.redirect_to(request, "change", pk)
        if request.method != "POST":
            return self.confirm(
                request,
                publication,
                title=gettext("Let this page stay on the site?"),
                text=gettext("On %s it would leave by itself.") % moment(publication.take_down_at),
                button=gettext("Let it stay"),
            )
        if publication.call_off_take_down():
            self.record(request, publication, gettext("Called off the scheduled take-down."))
        return self.redirect_to(request, "change", pk)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Put a page into the bin; delete one for good only if it is there."""
        publication: Any = self.get_object(request, unquote(object_id))
        if publication is None:
            raise Http404
        if publication.binned_at:
            return super().delete_view(request, object_id, extra_context)
        if not super().has_delete_permission(request, publication):
            raise PermissionDenied
        try:
            publication.require_off_site()
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return self.redirect_to(request, "change", publication.pk)
        if request.method != "POST":
            return self._confirm_bin(request, publication)
        return self._put_into_bin(request, publication)

    def _confirm_bin(self, request: HttpRequest, publication: Any) -> HttpResponse:
        return self.confirm(
            request,
            publication,
            title=gettext("Put this page into the bin?"),
            text=gettext(
                "It leaves the lists. All versions and sign-offs stay with it, and you can"
                " bring it back."
            ),
            button=gettext("Put into the bin"),
            uses=self.shown_uses(request, publication),
        )

    def _put_into_bin(self, request: HttpRequest, publication: Any) -> HttpResponse:
        try:
            publication.put_into_bin()
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return self.redirect_to(request, "change", publication.pk)
        self.log_change(request, publication, gettext("Put into the bin."))
        messages.success(
            request,
            format_html(
                gettext("Put “{page}” into the bin. <a href='{url}'>Look into the bin</a>"),
                page=publication,
                url=f"{self.url_of('changelist')}?state=bin",
            ),
        )
        return self.redirect_to(request, "changelist")

    def bring_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        publication: Any = self.get_publication(request, pk)
        if not super().has_delete_permission(request, publication):
            raise PermissionDenied
        if publication.binned_at and request.method != "POST":
            return self.confirm(
                request,
                publication,
                title=gettext("Bring this page back?"),
                text=self.bring_back_text(publication),
                button=gettext("Bring it back"),
            )
        if publication.binned_at:
            try:
                self.record(request, publication, self.bring_back(request, publication))
            except ValidationError as error:
                messages.error(request, error.messages[0])
        return self.redirect_to(request, "change", pk)

    def bring_back_text(self, publication: Any) -> str:
        """What the page says will happen once it is confirmed."""
        return gettext("It stands in the lists again, as a draft with all its versions.")

    def bring_back(self, request: HttpRequest, publication: Any) -> str:
        """Return what was done. Raises ValidationError."""
        publication.bring_back()
        return gettext("Brought back from the bin.")

    def shown_uses(self, request: HttpRequest, publication: Any) -> list[tuple[Any, str]]:
        """What links to the page, with the address at which this person can change it."""
        shown = []
        for use in uses_of(publication):
            admin = self.admin_site.get_model_admin(type(use.publication))
            may_see = admin.has_view_or_change_permission(request, use.publication)
            url = admin.url_of("change", use.publication.pk) if may_see else ""  # type: ignore[attr-defined]
            shown.append((use, url))
        return shown
