"""The people of the desk: who can take calls, and how pages name them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from contact.models import CallbackRequest, Colleague
from contact.records.compiled_query import CompiledQuery

from .permissions import WORK_REQUESTS

OF_TEAM = ("languages", "further_languages", "takes_calls", "seen_at")


def colleagues() -> Any:
    """The staff who can make calls, by name."""
    staff: Any = get_user_model().objects
    able = (
        staff.with_perm(WORK_REQUESTS)
        .filter(is_staff=True)
        .select_related("colleague")
        .only("username", "first_name", "last_name", *(f"colleague__{name}" for name in OF_TEAM))
    )
    return able.order_by("first_name", "username")


def team_names() -> list[tuple[int, str]]:
    """Return the ids and names of `colleagues`, by name."""
    accounts = (get_user_model()(**row) for row in TEAM.rows())
    return [(account.pk, display_name(account)) for account in accounts]


TEAM = CompiledQuery(
    lambda: colleagues().values("pk", "username", "first_name", "last_name"), lambda: (), ()
)


def display_name(account: Any) -> str:
    return str(account.get_full_name() or account.get_username())


def colleague_of(account: Any) -> Colleague:
    """What the team knows of an account that was read by `colleagues`."""
    found: Colleague | None = getattr(account, "colleague", None)
    return found or Colleague(account=account)


def name_languages_presence(account: Any) -> str:
    """`Maria · English, Spanish (español) · takes calls, seen 2 minutes ago`."""
    colleague = colleague_of(account)
    words = (display_name(account), colleague.language_words, colleague.presence().words)
    return " · ".join(words)


def load_colleagues(requests: list[CallbackRequest]) -> None:
    """Set `claimed_by` and `assigned_to` of all the requests with one query.

    A join would make the database look up the staff of the whole list before it cuts off a page.
    """
    ids = {pk for each in requests for pk in (each.claimed_by_id, each.assigned_to_id) if pk}
    accounts = get_user_model().objects.in_bulk(ids)
    for each in requests:
        each.claimed_by = accounts.get(each.claimed_by_id)
        each.assigned_to = accounts.get(each.assigned_to_id)
