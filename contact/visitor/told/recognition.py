"""How a visitor recognises our call: what their phone may show, and the code words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from django.utils import timezone

from contact.models import CallbackRequest, CallerId
from contact.records.desk.caller_ids import ShownNumber, hides_number
from contact.records.requests.code_words import CodeWords, code_words

from . import desk_snapshot


class Recognition(NamedTuple):
    """What to tell a visitor, in the language that they chose for the call.

    `hides_number`: the number may be withheld, so that nobody else learns who calls.
    """

    language: str
    hides_number: bool
    caller_ids: Sequence[ShownNumber]
    code_words: CodeWords | None


def recognition_of(request: CallbackRequest) -> Recognition | None:
    """Return it for a request that is still open."""
    if not request.is_open:
        return None
    return Recognition(
        request.language,
        hides_number(request.announce, request.voicemail),
        CallerId.objects.shown(),
        code_words(request.code_words, request.language),
    )


def carried(payload: dict[str, Any], words: int | None) -> dict[str, Any]:
    """Return what the address of the thank-you carries of it."""
    hides = hides_number(payload["announce"], payload["voicemail"])
    return {"words": words, "hides": int(hides), "language": payload["language"]}


def recognition_from(thanks: dict[str, Any]) -> Recognition:
    """Return it from what the address of the thank-you carries, without the database."""
    desk, now = desk_snapshot.read_snapshot(), timezone.now()
    known = desk.caller_ids if desk and desk.is_fresh(now) else ()
    language = thanks.get("language", "")
    return Recognition(
        language,
        bool(thanks.get("hides")),
        [each for each in known if each.is_verified(timezone.localdate(now))],
        code_words(thanks.get("words"), language),
    )


def words_taken() -> Collection[int] | None:
    """Return which code words are taken; None if that is not known."""
    desk = desk_snapshot.read_snapshot()
    return desk.code_words if desk and desk.is_fresh(timezone.now()) else None
