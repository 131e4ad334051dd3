"""Each try to log in: its brakes, and its entry in the audit trail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from contact.privacy import brakes
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from recovery_site.errors import error_page


class LogInTry:
    def __init__(self, request: HttpRequest) -> None:
        self.name = request.POST.get("username", "")
        self.address = request.META.get("REMOTE_ADDR", "")
        self.lanes = brakes.log_in_lanes(self.name, self.address)

    def begin(self) -> int:
        """Count the try; return how many seconds to wait if it comes too early."""
        return brakes.begin_try(self.lanes)

    def fail(self) -> None:
        # An unknown name may be a password typed into the wrong field, so it is not written down.
        name = self.name.strip().replace("\0", "")
        known = User.objects.filter(username=name).first()
        detail: dict[str, Any] = {"account": known.get_username()} if known else {}
        audit.record(None, AuditAction.LOG_IN_FAILED, **detail)

    def password_was_right(self) -> None:
        brakes.forgive(self.lanes)


def wait_page(seconds: int) -> HttpResponse:
    words = f"{gettext('Several tries to log in failed.')} {brakes.wait_text(seconds)}"
    response = error_page(429, words)
    response["Retry-After"] = str(seconds)
    return response
