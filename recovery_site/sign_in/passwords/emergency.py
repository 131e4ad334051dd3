"""Emergency access: a code, printed on the server, that opens one account once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.privacy.keys import Purpose, keyed_hash

from ..factors import factors
from ..models import StaffAccount
from ..sessions.sessions import end_sessions

EMERGENCY = "emergency"
VALID_FOR = timedelta(minutes=30)
# Without letters and digits that look like each other.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_GROUPS, CODE_GROUP_LENGTH = 5, 4


def make_code(account: User) -> str:
    """Return a new code; it takes the place of an earlier one."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(CODE_GROUPS * CODE_GROUP_LENGTH)]
    parts = (
        "".join(letters[n : n + CODE_GROUP_LENGTH])
        for n in range(0, len(letters), CODE_GROUP_LENGTH)
    )
    code = "-".join(parts)
    noted = {"emergency_code": _hash(code), "emergency_until": timezone.now() + VALID_FOR}
    with transaction.atomic():
        StaffAccount.objects.update_or_create(noted, account=account)
        audit.record(None, AuditAction.EMERGENCY_CODE_MADE, None, account=account.get_username())
    return code


@transaction.atomic
def use_code(name: str, code: str) -> User | None:
    """Use the code up: the account loses its factors, ends its sessions, needs a new password."""
    rows = StaffAccount.objects.filter(
        account__username=name.strip(),
        account__is_active=True,
        emergency_code=_hash(code),
        emergency_until__gt=timezone.now(),
    )
    # Of two uses at the same time, one changes the row.
    account = User.objects.filter(username=name.strip()).first()
    used = {"emergency_code": "", "emergency_until": None}
    if account is None or not rows.update(**used, must_change_password=True, is_demo=False):
        return None
    # Whoever knows the old password must not choose the new one.
    account.set_unusable_password()
    account.save(update_fields=["password"])
    removed = factors.remove_all(account)
    end_sessions(account)
    audit.record(account, AuditAction.EMERGENCY_CODE_USED, None, factors=removed)
    return account


def _hash(code: str) -> str:
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    return keyed_hash(Purpose.SIGN_IN, "emergency code", typed).hex() if typed else "-"
