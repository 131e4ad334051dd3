"""Passwords: one's own, and those that administrators choose for others."""

from __future__ import annotations

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import HttpRequest

from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.brakes import require_own_password

from ..models import StaffAccount
from ..sessions.assurance import CHANGE_PASSWORD
from .emergency import EMERGENCY


class OwnPasswordForm(AdminPasswordChangeForm):
    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        require_own_password(self.user, password)
        return password


class EmergencyPasswordForm(SetPasswordForm):
    """For somebody let in by an emergency code, who may not know the old password."""


@transaction.atomic
def note_own_password(request: HttpRequest) -> None:
    """Somebody chose a password of their own: nothing else is asked of them for it."""
    StaffAccount.objects.filter(account_id=request.user.pk).update(
        must_change_password=False, is_demo=False
    )
    for key in (CHANGE_PASSWORD, EMERGENCY):
        request.session.pop(key, None)
    audit.record(request.user, AuditAction.PASSWORD_CHANGED)
