"""Staff accounts: who belongs to which group, who was there last, whose factor is reset."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.changelists import StrictModelAdmin
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from recovery_site.sign_in.factors import factors
from recovery_site.sign_in.models import StaffAccount
from recovery_site.sign_in.sessions import assurance
from recovery_site.sign_in.sessions.sessions import end_sessions

View = Callable[..., HttpResponseBase]


def recently_proved(view: View) -> View:
    """Ask for the password again unless it was typed a short time ago."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if assurance.is_recent(request):
            return view(request, *args, **kwargs)
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('account_reauthenticate')}?{query}")

    return asked


def roles_of(account: User) -> dict[str, Any]:
    """What decides what an account may do."""
    return {
        "groups": sorted(account.groups.values_list("name", flat=True)),
        "permissions": account.user_permissions.count(),
        "staff": account.is_staff,
        "administrator": account.is_superuser,
    }


class AccountAdmin(StrictModelAdmin, UserAdmin):
    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    readonly_fields = ("second_factors",)

    def get_urls(self) -> list[Any]:
        own = path(
            "<int:pk>/reset-factors/",
            self.admin_site.admin_view(self.reset_factors),
            name="auth_user_reset_factors",
        )
        return [own, *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, (_("Sign-in"), {"fields": ("second_factors",)})] if obj else fieldsets

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People who leave are made inactive: what they wrote and did keeps its name."""
        return False

    @admin.display(description=_("Second factors"))
    def second_factors(self, account: User) -> str:
        kinds = ", ".join(str(each.get_type_display()) for each in factors.real_factors(account))
        if not kinds:
            return gettext("None")
        link = reverse("admin:auth_user_reset_factors", args=[account.pk])
        return format_html('{} · <a href="{}">{}</a>', kinds, link, gettext("Reset"))

    @method_decorator(recently_proved)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    @method_decorator(recently_proved)
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        response = super().user_change_password(request, id, form_url)
        if response.status_code == 302:
            account = get_object_or_404(User, pk=id)
            require_own_choice(account, request.user)
            detail: dict[str, Any] = {"account": account.get_username()}
            audit.record(request.user, AuditAction.PASSWORD_CHANGED, **detail)
            end_sessions(account, but=request.session.session_key)
        return response

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        account: User = form.instance
        before = roles_of(account)
        # The columns are saved already: what they were stands in the form.
        for name, column in (("staff", "is_staff"), ("administrator", "is_superuser")):
            before[name] = form.initial.get(column, False)
        super().save_related(request, form, formsets, change)
        detail: dict[str, Any] = {"account": account.get_username()}
        if not change:
            require_own_choice(account, request.user)
            audit.record(request.user, AuditAction.ACCOUNT_MADE, **detail)
            return
        if (after := roles_of(account)) != before or "user_permissions" in form.changed_data:
            audit.record(request.user, AuditAction.ROLES_CHANGED, **detail, **after)
            end_sessions(account, but=request.session.session_key)
        if "is_active" in form.changed_data:
            enabled = AuditAction.ACCOUNT_ENABLED
            action = enabled if account.is_active else AuditAction.ACCOUNT_DISABLED
            audit.record(request.user, action, **detail)
            end_sessions(account)

    @method_decorator(recently_proved)
    def reset_factors(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a colleague who lost their factor add a new one at their next log-in."""
        account = get_object_or_404(User, pk=pk)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        is_own = account == request.user
        if request.method == "POST" and not is_own:
            removed = factors.remove_all(account)
            end_sessions(account)
            detail: dict[str, Any] = {"account": account.get_username(), "factors": removed}
            audit.record(request.user, AuditAction.FACTORS_RESET, **detail)
            told = gettext("Reset. Their password lets them in, and they can add a new factor.")
            messages.success(request, told)
            return redirect("admin:auth_user_change", pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Reset the second factor"),
            "account": account,
            "is_own": is_own,
        }
        return render(request, "admin/sign_in/reset_factors.html", context)


def require_own_choice(account: User, chosen_by: Any) -> None:
    """Let the account choose a password at its next log-in if somebody else chose this one."""
    noted = {"must_change_password": account.pk != chosen_by.pk, "is_demo": False}
    StaffAccount.objects.update_or_create(noted, account=account)


class StaffGroupAdmin(StrictModelAdmin, GroupAdmin):
    @method_decorator(recently_proved)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change or "permissions" in form.changed_data:
            group: Group = form.instance
            detail: dict[str, Any] = {
                "groups": [group.name],
                "permissions": group.permissions.count(),
            }
            audit.record(request.user, AuditAction.ROLES_CHANGED, **detail)
            for account in User.objects.filter(groups=group):
                end_sessions(account, but=request.session.session_key)


for model, model_admin in ((User, AccountAdmin), (Group, StaffGroupAdmin)):
    admin.site.unregister(model)
    admin.site.register(model, model_admin)
# Secrets of factors have no page, and addresses are not used to log in.
admin.site.unregister([Authenticator, EmailAddress])
