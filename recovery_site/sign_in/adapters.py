"""How django-allauth works here: staff alone, no sign-up, no mail, our trail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib.auth import load_backend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from contact.records.compiled_query import CompiledQuery

from .landing import first_page
from .models import StaffAccount
from .sessions import assurance


def _permissions_of(account_id: int) -> Any:
    own = User.user_permissions.through.objects.filter(user=account_id)
    of_groups = Group.permissions.through.objects.filter(group__user=account_id)
    either = Q(pk__in=own.values("permission")) | Q(pk__in=of_groups.values("permission"))
    found = Permission.objects.filter(either).order_by()
    return found.values("content_type__app_label", "codename")


PERMISSIONS = CompiledQuery(_permissions_of, lambda account_id: (account_id,), (-1,))


class StaffBackend(ModelBackend):
    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Those of the account and of its groups by one query; Django makes two."""
        is_told = user_obj.is_superuser or hasattr(user_obj, "_perm_cache")
        if user_obj.is_active and obj is None and not is_told:
            rows = PERMISSIONS.rows(user_obj.pk)
            user_obj._perm_cache = {
                f"{row['content_type__app_label']}.{row['codename']}" for row in rows
            }
        found: set[str] = super().get_all_permissions(user_obj, obj)
        return found

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
