"""Who may come into the workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

SEE = "contact.view_callbackrequest"
WORK = "contact.change_callbackrequest"
LEAD = "contact.lead_callbackrequest"
EXPORT = "contact.export_callbackrequest"
View = Callable[..., HttpResponseBase]


def staff_with(permission: str) -> Callable[[View], View]:
    """Lets in active staff who have the permission; others log in, or are told no."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not (user.is_authenticated and user.is_active and user.is_staff):
                # What was posted is gone after the log-in: lead to a page that can be read.
                # What was searched for must not stand in an address.
                is_plain = request.method in ("GET", "HEAD") and "q" not in request.GET
                wanted = request.get_full_path() if is_plain else reverse("intake:list")
                return redirect_to_login(wanted, reverse("admin:login"))
            if not user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return sensitive_post_parameters()(sensitive_variables()(entered))

    return decorate
