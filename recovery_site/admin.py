"""The staff's admin site: its policy for scripts, limits on log-ins, its own pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from articles.pictures.making import MOST_FILE_BYTES
from articles.pictures.views import add_picture, staff_picture
from contact.lifecycle.team import presence
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.uploads import takes_file

from .context_processors import current_site
from .document_import.paste import understand_paste
from .document_import.views import import_document
from .helpful.staff import helpful_pages
from .sign_in.passwords.emergency import EMERGENCY
from .sign_in.passwords.passwords import EmergencyPasswordForm, OwnPasswordForm, note_own_password
from .sign_in.views import log_in, staff_policy
from .staff.dashboard import dashboard_items
from .staff.link_finder import find_link
from .staff.review_queue import review_queue
from .staff.scheduled_changes import scheduled_changes
from .stock.views import stock, stock_next

OWN_TEMPLATE = "registration/password_change_form.html"
EMERGENCY_TEMPLATE = "admin/sign_in/emergency_password.html"


takes_picture = takes_file(MOST_FILE_BYTES)


class StaffSite(admin.AdminSite):
    empty_value_display = "–"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site_header = settings.SITE_NAME
        self.site_title = settings.SITE_NAME
        self.index_title = _("What waits")

    def get_urls(self) -> list[Any]:
        return [
            path("import/", self.admin_view(import_document), name="import_document"),
            path("import/paste/", self.admin_view(understand_paste), name="understand_paste"),
            path("helpful/", self.admin_view(helpful_pages), name="helpful_pages"),
            path("scheduled/", self.admin_view(scheduled_changes), name="scheduled_changes"),
            path("stock/", self.admin_view(stock), name="stock"),
            path("stock/next/", self.admin_view(stock_next), name="stock_next"),
            path("reviews/next/", self.admin_view(review_queue), name="review_queue"),
            path("pictures/add/", self.admin_view(takes_picture(add_picture)), name="add_picture"),
            path(
                "pictures/<picture:address>",
                self.admin_view(staff_picture),
                name="staff_picture",
            ),
            path("links/find/", self.admin_view(find_link), name="find_link"),
            *super().get_urls(),
        ]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            try:
                return inner(request, *args, **kwargs)
            except (OverflowError, DataError) as nonsense:
                # A number too large for the column, typed into an address or a forged form.
                raise BadRequest from nonsense

        return staff_policy(answered)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return log_in(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        is_emergency = request.session.get(EMERGENCY)
        response: Any = PasswordChangeView.as_view(
            form_class=EmergencyPasswordForm if is_emergency else OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            template_name=EMERGENCY_TEMPLATE if is_emergency else OWN_TEMPLATE,
            extra_context=self.each_context(request),
        )(request)
        if response.status_code == 302:
            note_own_password(request)
        return response

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        account = request.user
        response = super().logout(request, extra_context)
        if account.is_authenticated:
            presence.end_presence(account)
            audit.record(account, AuditAction.LOGGED_OUT)
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # Django's login view would put the request's host in the place of `site`.
        return {**super().each_context(request), "site": current_site()}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        # Read by pages that show it alone: it asks for the rights to each model.
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        context = {"dashboard_items": list(dashboard_items(request)), **(extra_context or {})}
        return super().index(request, context)
