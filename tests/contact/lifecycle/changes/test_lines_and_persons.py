"""People who share a phone: each has their own request, and the phone rings for one at a time."""

import re
import threading
from collections import defaultdict
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from contact.intake.queue.selection import lists
from contact.intake.reports.counts.statistics import statistics_for
from contact.intake.reports.date_ranges import DateRange
from contact.lifecycle.changes import attempts, persons, stops, transitions
from contact.lifecycle.changes.transitions import InvalidTransition, Scope
from contact.lifecycle.journal import journal
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest, Place
from contact.privacy import tokens
from contact.privacy.audit_trail import audit
from contact.records.outcomes import CallOutcome, RequestOutcome
from contact.visitor.own_request.pages import PURPOSE
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.contact.lifecycle.journal.test_journal import payload
from tests.contact.lifecycle.team.test_claims import in_processes, together
from tests.factories import make_request, make_staff
from tests.waiting import PATIENCE

PRIVATE = "+16025550199"
THURSDAY = NOON + timedelta(days=2, hours=3)
TOMORROW = NOON + timedelta(hours=23, minutes=30)
NEUTRAL = "We were asked not to call this phone any more. You can call us at any time."


@pytest.fixture
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture(params=[("", ""), ("12", "15")], ids=["one line", "two extensions"])
def shelter(request, noon):
    """Two people who gave the phone of their shelter; each was promised a call."""
    one, two = request.param
    shared = {"voicemail": "full", "promised_by": TOMORROW, "call_by": TOMORROW}
    return (
        make_request(name="Ana Mirabel", extension=one, **shared),
        make_request(name="Zenobia Quickly", extension=two, **shared),
    )


def rows():
    """Every column of every request, as it is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM contact_callbackrequest")
        names = [
            column.name if hasattr(column, "name") else column[0] for column in cursor.description
        ]
        found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return {
        row["reference"]: {
            name: bytes(value) if isinstance(value, memoryview) else value
            for name, value in row.items()
        }
        for row in found
    }


def others_of(request):
    return {reference: row for reference, row in rows().items() if reference != request.reference}


def call(outcome, request, by):
    attempts.record_attempt(request, by, outcome, "A note.", call_at=THURSDAY, language="es")


def end(outcome, request, by):
    place = Place.objects.create(name="Elsewhere House") if outcome == "referred" else None
    transitions.close(request, by, outcome, "A reason.", place)


DEEDS = {
    **{f"called: {outcome}": partial(call, outcome) for outcome in CallOutcome},
    **{f"closed: {outcome}": partial(end, outcome) for outcome in RequestOutcome},
    "claimed": claims.claim,
    "number shown": claims.reveal,
    "let go": claims.release,
    "handed over": lambda request, by: claims.hand_over(request, by, by),
    "assigned": lambda request, by: claims.assign(request, by, by),
    "planned": lambda request, by: transitions.replan(request, by, THURSDAY),
    "new hours": lambda request, by: transitions.change_preferences(
        request, by, "evening", "America/New_York"
    ),
    "note": lambda request, by: transitions.add_note(request, by, "A note."),
    "stopped": stops.stop_calls,
}
every_deed = pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)


def do(deed, request, by):
    with transaction.atomic():
        deed(claims.lock(request.pk), by)


def my_request(client, request, do="", **over):
    """Open a request as its visitor, or press a button on its page."""
    url = "/contact/my-request/"
    if not do:
        return client.post(url, {"reference": str(request), "digits": request.phone[-4:]})
    token = tokens.encode(PURPOSE, {"request": str(request.pk)})
    return client.post(url, {"token": token, "do": do} | over)


def shown_to_visitor(client, request):
    main = text(my_request(client, request)).partition("<main")[2].partition("</main")[0]
    return re.sub(r'name="token" value="[^"]+"', "", main)


def no_line_is_held_twice():
    holders = defaultdict(set)
    for request in CallbackRequest.objects.held():
        holders[request.line_index].add(request.claimed_by_id)
    return all(len(accounts) == 1 for accounts in holders.values())


# Two people on one phone


@pytest.mark.django_db
class TestTwoPeopleOnOnePhone:
    @every_deed
    def test_whatever_is_done_for_one_changes_no_column_of_the_other(
        self, shelter, maria, monkeypatch, deed
    ):
        one, two = shelter
        before = rows()
        do(deed, one, maria)
        assert others_of(one) == {ref: row for ref, row in before.items() if ref != one.reference}
        self.each_is_on_exactly_one_list_while_open_and_late_shows(one, two, monkeypatch)

    @staticmethod
    def each_is_on_exactly_one_list_while_open_and_late_shows(one, two, monkeypatch):
        later = TOMORROW + timedelta(minutes=1)
        for now in (NOON, later):
            now_is(monkeypatch, now)
            counts = lists.list_counts(now)
            is_open = CallbackRequest.objects.open().count()
            assert sum(counts[name] for name in lists.QueueList.values) == is_open
        assert fresh(two).is_late(later)
        is_late = fresh(one).is_open and fresh(one).is_late(later)
        assert lists.list_counts(later)["late"] == 1 + is_late

    @pytest.mark.parametrize("shelter", [("", "")], indirect=True, ids=["one line"])
    @every_deed
    def test_whatever_is_done_for_one_is_not_told_to_the_other(self, client, shelter, maria, deed):
        one, two = shelter
        before = shown_to_visitor(client, two)
        do(deed, one, maria)
        assert shown_to_visitor(client, two) == before

    def test_each_reads_their_own_promise_time_and_tries(self, client, shelter, maria):
        one, two = shelter
        do(partial(call, "call_later"), one, maria)
        assert "between 3 p.m. and 3:15 p.m. on Thursday" in shown_to_visitor(client, one)
        assert "We called at noon today, your time." in shown_to_visitor(client, one)
        page = shown_to_visitor(client, two)
        assert "We will call you by 11:30 a.m. tomorrow, your time." in page
        assert "We called" not in page
        assert "We have called" not in page
        assert "Thursday" not in page

    def test_who_was_not_called_shows_as_late_to_staff(self, shelter, client, maria, monkeypatch):
        one, two = shelter
        do(partial(call, "call_later"), one, maria)
        now_is(monkeypatch, TOMORROW + timedelta(minutes=1))
        client.force_login(maria)
        page = text(client.get("/intake/?list=open&late=1"))
        assert str(two) in page
        assert str(one) not in page

    def test_reports_count_only_whom_we_called(self, noon, maria):
        for extensions in (("", ""), ("12", "15")) * 3:
            one, _two = (make_request(extension=each, created_at=NOON) for each in extensions)
            do(partial(call, "no_answer"), one, maria)
        found = statistics_for(DateRange(NOON.date(), NOON.date()))
        assert (found.tries.not_noted.within[60], found.tries.not_noted.never) == (6, 6)
        assert found.calls.total == 6


# Stops


@transaction.atomic
def plan_line(request, by):
    transitions.replan(claims.lock(request.pk), by, THURSDAY, Scope.LINE)


@pytest.mark.django_db
def test_a_plan_for_the_line_tells_others_that_their_promise_changed(client, maria, noon):
    ana, zenobia = (
        make_request(name=name, promised_by=TOMORROW, call_by=TOMORROW)
        for name in ("Ana Mirabel", "Zenobia Quickly")
    )
    do(partial(call, "reached"), ana, maria)
    plan_line(ana, maria)
    other = fresh(zenobia)
    assert (other.due_at, other.earlier_call_by) == (THURSDAY, TOMORROW)
    changed = "When we call has changed"
    assert changed in shown_to_visitor(client, zenobia)
    assert changed not in shown_to_visitor(client, ana)


@pytest.mark.django_db
def test_a_plan_for_the_line_delays_nobody_else_who_may_be_in_danger(intake, maria, noon):
    asked = make_request(name="Ana Mirabel")
    danger = make_request(name="Zenobia Quickly", priority=0)
    before = (danger.due_at, danger.call_by)
    assert "called then too" not in text(intake.get(address(held(asked, maria))))
    plan_line(asked, maria)
    assert fresh(asked).due_at == THURSDAY
    assert (fresh(danger).due_at, fresh(danger).call_by) == before


@pytest.fixture
def family(noon):
    """A mother and her grown daughter, who gave the same phone."""
    mother = make_request(name="Ana Mirabel")
    daughter = make_request(name="Zenobia Quickly", message="My mother must not know.")
    return mother, daughter


@pytest.mark.django_db
class TestStops:
    def test_a_mother_s_stop_leaves_her_daughter_s_request_open_and_untold(
        self, client, family, maria
    ):
        mother, daughter = family
        told = shown_to_visitor(client, daughter)
        do(partial(call, "stop"), mother, maria)
        assert (fresh(mother).outcome, fresh(daughter).outcome) == ("stop", "")
        assert shown_to_visitor(client, daughter) == told
        assert "asked" not in told.partition("<h2")[0]
        assert claims.take_next(maria) == daughter

    def test_a_mother_s_card_names_her_daughter_and_shows_nothing_that_she_wrote(
        self, intake, family
    ):
        mother, daughter = family
        page = text(intake.get(address(mother)))
        others = page.partition("Other people on this line")[2].partition("</section>")[0]
        assert daughter.name in others
        assert str(daughter) in others
        assert "must not know" not in page

    def test_a_stop_of_the_line_closes_the_others_in_neutral_words(self, client, family, maria):
        mother, daughter = family
        room = make_request(extension="12")
        with transaction.atomic():
            attempts.record_attempt(claims.lock(mother.pk), maria, "stop", scope=Scope.LINE)
        outcomes = [fresh(each).outcome for each in (mother, daughter, room)]
        assert outcomes == ["stop", "line_stop", ""]
        assert "You asked us not to call" in shown_to_visitor(client, mother)
        page = shown_to_visitor(client, daughter)
        assert NEUTRAL in page
        assert "You asked" not in page
        assert "You cancelled" not in page

    def test_a_request_sent_later_for_a_stopped_line_waits_for_a_lead(
        self, client, family, maria, lead
    ):
        with transaction.atomic():
            stops.stop_calls(claims.lock(family[0].pk), maria, Scope.LINE)
        journal.append(payload(name="Quentin Abelard"), "key")
        assert journal.drain() == 1
        asked = CallbackRequest.objects.open().get()
        assert asked.status == "lead"
        assert claims.take_next(maria) is None
        assert lists.list_counts(NOON)["lead"] == 1
        assert "asked on Nov. 24, 2026 for no calls to it" in text(lead.get(address(asked)))
        assert "You asked" not in shown_to_visitor(client, asked)

    @pytest.mark.parametrize(
        ("by_visitor", "scope"), [(True, Scope.REQUEST), *((False, scope) for scope in Scope)]
    )
    def test_a_request_in_the_journal_while_a_stop_commits_is_never_closed(
        self, family, maria, by_visitor, scope
    ):
        mother, by = family[0], audit.VISITOR if by_visitor else maria
        waiting = [journal.append(payload(name=name), name) for name in (mother.name, "Quentin A")]
        with transaction.atomic():
            stops.stop_calls(claims.lock(mother.pk), by, scope)
        assert journal.drain() == 2
        arrived = CallbackRequest.objects.filter(pk__in=[entry.id for entry in waiting])
        assert {row.status for row in arrived} == {"lead" if scope is Scope.LINE else "new"}


# Linked requests


@pytest.fixture
def linked():
    """Two requests of one person, on two numbers."""
    first = make_request()
    return first, make_request(phone=PRIVATE, person=first.person)


@pytest.mark.django_db
class TestLinkedRequests:
    def test_one_colleague_holds_both_and_no_other_gets_either(self, linked, maria, bob):
        first, second = linked
        assert claims.claim(first, maria)
        assert fresh(second).is_held_by(maria)
        assert not claims.claim(fresh(second), bob)
        assert claims.take_next(bob) is None

    @pytest.mark.parametrize("n", [0, 1])
    def test_neither_is_given_while_a_stranger_on_one_of_their_lines_is_called(
        self, linked, maria, bob, n
    ):
        stranger = make_request(phone=linked[n].phone)
        assert claims.claim(stranger, maria)
        assert [claims.claim(fresh(row), bob) for row in linked] == [False, False]
        assert claims.take_next(bob) is None
        assert no_line_is_held_twice()

    def test_a_stop_ends_both(self, linked, maria):
        do(partial(call, "stop"), linked[1], maria)
        assert {fresh(row).outcome for row in linked} == {"stop"}

    def test_linking_joins_them_and_unlinking_undoes_it(self, maria, bob):
        first, second = make_request(), make_request(phone=PRIVATE)
        with transaction.atomic():
            persons.link(claims.lock(first.pk, second.pk), maria, second)
        assert claims.claim(fresh(first), maria)
        assert not claims.claim(fresh(second), bob)
        do(claims.release, first, maria)
        do(persons.unlink, first, maria)
        assert claims.claim(fresh(first), maria)
        assert claims.claim(fresh(second), bob)
        do(stops.stop_calls, first, maria)
        assert (fresh(first).outcome, fresh(second).outcome) == ("stop", "")

    @pytest.mark.parametrize("n", [0, 1])
    def test_a_stop_asked_before_they_were_linked_holds_for_both(self, intake, maria, noon, n):
        pair = make_request(), make_request(phone=PRIVATE)
        do(stops.stop_calls, pair[0], maria)
        response = send(intake, pair[n], "link", other=pair[1 - n].pk)
        assert "They asked us to stop calling" in text(intake.get(response.url))
        assert fresh(pair[1]).status == "lead"
        assert claims.take_next(maria) is None

    def test_what_they_ask_after_their_stop_stays_due(self, maria, monkeypatch):
        now_is(monkeypatch, NOON - timedelta(days=1))
        first = make_request()
        do(stops.stop_calls, first, maria)
        now_is(monkeypatch, NOON)
        second = make_request(phone=PRIVATE)
        with transaction.atomic():
            assert persons.link(claims.lock(first.pk, second.pk), maria, second) == 0
        assert claims.take_next(maria) == second

    def test_a_card_opened_before_a_link_saves_nothing(self, intake, maria):
        first, second = make_request(), make_request(phone=PRIVATE)
        opened = held(second, maria).version
        send(intake, first, "link", other=second.pk)
        refused = send(intake, second, "attempt", outcome="stop", version=opened)
        assert refused.status_code == 409
        assert fresh(first).is_open

    def test_linking_is_refused_while_two_colleagues_are_on_their_lines(self, maria, bob):
        first, second = make_request(), make_request(phone=PRIVATE)
        held(first, maria)
        held(make_request(phone=PRIVATE), bob)
        with pytest.raises(InvalidTransition), transaction.atomic():
            persons.link(claims.lock(first.pk, second.pk), maria, second)
        assert fresh(first).person != fresh(second).person

    @pytest.mark.parametrize("deed", [claims.reveal, DEEDS["handed over"]])
    def test_a_claim_never_grows_onto_a_line_that_somebody_else_calls(self, maria, bob, deed):
        first = make_request()
        closed = make_request(phone=PRIVATE, person=first.person, outcome="answered")
        held(first, maria)
        held(make_request(phone=PRIVATE), bob)
        do(transitions.reopen, closed, bob)
        do(deed, first, maria)
        assert fresh(first).is_held_by(maria)
        assert not fresh(closed).is_held()
        assert no_line_is_held_twice()


@pytest.mark.django_db
def test_taking_the_next_call_never_gets_stuck_on_people_whose_other_line_is_busy(maria, bob):
    held(make_request(), maria)
    for n in range(claims.CLAIM_TRIES + 2):
        someone = make_request(phone=f"+1602555{150 + n:04}")
        make_request(person=someone.person)
    free = make_request(phone=PRIVATE)
    assert claims.take_next(bob) == free
    assert claims.take_next(make_staff()) is None
    do(claims.release, CallbackRequest.objects.get(claimed_by=maria), maria)
    assert claims.take_next(maria) is not None


# A visitor's reference and digits

SAVED = {"best_time": "evening", "time_zone": "America/New_York", "at": ""}
ANSWERS = {"language": "es", "announce": "yes", "voicemail": "full", "more": "Ring twice"}
AT_NIGHT = SAVED | {"at": "2026-12-24T23:00", "exactly": "on"}
ACTIONS = {
    "look": ("", {}),
    "other hours": ("change", SAVED),
    "named time": ("change", AT_NIGHT),
    "answers": ("answers", ANSWERS),
    "cancel": ("cancel", {}),
    "cancel, confirmed": ("cancel_now", {}),
    "stop": ("stop", {}),
    "stop, confirmed": ("stop_now", {}),
}
HERS = ["waiting", "tried", "lead", "held", "closed", "linked"]
every_action = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestAVisitorsReference:
    @every_action
    @pytest.mark.parametrize("his", [{}, {"outcome": "answered"}])
    @pytest.mark.parametrize("others", [["waiting"], ["held"], ["linked"], HERS])
    def test_changes_no_column_of_another_request_on_the_number(
        self, client, maria, action, his, others
    ):
        stranger = make_request(name="Quentin Abelard", **his)
        over = {
            "waiting": {"promised_by": TOMORROW, "call_by": TOMORROW},
            "tried": {"status": "trying", "tries": 2, "best_time": "morning"},
            "lead": {"status": "lead", "tries": 5},
            "held": {"claimed_by": maria, "claimed_until": NOON + timedelta(minutes=9)},
            "closed": {"outcome": "not_now"},
            "linked": {"person": stranger.person},
        }
        for hers in others:
            make_request(**over[hers])
        before = others_of(stranger)
        name, data = action
        assert my_request(client, stranger, name, **data).status_code == 200
        assert others_of(stranger) == before

    @every_action
    def test_shows_nothing_of_what_another_visitor_on_the_number_did(self, client, action):
        stranger, hers = make_request(), make_request()
        before = shown_to_visitor(client, hers)
        name, data = action
        my_request(client, stranger, name, **data)
        assert shown_to_visitor(client, hers) == before

    def test_every_button_of_the_page_is_walked(self, client):
        asked = make_request()
        pages = [my_request(client, asked, each) for each in ("", "change", "cancel", "stop")]
        pages.append(my_request(client, asked, "cancel_now"))
        found = {do for page in pages for do in re.findall(r'name="do" value="(\w*)"', page.text)}
        assert found == {name for name, _data in ACTIONS.values()}

    def test_a_stop_is_a_hint_on_the_card_of_the_others(self, client, maria):
        stranger, hers = make_request(), make_request()
        my_request(client, stranger, "stop_now")
        client.force_login(maria)
        page = text(client.get(address(hers)))
        assert "Someone who used this number asked us not to call: ask them." in page
        assert fresh(hers).is_open
        assert claims.take_next(maria) == hers


# Races


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_who_claim_the_two_numbers_of_one_person_never_both_get_it(self):
        staff = [make_staff(), make_staff()]
        for n in range(12):
            first = make_request(phone=f"+1602555{100 + 2 * n:04}")
            second = make_request(phone=f"+1602555{101 + 2 * n:04}", person=first.person)
            pair = [first, second]
            won = together(2, lambda n, pair=pair: claims.claim(fresh(pair[n]), staff[n]))
            assert sorted(won) == [False, True]
            holder = staff[won.index(True)]
            assert all(fresh(row).is_held_by(holder) for row in pair)

    def test_linking_while_both_are_being_claimed_leaves_no_person_to_two_colleagues(self):
        staff = [make_staff() for _ in range(3)]
        for n in range(12):
            pair = [make_request(phone=f"+1602555{100 + 2 * n + m:04}") for m in range(2)]

            def work(n, pair=pair):
                if n < 2:
                    return claims.claim(fresh(pair[n]), staff[n])
                with transaction.atomic():
                    try:
                        persons.link(claims.lock(pair[0].pk, pair[1].pk), staff[2], pair[1])
                    except InvalidTransition:
                        return False
                    return True

            together(3, work)
            one, two = (fresh(row) for row in pair)
            holders = {row.claimed_by_id for row in (one, two) if row.is_held()}
            assert one.person != two.person or len(holders) <= 1

    def test_what_drains_while_a_person_asks_to_stop_stays_open(self):
        maria = make_staff()
        for n in range(8):
            asked = make_request(phone=f"+1602555{100 + n:04}")
            waiting = journal.append(payload(phone=asked.phone), f"key-{n}")

            def work(n, asked=asked):
                if n:
                    return journal.drain()
                with transaction.atomic():
                    return stops.stop_calls(claims.lock(asked.pk), maria)

            assert together(2, work) == [1, 1]
            assert fresh(asked).outcome == "stop"
            assert CallbackRequest.objects.get(pk=waiting.id).status == "new"
        assert audit.verify() is None


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_person_that_is_being_linked_then_locks_all_of_their_requests():
    if not connection.features.has_select_for_update_skip_locked:
        pytest.skip("This database has one writer at a time.")
    maria, first, second = make_staff(), make_request(), make_request(phone=PRIVATE)
    is_locked, is_seen = threading.Event(), threading.Event()

    def wait_and_lock():
        try:
            with transaction.atomic():
                claims.lock(first.pk)
                is_locked.set()
                is_seen.wait(PATIENCE)
        finally:
            connection.close()

    waiter = threading.Thread(target=wait_and_lock)
    with transaction.atomic():
        persons.link(claims.lock(second.pk, first.pk), maria, first)
        waiter.start()
        assert not is_locked.wait(1)
    assert is_locked.wait(PATIENCE)
    with transaction.atomic():
        free = CallbackRequest.objects.select_for_update(skip_locked=True, no_key=True)
        assert list(free) == []
    is_seen.set()
    waiter.join()


CLAIM = """
who = User.objects.get(username=sys.argv[2])
for pk in sys.argv[3:]:
    print(claims.claim(CallbackRequest.objects.get(pk=pk), who), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_dial_both_numbers_of_one_person():
    make_staff(username="maria"), make_staff(username="bob")
    pairs = []
    for n in range(10):
        first = make_request(phone=f"+1602555{100 + 2 * n:04}")
        second = make_request(phone=f"+1602555{101 + 2 * n:04}", person=first.person)
        pairs.append((str(first.pk), str(second.pk)))
    ones, twos = zip(*pairs, strict=True)
    by_maria, by_bob = in_processes(CLAIM, ["maria", *ones], ["bob", *twos])
    assert [{one, two} for one, two in zip(by_maria, by_bob, strict=True)] == [
        {"True", "False"}
    ] * 10
    for pair in pairs:
        held_by = {row.claimed_by_id for row in CallbackRequest.objects.filter(pk__in=pair)}
        assert len(held_by) == 1
    assert AuditEntry.objects.filter(action="claimed").count() == 10
