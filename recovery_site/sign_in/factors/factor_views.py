"""One's own account: second factors, recovery codes, sessions, and the password again."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.base.views import IndexView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from ..forms import ConfirmForm
from ..landing import safe_next
from ..models import StaffSession
from ..sessions import assurance
from ..sessions.sessions import end_sessions
from ..views import StaffPage, staff_policy
from . import factors


class AccountView(StaffPage, IndexView):
    title = _("Your account")
    template_name = "admin/sign_in/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = self.request.session
        # Rows of sessions that ended stay until `run_jobs` clears them.
        own = StaffSession.objects.filter(
            account_id=self.request.user.pk, expire_date__gt=timezone.now()
        ).order_by("-seen_at")
        return super().get_context_data(**kwargs) | {
            "must_enrol": settings.SECOND_FACTOR_REQUIRED
            and not session.get(assurance.SECOND_FACTOR),
            "sessions": own,
            "this_session": session.session_key,
        }


class AddAppView(StaffPage, ActivateTOTPView):
    title = _("Add an authenticator app")
    template_name = "admin/sign_in/add_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        if app := factors.app_of(self.request.user):
            factors.use_counter(app, form.counter)
        clear_totp_secret(self.request)
        assurance.note_new_factor(self.request, "totp")
        return response


class AddKeyView(StaffPage, AddWebAuthnView):
    title = _("Add a passkey")
    template_name = "admin/sign_in/add_key.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or self.get_form()
        page = super().get_context_data(**kwargs)
        options = auth.begin_registration(self.request.user, passwordless=True)
        return page | {"form": form, "js_data": {"creation_options": options}}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        assurance.note_new_factor(self.request, "webauthn")
        return response


class RecoveryCodesView(StaffPage, ViewRecoveryCodesView):
    title = _("Recovery codes")
    template_name = "admin/sign_in/recovery_codes.html"


class NewRecoveryCodesView(StaffPage, GenerateRecoveryCodesView):
    title = _("New recovery codes")
    template_name = "admin/sign_in/new_recovery_codes.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        audit.record(self.request.user, AuditAction.FACTOR_ADDED, None, factor="recovery_codes")
        return response


@never_cache
@staff_policy
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.mfa")
def remove_factor(request: HttpRequest, pk: int) -> HttpResponse:
    own = factors.real_factors(request.user)
    factor = get_object_or_404(own, pk=pk)
    is_last = settings.SECOND_FACTOR_REQUIRED and own.count() == 1
    if request.method == "POST" and not is_last:
        delete_and_cleanup(request, factor)
        audit.record(request.user, AuditAction.FACTOR_REMOVED, None, factor=factor.type)
        return redirect("mfa_index")
    context = admin.site.each_context(request) | {
        "title": gettext("Remove a second factor"),
        "factor": factor,
        "is_last": is_last,
    }
    return render(request, "admin/sign_in/remove_factor.html", context)


@never_cache
@staff_policy
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_identity(request: HttpRequest) -> HttpResponse:
    """Ask for the password again, before what matters."""
    form = ConfirmForm(request.POST or None, account=request.user)
    if request.method == "POST" and form.is_valid():
        request.session[assurance.PROVED_AT] = time.time()
        # A form sent before is not repeated: whoever sent it sees its page again.
        request.session.pop(STATE_SESSION_KEY, None)
        return redirect(safe_next(request) or "mfa_index")
    context = admin.site.each_context(request) | {
        "title": gettext("Your password, please"),
        "form": form,
        "next": safe_next(request),
    }
    return render(request, "admin/sign_in/confirm.html", context)


@staff_policy
@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    count = end_sessions(request.user, but=request.session.session_key)
    audit.record(request.user, AuditAction.SESSIONS_ENDED, None, sessions=count)
    text = ngettext("%d other session ended.", "%d other sessions ended.", count)
    messages.success(request, text % count)
    return redirect("mfa_index")
