"""The store of staff sessions: sealed rows, which end after 15 idle minutes and after 12 hours."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from contact.privacy.encryption import DecryptionError
from contact.privacy.keys import ShortLived
from contact.privacy.tokens import seal_short, unseal_short

from ..models import StaffSession

LONGEST_SESSION = timedelta(hours=12)
STARTED, BROWSER = "started", "browser"
SESSION_DATA = "staff session"
SESSIONS = ShortLived.SESSIONS


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def encode(self, session_dict: dict[str, Any]) -> str:
        # Sealed: it holds the seed of an authenticator app until its first code was right.
        text = self.serializer().dumps(session_dict).decode("latin-1")
        return base64.b64encode(seal_short(text, SESSION_DATA, SESSIONS)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            sealed = base64.b64decode(session_data)
            text = unseal_short(sealed, SESSION_DATA, SESSIONS)
            return dict(self.serializer().loads(text.encode("latin-1")))
        except (DecryptionError, binascii.Error, ValueError):
            return {}

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        now, own = timezone.now(), cast("Any", self)
        started = datetime.fromtimestamp(data.setdefault(STARTED, now.timestamp()), UTC)
        idle_end = now + timedelta(seconds=self.get_expiry_age())
        account = data.get(SESSION_KEY)
        return StaffSession(
            session_key=own._get_or_create_session_key(),
            session_data=self.encode(data),
            expire_date=min(idle_end, started + LONGEST_SESSION),
            account_id=int(account) if account else None,
            started_at=started,
            seen_at=now,
            browser=data.get(BROWSER, ""),
        )


def end_sessions(account: Any, but: str | None = None) -> int:
    """End all sessions of an account, but the one with the key `but`; return how many lasted."""
    rows = StaffSession.objects.filter(account=account).exclude(session_key=but)
    count = rows.filter(expire_date__gt=timezone.now()).count()
    rows.delete()
    return count


SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
BROWSERS = (("Edg", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def browser_name(user_agent: str) -> str:
    """Browser and system in words, for people to know their own sessions by."""
    found = [
        next((name for part, name in known if part in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in found if name)
