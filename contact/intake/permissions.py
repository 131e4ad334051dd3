"""Permissions of the intake workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from . import team_state

VIEW_REQUESTS = "contact.view_callbackrequest"
WORK_REQUESTS = "contact.change_callbackrequest"
LEAD_INTAKE = "contact.lead_callbackrequest"
EXPORT_REQUESTS = "contact.export_callbackrequest"
PROTECT_PRIVACY = "contact.protect_callbackrequest"
ViewFunction = Callable[..., HttpResponseBase]


def staff_permission_required(*permissions: str) -> Callable[[ViewFunction], ViewFunction]:
    """Let in active staff who have one of the permissions; others log in, or get a 403.

    The answers carry the content security policy of staff pages.
    """

    def decorate(view: ViewFunction) -> ViewFunction:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not (user.is_authenticated and user.is_active and user.is_staff):
                # A form cannot be sent again after the log-in, so it leads to a page to read.
                # The searched words must not stand in an address.
                is_plain = request.method in ("GET", "HEAD") and "q" not in request.GET
                next_url = request.get_full_path() if is_plain else reverse("intake:list")
                return redirect_to_login(next_url, reverse("admin:login"))
            if not any(map(user.has_perm, permissions)):
                raise PermissionDenied
            team_state.attach(request)
            return view(request, *args, **kwargs)

        guarded = csp_override(settings.STAFF_CSP)(checked)
        return sensitive_post_parameters()(sensitive_variables()(guarded))

    return decorate
