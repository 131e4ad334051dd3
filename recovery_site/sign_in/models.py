"""Sessions of staff, and what is noted about an account besides Django's own columns."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import User
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models


class StaffSession(AbstractBaseSession):
    """A session as a row that names its account, so that all of an account can be ended."""

    account = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # Browser and system in words, such as "Firefox on Linux".
    browser = models.CharField(max_length=60, blank=True)

    objects: ClassVar[BaseSessionManager[StaffSession]]

    class Meta(AbstractBaseSession.Meta):
        default_permissions = ()

    @classmethod
    def get_session_store_class(cls) -> type:
        from .sessions.sessions import SessionStore

        return SessionStore


class StaffAccount(models.Model):
    """What sign-in knows of an account; an account without a row has none of it."""

    account = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    # Its password was printed by `make run`.
    is_demo = models.BooleanField(default=False)
    # Somebody else chose the password.
    must_change_password = models.BooleanField(default=False)
    # A keyed hash of the code that `emergency_access` printed.
    emergency_code = models.CharField(max_length=64, blank=True)
    emergency_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.account)
