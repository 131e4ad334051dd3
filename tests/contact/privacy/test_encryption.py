import base64
import os

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from contact.lifecycle.journal import journal
from contact.models import CallbackRequest, Note
from contact.privacy import encryption, keys
from contact.privacy.encryption import DecryptionError, EncryptedTextField, seal, unseal
from tests.factories import MESSAGE, NAME, PHONE, callback_payload, make_request, make_staff


def fresh_key():
    return base64.b64encode(os.urandom(32)).decode()


def raw(request, column="name", table="contact_callbackrequest"):
    with connection.cursor() as cursor:
        pk = request.pk.hex if connection.vendor == "sqlite" else str(request.pk)
        cursor.execute(f"SELECT {column} FROM {table} WHERE id = %s", [pk])
        return bytes(cursor.fetchone()[0])


def write_raw(request, value, column="name"):
    rows = CallbackRequest.objects.filter(pk=request.pk)
    rows.update(**{column: encryption.Sealed(value)})


def test_text_opens_only_with_its_associated_data():
    sealed = seal("Ana", "here")
    assert unseal(sealed, "here") == "Ana"
    with pytest.raises(DecryptionError):
        unseal(sealed, "there")


def test_equal_texts_look_different():
    assert seal("Ana", "here") != seal("Ana", "here")


@pytest.mark.parametrize("position", [0, 1, 5, 17, -1])
def test_any_changed_byte_is_found(position):
    sealed = bytearray(seal("Ana", "here"))
    sealed[position] ^= 1
    with pytest.raises(DecryptionError):
        unseal(bytes(sealed), "here")


@pytest.mark.parametrize("junk", [b"", b"\x01", b"x" * 100])
def test_junk_is_not_opened(junk):
    with pytest.raises(DecryptionError):
        unseal(junk, "here")


def test_a_missing_key_is_named(settings):
    sealed = seal("Ana", "here")
    old = encryption.key_id(encryption.decode_key(settings.FIELD_KEYS[0])).hex()
    settings.FIELD_KEYS = [fresh_key()]
    with pytest.raises(DecryptionError, match=old):
        unseal(sealed, "here")


@pytest.mark.parametrize("text", ["", "émigré 🌵", "a" * 100_000, "\x00", "שלום \u202e"])
@pytest.mark.django_db
def test_any_text_survives_the_database(text):
    saved = make_request(message=text)
    assert CallbackRequest.objects.get(pk=saved.pk).message == text


@pytest.mark.django_db
def test_columns_hold_no_words():
    request = make_request()
    for column, words in (("name", NAME), ("phone", PHONE), ("message", MESSAGE)):
        assert words.encode() not in raw(request, column)
        assert words[:6].encode() not in raw(request, column)


@pytest.mark.django_db
def test_a_value_copied_to_another_row_or_field_does_not_open():
    one, other = make_request(name="Ana"), make_request(name="Ben")
    write_raw(other, raw(one))
    write_raw(one, raw(one, "message"), "name")
    for request in (one, other):
        with pytest.raises(DecryptionError):
            _ = CallbackRequest.objects.get(pk=request.pk).name


@pytest.mark.django_db
def test_rows_that_nobody_reads_are_not_opened(settings):
    make_request()
    settings.FIELD_KEYS = [fresh_key()]
    (request,) = CallbackRequest.objects.all()
    assert str(request)
    with pytest.raises(DecryptionError):
        _ = request.name


@pytest.mark.django_db
def test_saving_an_unread_row_keeps_its_sealed_bytes(settings):
    pk = make_request().pk
    before = raw(CallbackRequest.objects.get(pk=pk))
    key, settings.FIELD_KEYS = settings.FIELD_KEYS, [fresh_key()]
    CallbackRequest.objects.get(pk=pk).save()
    assert raw(CallbackRequest.objects.get(pk=pk)) == before
    settings.FIELD_KEYS = key
    assert CallbackRequest.objects.get(pk=pk).name == NAME


@pytest.mark.django_db
def test_plain_text_can_not_slip_past_save():
    request = make_request()
    with pytest.raises(TypeError, match="encrypted"):
        CallbackRequest.objects.update(name="plain")
    with pytest.raises(TypeError, match="encrypted"):
        CallbackRequest.objects.filter(name="plain").exists()
    request.name = "plain"
    with pytest.raises(TypeError, match="encrypted"):
        CallbackRequest.objects.bulk_update([request], ["name"])


@pytest.mark.django_db
def test_dumpdata_refuses_to_write_words_out():
    make_request()
    with pytest.raises(CommandError, match="encrypted and not serialized"):
        call_command("dumpdata", "contact.callbackrequest")


def test_hashes_of_different_purposes_differ():
    purposes = [keys.keyed_hash(purpose, "a", "x") for purpose in keys.Purpose]
    purposes += [keys.short_lived_hash(purpose, "a", "x") for purpose in keys.ShortLived]
    assert len(set(purposes)) == len(keys.Purpose) + len(keys.ShortLived)
    one = keys.Purpose.PHONES
    assert keys.keyed_hash(one, "a", "x") != keys.keyed_hash(one, "b", "x")
    assert keys.keyed_hash(one, "ab", "c") != keys.keyed_hash(one, "a", "bc")


@pytest.mark.parametrize(
    ("over", "found"),
    [
        ({}, set()),
        ({"FIELD_KEYS": ["short"]}, {"contact.E001"}),
        ({"FIELD_KEYS": ["dG9vIHNob3J0"]}, {"contact.E001"}),
        ({"FIELD_KEYS": []}, {"contact.E001"}),
        ({"INDEX_KEYS": ["x"]}, {"contact.E001"}),
        ({"INDEX_KEYS": [base64.b64encode(b"1" * 32).decode()]}, {"contact.E002"}),
    ],
)
def test_keys_are_checked(settings, over, found):
    for name, value in over.items():
        setattr(settings, name, value)
    messages = encryption.check_keys(None)
    assert {message.id for message in messages} == found
    assert all("openssl rand -base64 32" in message.hint for message in messages)


@pytest.mark.django_db
def test_rotation_reseals_everything_and_old_keys_can_go(settings, capsys):
    request = make_request()
    Note.objects.create(request=request, by=make_staff(), text="called twice")
    settings.FIELD_KEYS = [fresh_key(), *settings.FIELD_KEYS]
    call_command("rotate_keys")
    assert "callback request: 1 rows seen, 1 sealed anew" in capsys.readouterr().out
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    fresh = CallbackRequest.objects.get()
    assert (fresh.name, fresh.phone, fresh.message) == (NAME, PHONE, MESSAGE)
    assert fresh.notes.get().text == "called twice"
    call_command("rotate_keys")
    assert "1 rows seen, 0 sealed anew" in capsys.readouterr().out


@pytest.mark.django_db
def test_rotation_reports_values_that_it_can_not_open(settings):
    lost = raw(make_request())
    settings.FIELD_KEYS = [fresh_key()]
    make_request()
    with pytest.raises(CommandError, match="1 rows can't be opened"):
        call_command("rotate_keys")
    assert lost in [raw(request) for request in CallbackRequest.objects.all()]


@pytest.mark.django_db
@pytest.mark.parametrize("public_key", [True, False], ids=["public key", "of before"])
def test_rotation_says_when_the_journal_still_needs_an_old_key(settings, capsys, public_key):
    if not public_key:
        settings.JOURNAL_PUBLIC_KEY = ""
    journal.append(callback_payload(), "")
    settings.FIELD_KEYS = [fresh_key(), *settings.FIELD_KEYS]
    settings.JOURNAL_PUBLIC_KEY = public_key and fresh_key()
    call_command("rotate_keys")
    assert "1 journal entries still need them" in capsys.readouterr().out


@pytest.mark.django_db
def test_every_encrypted_field_is_known():
    names = {field.name for field in EncryptedTextField.of(CallbackRequest)}
    assert names == {
        "name", "phone", "extension", "phone_as_typed", "relationship", "needs", "message",
        "reason",
    }  # fmt: skip
