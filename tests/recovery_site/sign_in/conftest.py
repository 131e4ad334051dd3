from types import SimpleNamespace

import pytest
from allauth.mfa.totp.internal import auth
from django.utils import timezone

from contact.privacy import brakes

from . import log_ins


@pytest.fixture(autouse=True)
def one_moment_for_codes_and_waits(monkeypatch):
    """However busy the machine is, no code ends before its use, and no second of a wait."""
    now = timezone.now()
    clock = SimpleNamespace(time=now.timestamp)
    monkeypatch.setattr(auth, "time", clock)
    monkeypatch.setattr(log_ins, "time", clock)
    monkeypatch.setattr(brakes, "timezone", SimpleNamespace(now=lambda: now))
