"""Encrypted fields as staff read them."""

from __future__ import annotations

from django.utils.translation import gettext

from contact.privacy.encryption import DecryptionError


def decrypted(instance: object, field: str) -> str:
    """The field's text, or a sentence that says why it can't be shown."""
    try:
        return str(getattr(instance, field))
    except DecryptionError:
        return gettext("Cannot be decrypted with the present keys.")
