"""Second factors of an account, as django-allauth keeps them; their secrets sealed."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import transaction

from contact.privacy.encryption import DecryptionError, seal, unseal, uses_newest_key

FACTOR_DATA = "second factor"
# The last step of time whose code was used; neither it nor an earlier one is taken again.
LAST_COUNTER = "last_counter"
SECRET_FIELDS = ("secret", "seed")


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, FACTOR_DATA)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), FACTOR_DATA)

    def get_totp_issuer(self) -> str:
        return str(settings.SITE_NAME)

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # A local site answers to several hosts.
        host = context.request.get_host() if settings.SITE_IS_LOCAL else settings.SITE_URL
        name = urlsplit(host if "//" in host else f"//{host}").hostname
        return {"id": str(name), "name": settings.SITE_NAME}


def counter_of(secret: str, code: str) -> int | None:
    """The step of time that a code of an authenticator app belongs to; None if it is wrong."""
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if compare_user_code(actual=code, expected=expected):
            return counter
    return None


def accept_code(account: Any, code: str) -> Authenticator | None:
    """Use a code of the account's app or one of its recovery codes; None unless it is right.

    Used codes are noted in the row, which all processes share, so none works twice. What keys that
    are lost had sealed takes no code.
    """
    codes = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES)
    try:
        with transaction.atomic():
            app = app_of(account, for_update=True)
            if app and use_counter(app, counter_of(decrypt(app.data["secret"]), code)):
                return app
        recovery = codes.first()
        return recovery if recovery and recovery.wrap().validate_code(code) else None
    except DecryptionError:
        return None


def app_of(account: Any, *, for_update: bool = False) -> Authenticator | None:
    rows = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP)
    return (rows.select_for_update() if for_update else rows).first()


def use_counter(app: Authenticator, counter: int | None) -> bool:
    if counter is None or counter <= app.data.get(LAST_COUNTER, 0):
        return False
    app.data[LAST_COUNTER] = counter
    app.save(update_fields=["data"])
    return True


def real_factors(account: Any) -> Any:
    """The account's factors; recovery codes alone are none."""
    return Authenticator.objects.filter(user=account).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )


def has_factor(account: Any) -> bool:
    return bool(account and account.pk and real_factors(account).exists())


def remove_all(account: Any) -> int:
    count: int = real_factors(account).count()
    Authenticator.objects.filter(user=account).delete()
    return count


@transaction.atomic
def reseal_secrets() -> tuple[int, int]:
    """Seal what an older key sealed with the newest one; return how many rows, and how many
    can't be opened."""
    count, lost, adapter = 0, 0, MFAAdapter()
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        old = [name for name in SECRET_FIELDS if name in row.data and is_old(row.data[name])]
        try:
            row.data.update(
                {name: adapter.encrypt(adapter.decrypt(row.data[name])) for name in old}
            )
        except DecryptionError:
            lost += 1
            continue
        if old:
            row.save(update_fields=["data"])
            count += 1
    return count, lost


def is_old(encrypted: str) -> bool:
    try:
        return not uses_newest_key(base64.b64decode(encrypted))
    except binascii.Error:
        return False
