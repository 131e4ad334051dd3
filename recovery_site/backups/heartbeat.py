"""When a backup was last made here and last restored on trial, and a mail when either is missed."""

from __future__ import annotations

import enum
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, assert_never

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext

from contact.lifecycle.alerting.mail_path import deliver

ALARM_INTERVAL = timedelta(hours=24)


class Duty(enum.StrEnum):
    """What is done regularly; the value is the file that says when it last was."""

    BACKUP = "backup.last"
    TRIAL = "trial.last"

    @property
    def longest_without(self) -> timedelta:
        match self:
            case Duty.BACKUP:
                # A nightly one, and the hours that it may take or wait.
                return timedelta(hours=26)
            case Duty.TRIAL:
                return timedelta(days=33)
        assert_never(self)

    def mail(self, moment: str) -> tuple[str, str]:
        """Subject and text for the administrators when it is missed."""
        values = {"site": settings.SITE_URL, "day": moment}
        match self:
            case Duty.BACKUP:
                text = gettext(
                    "The last backup of %(site)s was made on %(day)s. The nightly one since then is"
                    " missing. Look at systemctl status recovery-site-backup on the machine."
                )
                return gettext("A backup is missing"), text % values
            case Duty.TRIAL:
                text = gettext(
                    "No backup of %(site)s was restored on trial since %(day)s. Look at systemctl"
                    " status recovery-site-trial on the machine; where backups are sealed, run"
                    " manage.py try_restore with their key."
                )
                return gettext("Nobody tried whether a backup comes back"), text % values
        assert_never(self)


class LastTime(NamedTuple):
    """`at`: when it was done, or since when it is due if it never was (`is_done`).

    `alarmed_at` is when somebody was mailed that it was missed.
    """

    duty: Duty
    at: datetime
    alarmed_at: datetime | None = None
    is_done: bool = True

    def is_missed(self, now: datetime) -> bool:
        return now - self.at > self.duty.longest_without

    @property
    def moment(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

    def write(self) -> None:
        path = _path(self.duty)
        partial = path.with_name(f".{path.name}")
        values = {
            "made_at": self.at.isoformat(),
            "alarmed_at": self.alarmed_at.isoformat() if self.alarmed_at else "",
            "is_done": self.is_done,
        }
        with partial.open("w") as file:
            json.dump(values, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)


def last_time(duty: Duty) -> LastTime | None:
    """The last time on this machine; None if it never was, nor is due."""
    try:
        values = json.loads(_path(duty).read_text())
        made, alarmed = values["made_at"], values["alarmed_at"]
        return LastTime(
            duty,
            datetime.fromisoformat(made),
            datetime.fromisoformat(alarmed) if alarmed else None,
            values.get("is_done", True),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_backup(now: datetime) -> None:
    LastTime(Duty.BACKUP, now).write()
    if last_time(Duty.TRIAL) is None:
        LastTime(Duty.TRIAL, now, is_done=False).write()


def backup_problems(now: datetime) -> Iterator[str]:
    """What is wrong with backups, a line each."""
    made, tried = last_time(Duty.BACKUP), last_time(Duty.TRIAL)
    if made is None and not settings.SITE_IS_LOCAL:
        yield "backup: none was made on this machine"
    if made and made.is_missed(now):
        yield f"backup: the last one was made {made.moment}"
    if tried and tried.is_missed(now):
        yield f"trial restore: {'the last was' if tried.is_done else 'none since'} {tried.moment}"


def alarm_if_missed() -> bool:
    """Mail the administrators once a day while something is missed; return whether it did."""
    now = timezone.now()
    found = [last for duty in Duty if (last := last_time(duty))]
    return sum(_alarm(last, now) for last in found) > 0


def _alarm(last: LastTime, now: datetime) -> bool:
    if not last.is_missed(now):
        return False
    if last.alarmed_at and now - last.alarmed_at < ALARM_INTERVAL:
        return False
    to = _administrators()
    if not to:
        return False
    subject, text = last.duty.mail(last.moment)
    if deliver(EmailMessage(subject, text, to=to)):
        return False
    last._replace(alarmed_at=now).write()
    return True


def _administrators() -> list[str]:
    found = get_user_model().objects.filter(is_active=True, is_superuser=True).exclude(email="")
    addresses = list(found.values_list("email", flat=True))
    return addresses or ([settings.INTAKE_EMAIL] if settings.INTAKE_EMAIL else [])


def _path(duty: Duty) -> Path:
    return Path(settings.DATA_DIR) / duty.value
