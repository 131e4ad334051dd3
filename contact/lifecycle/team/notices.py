"""What a member of the team is told on whatever page of the workspace they look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from contact.models import CallbackRequest, Notice
from contact.records.compiled_query import CompiledQuery

# The holder of a claim is warned this long before its lease ends.
WARN_BEFORE = timedelta(minutes=5)
NOTICES_SHOWN = 5


class Told(NamedTuple):
    """`notices` that still hold; a claim that ends soon; claims that ended without a word."""

    notices: list[Notice]
    has_more: bool
    ending: CallbackRequest | None
    ended: list[CallbackRequest]

    @property
    def fingerprint(self) -> str:
        """Changes whenever the banner would."""
        ending = [self.ending] if self.ending else []
        rows = [(each.pk, each.claimed_until) for each in [*ending, *self.ended]]
        return repr(([each.pk for each in self.notices], self.has_more, bool(ending), rows))


def tell(account: Any, request: CallbackRequest, kind: Notice.Kind, by: Any) -> None:
    """Tell `account` about a request, instead of what they were told about it before."""
    Notice.objects.filter(request=request, kind=kind).exclude(account=account).delete()
    if by and account.pk != by.pk:
        values = {"kind": kind, "by": by, "at": timezone.now()}
        Notice.objects.update_or_create(values, account=account, request=request)


def tell_taken(rows: Iterable[CallbackRequest], by: Any) -> None:
    """Tell those whose claim on one of these rows had ended that `by` has it now."""
    for row in rows:
        if row.claimed_by and row.claimed_by_id != by.pk:
            tell(row.claimed_by, row, Notice.Kind.TAKEN, by)


def forget_notices(account: Any, request: CallbackRequest) -> None:
    """Forget what the account was to be told, as they look at the request now."""
    Notice.objects.filter(account=account, request=request).delete()


def told(account: Any, now: datetime | None = None) -> Told:
    """Return what to tell the account; two queries."""
    now = now or timezone.now()
    notices = [each for each in map(_notice, NOTICES.rows(account.pk)) if _holds(each)]
    held = [CallbackRequest(**row) for row in CLAIMS.rows(account.pk)]
    # One of each person: a claim covers all their requests.
    of_persons = list({each.person: each for each in reversed(held)}.values())[::-1]
    ending = (each for each in of_persons if each.is_held(now))
    handed = {each.request_id for each in notices}
    return Told(
        notices[:NOTICES_SHOWN],
        len(notices) > NOTICES_SHOWN,
        next((each for each in ending if each.claimed_until - now <= WARN_BEFORE), None),  # type: ignore[operator]
        [e for e in of_persons if not e.is_held(now) and e.pk not in handed][:NOTICES_SHOWN],
    )


def _notices_of(account_id: int) -> QuerySet[Notice, Any]:
    of_request = ("request__id", "request__reference")
    holders = ("request__claimed_by_id", "request__assigned_to_id")
    names = ("by__id", "by__username", "by__first_name", "by__last_name")
    found = Notice.objects.filter(account=account_id, request__closed_at=None).order_by("-at")
    return found.values("id", "account_id", "kind", "at", *of_request, *holders, *names)


def _claims_of(account_id: int) -> QuerySet[CallbackRequest, Any]:
    held = CallbackRequest.objects.open().filter(claimed_by=account_id, claimed_until__isnull=False)
    columns = ("id", "reference", "person", "claimed_by_id", "claimed_until", "version")
    return held.order_by("turn_at", "pk").values(*columns)


def _one_account(account_id: int) -> tuple[int]:
    return (account_id,)


# On every page of the workspace.
NOTICES = CompiledQuery(_notices_of, _one_account, (-1,))
CLAIMS = CompiledQuery(_claims_of, _one_account, (-1,))


def _notice(row: dict[str, Any]) -> Notice:
    def of(prefix: str) -> dict[str, Any]:
        return {
            name.removeprefix(prefix): value
            for name, value in row.items()
            if name.startswith(prefix)
        }

    own = {name: value for name, value in row.items() if "__" not in name}
    by = get_user_model()(**of("by__"))
    return Notice(**own, request=CallbackRequest(**of("request__")), by=by)


def _holds(notice: Notice) -> bool:
    """Whether it is still so: a request that was passed on is no longer theirs."""
    match Notice.Kind(notice.kind):
        case Notice.Kind.HANDED_OVER:
            return notice.request.claimed_by_id == notice.account_id
        case Notice.Kind.ASSIGNED:
            return notice.request.assigned_to_id == notice.account_id
        case Notice.Kind.TAKEN:
            return True
        case Notice.Kind.RELEASED:
            return notice.request.claimed_by_id != notice.account_id
