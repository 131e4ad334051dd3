"""Logging in: password, second factor, passkey alone, emergency code."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contact.lifecycle.team import presence
from contact.privacy import brakes, rate_limit
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from .forms import EmergencyForm, record_failure
from .landing import first_page, safe_next
from .log_in_tries import LogInTry, wait_page
from .passwords import emergency

staff_policy: Any = csp_override(settings.STAFF_CSP)


class StaffPage:
    """Gives a view of django-allauth what pages of the admin show."""

    title: Any = ""

    @method_decorator(never_cache)
    @method_decorator(staff_policy)
    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = admin.site.each_context(self.request)  # type: ignore[attr-defined]
        return page | {"title": self.title} | super().get_context_data(**kwargs)  # type: ignore[misc]


@never_cache
@staff_policy
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" and admin.site.has_permission(request):
        return redirect(first_page(request))
    form = AdminAuthenticationForm(request)
    if request.method == "POST":
        log_in_try = LogInTry(request)
        if wait := log_in_try.begin():
            return wait_page(wait)
        form = AdminAuthenticationForm(request, request.POST)
        if form.is_valid():
            log_in_try.password_was_right()
            return enter(request, form.get_user())
        log_in_try.fail()
    context = admin.site.each_context(request) | {
        "title": gettext("Log in"),
        "form": form,
        "username": request.user.get_username(),
        "app_path": request.get_full_path(),
        "next": safe_next(request),
    }
    return render(request, "admin/login.html", context)


def enter(request: HttpRequest, account: Any) -> HttpResponse:
    """Go on to the second factor, or in if the account has none."""
    wanted = safe_next(request)
    if request.user.is_authenticated:
        end_session(request)
    response: HttpResponse = perform_login(request, account, redirect_url=wanted)
    return response


def end_session(request: HttpRequest) -> None:
    """End the session, and tell nobody any longer that this account is there."""
    presence.end_presence(request.user)
    audit.record(request.user, AuditAction.LOGGED_OUT)
    logout(request)


class SecondFactorView(StaffPage, AuthenticateView):
    title = _("Second step")
    template_name = "admin/sign_in/second_factor.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        if form is not self.auth_form:
            record_failure(self.stage.login.user, "passkey")
        return super().form_invalid(form)


class PasskeyLogInView(StaffPage, LoginWebAuthnView):
    """Answers the script of the log-in page with a challenge, and takes its answer."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Each challenge is a session, which is a row.
        if not rate_limit.allows(request, "passkey challenge"):
            return HttpResponse(status=429)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        lanes = brakes.network_lanes(request.META.get("REMOTE_ADDR", ""), "passkey")
        if wait := brakes.begin_try(lanes):
            return wait_page(wait)
        response = super().post(request, *args, **kwargs)
        if request.user.is_authenticated:
            brakes.forgive(lanes)
        return response

    def get_success_url(self) -> str:
        return reverse("admin:index")

    def form_invalid(self, form: Any) -> HttpResponse:
        audit.record(None, AuditAction.LOG_IN_FAILED, None, step="passkey")
        return redirect(f"{reverse('admin:login')}?passkey=failed")


@never_cache
@staff_policy
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def emergency_access(request: HttpRequest) -> HttpResponse:
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, address = form.cleaned_data["username"], request.META.get("REMOTE_ADDR", "")
        lanes = brakes.log_in_lanes(name, address, "emergency")
        if wait := brakes.begin_try(lanes):
            return wait_page(wait)
        if account := emergency.use_code(name, form.cleaned_data["code"]):
            brakes.forgive(lanes)
            response = enter(request, account)
            request.session[emergency.EMERGENCY] = True
            return response
        audit.record(None, AuditAction.LOG_IN_FAILED, None, step="emergency code")
        form.add_error(None, gettext("This code is not right, was used before, or is too old."))
    context = admin.site.each_context(request) | {"title": gettext("Emergency access")}
    return render(request, "admin/sign_in/emergency.html", context | {"form": form})
