"""A file sealed to a public key, so that the machine that makes backups cannot open them.

`version (1) · id of the public key (4) · HPKE of the file's own key (80) · pieces`: AES-256-GCM
over 1 MiB each, whose nonce counts them and marks the last (STREAM, Hoang 2015), so that none
can be left out, moved or cut off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contact.privacy.keys import KEY_ID_BYTES, decode_key, key_id

from .manifest import BackupError

SEALED_SUFFIX = ".sealed"
FORMAT_VERSION = b"\x01"
PIECE_BYTES, TAG_BYTES = 1024 * 1024, 16
SEALED_KEY_BYTES = 80
SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def seal_to_file(source: IO[bytes], target: Path, public_text: str) -> None:
    """Write what `source` gives to `target`, sealed: nothing of it is written otherwise."""
    public = decode_key(public_text)
    own, header = os.urandom(32), FORMAT_VERSION + key_id(public)
    sealed = SUITE.encrypt(own, X25519PublicKey.from_public_bytes(public), info=header)
    cipher = AESGCM(own)
    with target.open("xb") as file:
        file.write(header + sealed)
        for nonce, piece in _pieces(source, PIECE_BYTES):
            file.write(cipher.encrypt(nonce, piece, header))


def open_file(path: Path, target: Path, private_text: str) -> None:
    """Write what the file holds to `target`. Raises BackupError."""
    private = X25519PrivateKey.from_private_bytes(decode_key(private_text))
    with path.open("rb") as source:
        header = source.read(1 + KEY_ID_BYTES)
        if header != FORMAT_VERSION + key_id(private.public_key().public_bytes_raw()):
            raise BackupError(f"{path} was sealed to another key than that of this private one.")
        try:
            cipher = AESGCM(SUITE.decrypt(source.read(SEALED_KEY_BYTES), private, info=header))
            with target.open("xb") as file:
                target.chmod(0o600)
                for nonce, piece in _pieces(source, PIECE_BYTES + TAG_BYTES):
                    file.write(cipher.decrypt(nonce, piece, header))
        except InvalidTag:
            raise BackupError(f"{path} is damaged or was changed.") from None


def _pieces(source: IO[bytes], size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield each piece with its nonce; at least one, and the last one marked."""
    number, piece = 0, source.read(size)
    while True:
        following = source.read(size)
        yield number.to_bytes(11) + bytes([not following]), piece
        if not following:
            return
        number, piece = number + 1, following
