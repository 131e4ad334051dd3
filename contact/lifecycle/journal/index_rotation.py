"""Hashes of numbers and names made anew under the newest of INDEX_KEY, while the site runs.

What comes in meanwhile finds what is on its line: whoever writes a number first brings over the
rows that still have older hashes of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from contact.models import CallbackRequest, LineStop, line_index, phone_index
from contact.privacy.encryption import DecryptionError
from contact.privacy.key_marker import older_index_keys
from contact.privacy.keys import newest_index_key
from contact.privacy.matching.name_index import name_index
from contact.records.requests.safety import BOUND_FIELDS as SAFETY_FIELDS
from contact.records.requests.safety import SEAL, safety_seal
from contact.records.requests.search_keys import keys_of

from . import search_index

# Short transactions: nobody else writes to SQLite meanwhile.
ROWS_A_STEP = 20
PLAIN = ("phone_index", "line_index", "name_index", SEAL)


def reindex_all() -> Iterator[tuple[int, int, int]]:
    """Go through all requests; yield how many were seen, made anew and unreadable so far."""
    seen = renewed = unreadable = 0
    rows = CallbackRequest.objects.order_by("pk").values_list("pk", flat=True)
    batch = list(rows[:ROWS_A_STEP])
    while batch:
        with transaction.atomic():
            locked = CallbackRequest.objects.select_for_update().filter(pk__in=batch)
            for request in locked.order_by("pk"):
                try:
                    renewed += _reindex(request)
                except DecryptionError:
                    unreadable += 1
        seen += len(batch)
        yield seen, renewed, unreadable
        batch = list(rows.filter(pk__gt=batch[-1])[:ROWS_A_STEP])


def bring_over(e164: str, extension: str) -> None:
    """Make what is known of this number findable by its newest hashes."""
    older = older_index_keys()
    if not older or not e164:
        return
    numbers = [phone_index(e164, key) for key in older]
    same = CallbackRequest.objects.select_for_update().filter(phone_index__in=numbers)
    for request in same.order_by("pk"):
        try:
            _reindex(request)
        except DecryptionError:
            continue
    for key in older:
        _move_stops(phone_index(e164, key), phone_index(e164))
        _move_stops(line_index(e164, extension, key), line_index(e164, extension))


def needed_older_keys() -> list[str]:
    """Ids of older keys under which stops are kept whose numbers nobody has here any more."""
    stops = LineStop.objects.filter(lifted_at=None).exclude(index_key=newest_index_key().id)
    older = [key.id for key in older_index_keys()]
    return older if stops.exists() else []


def count_stops_of_older_keys() -> int:
    stops = LineStop.objects.filter(lifted_at=None)
    return stops.exclude(index_key=newest_index_key().id).count()


def _reindex(request: CallbackRequest) -> bool:
    """Write the hashes of a locked request anew where they differ; return whether one did."""
    values = [getattr(request, name) for name in SAFETY_FIELDS]
    # One that was changed by somebody else stays so.
    seal = request.safety_seal if request.is_safety_broken else safety_seal(request.pk, *values)
    new = dict.fromkeys(PLAIN, "") | {SEAL: seal}
    if not request.is_purged:
        e164, extension, name = str(request.phone), str(request.extension), str(request.name)
        new |= {
            "phone_index": phone_index(e164),
            "line_index": line_index(e164, extension),
            "name_index": name_index(name),
        }
        if set(request.search_keys.values_list("key", flat=True)) != keys_of(name, e164):
            search_index.index_again(request)
    old = {name: getattr(request, name) for name in PLAIN}
    if old == new:
        return False
    CallbackRequest.objects.filter(pk=request.pk).update(**new)
    for name in ("phone_index", "line_index"):
        _move_stops(old[name], new[name])
    return True


def _move_stops(old: str, new: str) -> None:
    if old and new and old != new:
        stops = LineStop.objects.filter(line_index=old)
        stops.update(line_index=new, index_key=newest_index_key().id)
