"""What a session has proved: a second factor, a password of its own, and when it last proved it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from contact.privacy import brakes
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction

from ..models import StaffAccount
from .sessions import BROWSER, STARTED, browser_name, end_sessions

SECOND_FACTOR = "second_factor"
CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of a mark
PROVED_AT = "proved_at"
# A form may be filled in for longer than its page may be opened.
RECENT_SECONDS = {"GET": 10 * 60, "HEAD": 10 * 60}
RECENT_SECONDS_OF_FORMS = 30 * 60

LOG_OUT, NEW_PASSWORD = "/admin/logout/", "/admin/password_change/"
OWN_PASSWORD = (LOG_OUT, NEW_PASSWORD)
ENROLMENT = ("/admin/account/", NEW_PASSWORD, LOG_OUT)
View = Callable[[HttpRequest], HttpResponse]


def begin_session(request: HttpRequest, account: User) -> None:
    """Note in the new session what was proved, and the log-in in the audit trail."""
    session, proofs = request.session, get_authentication_records(request, account)
    factor = next((each.get("type") for each in proofs if each.get("method") == "mfa"), None)
    session[STARTED] = session[PROVED_AT] = time.time()
    session[BROWSER] = browser_name(request.META.get("HTTP_USER_AGENT", ""))
    noted = StaffAccount.objects.filter(account=account).first()
    for key, value in (
        (SECOND_FACTOR, factor),
        (CHANGE_PASSWORD, bool(noted and noted.must_change_password)),
    ):
        session.pop(key, None)
        if value:
            session[key] = value
    brakes.remember_network(account.get_username(), request.META.get("REMOTE_ADDR", ""))
    detail: dict[str, Any] = {"factor": str(factor)} if factor else {}
    audit.record(account, AuditAction.LOGGED_IN, **detail)


def note_new_factor(request: HttpRequest, kind: str) -> None:
    """Somebody added a factor and proved it; sessions without any end."""
    request.session[SECOND_FACTOR] = kind
    end_sessions(request.user, but=request.session.session_key)
    audit.record(request.user, AuditAction.FACTOR_ADDED, factor=kind)


def is_recent(request: HttpRequest) -> bool:
    """Whether the password was typed, or a factor used, in this session a short time ago."""
    proved = request.session.get(PROVED_AT, 0)
    limit = RECENT_SECONDS.get(request.method or "", RECENT_SECONDS_OF_FORMS)
    return 0 <= time.time() - proved < limit


def require_assurance(get_response: View) -> View:
    """Let staff reach nothing but what is missing: a password of their own, a second factor."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path
        if not path.startswith(settings.STAFF_PATHS) or not request.user.is_authenticated:
            return get_response(request)
        if request.session.get(CHANGE_PASSWORD):
            return get_response(request) if path in OWN_PASSWORD else redirect(NEW_PASSWORD)
        is_missing = settings.SECOND_FACTOR_REQUIRED and not request.session.get(SECOND_FACTOR)
        if is_missing and not path.startswith(ENROLMENT):
            return redirect("mfa_index")
        return get_response(request)

    return middleware
