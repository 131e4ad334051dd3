"""The words of a form with errors, sealed in the address of the page that shows them again.

A page that answers a post can only be seen again by sending it again, so that Back would ask for
that. The answer is therefore a redirect, and any machine can show the page: no word is stored.
Once the form was accepted, the address shows none: the next at this computer may be another.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from contact.privacy import tokens

WORDS_PARAMETER = "again"
TYPED_KEPT_SECONDS = 15 * 60
# nginx takes request lines of 8 KB.
LONGEST_SEALED = 7_000


def is_navigation(request: HttpRequest) -> bool:
    """Return whether a browser asks for a page to show, which then stands in its history."""
    return request.headers.get("Sec-Fetch-Mode") == "navigate"


@sensitive_variables()
def seal_words(form: Any) -> str:
    """Return what was typed as a token; empty if it is too long for an address."""
    typed = {name: form.data[name] for name in form.fields if name in form.data}
    token = tokens.encode("typed words", {"typed": typed})
    return token if len(token) <= LONGEST_SEALED else ""


@sensitive_variables()
def words_typed(request: HttpRequest) -> dict[str, str] | None:
    """Return the words that an address holds; None if it holds none, or those of long ago."""
    values = tokens.decode(request.GET.get(WORDS_PARAMETER, ""), "typed words", TYPED_KEPT_SECONDS)
    return values["typed"] if values else None
