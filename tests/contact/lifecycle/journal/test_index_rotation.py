"""INDEX_KEY is changed while the site runs: nobody is lost, and no chain breaks."""

import base64

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from contact.intake.queue.selection.finding import find
from contact.lifecycle.changes import stops
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.journal import index_rotation, journal
from contact.lifecycle.retention import endings_back
from contact.models import CallbackRequest, LineStop, RetiredAuditKey, SearchKey, phone_index
from contact.privacy import key_marker, keys
from contact.privacy.audit_trail import audit, audit_anchors, audit_checkpoints
from contact.privacy.brakes import log_in_lanes, remember_network
from contact.records.enums import Status
from recovery_site.database import triggers
from recovery_site.serving.known_keys import require_keys
from tests.contact.lifecycle.journal.test_journal import payload
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
NEW, NEWER = (base64.b64encode(digit * 32).decode() for digit in (b"7", b"8"))
ADA, BEN = "+16025550141", "+16025550142"


def received(key, **over):
    entry = journal.append(payload(**over), key)
    journal.drain()
    return CallbackRequest.objects.get(pk=entry.id)


@pytest.fixture
def before(settings):
    """Requests, a stop and a known network under the key of before, which is then changed."""
    ada = received("1", name="Ada Example", phone=ADA)
    ben = received("2", name="Ben Example", phone=BEN)
    stops.stop_calls(ben, make_staff(), Scope.LINE)
    remember_network("maria", "192.0.2.7")
    audit_anchors.append_anchor()
    key_marker.mark_keys()
    settings.INDEX_KEYS = [NEW, *settings.INDEX_KEYS]
    require_keys()
    return ada, ben


def test_under_traffic_whoever_asks_again_finds_what_was_there(before):
    ada, _ben = before
    assert ada.phone_index != phone_index(ADA)
    for term in (ADA, "Ada Example", "0141"):
        assert [row.pk for row in find(term).requests] == [ada.pk]
    assert find("Ada Example 0142").requests.count() == 0
    again = received("3", name="Ada Example", phone=ADA)
    assert CallbackRequest.objects.filter(line_index=again.line_index).count() == 2
    # A stop holds for whoever writes its number under the new key.
    assert received("4", name="Cay Example", phone=BEN).status == Status.LEAD
    assert not CallbackRequest.objects.get(pk=ada.pk).is_safety_broken
    assert log_in_lanes("maria", "192.0.2.7")[0].longest_wait == 60
    assert audit.verify() is None


def test_after_rotation_the_old_key_is_needed_for_nothing(before, settings, capsys, tmp_path):
    ada, ben = before
    file = tmp_path / "checkpoint.json"
    call_command("verify_audit", checkpoint=file)
    call_command("rotate_keys")
    told = capsys.readouterr().out
    assert "numbers and names: 2 requests seen, 2 anew" in told
    assert "Only the first keys are needed now" in told
    settings.INDEX_KEYS = [NEW]
    require_keys()
    for row, number in ((ada, ADA), (ben, BEN)):
        fresh = CallbackRequest.objects.get(pk=row.pk)
        assert fresh.phone_index == phone_index(number)
        assert not fresh.is_safety_broken
    assert [row.pk for row in find("Ada Example 0141").requests] == [ada.pk]
    assert received("4", phone=BEN).status == Status.LEAD
    # Nothing is carried out a second time.
    assert endings_back.apply_endings() == 0
    # The trail stands, and so does what was noted of it before.
    call_command("verify_audit", against=file)
    assert audit_anchors.append_anchor()
    assert audit_anchors.find_gap() is None
    file.write_text(file.read_text().replace('"entries": ', '"entries": 1'))
    with pytest.raises(audit_checkpoints.CheckpointError):
        audit_checkpoints.compare_with(file)
    # And once more.
    settings.INDEX_KEYS = [NEWER, NEW]
    require_keys()
    call_command("rotate_keys")
    settings.INDEX_KEYS = [NEWER]
    call_command("verify_audit")
    assert RetiredAuditKey.objects.count() == 2


def test_a_stop_whose_number_was_emptied_keeps_the_old_key_needed(before, settings, capsys):
    _ada, ben = before
    CallbackRequest.objects.get(pk=ben.pk).purge()
    call_command("rotate_keys")
    assert "Keep the older keys of INDEX_KEY: 1 stops" in capsys.readouterr().out
    old = settings.INDEX_KEYS
    settings.INDEX_KEYS = [NEW]
    with pytest.raises(CommandError, match="INDEX_KEY"):
        require_keys()
    settings.INDEX_KEYS = old
    key_marker._known.clear()
    assert received("4", phone=BEN).status == Status.LEAD
    assert LineStop.objects.get().line_index == phone_index(BEN)
    call_command("rotate_keys")
    settings.INDEX_KEYS = [NEW]
    require_keys()


def test_whoever_has_the_old_key_alone_cannot_change_what_it_made(before, settings):
    call_command("rotate_keys")
    old = keys.IndexKey(keys.decode_key(settings.INDEX_KEYS[1]))
    settings.INDEX_KEYS = [NEW]
    entry = audit.AuditEntry.objects.get(number=1)
    entry.actor_name = "somebody else"
    entry.hash = entry.expected_hash(old.of(keys.Purpose.AUDIT))
    changed = {"actor_name": entry.actor_name, "hash": entry.hash}
    entries = super(audit.AuditEntryQuerySet, audit.AuditEntry.objects.filter(number=1))
    if connection.vendor == "sqlite":
        triggers.remove(connection)
        entries.update(**changed)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            entries.update(**changed)
            cursor.execute("SET LOCAL session_replication_role = origin")
    assert audit.verify().number == 2


def test_a_process_that_still_has_the_old_keys_breaks_no_chain(before, settings):
    audit.record(None, audit.AuditAction.LISTED)
    new = settings.INDEX_KEYS
    settings.INDEX_KEYS = new[::-1]
    audit.record(None, audit.AuditAction.LISTED)
    settings.INDEX_KEYS = new[1:]
    with pytest.raises(keys.OtherKeys):
        audit.record(None, audit.AuditAction.LISTED)
    settings.INDEX_KEYS = new
    assert audit.verify() is None
    assert audit.AuditEntry.objects.filter(action="key changed").count() == 1


def test_a_row_that_somebody_changed_is_not_made_valid_by_rotation(before):
    ada, _ben = before
    CallbackRequest.objects.filter(pk=ada.pk).update(voicemail="full")
    list(index_rotation.reindex_all())
    assert CallbackRequest.objects.get(pk=ada.pk).is_safety_broken
    assert SearchKey.objects.filter(request=ada).exists()
