"""What is noted of the audit trail outside the database shows what the database cannot."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from contact.lifecycle.journal import journal
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit, audit_anchors, audit_checkpoints
from recovery_site.database import triggers
from tests.contact.lifecycle.journal.test_journal import payload
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
CHECK = Path(__file__).resolve().parents[4] / "deploy" / "check_checkpoints.py"


def received(count):
    for number in range(count):
        journal.append(payload(), str(number))
    journal.drain()


@pytest.fixture
def older():
    """A trail of two entries that was noted, as in an old copy, and three that came since."""
    received(2)
    audit_anchors.append_anchor()
    head = audit.current_head()
    for number in (10, 11, 12):
        journal.append(payload(), str(number))
    journal.drain()
    audit_anchors.append_anchor()
    return head


def by_hand(*statements):
    """As somebody does it who owns the tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            triggers.remove(connection)
        else:
            cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")


KEYS = "contact_searchkey", "contact_callbackrequest", "contact_auditentry"
ALL_GONE = [f"DELETE FROM {table}" for table in (*KEYS, "contact_audithead")]


def put_old_copy_back(head):
    kept = "(SELECT request_id FROM contact_auditentry WHERE number <= 2)"
    by_hand(
        f"DELETE FROM contact_searchkey WHERE request_id NOT IN {kept}",
        f"DELETE FROM contact_callbackrequest WHERE id NOT IN {kept}",
        "DELETE FROM contact_auditentry WHERE number > 2",
        f"UPDATE contact_audithead SET count = 2, hash = '{head.hash}', seal = '{head.seal}'",
    )


def test_a_trail_that_was_noted_is_whole(older, data_dir, capsys):
    call_command("verify_audit")
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "The audit trail is whole: 5 entries."
    assert told[1].startswith("This machine noted it 2 times: 5 entries on ")
    file = data_dir / audit_anchors.ANCHORS_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    # Noted once each; nothing is noted while nothing comes.
    assert [anchor.entries for anchor in audit_anchors.anchors()] == [2, 5]
    assert not audit_anchors.append_anchor()
    # The end of a long file is enough to go on.
    for _ in range(16):
        audit.record(None, audit.AuditAction.LISTED)
        assert audit_anchors.append_anchor()
    assert len(audit_anchors.anchors()) == 18
    assert (data_dir / audit_anchors.ANCHORS_FILE).stat().st_size > audit_anchors.TAIL_BYTES


def test_an_old_copy_that_was_put_back_is_told_with_its_gap(older, capsys):
    put_old_copy_back(older)
    assert audit.verify() is None
    assert audit_anchors.has_gap()
    told = r"noted 5 entries on .+ has 2 now and agrees with 2 entries on"
    with pytest.raises(CommandError, match=told):
        call_command("verify_audit")
    # Also when new entries have taken the numbers of those that are gone.
    received(6)
    assert not audit_anchors.append_anchor()
    with pytest.raises(CommandError, match="has a gap"):
        call_command("verify_audit")
    call_command("verify_audit", accept_gap=True)
    assert "A gap was accepted; the trail went on from" in capsys.readouterr().out
    entry = audit.AuditEntry.objects.get(action=audit.AuditAction.GAP_ACCEPTED)
    assert entry.detail == {"entries_agreed": 2, "entries_noted": 5}
    # Accepted once, it hides no other.
    put_old_copy_back(older)
    with pytest.raises(CommandError, match="has a gap"):
        call_command("verify_audit")


def test_a_database_in_which_all_was_wiped_is_told(older):
    by_hand(*ALL_GONE)
    assert audit.verify() is None
    with pytest.raises(CommandError, match=r"has 0 now"):
        call_command("verify_audit")


def test_a_start_beside_another_trail_says_so_and_goes_on(older, caplog):
    audit_anchors.tell_of_gap()
    assert caplog.text == ""
    put_old_copy_back(older)
    audit_anchors.tell_of_gap()
    assert "not the one that was noted" in caplog.text


@pytest.mark.parametrize("keep", [slice(1, None), slice(0, 0)], ids=["first", "changed"])
def test_a_file_of_anchors_that_was_changed_is_told(older, data_dir, keep):
    file = data_dir / audit_anchors.ANCHORS_FILE
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[keep]) or "".join(lines).replace(" 5 ", " 4 "))
    with pytest.raises(CommandError, match="cannot be trusted"):
        call_command("verify_audit")


def test_a_line_that_a_power_cut_left_unfinished_is_written_anew(older, data_dir):
    file = data_dir / audit_anchors.ANCHORS_FILE
    whole = file.read_text()
    file.write_text(whole[:-10])
    assert [anchor.entries for anchor in audit_anchors.anchors()] == [2]
    assert audit_anchors.append_anchor()
    assert [anchor.entries for anchor in audit_anchors.anchors()] == [2, 5]


def test_rows_and_entries_that_stand_alone_are_told():
    received(2)
    gone, kept = audit.AuditEntry.objects.order_by("number")
    request = make_request()
    by_hand(
        f"DELETE FROM contact_searchkey WHERE request_id = '{_key(gone.request_id)}'",
        f"DELETE FROM contact_callbackrequest WHERE id = '{_key(gone.request_id)}'",
    )
    with pytest.raises(CommandError) as told:
        call_command("verify_audit")
    assert f"requests that are gone: {gone.number}." in str(told.value)
    assert f"does not say that they came: {request.reference}." in str(told.value)
    assert CallbackRequest.objects.get(pk=kept.request_id).reference not in str(told.value)


def _key(pk):
    return pk.hex if connection.vendor == "sqlite" else pk


def test_a_checkpoint_is_checked_anywhere_and_compared_with_the_trail(older, tmp_path, settings):
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    call_command("verify_audit", checkpoint=one)
    received(8)
    call_command("verify_audit", checkpoint=two, against=one)
    environment = os.environ | {"CHECKPOINT_KEY": audit_checkpoints.checkpoint_key()}

    def check(*files):
        command = [sys.executable, "-I", str(CHECK), *map(str, files)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert check(two, one)[0] == 0
    assert settings.INDEX_KEYS[0] not in audit_checkpoints.checkpoint_key()
    two.write_text(two.read_text().replace('"entries": 11', '"entries": 12'))
    assert "CHANGED" in check(one, two)[1]
    by_hand(*ALL_GONE)
    with pytest.raises(CommandError, match="entry 5 of then is gone"):
        call_command("verify_audit", against=one)


@pytest.fixture
def one_day(monkeypatch):
    """It is not midnight meanwhile."""
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 3, 2))


def test_privacy_officers_are_mailed_a_checkpoint_each_day_or_that_there_is_a_fault(
    older, one_day, settings, mailoutbox, capsys
):
    call_command("verify_audit", daily=True)
    assert "nobody was mailed" in capsys.readouterr().out
    officer = make_staff("Privacy officers")
    User.objects.filter(pk=officer.pk).update(email="officer@example.org")
    call_command("verify_audit", daily=True)
    (kept,) = (settings.DATA_DIR / "checkpoints").iterdir()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["officer@example.org"], "Checkpoint of the audit trail")
    ((name, text, _kind),) = mail.attachments
    assert (name, text) == (kept.name, kept.read_text())
    assert audit_checkpoints.compare_with(kept)["entries"] == 5
    # Whoever takes trail and anchors away leaves the checkpoint, and what was mailed.
    by_hand(*ALL_GONE)
    (settings.DATA_DIR / "audit.anchors").unlink()
    with pytest.raises(CommandError, match="entry 5 of then is gone"):
        call_command("verify_audit", daily=True)
    assert mailoutbox[1].subject == "The audit trail has a fault"
    assert kept.read_text() == text


def test_after_a_gap_was_accepted_the_daily_check_goes_on_from_there(older, one_day):
    call_command("verify_audit", daily=True)
    put_old_copy_back(older)
    with pytest.raises(CommandError):
        call_command("verify_audit", daily=True)
    call_command("verify_audit", accept_gap=True)
    call_command("verify_audit", daily=True)
