"""Words about a line on which somebody asked for no calls."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext


def asked_to_stop(stopped_at: datetime) -> str:
    """Why a newer request for the line waits for a lead, in a sentence."""
    words = {"day": date_format(timezone.localtime(stopped_at), "N j, Y")}
    return (
        gettext("Somebody asked for no calls here on %(day)s; this may be somebody else.") % words
    )
