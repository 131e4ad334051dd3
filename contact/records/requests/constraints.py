"""Database constraints of callback requests."""

from django.db.models import BaseConstraint, CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

CONSTRAINTS: list[BaseConstraint] = [
    CheckConstraint(
        condition=Q(status="closed", closed_at__isnull=False) & ~Q(outcome="")
        | ~Q(status="closed") & Q(closed_at=None, outcome=""),
        name="callback_closed_with_outcome",
        violation_error_message=_("A closed request needs an outcome, an open one none."),
    ),
    CheckConstraint(
        condition=Q(status="closed")
        | Q(
            due_at__isnull=False,
            due_until__isnull=False,
            call_by__isnull=False,
            turn_at__isnull=False,
        ),
        name="callback_open_is_planned",
    ),
    CheckConstraint(
        condition=Q(claimed_by=None, claimed_until=None)
        | Q(claimed_by__isnull=False, claimed_until__isnull=False) & ~Q(status="closed"),
        name="callback_claimed_while_open",
    ),
    CheckConstraint(
        condition=Q(referred_to=None) & ~Q(outcome="referred")
        | Q(outcome="referred", referred_to__isnull=False),
        name="callback_referred_somewhere",
    ),
    # Also the index from which the desk snapshot reads the pairs that are taken.
    UniqueConstraint(
        fields=["code_words"],
        condition=Q(closed_at=None, code_words__isnull=False),
        name="callback_code_words",
    ),
]
