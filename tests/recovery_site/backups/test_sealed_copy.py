"""Backups that are sealed to a public key."""

import base64
import io
import os
import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import connection

from contact.privacy import key_marker
from recovery_site.apps import check_backup_key
from recovery_site.backups import database_copy, making, restoring, sealed_copy
from recovery_site.backups.manifest import BackupError, Manifest
from tests.drills.crash_states import recording
from tests.factories import make_request

PIECE = sealed_copy.PIECE_BYTES + sealed_copy.TAG_BYTES
HEADER = 5 + sealed_copy.SEALED_KEY_BYTES


def pair():
    private = X25519PrivateKey.from_private_bytes(os.urandom(32))
    both = private.public_key().public_bytes_raw(), private.private_bytes_raw()
    return [base64.b64encode(each).decode() for each in both]


def swapped(text):
    first, second = text[HEADER : HEADER + PIECE], text[HEADER + PIECE : HEADER + 2 * PIECE]
    return text[:HEADER] + second + first + text[HEADER + 2 * PIECE :]


@pytest.mark.parametrize("size", [0, 1, sealed_copy.PIECE_BYTES, 2 * sealed_copy.PIECE_BYTES + 5])
def test_what_was_sealed_comes_back(tmp_path, size):
    public, private = pair()
    words, sealed = os.urandom(size), tmp_path / "a"
    sealed_copy.seal_to_file(io.BytesIO(words), sealed, public)
    sealed_copy.open_file(sealed, tmp_path / "b", private)
    assert (tmp_path / "b").read_bytes() == words


def test_a_changed_cut_or_swapped_piece_is_told(tmp_path):
    public, private = pair()
    sealed = tmp_path / "a"
    words = os.urandom(2 * sealed_copy.PIECE_BYTES + 5)
    sealed_copy.seal_to_file(io.BytesIO(words), sealed, public)
    whole = sealed.read_bytes()
    wrong = (
        whole[:-1],
        whole[: HEADER + 2 * PIECE],
        whole[:-1] + bytes([whole[-1] ^ 1]),
        swapped(whole),
        whole[:5] + os.urandom(80) + whole[HEADER:],
    )
    for number, text in enumerate(wrong):
        sealed.write_bytes(text)
        with pytest.raises(BackupError, match="damaged"):
            sealed_copy.open_file(sealed, tmp_path / str(number), private)
    with pytest.raises(BackupError, match="another key"):
        sealed_copy.open_file(sealed, tmp_path / "other", pair()[1])


@pytest.mark.django_db(transaction=True)
def test_a_sealed_backup_opens_with_its_key_alone(tmp_path, settings, monkeypatch):
    settings.BACKUP_PUBLIC_KEY, private = pair()
    make_request(name="Ruth Example")
    (tmp_path / "backups").mkdir()
    with recording(tmp_path / "backups") as recorder:
        folder = making.make_backup(tmp_path / "backups")
    # Not for a moment did the plain copy lie there, nor does it stay elsewhere.
    written = [each.data for step in recorder.steps for each in step.contents.values()]
    assert any(words.startswith(b"\x01") for words in written)
    assert not any(words.startswith((b"SQLite format", b"PGDMP")) for words in written)
    assert not list(settings.DATA_DIR.glob(".copy*"))
    names = {path.name for path in folder.iterdir()}
    assert database_copy.file_in(folder).name not in names
    assert not any(b"SQLite format" in path.read_bytes() for path in folder.glob("*.*"))
    call_command("backup", tmp_path / "backups", verify=True)
    monkeypatch.setattr(restoring, "_require_empty", lambda: None)
    brought = []
    monkeypatch.setattr(
        database_copy,
        "restore_database",
        lambda plain: brought.append(database_copy.file_in(plain).read_bytes()[:5]),
    )
    with pytest.raises(CommandError, match="sealed: name the file"):
        call_command("restore", tmp_path / "backups")
    key = tmp_path / "key"
    key.write_text(f"{private}\n")
    call_command("restore", tmp_path / "backups", key=key)
    assert brought[0] in {b"SQLit", b"PGDMP"}
    # Nothing of the plain copy stays.
    assert not list(settings.DATA_DIR.glob("tmp*"))


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_cannot_be_made_leaves_nothing(tmp_path, settings, monkeypatch):
    settings.BACKUP_PUBLIC_KEY, _private = pair()
    if connection.vendor == "sqlite":
        monkeypatch.setattr(database_copy, "_opened", lambda path: sqlite3.connect("/no/such"))
    else:
        monkeypatch.setattr(database_copy, "_name", lambda: "no_such_database")
    with pytest.raises(BackupError, match=r"could not copy|does not exist"):
        making.make_backup(tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
    assert not list(settings.DATA_DIR.glob(".copy*"))


def test_a_key_that_is_none_is_told_before_its_first_use(settings):
    settings.BACKUP_PUBLIC_KEY = "hunter2"
    (error,) = check_backup_key()
    assert "BACKUP_PUBLIC_KEY is unusable" in error.msg
    assert "hunter2" not in error.msg


@pytest.mark.django_db(transaction=True)
def test_a_key_that_sealed_nothing_is_not_asked_for(tmp_path, settings):
    make_request()
    key_marker.mark_keys()
    old = base64.b64encode(b"5" * 32).decode()
    settings.FIELD_KEYS = [*settings.FIELD_KEYS, old]
    folder = making.make_backup(tmp_path / "backups")
    assert Manifest.read(folder).field_keys == key_marker.present_keys()[:1]
