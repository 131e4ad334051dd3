"""How django-allauth works here: staff alone, no sign-up, no mail, our trail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib.auth import load_backend
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .landing import first_page
from .models import StaffAccount
from .sessions import assurance


class StaffBackend(ModelBackend):
    def user_can_authenticate(self, user: Any) -> bool:
        """Active staff; demo log-ins, whose passwords were printed, on a local site alone."""
        if not super().user_can_authenticate(user):
            return False
        demo = StaffAccount.objects.filter(account=user, is_demo=True)
        return settings.SITE_IS_LOCAL or not demo.exists()


def may_log_in(user: Any) -> bool:
    backend: Any = load_backend(settings.AUTHENTICATION_BACKENDS[0])
    return bool(user.is_staff and backend.user_can_authenticate(user))


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        return None if may_log_in(user) else redirect("admin:login")

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        assurance.begin_session(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        return redirect(first_page(request, kwargs.get("redirect_url")))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not assurance.is_recent(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}]

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the trail keeps it, and mail about accounts would name who works here."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: our pages say it themselves."""
