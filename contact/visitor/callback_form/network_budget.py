"""How many requests one network sends before they stop counting for what others are promised.

After more of them, its visitors have to press twice.

A request that was taken counts, and nothing else: no form with errors, none that was sent before.
"""

from __future__ import annotations

from django.http import HttpRequest

from contact.privacy import rate_limit, tokens

ANYWAY_SECONDS = 3600


class NetworkBudget:
    """The requests that came from the sender's network within `rate_limit.POSTS_WINDOW`."""

    def __init__(self, request: HttpRequest) -> None:
        self._key = rate_limit.key_of_network(request)
        self._taken = rate_limit.current_count(self._key)

    @property
    def crowd(self) -> int:
        """How many came before what comes now, if so many that others do not wait for it; or 0."""
        return self._taken if self._taken >= rate_limit.COUNTED_POSTS else 0

    @property
    def is_spent(self) -> bool:
        """Whether what comes now stands behind what others sent."""
        return self._taken >= rate_limit.USUAL_POSTS

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing more is taken for now: the disk is not theirs to fill."""
        return self._taken >= rate_limit.MOST_POSTS

    def count(self) -> None:
        rate_limit.increment(self._key, rate_limit.POSTS_WINDOW)


def seal_anyway(key: str) -> str:
    """Return the token by which the form with this key is taken though the budget is spent."""
    return tokens.encode("send anyway", {"key": key})


def is_anyway(token: str, key: str) -> bool:
    values = tokens.decode(token, "send anyway", ANYWAY_SECONDS) if token else None
    return values is not None and values["key"] == key
