"""Claims: no line rings for two colleagues, however close together they press."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from contact.lifecycle.changes import attempts, persons, stops, transitions
from contact.lifecycle.journal import receiving
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditEntry
from contact.records.requests.references import reference_for
from tests.factories import make_request, make_staff
from tests.waiting import PATIENCE

OTHER_PHONE = "+16025550199"


def expire(*requests):
    past = timezone.now() - timedelta(seconds=1)
    for request in requests:
        CallbackRequest.objects.filter(pk=request.pk).update(claimed_until=past)


@pytest.mark.django_db
class TestTakeNext:
    def test_gives_due_requests_in_turn_and_claims_them_for_a_lease(self):
        now = timezone.now()
        make_request(phone=OTHER_PHONE, turn_at=now)
        first = make_request(turn_at=now - timedelta(hours=1))
        maria = make_staff()
        taken = claims.take_next(maria)
        assert taken == first
        assert taken.is_held_by(maria)
        quarter = timedelta(minutes=15)
        assert abs(taken.claimed_until - now - quarter) < timedelta(seconds=5)
        assert AuditEntry.objects.get().action == "claimed"

    def test_gives_two_people_two_different_ones_and_the_third_nobody(self):
        one, two = make_request(), make_request(phone=OTHER_PHONE)
        taken = {claims.take_next(make_staff()) for _ in range(2)}
        assert taken == {one, two}
        assert claims.take_next(make_staff()) is None

    def test_gives_words_that_may_mean_danger_before_everything_else(self):
        maria, joe = make_staff(), make_staff()
        now = timezone.now()
        make_request(phone=OTHER_PHONE, assigned_to=maria, turn_at=now - timedelta(days=3))
        danger = make_request(priority=0, assigned_to=joe, turn_at=now)
        assert claims.take_next(maria) == danger

    def test_gives_what_was_kept_for_somebody_who_no_longer_works_here(self):
        gone = make_staff(is_active=False)
        kept = make_request(assigned_to=gone, call_by=timezone.now() + timedelta(hours=5))
        assert claims.take_next(make_staff()) == kept

    def test_gives_the_one_already_held_before_another(self):
        make_request(), make_request(phone=OTHER_PHONE)
        maria = make_staff()
        assert claims.take_next(maria) == claims.take_next(maria)

    def test_holds_every_open_request_of_the_person(self):
        one = make_request()
        two = make_request(phone=OTHER_PHONE, person=one.person)
        maria, joe = make_staff(), make_staff()
        taken = claims.take_next(maria)
        assert taken in (one, two)
        assert all(row.is_held_by(maria) for row in CallbackRequest.objects.all())
        assert claims.take_next(joe) is None

    def test_leaves_a_request_that_arrives_while_its_line_is_being_called(self):
        make_request()
        claims.take_next(make_staff())
        make_request()
        assert claims.take_next(make_staff()) is None

    def test_two_requests_without_a_number_are_two_people(self):
        make_request(phone=""), make_request(phone="")
        assert claims.take_next(make_staff())
        assert claims.take_next(make_staff())

    def test_gives_again_a_request_whose_lease_ended(self):
        request = make_request()
        claims.take_next(make_staff())
        expire(request)
        joe = make_staff()
        assert claims.take_next(joe) == request

    @pytest.mark.parametrize(
        "over",
        [
            {"status": "lead"},
            {"outcome": "answered"},
            {"due_at": timezone.now() + timedelta(days=1)},
            {"due_at": timezone.now() - timedelta(hours=2), "due_until": timezone.now()},
        ],
    )
    def test_skips_requests_that_are_not_to_be_called_now(self, over):
        make_request(**over)
        assert claims.take_next(make_staff()) is None

    def test_gives_assigned_requests_first_and_those_of_others_only_when_late(self):
        now, maria, joe = timezone.now(), make_staff(), make_staff()
        make_request(turn_at=now - timedelta(days=1))
        mine = make_request(phone=OTHER_PHONE, assigned_to=maria)
        assert claims.take_next(maria) == mine
        theirs = make_request(
            phone="+16025550177", assigned_to=maria, turn_at=now - timedelta(days=2)
        )
        assert claims.take_next(joe) != theirs
        CallbackRequest.objects.filter(pk=theirs.pk).update(call_by=now - timedelta(minutes=1))
        assert claims.take_next(make_staff()) == theirs

    def test_does_not_give_back_a_request_left_to_a_colleague(self):
        request, maria = make_request(), make_staff()
        request.attempts.create(by=maria, outcome="mismatch")
        assert claims.take_next(maria) is None
        assert claims.take_next(make_staff()) == request

    def test_leaving_it_to_a_colleague_covers_every_request_of_the_person(self):
        maria, earlier = make_staff(), make_request()
        earlier.attempts.create(by=maria, outcome="mismatch")
        now = timezone.now()
        CallbackRequest.objects.filter(pk=earlier.pk).update(due_until=now, turn_at=now)
        later, stranger = make_request(person=earlier.person), make_request(phone=OTHER_PHONE)
        now = timezone.now()
        assert claims.next_free(maria, now) == stranger
        assert claims.next_free(make_staff(), now) == later

    def test_claims_no_request_that_changed_a_moment_ago(self, monkeypatch):
        asked, other = make_request(), make_request(phone=OTHER_PHONE)
        maria, joe = make_staff(), make_staff()
        CallbackRequest.objects.filter(pk=asked.pk).update(turn_at=asked.created_at)
        found, calls = claims.next_free, []

        def overtaken(*args):
            seen = found(*args)
            if not calls:
                calls.append(seen)
                attempts.record_attempt(claims.lock(seen.pk), joe, "wrong_number")
            return seen

        monkeypatch.setattr(claims, "next_free", overtaken)
        taken = claims.take_next(maria)
        assert {calls[0].pk, taken.pk} == {asked.pk, other.pk}
        assert CallbackRequest.objects.get(pk=calls[0].pk).claimed_by is None

    def test_claims_no_closed_request_for_another_of_the_person(self):
        closed, joe = make_request(), make_staff()
        make_request(person=closed.person)
        seen = CallbackRequest.objects.get(pk=closed.pk)
        with transaction.atomic():
            transitions.close(claims.lock(closed.pk), joe, "answered")
        assert not claims.claim(seen, joe)
        assert not CallbackRequest.objects.held().exists()


@pytest.mark.django_db
class TestHolding:
    def test_claims_one_that_is_free_and_no_other(self):
        request, maria, joe = make_request(), make_staff(), make_staff()
        assert claims.claim(request, maria)
        assert not claims.claim(request, joe)
        assert request.is_held_by(maria)

    def test_unreadable_fields_do_not_prevent_a_claim(self, settings):
        request = make_request()
        settings.FIELD_KEYS = ["MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTI="]
        stored = CallbackRequest.objects.get(pk=request.pk)
        assert claims.take_next(make_staff()) == request
        assert not claims.claim(stored, make_staff())

    def test_a_closed_one_can_not_be_claimed(self):
        assert not claims.claim(make_request(outcome="answered"), make_staff())

    def test_work_renews_the_lease_but_only_while_it_lasts(self):
        request, maria = make_request(), make_staff()
        claims.claim(request, maria)
        soon = timezone.now() + timedelta(minutes=1)
        CallbackRequest.objects.update(claimed_until=soon)
        assert claims.renew(request, maria)
        assert CallbackRequest.objects.get().claimed_until > soon
        expire(request)
        assert not claims.renew(request, maria)
        assert not claims.renew(request, make_staff())

    def test_released_and_handed_over_and_assigned(self):
        request, maria, joe = make_request(), make_staff(), make_staff()
        make_request(person=request.person)
        claims.claim(request, maria)
        with transaction.atomic():
            claims.hand_over(claims.lock(request.pk), maria, joe)
        assert all(row.is_held_by(joe) for row in CallbackRequest.objects.all())
        with transaction.atomic():
            claims.assign(claims.lock(request.pk), maria, joe)
            claims.release(claims.lock(request.pk), joe)
        for row in CallbackRequest.objects.all():
            assert (row.claimed_by, row.claimed_until, row.assigned_to) == (None, None, joe)
        actions = list(AuditEntry.objects.values_list("action", flat=True))
        assert actions == ["released", "assigned", "handed over", "claimed"]

    def test_showing_the_number_is_on_record_and_renews(self):
        request, maria = make_request(), make_staff()
        claims.claim(request, maria)
        with transaction.atomic():
            claims.reveal(claims.lock(request.pk), maria)
        request.refresh_from_db()
        assert request.revealed_at
        entry = AuditEntry.objects.first()
        assert (entry.action, entry.actor, entry.request_id) == ("revealed", maria, request.pk)

    def test_the_claim_takes_in_what_was_linked_before_the_number_is_shown(self):
        request, maria = make_request(), make_staff()
        claims.claim(request, maria)
        again = make_request(person=request.person)
        with transaction.atomic():
            claims.reveal(claims.lock(request.pk), maria)
        again.refresh_from_db(fields=["claimed_by", "claimed_until"])
        assert again.is_held_by(maria)

    def test_every_change_makes_older_pages_stale(self):
        request, maria = make_request(), make_staff()
        versions = [request.version]
        for change in (
            lambda: claims.claim(request, maria),
            lambda: claims.hand_over(request, maria, make_staff()),
            lambda: claims.release(request, maria),
            lambda: claims.assign(request, maria, None),
        ):
            with transaction.atomic():
                change()
            request.refresh_from_db()
            versions.append(request.version)
        assert versions == sorted(set(versions))


def together(count, work):
    """Run `work(n)` in `count` threads that start together; return their results."""
    start, results = threading.Barrier(count), {}

    def run(n):
        try:
            start.wait()
            results[n] = work(n)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[n] for n in range(count)]


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_eight_who_press_at_once_get_eight_different_people(self):
        for n in range(12):
            make_request(phone=f"+1602555{100 + n:04}")
        staff = [make_staff() for _ in range(8)]
        for _round in range(3):
            CallbackRequest.objects.update(claimed_by=None, claimed_until=None)
            taken = together(8, lambda n: claims.take_next(staff[n]))
            assert len({request.pk for request in taken}) == 8

    def test_four_who_press_at_once_never_share_a_line(self):
        for _ in range(6):
            make_request()
        staff = [make_staff() for _ in range(4)]
        taken = together(4, lambda n: claims.take_next(staff[n]))
        assert sum(request is not None for request in taken) == 1

    def test_claiming_closing_and_revealing_at_once_ends_in_one_of_the_two_orders(self):
        maria, joe = make_staff(), make_staff()
        for _round in range(5):
            request = make_request()
            claims.claim(request, maria)

            def work(n, request=request):
                with transaction.atomic():
                    fresh = claims.lock(request.pk)
                    try:
                        if n == 0:
                            transitions.close(fresh, maria, "answered")
                        elif n == 1 and fresh.is_held_by(maria):
                            claims.reveal(fresh, maria)
                        elif n == 2:
                            stops.stop_calls(fresh, joe)
                    except transitions.InvalidTransition:
                        return "too late"
                    return "done"

            together(3, work)
            request.refresh_from_db()
            assert request.outcome in ("answered", "stop")
            assert request.claimed_by is None

    def test_two_who_stop_two_requests_of_one_person_do_not_block_each_other(self):
        maria = make_staff()
        for _round in range(5):
            first = make_request()
            pair = [first, make_request(person=first.person)]

            def work(n, pair=pair):
                with transaction.atomic():
                    fresh = claims.lock(pair[n].pk)
                    return stops.stop_calls(fresh, maria)

            assert sorted(together(2, work)) == [0, 2]


@pytest.mark.django_db(transaction=True)
class TestRacesWithVisitors:
    def test_a_request_sent_while_the_line_is_stopped_is_closed_or_waits_for_a_lead(self):
        maria = make_staff()
        for n in range(12):
            phone = f"+1602555{100 + n:04}"
            request = make_request(phone=phone, created_at=timezone.now() - timedelta(hours=1))
            sent = timezone.now() - timedelta(minutes=1)

            def work(n, request=request, phone=phone, sent=sent):
                with transaction.atomic():
                    if n:
                        late = CallbackRequest(phone=phone, name="A B", created_at=sent)
                        late.reference = reference_for(late.pk)
                        receiving.receive(late)
                    else:
                        stops.stop_calls(claims.lock(request.pk), maria, transitions.Scope.LINE)

            together(2, work)
            same_line = CallbackRequest.objects.filter(line_index=request.line_index)
            (late,) = same_line.exclude(pk=request.pk)
            assert (late.status, late.outcome) in {("lead", ""), ("closed", "line_stop")}
        assert not CallbackRequest.objects.open().exclude(status="lead").exists()

    def test_two_who_link_two_requests_to_each_other_make_one_person(self):
        maria = make_staff()
        for n in range(8):
            pair = [make_request(phone=f"+1602555{100 + 2 * n + m:04}") for m in range(2)]

            def work(n, pair=pair):
                mine, other = pair[n].pk, pair[1 - n].pk
                with transaction.atomic():
                    request = claims.lock(mine, other)
                    try:
                        persons.link(request, maria, CallbackRequest.objects.get(pk=other))
                    except transitions.InvalidTransition:
                        return False
                    return True

            assert together(2, work) == [True, True]
            rows = CallbackRequest.objects.filter(pk__in=ids(pair))
            assert len({row.person for row in rows}) == 1

    def test_three_who_link_a_chain_at_once_make_one_person(self):
        maria = make_staff()
        for n in range(25):
            chain = [make_request(phone=f"+1602555{100 + 4 * n + m:04}") for m in range(4)]

            def work(n, chain=chain):
                mine, other = chain[n], chain[n + 1]
                with transaction.atomic():
                    persons.link(claims.lock(mine.pk, other.pk), maria, other)

            together(3, work)
            rows = CallbackRequest.objects.filter(pk__in=ids(chain))
            assert len({row.person for row in rows}) == 1


def ids(requests):
    return [request.pk for request in requests]


PROCESS = """
import sys, django
django.setup()
from django.contrib.auth.models import User
from django.db import connection, transaction
connection.settings_dict["NAME"] = sys.argv[1]
if connection.vendor == "sqlite":
    # SQLite's lock is not fair: on a busy machine one of several writers may wait for long.
    connection.settings_dict["OPTIONS"]["timeout"] = 150
from contact.lifecycle.team import claims
from contact.lifecycle.changes import stops, transitions
from contact.models import CallbackRequest
sys.stdin.readline()
"""
TAKE = """
for name in sys.argv[2:]:
    taken = claims.take_next(User.objects.get(username=name))
    print(taken.pk if taken else "", flush=True)
"""
WORK = """
who = User.objects.get(username=sys.argv[2])
for pk in CallbackRequest.objects.order_by("pk").values_list("pk", flat=True):
    with transaction.atomic():
        row = claims.lock(pk)
        try:
            if sys.argv[3] == "reveal" and row.is_held():
                claims.reveal(row, who)
            elif sys.argv[3] == "close":
                transitions.close(row, who, "answered")
            elif sys.argv[3] == "stop":
                stops.stop_calls(row, who)
        except transitions.InvalidTransition:
            pass
"""


def in_processes(script, *arguments):
    """Start one process for each list of arguments, all together; return their outputs."""
    database = str(connection.settings_dict["NAME"])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS + script, database, *mine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for mine in arguments
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate(timeout=PATIENCE)[0].split() for process in processes]
    assert {process.returncode for process in processes} == {0}
    return printed


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_claim_at_once_get_nobody_twice():
    for n in range(20):
        make_request(phone=f"+1602555{100 + n:04}")
        # Every number asked twice.
        make_request(phone=f"+1602555{100 + n:04}")
    one, two = in_processes(TAKE, *([make_staff().username for _ in range(10)] for _ in range(2)))
    taken = one + two
    assert len(taken) == 20
    lines = CallbackRequest.objects.filter(pk__in=taken).values_list("line_index", flat=True)
    assert len(set(lines)) == 20


@pytest.mark.django_db(transaction=True)
def test_processes_that_reveal_close_and_stop_at_once_never_show_a_closed_ones_number():
    maria = make_staff(username="maria")
    for n in range(30):
        first = make_request(phone=f"+1602555{100 + n:04}")
        make_request(phone=f"+1602555{100 + n:04}", person=first.person)
        assert claims.claim(first, maria)
    in_processes(WORK, ["maria", "reveal"], ["maria", "close"], ["maria", "stop"])
    assert not CallbackRequest.objects.open().exists()
    assert not CallbackRequest.objects.exclude(claimed_by=None, revealed_at=None).exists()
    ends = {}
    for entry in AuditEntry.objects.order_by("number"):
        if entry.action == "closed":
            assert ends.setdefault(entry.request_id, entry.number) == entry.number
        elif entry.action == "revealed":
            assert entry.request_id not in ends
    assert len(ends) == 60
    assert audit.verify() is None
