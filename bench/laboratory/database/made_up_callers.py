"""Made-up people who ask to be called, and whom they reach."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User

from contact.models import Place
from contact.records.requests.search_keys import keys_of


class Caller(NamedTuple):
    number: str
    phone_index: str
    name: str
    person: UUID


class World:
    def __init__(
        self, callers: list[Caller], sounds: dict[str, str], staff: list[User], place: Place
    ) -> None:
        """`sounds`: the hash of how each name sounds."""
        self.callers, self.sounds, self.staff, self.place = callers, sounds, staff, place
        self._keys: dict[str, list[str]] = {}

    def keys(self, caller: Caller) -> list[str]:
        """Hashes by which somebody with this name and number is found."""
        if caller.number not in self._keys:
            self._keys[caller.number] = sorted(keys_of(caller.name, caller.number))
        return self._keys[caller.number]
