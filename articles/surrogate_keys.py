"""What a public page shows, said in the header that caches drop pages by.

`Surrogate-Key` names, with spaces between, every tag whose change changes the page. Pages without
it are private or not for keeping.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

HEADER = "Surrogate-Key"


def key(shown: Any) -> str:
    """The tag of an article, question, page or topic: `article:5`."""
    return f"{shown._meta.model_name}:{shown.pk}"


def showing(response: HttpResponse, *tags: str) -> HttpResponse:
    """`response`, marked as a public page that shows what `tags` stand for."""
    response[HEADER] = " ".join(dict.fromkeys(tags))
    return response
