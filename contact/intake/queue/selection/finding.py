"""Finding the requests of somebody who calls: by name, last four digits, number or reference."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q

from contact.models import CallbackRequest, CallbackRequestQuerySet, SearchKey, phone_index
from contact.privacy.key_marker import all_index_keys, older_index_keys
from contact.privacy.keys import IndexKey
from contact.privacy.matching.name_index import name_sounds
from contact.privacy.matching.phone_index import LAST_DIGITS, last_digits_index
from contact.records import phones
from contact.records.requests import references

from .paging import PAGE_SIZE

# More words than a name has; each costs a look into the index.
MAX_KEYS = 6
# The digits of a US number.
WHOLE_NUMBER = 10
# Beyond it, one key is as common as another. Among a million requests, with 1,000 two common names
# and digits took 31 ms, with 5,000 they take 9.
COUNTED_UP_TO = 5000


class SearchResult(NamedTuple):
    """`requests` is None if the words can't be searched for; `is_cut`: there are older ones."""

    requests: CallbackRequestQuerySet | None
    is_cut: bool = False


def find(term: str) -> SearchResult:
    """Find by a reference, a whole number, or all words of a name and last four digits given."""
    condition = Q()
    if references.is_reference(term):
        condition |= Q(reference=references.normalise(term))
    # With fewer digits, a name could be taken for the letters of a number: 602 Mary Ann.
    if sum(each.isdecimal() for each in term) >= WHOLE_NUMBER:
        with suppress(ValidationError):
            e164 = phones.parse_phone(term).e164
            condition |= Q(phone_index__in=[phone_index(e164, key) for key in all_index_keys()])
    if condition:
        return SearchResult(CallbackRequest.objects.filter(condition))
    if not (keys := search_keys(term)):
        return SearchResult(None)
    found = _newest_with(keys)
    # While keys are made anew: what still has older ones.
    for older in older_index_keys():
        found += _newest_with(search_keys(term, older))
    newest = [pk for _asked_at, pk in sorted(found, reverse=True)[: PAGE_SIZE + 1]]
    requests = CallbackRequest.objects.filter(pk__in=newest[:PAGE_SIZE])
    return SearchResult(requests, is_cut=len(newest) > PAGE_SIZE)


def search_keys(term: str, key: IndexKey | None = None) -> list[str]:
    """Return the keys to search for; none if nothing in it can be searched for."""
    digits = "".join(str(int(each)) for each in term if each.isdecimal())
    if 0 < len(digits) < LAST_DIGITS:
        return []
    keys = sorted(name_sounds(term, key))
    if digits:
        keys.insert(0, last_digits_index(digits, key))
    return keys[:MAX_KEYS]


def _newest_with(keys: list[str]) -> list[tuple[datetime, UUID]]:
    """Return the newest requests that have all these keys, one more than a page holds.

    The rarest key is read along its index (search_key_newest), and the others are looked up.
    """
    first, *others = sorted(keys, key=_capped_count) if len(keys) > 1 else keys
    rows = SearchKey.objects.filter(key=first)
    for key in others:
        also = SearchKey.objects.filter(request=OuterRef("request"), key=key)
        rows = rows.filter(Exists(also))
    newest = rows.order_by("-asked_at", "-request").values_list("asked_at", "request")
    return list(newest[: PAGE_SIZE + 1])


def _capped_count(key: str) -> int:
    return SearchKey.objects.filter(key=key)[:COUNTED_UP_TO].count()
