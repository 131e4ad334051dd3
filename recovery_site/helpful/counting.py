"""Counts answers without the database and without anything about who gave them.

A network's answers to one page count a few times a day: it may be one person's, or a library's.
"""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest

from contact.privacy import rate_limit

from ..tally_file import TallyFile
from .answers import HelpfulCount

MOST_OF_A_NETWORK = 4
DAY = 24 * 3600
file = TallyFile("helpful.txt")


class NotKept(Exception):
    """The answer could not be written down."""


def count_answer(
    request: HttpRequest, kind: str, publication: int, number: int, answer: str
) -> None:
    """Count `answer` to one version of a page. Raises NotKept."""
    is_reason = answer not in ("yes", "no")
    purpose = f"helpful {kind} {publication} {is_reason}"
    if not rate_limit.allows(request, purpose, MOST_OF_A_NETWORK, DAY):
        return
    try:
        is_kept = file.add(f"{kind} {publication} {number} {answer}")
    except OSError as error:
        raise NotKept from error
    if not is_kept:
        raise NotKept


def collect() -> int:
    """Bring the answers of the file into the database; return how many."""
    return file.collect(_add)


def _add(line: str, times: int) -> None:
    kind, publication, number, answer = line.split()
    row, _is_new = HelpfulCount.objects.get_or_create(
        kind=kind, publication=int(publication), number=int(number), answer=answer
    )
    HelpfulCount.objects.filter(pk=row.pk).update(count=F("count") + times)
