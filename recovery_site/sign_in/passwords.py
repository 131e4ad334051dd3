"""Changing one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.db import transaction

from contact.privacy import audit
from contact.privacy.audit import AuditAction
from contact.privacy.brakes import require_own_password


class OwnPasswordForm(AdminPasswordChangeForm):
    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        require_own_password(self.user, password)
        return password

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        account = super().save(commit)
        audit.record(account, AuditAction.PASSWORD_CHANGED)
        return account
