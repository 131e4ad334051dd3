"""`backup` and `restore`: what was copied comes back whole, or is told to be damaged."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from contact.lifecycle.changes import transitions
from contact.lifecycle.journal import journal_files
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from recovery_site.backups import database_copy, heartbeat, making, restoring
from recovery_site.backups.manifest import BackupError, Manifest, backups_in
from recovery_site.serving import health
from tests.factories import make_request, make_staff
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
OTHER_KEY = "NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ="


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def backup(folder):
    """A backup of a site with an account, a request, its trail, and an entry of the journal."""
    maria = make_staff("Intake", username="maria")
    request = make_request(name="Ruth Example", message="Made-up words.")
    with transaction.atomic():
        transitions.add_note(claims.lock(request.pk), maria, "A made-up note.")
    (journal_files.journal_folder("done") / f"{request.pk}.sealed").write_bytes(b"sealed words")
    return making.make_backup(folder)


def emptied(monkeypatch):
    """As on a machine where nothing is yet; the copy's return is left to tests of its own."""
    monkeypatch.setattr(restoring, "_require_empty", lambda: None)
    monkeypatch.setattr(database_copy, "restore_database", lambda folder: None)


def test_a_backup_names_its_keys_and_holds_none(backup):
    manifest = Manifest.read(backup)
    assert (manifest.requests, manifest.database) == (1, connection.vendor)
    assert manifest.audit_entries >= 1
    for path in backup.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (*settings.FIELD_KEYS, *settings.INDEX_KEYS, settings.SECRET_KEY):
                assert secret.encode() not in content, path
            assert b"Ruth Example" not in content
            assert path.stat().st_mode & 0o077 == 0
    assert making.read_back(backup) == manifest


def test_the_copy_is_read_back_and_a_damaged_one_is_not_whole(backup, capsys):
    call_command("backup", backup.parent, verify=True)
    assert "whole. Made" in capsys.readouterr().out
    copy = next(path for path in backup.iterdir() if path.name.startswith("database"))
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(CommandError, match="damaged"):
        call_command("backup", backup.parent, verify=True)
    copy.unlink()
    with pytest.raises(CommandError, match="missing"):
        call_command("backup", backup.parent, verify=True)


def test_what_did_not_come_to_its_end_is_no_backup(backup, folder, monkeypatch):
    monkeypatch.setattr(
        making, "read_back", lambda folder: (_ for _ in ()).throw(BackupError("full"))
    )
    other = folder.parent / "other"
    with pytest.raises(BackupError, match="full"):
        making.make_backup(other)
    assert list(other.iterdir()) == []


def test_the_oldest_go_and_the_newest_stays(folder, monkeypatch):
    moments = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3)]

    class Clock(datetime):
        @classmethod
        def now(cls, _zone=None):
            return moments[0]

    monkeypatch.setattr(making, "datetime", Clock)
    while moments:
        making.make_backup(folder, keep=2)
        moments.pop(0)
    assert [path.name[:10] for path in backups_in(folder)] == ["2026-11-02", "2026-11-03"]


@pytest.mark.parametrize("arguments", [{"keep": 0}, {"verify": True}])
def test_what_cannot_be_done_says_why(folder, arguments):
    with pytest.raises(CommandError):
        call_command("backup", folder, **arguments)


def test_a_site_with_content_is_never_overwritten(backup):
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", backup)
    assert CallbackRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("FIELD_KEYS", [OTHER_KEY], "FIELD_KEYS does not hold"),
        ("INDEX_KEYS", [OTHER_KEY], "INDEX_KEY"),
    ],
)
def test_other_keys_than_those_of_the_backup_are_refused(backup, settings, name, value, says):
    setattr(settings, name, value)
    with pytest.raises(CommandError, match=says):
        call_command("restore", backup)


@pytest.mark.parametrize("name", ["FIELD_KEYS", "INDEX_KEYS"])
def test_with_other_keys_no_backup_is_made_and_none_goes(backup, settings, folder, name):
    setattr(settings, name, [OTHER_KEY])
    with pytest.raises(CommandError, match=name.replace("INDEX_KEYS", "INDEX_KEY")):
        call_command("backup", folder, keep=1)
    assert list(folder.iterdir()) == [backup]


def test_the_journal_comes_back_and_knows_no_doubles(backup, monkeypatch):
    emptied(monkeypatch)
    (done,) = journal_files.journal_folder("done").iterdir()
    done.unlink()
    assert restoring.restore(backup).journal == 1
    (waiting,) = journal_files.journal_folder("new").iterdir()
    assert waiting.read_bytes() == b"sealed words"
    assert restoring.restore(backup).journal == 0


def test_what_happened_since_is_named(backup, monkeypatch, capsys):
    emptied(monkeypatch)
    call_command("restore", backup.parent)
    told = capsys.readouterr().out
    assert "Calls and notes after that are not in it" in told
    assert "none is here" in told
    assert "Every sealed value opens" in told
    manifest = Manifest.read(backup)
    assert "26 h 5 min ago" in restoring.gap(
        manifest, manifest.made + timedelta(hours=26, minutes=5)
    )


def test_a_trail_that_is_not_the_backups_is_told(backup, monkeypatch):
    emptied(monkeypatch)
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["audit_hash"] = "0" * 64
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CommandError, match="faults above"):
        call_command("restore", backup)


def test_pages_made_since_are_not_served_again(backup, monkeypatch, data_dir):
    emptied(monkeypatch)
    (data_dir / "pages" / "versions").mkdir(parents=True)
    restoring.restore(backup)
    assert not (data_dir / "pages").exists()


def test_a_missed_backup_is_told_to_administrators_once_a_day_and_on_readyz(
    backup, client, monkeypatch, mailoutbox
):
    User.objects.create_superuser("root", "root@example.org", "a long passphrase")
    made = heartbeat.last_time(heartbeat.Duty.BACKUP).at
    assert (timezone.now() - made).total_seconds() < PATIENCE
    assert not heartbeat.alarm_if_missed()
    assert "backup: " not in client.get("/readyz").text
    now = made + timedelta(hours=27)
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(health, "HEALTH_KEPT_SECONDS", 0)
    assert "backup: the last one was made" in client.get("/readyz").text
    assert [heartbeat.alarm_if_missed(), heartbeat.alarm_if_missed()] == [True, False]
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["root@example.org"], "A backup is missing")
    now += timedelta(hours=24)
    assert heartbeat.alarm_if_missed()
    heartbeat.LastTime(heartbeat.Duty.BACKUP, now).write()
    assert not heartbeat.alarm_if_missed()


def test_a_public_site_without_any_backup_says_so(client, settings):
    settings.SITE_IS_LOCAL = False
    assert "backup: none was made on this machine" in client.get("/readyz").text


def test_a_backup_that_nobody_tried_is_told(backup, admin_client, mailoutbox, monkeypatch, capsys):
    User.objects.update(is_superuser=True, email="root@example.org")
    made = heartbeat.last_time(heartbeat.Duty.BACKUP).at
    call_command("check_backups")
    now = made + timedelta(days=34)
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(health, "HEALTH_KEPT_SECONDS", 0)
    heartbeat.LastTime(heartbeat.Duty.BACKUP, now).write()
    assert "trial restore: none since" in admin_client.get("/readyz").text
    admin_client.force_login(User.objects.get(username="admin"))
    assert "none since" in admin_client.get("/admin/").text.lower()
    with pytest.raises(SystemExit):
        call_command("check_backups")
    assert "trial restore: none since" in capsys.readouterr().out
    assert [heartbeat.alarm_if_missed(), heartbeat.alarm_if_missed()] == [True, False]
    assert mailoutbox[0].subject == "Nobody tried whether a backup comes back"
    heartbeat.LastTime(heartbeat.Duty.TRIAL, now).write()
    call_command("check_backups")
    assert not heartbeat.alarm_if_missed()


def test_a_backup_comes_back_on_trial_and_a_damaged_one_is_told(folder, monkeypatch, capsys):
    """Restored by a process of its own, with a data folder and a database of their own."""
    make_request(name="Ruth Example")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.site_settings")
    backup = making.make_backup(folder)
    call_command("try_restore", folder)
    assert "comes back: every sealed value opens" in capsys.readouterr().out
    assert heartbeat.last_time(heartbeat.Duty.TRIAL).is_done
    assert CallbackRequest.objects.count() == 1
    assert not list(settings.DATA_DIR.glob(".trial*"))
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["audit_hash"], manifest["audit_entries"] = "0" * 64, 1
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CommandError, match="does not come back"):
        call_command("try_restore", folder)
