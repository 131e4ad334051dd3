"""Beside a database that was written with other keys nothing starts, and nothing is written."""

import base64
import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from contact.lifecycle.journal import journal
from contact.privacy import key_marker
from contact.privacy.audit_trail import audit
from recovery_site.environment.make_env_file import data_without_keys
from recovery_site.management.commands import serve
from recovery_site.serving.known_keys import Drain, require_keys
from tests.contact.lifecycle.journal.test_journal import payload

pytestmark = pytest.mark.django_db
OTHER, THIRD = (base64.b64encode(digit * 32).decode() for digit in (b"7", b"8"))


@pytest.fixture
def filled():
    journal.append(payload(), "key")
    journal.drain()
    key_marker.mark_keys()


def without_marker():
    """As the release before left a database."""
    key_marker.KeyMarker.objects.all().delete()


@pytest.mark.parametrize("is_marked", [True, False], ids=["marked", "of the release before"])
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"FIELD_KEYS": [OTHER], "INDEX_KEYS": [THIRD]}, "INDEX_KEY is another one and FIELD_KEYS"),
        ({"INDEX_KEYS": [THIRD]}, "INDEX_KEY is another one"),
        ({"FIELD_KEYS": [OTHER]}, "FIELD_KEYS lacks"),
    ],
    ids=["both", "index", "field"],
)
def test_no_start_beside_a_database_of_other_keys(filled, settings, is_marked, changed, says):
    if not is_marked:
        without_marker()
    before = settings.FIELD_KEYS, settings.INDEX_KEYS
    settings.FIELD_KEYS = changed.get("FIELD_KEYS", settings.FIELD_KEYS)
    settings.INDEX_KEYS = changed.get("INDEX_KEYS", settings.INDEX_KEYS)
    entries = audit.AuditEntry.objects.count()
    for start in (
        lambda: call_command("migrate", verbosity=0),
        lambda: call_command("run_jobs", once=True),
        lambda: serve.Command().prepare(has_static_files=False),
    ):
        with pytest.raises(CommandError, match=says) as refusal:
            start()
        assert "\n" not in str(refusal.value)
        assert "Put back the keys of then" in str(refusal.value)
    journal.append(payload(), "another")
    with pytest.raises(key_marker.OtherKeys):
        Drain()()
    assert audit.AuditEntry.objects.count() == entries
    settings.FIELD_KEYS, settings.INDEX_KEYS = before
    key_marker.require_known_keys()
    assert audit.verify() is None


def test_a_key_in_front_is_noted_and_the_old_one_is_needed_until_all_is_sealed_anew(
    filled, settings
):
    old = settings.FIELD_KEYS[0]
    settings.FIELD_KEYS = [OTHER, old]
    require_keys()
    settings.FIELD_KEYS = [OTHER]
    with pytest.raises(CommandError, match="FIELD_KEYS lacks"):
        require_keys()
    settings.FIELD_KEYS = [OTHER, old]
    call_command("rotate_keys")
    settings.FIELD_KEYS = [OTHER]
    require_keys()
    # A key that is lost for good keeps nobody from working with what is left.
    settings.FIELD_KEYS = [THIRD]
    with pytest.raises(CommandError):
        require_keys()
    call_command("rotate_keys", give_up_lost=True)
    require_keys()


def test_a_marker_that_was_changed_by_hand_is_told(filled):
    key_marker.KeyMarker.objects.update(field_keys=[])
    with pytest.raises(CommandError, match="changed by hand"):
        require_keys()


def test_an_empty_database_takes_any_keys(settings):
    settings.FIELD_KEYS, settings.INDEX_KEYS = [OTHER], [THIRD]
    require_keys()
    assert key_marker.KeyMarker.objects.get().field_keys == key_marker.present_keys()


def test_a_lost_env_beside_data_is_told_and_no_new_one_is_written(tmp_path, monkeypatch):
    for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATA_DIR"):
        monkeypatch.delenv(name)
    env = tmp_path / ".env"
    assert data_without_keys(env) is None
    (tmp_path / "var").mkdir()
    with closing(sqlite3.connect(tmp_path / "var" / "site.sqlite3")) as link:
        assert data_without_keys(env) is None
        link.execute("CREATE TABLE contact_auditentry (number)")
        assert data_without_keys(env) is None
        link.execute("INSERT INTO contact_auditentry VALUES (1)")
        link.commit()
    assert data_without_keys(env) == tmp_path / "var"
    env.touch()
    assert data_without_keys(env) is None
