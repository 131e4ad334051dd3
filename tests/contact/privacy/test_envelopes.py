"""What is sealed to a public key opens with its private key alone."""

import base64
import json

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from contact.lifecycle.journal import journal, journal_files
from contact.models import CallbackRequest
from contact.privacy import envelopes
from contact.privacy.encryption import DecryptionError, MissingKey
from tests.contact.lifecycle.journal.test_journal import payload

OTHER = base64.b64encode(b"9" * 32).decode()


def test_an_envelope_opens_in_its_place_alone():
    sealed = envelopes.seal_to_public_key("Ada", "journal/1")
    assert envelopes.open_envelope(sealed, "journal/1") == "Ada"
    assert b"Ada" not in sealed
    with pytest.raises(DecryptionError):
        envelopes.open_envelope(sealed, "journal/2")
    for place in range(0, len(sealed), 7):
        changed = bytearray(sealed)
        changed[place] ^= 1
        assert not envelopes.is_whole(bytes(changed), "journal/1")


def test_without_the_private_key_nothing_opens_and_damage_is_known(settings, data_dir):
    entry = journal.append(payload(), "key", words_taken=())
    settings.JOURNAL_PRIVATE_KEYS = []
    settings.FIELD_KEYS = settings.INDEX_KEYS = []
    path = journal_files.journal_folder("new") / f"{entry.id}.sealed"
    with pytest.raises(MissingKey, match="JOURNAL_PRIVATE_KEYS"):
        envelopes.open_envelope(path.read_bytes(), f"journal/{entry.id}")
    # Sent again, it is the same entry with the same code words.
    assert entry.code_words is not None
    assert journal.append(payload(), "key", words_taken=()) == entry
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-20] + bytes(20))
    assert journal.append(payload(), "key", words_taken=()) == entry
    assert len(path.read_bytes()) == len(sealed)
    assert not path.read_bytes().endswith(bytes(20))
    assert envelopes.is_whole(path.read_bytes(), f"journal/{entry.id}")


@pytest.mark.django_db
def test_entries_of_before_and_after_the_public_key_come_in(settings):
    public, settings.JOURNAL_PUBLIC_KEY = settings.JOURNAL_PUBLIC_KEY, ""
    journal.append(payload(name="Before Example"), "1")
    settings.JOURNAL_PUBLIC_KEY = public
    journal.append(payload(name="After Example"), "2")
    assert journal.drain() == 2
    assert {row.name for row in CallbackRequest.objects.all()} == {
        "Before Example",
        "After Example",
    }


@pytest.mark.django_db
def test_a_public_key_without_its_private_one_stops_the_start(settings):
    settings.JOURNAL_PRIVATE_KEYS = [OTHER]
    with pytest.raises(SystemCheckError, match="belongs to none"):
        call_command("check")
    settings.JOURNAL_PRIVATE_KEYS = ["hunter2"]
    with pytest.raises(SystemCheckError, match="unusable key") as wrong:
        call_command("check")
    assert "hunter2" not in json.dumps(str(wrong.value))
