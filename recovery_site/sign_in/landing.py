"""Where somebody who logged in goes first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from contact.intake.permissions import WORK_REQUESTS

EDITORIAL_APPS = ("articles", "faq")


def only_calls(user: Any) -> bool:
    """Whether the workspace is all that this person comes for."""
    is_editor = any(user.has_module_perms(app) for app in EDITORIAL_APPS)
    return user.has_perm(WORK_REQUESTS) and not is_editor


def safe_next(request: HttpRequest, wanted: str | None = None) -> str:
    """The page of this site that the request asks to be led to; empty if it names none."""
    wanted = wanted or request.POST.get("next") or request.GET.get("next") or ""
    is_own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if is_own else ""


def first_page(request: HttpRequest, wanted: str | None = None) -> str:
    index = reverse("admin:index")
    page = safe_next(request, wanted) or index
    return reverse("intake:list") if page == index and only_calls(request.user) else page
