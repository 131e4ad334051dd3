"""What a draft may lack and visitors may not: title, address, topic and something to read."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles.text import markup

# Every row has an address, so a draft without one has one that nobody would choose.
_stand_in_address = re.compile("draft-[0-9a-f]{12}")
# By form field, what is missing.
PARTS = {
    "title": _("It needs a title."),
    "slug": _("It needs an address."),
    "topic": _("It needs a topic."),
    "body": _("There is nothing to read yet."),
}


def stand_in_address() -> str:
    return f"draft-{secrets.token_hex(6)}"


def has_no_address(slug: str) -> bool:
    return bool(_stand_in_address.fullmatch(slug))


def missing_parts(place: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """The `PARTS` that are missing from words (`CONTENT_FIELDS`) and place (`PLACE_FIELDS`)."""
    missing = []
    if not content["title"].strip():
        missing.append("title")
    if has_no_address(place.get("slug", "")):
        missing.append("slug")
    if place.get("topic_id", 0) is None:
        missing.append("topic")
    if not (content["summary"].strip() or markup.plain_text(content["body"]).strip()):
        missing.append("body")
    return missing


def require_complete(revision: Any) -> None:
    """Raise ValidationError, with a sentence for each part that a version lacks."""
    if missing := revision.missing_parts:
        raise ValidationError([PARTS[name] for name in missing])
