"""Helpers that open cards and send their forms as staff do."""

from datetime import timedelta

from django.utils import timezone

from contact.lifecycle.team import claims
from contact.models import CallbackRequest

from . import pages
from .pages import at

# A Tuesday, 12:00 in Phoenix.
NOON = at("2026-11-24T19:00")
DIGITS = ("6025550123", "602-555-0123", "(602) 555-0123", "555-0123")


def address(asked, step=""):
    return f"/intake/requests/{asked.pk}/{step}/" if step else f"/intake/requests/{asked.pk}/"


def text(response):
    """Return a page with all white space, also no-break spaces, collapsed."""
    return " ".join(pages.text(response).split())


def now_is(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)


def held(asked, by):
    """Claim the request for `by` and return it."""
    assert claims.claim(asked, by)
    return fresh(asked)


def fresh(asked):
    return CallbackRequest.objects.get(pk=asked.pk)


def send(client, asked, step, **data):
    """Post a step from a card that shows the request as it is now."""
    data.setdefault("version", fresh(asked).version)
    return client.post(address(asked, step), data)


def lease_ends(asked):
    CallbackRequest.objects.filter(pk=asked.pk).update(
        claimed_until=timezone.now() - timedelta(minutes=1)
    )
