"""Authenticated encryption of text, under keys that stand in FIELD_KEYS alone.

A sealed value is `version (1) · key id (4) · nonce (12) · AES-256-GCM ciphertext and tag`.
Its associated data names where it belongs (model, row and field, or journal entry), so a
value that is copied elsewhere no longer opens.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.core import checks, validators
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from .keys import KEY_ID_BYTES, decode_key, key_id

FORMAT_VERSION = b"\x01"
NONCE_BYTES = 12
HEADER_BYTES = len(FORMAT_VERSION) + KEY_ID_BYTES + NONCE_BYTES
HOW_TO_MAKE_A_KEY = "Make one with `openssl rand -base64 32`."


class DecryptionError(Exception):
    """A sealed value can't be opened: its key is missing, or its bytes or associated data
    differ."""


class MissingKey(DecryptionError):
    """The value was sealed with a key that is not in this setting. `key` is its id."""

    def __init__(self, key: str, setting: str = "FIELD_KEYS") -> None:
        super().__init__(f"Sealed with key {key}, which is not in {setting}.")
        self.key = key


class Sealed(bytes):
    """Bytes as the database stores them: sealed, or empty for an empty text."""


@lru_cache(maxsize=4)
def _ciphers(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    decoded = [decode_key(text) for text in keys]
    return {key_id(key): AESGCM(key) for key in decoded}


def _newest() -> tuple[bytes, AESGCM]:
    return next(iter(_ciphers(tuple(settings.FIELD_KEYS)).items()))


def seal(text: str, associated_data: str) -> Sealed:
    """Encrypt `text` with the newest key; it opens with the same `associated_data` alone."""
    identity, cipher = _newest()
    nonce = os.urandom(NONCE_BYTES)
    header = FORMAT_VERSION + identity + nonce
    return Sealed(header + cipher.encrypt(nonce, text.encode(), _aad(header, associated_data)))


def unseal(sealed: bytes, associated_data: str) -> str:
    """Decrypt a value that `seal` made with the same `associated_data`; raise DecryptionError."""
    if len(sealed) < HEADER_BYTES or not sealed.startswith(FORMAT_VERSION):
        raise DecryptionError("This is not a sealed value.")
    header = bytes(sealed[:HEADER_BYTES])
    identity, nonce = header[1 : 1 + KEY_ID_BYTES], header[1 + KEY_ID_BYTES :]
    cipher = _ciphers(tuple(settings.FIELD_KEYS)).get(identity)
    if cipher is None:
        raise MissingKey(identity.hex())
    try:
        aad = _aad(header, associated_data)
        return cipher.decrypt(nonce, sealed[HEADER_BYTES:], aad).decode()
    except (InvalidTag, UnicodeDecodeError):
        raise DecryptionError(
            f"Sealed with key {identity.hex()}, but changed since or moved from its place."
        ) from None


def uses_newest_key(sealed: bytes) -> bool:
    """Whether `sealed` is empty or uses the newest key."""
    return not sealed or sealed[1 : 1 + KEY_ID_BYTES] == _newest()[0]


def _aad(header: bytes, associated_data: str) -> bytes:
    return header + associated_data.encode()


def readable(row: models.Model, field: str) -> str:
    """Return a field's text, or nothing where no present key opens it."""
    try:
        return str(getattr(row, field))
    except DecryptionError:
        return ""


class SealedAttribute(DeferredAttribute):
    """Decrypt a stored value at its first use, so that unread fields stay sealed."""

    field: EncryptedTextField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, Sealed):
            value = unseal(value, self.field.associated_data_for(instance)) if value else ""
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):
    """Text that is sealed in the database. A row needs a primary key before it is saved."""

    descriptor_class = SealedAttribute
    empty_values = list(validators.EMPTY_VALUES)
    EMPTY = Sealed()

    @staticmethod
    def of(model: type[models.Model]) -> list[EncryptedTextField]:
        """The encrypted fields of a model."""
        return [field for field in model._meta.fields if isinstance(field, EncryptedTextField)]

    def associated_data_for(self, instance: models.Model) -> str:
        if instance.pk is None:
            raise ValueError(f"{instance._meta.label} needs a primary key before it is sealed.")
        return f"{instance._meta.label_lower}/{instance.pk}/{self.name}"

    def get_default(self) -> str:
        return ""

    def to_python(self, value: Any) -> Any:
        return value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def stored(self, instance: models.Model) -> Sealed:
        """Return the value as the database stores it, without decrypting it."""
        value = instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            return value
        text = getattr(instance, self.attname)
        return seal(text, self.associated_data_for(instance)) if text else self.EMPTY

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        return self.stored(model_instance)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # update(), bulk_update() and filter() don't know the row, so they can't seal plain text.
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is encrypted: write it with save(), never filter by it.")
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is encrypted and not serialized: back up the database.")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{"form_class": forms.CharField, "widget": forms.Textarea} | kwargs
        )


def check_keys(app_configs: Any, **kwargs: Any) -> Sequence[checks.CheckMessage]:
    """Report keys in FIELD_KEYS and INDEX_KEY that are missing, malformed or shared."""
    if settings.ROLE == "public":
        return []
    named = {"FIELD_KEYS": settings.FIELD_KEYS, "INDEX_KEY": settings.INDEX_KEYS}
    found: list[checks.CheckMessage] = []
    for name, keys in named.items():
        for key in keys:
            try:
                decode_key(key)
            except ValueError as error:
                message = f"{name} holds an unusable key: {error}."
                found.append(checks.Error(message, hint=HOW_TO_MAKE_A_KEY, id="contact.E001"))
        if not keys:
            found.append(
                checks.Error(f"{name} is empty.", hint=HOW_TO_MAKE_A_KEY, id="contact.E001")
            )
    if set(settings.INDEX_KEYS) & set(settings.FIELD_KEYS):
        message = "INDEX_KEY is also in FIELD_KEYS; each key has one purpose."
        found.append(checks.Error(message, hint=HOW_TO_MAKE_A_KEY, id="contact.E002"))
    return found
