"""What decides whether a call is safe, bound to its request by a keyed hash.

Whoever can write to the database alone could let us leave a message where none is safe. So a row
whose values do not match their hash is read as if it had the most careful ones, and the card says
that they were changed. The hash does not tell values of now from older ones of the same request.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Self

from django.db import models

from contact.privacy.key_marker import older_index_keys
from contact.privacy.keys import IndexKey, Purpose, keyed_hash
from contact.records.enums import Announce, Voicemail

SEAL = "safety_seal"
MOST_CAREFUL = {"announce": Announce.NO.value, "voicemail": Voicemail.NONE.value, "time_zone": ""}
BOUND_FIELDS = tuple(MOST_CAREFUL)


def safety_seal(
    pk: Any, announce: str, voicemail: str, time_zone: str, key: IndexKey | None = None
) -> str:
    content = json.dumps([str(pk), str(announce), str(voicemail), str(time_zone)])
    return keyed_hash(Purpose.SAFETY, "safety of a call", content, key).hex()


def is_safety_seal(seal: str, pk: Any, values: Sequence[str]) -> bool:
    """Whether this site made the seal, under a key that the database may hold."""
    announce, voicemail, zone = values
    if seal == safety_seal(pk, announce, voicemail, zone):
        return True
    older = older_index_keys()
    return any(seal == safety_seal(pk, announce, voicemail, zone, key) for key in older)


class SafetySealField(models.CharField):
    """Computed at each save, unless what was read did not match."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        if add or not getattr(model_instance, "is_safety_broken", False):
            values = [getattr(model_instance, name) for name in BOUND_FIELDS]
            setattr(model_instance, self.attname, safety_seal(model_instance.pk, *values))
        seal: str = getattr(model_instance, self.attname)
        return seal


class SafetySealed(models.Model):
    """A row with the fields of MOST_CAREFUL."""

    safety_seal = SafetySealField(max_length=64, editable=False)
    # Whether the stored values are not those that this site wrote; it shows the most careful ones.
    is_safety_broken = False

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is not None and set(BOUND_FIELDS) & set(fields):
            others = set(fields) - {SEAL, *BOUND_FIELDS}
            # A row that somebody else changed is neither overwritten nor sealed as valid.
            kwargs["update_fields"] = (
                others if self.is_safety_broken else {*fields, SEAL, *BOUND_FIELDS}
            )
        super().save(**kwargs)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        row = super().from_db(db, field_names, values, **kwargs)
        if {SEAL, *BOUND_FIELDS} <= row.__dict__.keys():
            row._check_safety()
        return row

    def refresh_from_db(
        self, using: Any = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        names = None if fields is None else [*fields]
        super().refresh_from_db(using, names, from_queryset)
        if names is None or {SEAL, *BOUND_FIELDS} & set(names):
            stored = type(self)._base_manager.using(using).only(SEAL, *BOUND_FIELDS).get(pk=self.pk)
            self._take_over(stored)

    def accept_safety(self) -> None:
        """Let the values that this row shows count from its next save on."""
        self.is_safety_broken = False

    def _check_safety(self) -> None:
        values = [getattr(self, name) for name in BOUND_FIELDS]
        self.is_safety_broken = not is_safety_seal(self.safety_seal, self.pk, values)
        if self.is_safety_broken:
            for name, value in MOST_CAREFUL.items():
                setattr(self, name, value)

    def _take_over(self, stored: Self) -> None:
        self.is_safety_broken = stored.is_safety_broken
        for name in (SEAL, *BOUND_FIELDS):
            setattr(self, name, getattr(stored, name))
