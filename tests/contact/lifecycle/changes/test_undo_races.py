"""Taking steps back while colleagues take the next call, in processes of their own."""

import pytest
from django.db import transaction

from contact.lifecycle.changes import attempts
from contact.lifecycle.changes.undo import undoable
from contact.lifecycle.team import claims
from contact.models import CallAttempt, CallbackRequest, Step
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction, AuditEntry
from tests.contact.lifecycle.team.test_claims import in_processes
from tests.factories import make_request, make_staff

WORK = """
from contact.lifecycle.changes import undo
from contact.models import Step
who, task = User.objects.get(username=sys.argv[2]), sys.argv[3]
for step in Step.objects.order_by("pk"):
    if task == "take":
        if taken := claims.take_next(who):
            print(taken.pk, flush=True)
            with transaction.atomic():
                claims.release(claims.lock(taken.pk), who)
        continue
    with transaction.atomic():
        claims.lock(step.request_id)
        try:
            undo.undo(step, who)
        except transitions.InvalidTransition:
            continue
    print(step.pk, flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_step_is_taken_back_once_and_leaves_nobody_held_or_lost():
    maria = make_staff(username="maria")
    make_staff(username="bob")
    for n in range(8):
        asked = make_request(phone=f"+1602555{100 + n:04}")
        with transaction.atomic():
            asked = claims.lock(asked.pk)
            with undoable(asked, maria, AuditAction.CALLED) as step:
                step.attempt = attempts.record_attempt(asked, maria, "wrong_number")
    assert claims.take_next(maria) is None
    tasks = (["maria", "undo"], ["maria", "undo"], ["bob", "take"])
    one, two, _taken = in_processes(WORK, *tasks)
    assert sorted(one + two) == sorted(str(step.pk) for step in Step.objects.all())
    rows = CallbackRequest.objects.all()
    assert {(row.status, row.tries, row.claimed_by_id) for row in rows} == {("new", 0, None)}
    assert not CallAttempt.objects.standing().exists()
    assert AuditEntry.objects.filter(action="undone").count() == len(rows)
    assert audit.verify() is None
