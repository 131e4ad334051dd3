"""Who asked for no calls, or cancelled, is not called because an old copy forgot it."""

import pytest
from django.db import connection, transaction

from contact.lifecycle.changes import stops, transitions
from contact.lifecycle.journal import endings
from contact.lifecycle.retention import endings_back
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest, LineStop
from contact.privacy.audit_trail import audit
from recovery_site.database import triggers
from tests.contact.cards import fresh
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
Scope = transitions.Scope
PLAN = ("due_at", "due_until", "call_by", "turn_at")


def end(request, step, *args):
    with transaction.atomic():
        return step(claims.lock(request.pk), *args)


def forget_in_database(*requests):
    """As in a copy of before: each is open, and the trail is empty."""
    plan = {name: getattr(requests[0], name) for name in PLAN}
    keys = [each.pk for each in requests]
    opened = {"status": "new", "outcome": "", "closed_at": None, **plan}
    CallbackRequest.objects.filter(pk__in=keys).update(**opened)
    LineStop.objects.all().delete()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            triggers.remove(connection)
        else:
            cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM contact_auditentry")
        cursor.execute("DELETE FROM contact_audithead")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")


def test_stops_and_cancellations_that_an_old_copy_lacks_come_back_once():
    maria = make_staff("Intake")
    mine, hers, line = (make_request(phone=f"+1602555012{digit}") for digit in (3, 4, 5))
    end(mine, stops.stop_calls, audit.VISITOR, Scope.REQUEST)
    end(hers, transitions.close, audit.VISITOR, "cancelled")
    end(line, stops.stop_calls, maria, Scope.LINE)
    assert endings_back.apply_endings() == 0
    forget_in_database(mine, hers, line)
    assert endings_back.apply_endings() == 3
    assert [fresh(each).outcome for each in (mine, hers, line)] == ["stop", "cancelled", "stop"]
    assert LineStop.objects.get().stopped_by == maria
    stopped = AuditEntry.objects.filter(action="stopped").values_list("actor_name", flat=True)
    assert set(stopped) == {audit.VISITOR, maria.username}
    assert endings_back.apply_endings() == 0
    assert len(endings.paths()) == 3


def test_what_was_opened_again_or_did_not_happen_stays_open():
    lead, request = make_staff("Intake leads"), make_request()
    end(request, stops.stop_calls, lead, Scope.PERSON)
    end(request, transitions.reopen, lead)
    with transaction.atomic():
        stops.stop_calls(claims.lock(request.pk), lead)
        transaction.set_rollback(True)
    assert endings.paths() == []
    forget_in_database(request)
    assert endings_back.apply_endings() == 0
    assert fresh(request).is_open


def test_an_ending_that_somebody_wrote_or_changed_ends_nothing(caplog):
    request = make_request()
    end(request, stops.stop_calls, audit.VISITOR, Scope.REQUEST)
    (path,) = endings.paths()
    path.write_text(path.read_text().replace("request", "line"))
    forget_in_database(request)
    assert endings_back.apply_endings() == 0
    assert fresh(request).is_open
    assert path.name in caplog.text


def test_an_ending_of_a_request_that_still_waits_in_the_journal_waits_too():
    request = make_request()
    end(request, stops.stop_calls, audit.VISITOR, Scope.REQUEST)
    forget_in_database(request)
    CallbackRequest.objects.all().delete()
    assert endings_back.apply_endings() == 0
    assert len(endings.paths()) == 1
