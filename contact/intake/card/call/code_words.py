"""The code words of a person, and how often somebody on the line said another one."""

from __future__ import annotations

from typing import NamedTuple

from contact.models import AuditEntry, CallbackRequest
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.enums import Language
from contact.records.requests.code_words import CodeWords, code_words

# After so many wrong words, whoever is on the line is not taken for the person.
MAX_WRONG_WORDS = 3


class PersonsWords(NamedTuple):
    """A pair that the person was told, in both languages, that of their request first."""

    language: str
    told: CodeWords
    other_language: str
    other: CodeWords


def persons_words(callback: CallbackRequest, others: list[CallbackRequest]) -> list[PersonsWords]:
    """The pairs of this open request and of the person's other open ones."""
    if not callback.is_open:
        return []
    found = [_words_of(each) for each in (callback, *others)]
    return [each for each in found if each]


def _words_of(request: CallbackRequest) -> PersonsWords | None:
    languages = [Language.ENGLISH, Language.SPANISH]
    if request.language == Language.SPANISH:
        languages.reverse()
    told, other = (code_words(request.code_words, language) for language in languages)
    if told is None or other is None:
        return None
    return PersonsWords(languages[0], told, languages[1], other)


def wrong_words(callback: CallbackRequest) -> int:
    """How often another word was said since the last call was written down."""
    counted = (AuditAction.WRONG_WORD, AuditAction.CALLED)
    entries = AuditEntry.objects.filter(request_id=callback.pk, action__in=counted)
    count = 0
    for action in entries.order_by("-number").values_list("action", flat=True):
        if action == AuditAction.CALLED:
            break
        count += 1
    return count
