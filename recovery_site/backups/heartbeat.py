"""When the last backup was made here, and a mail when the next one is missed."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext

from contact.lifecycle.alerting.mail_path import deliver

LAST_BACKUP_FILE = "backup.last"
# A nightly backup, and the hours that it may take or wait.
LONGEST_WITHOUT_BACKUP = timedelta(hours=26)
ALARM_INTERVAL = timedelta(hours=24)


class LastBackup(NamedTuple):
    """`alarmed_at` is when somebody was mailed that none was made after it."""

    made_at: datetime
    alarmed_at: datetime | None = None

    def is_missed(self, now: datetime) -> bool:
        return now - self.made_at > LONGEST_WITHOUT_BACKUP

    def write(self) -> None:
        path = _path()
        partial = path.with_name(f".{LAST_BACKUP_FILE}")
        moments = {
            name: moment.isoformat() if moment else "" for name, moment in self._asdict().items()
        }
        with partial.open("w") as file:
            json.dump(moments, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)


def last_backup() -> LastBackup | None:
    """The last whole backup of this machine; None if none was made."""
    try:
        values = json.loads(_path().read_text())
        made, alarmed = values["made_at"], values["alarmed_at"]
        return LastBackup(
            datetime.fromisoformat(made), datetime.fromisoformat(alarmed) if alarmed else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def backup_problem(now: datetime) -> str:
    """What is wrong with backups, in a line; nothing if the last one is of this night."""
    last = last_backup()
    if last is None:
        return "" if settings.SITE_IS_LOCAL else "none was made on this machine"
    if last.is_missed(now):
        return f"the last one was made {last.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return ""


def alarm_if_missed() -> bool:
    """Mail the administrators once a day while no backup follows the last one."""
    now, last = timezone.now(), last_backup()
    if last is None or not last.is_missed(now):
        return False
    if last.alarmed_at and now - last.alarmed_at < ALARM_INTERVAL:
        return False
    to = _administrators()
    if not to:
        return False
    body = gettext(
        "The last backup of %(site)s was made on %(day)s. The nightly one since then is missing."
        " Look at systemctl status recovery-site-backup on the machine."
    ) % {"site": settings.SITE_URL, "day": f"{last.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"}
    if deliver(EmailMessage(gettext("A backup is missing"), body, to=to)):
        return False
    last._replace(alarmed_at=now).write()
    return True


def _administrators() -> list[str]:
    found = get_user_model().objects.filter(is_active=True, is_superuser=True).exclude(email="")
    addresses = list(found.values_list("email", flat=True))
    return addresses or ([settings.INTAKE_EMAIL] if settings.INTAKE_EMAIL else [])


def _path() -> Path:
    return Path(settings.DATA_DIR) / LAST_BACKUP_FILE
