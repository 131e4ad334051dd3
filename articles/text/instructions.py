"""Instructions for staff within a draft: `[Staff: what to write here]`. Visitors never see them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_instruction = re.compile(r"\[\s*staff\b", re.IGNORECASE)


def refuse_instructions(*texts: str) -> None:
    """Raise ValidationError if an instruction for staff is left in one of the texts."""
    if any(_instruction.search(text) for text in texts):
        raise ValidationError(
            _(
                "Visitors can’t see this yet: it still holds instructions for staff. Replace every"
                " part in brackets that begins with “Staff”, or delete it."
            ),
            code="instructions",
        )
