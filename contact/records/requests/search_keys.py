"""Keyed hashes by which staff find the request of somebody who calls or stands at the door."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from contact.privacy.matching.name_index import name_sounds
from contact.privacy.matching.phone_index import last_digits_index


class SearchKey(models.Model):
    """A word of a request's name, by its sound, or the last four digits of its number.

    A copy of the request's `created_at` lets one index find the newest requests with a key.
    """

    request = models.ForeignKey(
        "contact.CallbackRequest", models.CASCADE, related_name="search_keys", db_index=False
    )
    key = models.CharField(max_length=64)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("search key")
        default_permissions = ()
        indexes = [
            models.Index("key", "asked_at", "request", name="search_key_newest"),
            # Whether a request has another key as well.
            models.Index("request", "key", name="search_key_also"),
        ]

    def __str__(self) -> str:
        return self.key[:8]


def keys_of(name: str, e164: str) -> set[str]:
    """Return the keys under which a request with this name and number is found."""
    digits = {last_digits_index(e164)} if e164 else set()
    return name_sounds(name) | digits
