"""A clinician without an account reads and answers by a link to one version.

Whoever holds the link may answer in the name that it was made for, so it ends: when it is answered,
taken back or runs out, when the page gets other words, leaves the site or goes into the bin. Of its
key only a hash is stored.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.text.clean_text import clean_text

from .completeness import require_complete

MAX_LINK_DAYS = 60


def digest_of_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def invite(
    revision: Any, by: Any, *, name: str, credentials: str, days: int, remark: str = ""
) -> tuple[Any, str]:
    """Return the request and the key of its link, which nobody can read again.

    Raise ValidationError if it is not complete, or a review of the words stands.
    """
    require_complete(revision)
    if revision.standing_review():
        raise ValidationError(_("A review of these words stands already."))
    key = secrets.token_urlsafe(32)
    request = revision.requests.create(
        asked_by=by,
        outside_name=clean_text(name),
        outside_credentials=clean_text(credentials),
        remark=clean_text(remark),
        key_digest=digest_of_key(key),
        expires_at=timezone.now() + timedelta(days=min(days, MAX_LINK_DAYS)),
    )
    return request, key


def is_open(request: Any) -> bool:
    """Whether its link still works."""
    if request.answer_id or request.revoked_at or request.expires_at <= timezone.now():
        return False
    publication = request.revision.publication
    has_same_words = publication.newest_revision.words_digest == request.revision.words_digest
    return has_same_words and publication.binned_at is None


def open_request(models: tuple[Any, ...], key: str) -> Any:
    """The request to whose link `key` belongs; None if there is none, or its link has ended."""
    for model in models:
        found = model.objects.filter(key_digest=digest_of_key(key))
        if request := found.select_related("revision__publication", "asked_by").first():
            return request if is_open(request) else None
    return None


@transaction.atomic
def answer(request: Any, verdict: Any, remark: str) -> Any:
    """Write down the review that came by the link, and return it.

    Raise ValidationError if that cannot be said, or the link has ended meanwhile.
    """
    request.revision.publication.lock()
    request.refresh_from_db()
    if not is_open(request):
        raise ValidationError(_("This link has ended meanwhile."))
    return request.revision.review(verdict, None, request.outsider, remark=remark)
