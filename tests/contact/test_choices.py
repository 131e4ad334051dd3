"""Every choice works wherever people meet it, and a failing test names what was forgotten.

Each enum of contact/ is walked from the form or button that offers it to the last table that
counts it; `test_every_enum_is_walked` fails for a new one.
"""

import csv
import html
import importlib
import io
import pkgutil
import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.db.models import Choices
from django.utils import timezone
from django.utils.html import escape

import contact
from contact.danger.kinds import PatternKind
from contact.intake.card.page.change_words import CHANGES, ChangeWords
from contact.intake.card.page.timeline import last_change, timeline_entries
from contact.intake.handover.lists import HandoverList
from contact.intake.queue.queue_page import load_queue_page
from contact.intake.queue.selection.lists import QueueList, queue_list_of
from contact.intake.queue.selection.return_query import parse_query
from contact.intake.reports.counts.statistics import statistics_for
from contact.intake.reports.date_ranges import DateRange
from contact.lifecycle.changes import attempts, stops, transitions
from contact.lifecycle.changes.transitions import Scope
from contact.lifecycle.journal import receiving
from contact.lifecycle.team import claims
from contact.models import (
    CallAttempt,
    CallbackRequest,
    Disclosure,
    Helpline,
    LineStop,
    Notice,
    OpeningHours,
    Place,
    RetryStep,
    UnusualReading,
)
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditAction
from contact.records.desk.retry_rules import next_try
from contact.records.enums import (
    Announce,
    CallingFor,
    Direction,
    Language,
    Origin,
    Priority,
    SetApart,
    Status,
    Voicemail,
)
from contact.records.outcomes import CallOutcome, ClosedBy, NextStep, RequestOutcome
from contact.records.oversight.disclosures import Basis
from contact.records.oversight.unusual_reading import ReadingKind
from contact.schedule.calling_hours import EARLIEST_CALL, LATEST_CALL, BestTime
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences
from contact.staff_admin import hints
from contact.visitor.told import desk_snapshot, snapshot_writing, status_text
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.factories import callback_payload, make_helpline, make_request, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("migrations_are_written")]
TODAY = NOON.date()
RULES = "has no first rules: add a migration like contact/migrations/0003_first_rules.py"
WALKED = {
    *(
        Announce,
        AuditAction,
        Basis,
        BestTime,
        CallingFor,
        CallOutcome,
        Direction,
        Helpline.Kind,
        HandoverList,
        Language,
    ),
    *(
        PatternKind,
        Notice.Kind,
        Origin,
        Priority,
        QueueList,
        ReadingKind,
        RequestOutcome,
        RetryStep.PartOfDay,
        Scope,
        SetApart,
        Status,
        Voicemail,
    ),
}


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture
def place():
    return Place.objects.create(name="Example Shelter", verified_on=TODAY)


@pytest.fixture
def shown(intake, maria):
    """A request whose number maria sees on its card; any voicemail may be left."""
    asked = held(make_request(voicemail="full"), maria)
    send(intake, asked, "reveal", anyway="on")
    return asked


def ended(outcome, place, **over):
    referred_to = place if outcome == RequestOutcome.REFERRED else None
    return make_request(outcome=outcome, referred_to=referred_to, **over)


def exported(client, lena, column):
    """This column of an export of today's requests and their calls, by reference."""
    client.force_login(lena)
    form = {
        "from": TODAY.isoformat(),
        "to": TODAY.isoformat(),
        "include": ["calls"],
        "reason": "A yearly review by the auditor",
        "password": "a long passphrase",
        "confirmed": "yes",
    }
    content = b"".join(client.post("/intake/reports/export/", form).streaming_content)
    _law, heading, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return {line[heading.index("Reference")]: line[heading.index(column)] for line in lines}


def queued(response):
    """The messages that the page after a redirect will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def told(asked):
    """What its visitor reads of a request."""
    sentences = status_text.status_sentences(asked, Schedule.current(), timezone.now())
    return " ".join(map(str, sentences))


def visitors_page(client, asked):
    answer = client.post("/contact/my-request/", {"reference": str(asked), "digits": "0123"})
    assert answer.status_code == 200
    return text(answer)


def test_every_enum_is_walked():
    for module in pkgutil.walk_packages(contact.__path__, "contact."):
        importlib.import_module(module.name)
    waiting, found = [Choices], set()
    while waiting:
        waiting += (subclasses := waiting.pop().__subclasses__())
        found |= {each for each in subclasses if len(each)}
    ours = {each for each in found if each.__module__.startswith("contact.")}
    assert ours == WALKED, "walk its members in this file"


# What came of a call


def test_what_came_of_a_call_has_a_button(intake, shown):
    page = intake.get(address(shown)).text
    for outcome in CallOutcome:
        label = re.escape(str(escape(outcome.facts.button)))
        button = rf'name="outcome" value="{outcome}">\s*{label}\s*</button>'
        assert re.search(button, page), f"{outcome}: templates/intake/card/_log_call_form.html"


@pytest.mark.parametrize("outcome", CallOutcome)
def test_what_came_of_a_call_is_followed(intake, maria, outcome):
    asked = held(make_request(voicemail="full"), maria)
    claims.reveal(asked, maria)
    data = {"outcome": outcome, "call_at": "2026-11-25T15:00", "language": "es"}
    response = send(intake, asked, "attempt", **data)
    assert response.status_code == 302, "contact/intake/card/forms/card_forms.py: AttemptForm"
    asked = fresh(asked)
    step = outcome.facts.next_step
    if step in (NextStep.RETRY, NextStep.WRAP_UP, NextStep.COLLEAGUE):
        assert asked.status == Status.TRYING, f"{outcome} {RULES}"
    expected = {
        NextStep.RETRY: ("trying", "Next try"),
        NextStep.WRAP_UP: ("trying", "Now say how it ended"),
        NextStep.COLLEAGUE: ("trying", "A colleague can call"),
        NextStep.LEAD: ("lead", "A lead decides what follows"),
        NextStep.NAMED_TIME: ("trying", "They are called"),
        NextStep.NO_CALLS: ("closed", "Nobody calls them again"),
    }
    status, words = expected[step]
    assert asked.status == status, "contact/lifecycle/changes/attempts.py: record_attempt"
    (message,) = queued(response)
    assert words in message, "contact/intake/card/actions/outcome_views.py: what_follows"


@pytest.mark.parametrize(
    "outcome", [each for each in CallOutcome if each.facts.next_step is NextStep.RETRY]
)
def test_after_words_that_may_mean_danger_the_next_three_calls_follow_within_hours(outcome):
    schedule, caller = (
        Schedule({}, {}, "America/Phoenix"),
        CallPreferences("any", "America/Phoenix"),
    )
    for tries in (1, 2, 3):
        slot = next_try(schedule, caller, outcome, tries, NOON, is_urgent=True)
        # Where these are missing, the ordinary steps would be taken, which staff may make slower.
        own = RetryStep.objects.filter(outcome=outcome, tries=tries, is_urgent=True)
        assert own.exists(), f"{outcome} {RULES}, with steps that are urgent"
        wait = timedelta(hours=1 if tries == 1 else 2)
        assert slot.start - NOON <= wait, f"{outcome} {RULES}, with urgent steps that are sooner"


def words_of(outcome, direction):
    """How staff read of a call that ended so."""
    if direction.is_ours:
        return str(outcome.label)
    return f"{direction.label}: {outcome.facts.talk}"


@pytest.fixture
def calls(maria):
    """A request for each thing that can come of a call, in whatever direction it was made."""
    made = {}
    for n, outcome in enumerate(CallOutcome):
        for m, direction in enumerate(Direction):
            if direction.is_ours or outcome.facts.talk:
                asked = make_request(tries=1, voicemail="full", phone=f"+1602555{10 * n + m:04}")
                later = NOON + timedelta(hours=3)
                attempts.record_attempt(asked, maria, outcome, call_at=later, direction=direction)
                made[outcome, direction] = fresh(asked)
    return made


def test_what_came_of_a_call_is_told_wherever_calls_are_told(client, lena, calls):
    client.force_login(lena)
    cells = exported(client, lena, "Calls, with their notes")
    client.force_login(make_staff("Privacy officers"))
    trail = text(client.get("/admin/contact/auditentry/?action=called"))
    for (outcome, direction), asked in calls.items():
        words = words_of(outcome, direction)
        (entry,) = timeline_entries(asked, [])
        assert entry.what == words, "contact/intake/card/page/timeline.py"
        assert words in cells[str(asked)]
        in_trail = (
            outcome.label if direction.is_ours else f"{direction.label} · {outcome.facts.talk}"
        )
        assert f">{in_trail}</td>" in trail
        tries = "We have called 2 times" if direction.is_ours else "We have called 1 time"
        assert tries in told(asked) or not asked.is_open, (outcome, direction)


@pytest.mark.parametrize("direction", Direction)
def test_a_call_stands_on_the_card_and_a_lead_is_told_when_to_decide(
    client, lena, calls, direction
):
    asked = calls[CallOutcome.REACHED, direction]
    CallbackRequest.objects.filter(outcome="").update(status="lead")
    client.force_login(lena)
    card = text(client.get(address(asked)))
    assert f"<strong>{words_of(CallOutcome.REACHED, direction)}</strong>" in card
    assert "A lead decides" in card


@pytest.mark.parametrize("outcome", CallOutcome)
def test_what_came_of_a_call_is_counted_as_reached_or_not(maria, outcome):
    for result in [outcome] * 5 + [CallOutcome.REACHED] * 5 + [CallOutcome.NO_ANSWER] * 5:
        CallAttempt.objects.create(request=make_request(), by=maria, at=NOON, outcome=result)
    calls = statistics_for(DateRange(TODAY, TODAY)).calls
    assert (calls.total, calls.reached) == (15, 10 if outcome.facts.spoke else 5)


def test_what_came_of_a_call_can_have_rules_unless_it_decides_itself(lead):
    form = lead.get("/admin/contact/retrystep/add/").text
    for outcome in CallOutcome:
        has_rules = outcome.facts.next_step.has_rules
        assert (f'<option value="{outcome}"' in form) is has_rules, outcome


# How a request ended


def is_offered(outcome):
    return outcome.facts.closed_by not in (ClosedBy.VISITOR, ClosedBy.STOP_OF_THE_LINE)


def needs_a_stop(outcome):
    return outcome.facts.closed_by is ClosedBy.STAFF_ON_A_STOPPED_LINE


def stop_line(asked):
    """Somebody on the same line asked for no calls to it."""
    LineStop.objects.create(line_index=asked.line_index, stopped_at=NOON)


def test_an_ending_is_offered_to_those_who_may(intake, maria):
    page = intake.get(address(held(make_request(), maria))).text
    for outcome in RequestOutcome:
        button = f'<input type="radio" name="outcome" value="{outcome}"'
        is_there = is_offered(outcome) and not needs_a_stop(outcome)
        assert (button in page) is is_there, "templates/intake/card/_close_form.html"


def test_an_ending_of_stopped_lines_is_offered_for_these_alone(intake, maria):
    for outcome in filter(needs_a_stop, RequestOutcome):
        asked = held(make_request(), maria)
        assert str(outcome.label) not in intake.get(address(asked)).text
        assert send(intake, asked, "close", outcome=outcome).status_code == 422
        assert fresh(asked).outcome == ""
        stop_line(asked)
        assert str(outcome.label) in intake.get(address(asked)).text


@pytest.mark.parametrize("outcome", [each for each in RequestOutcome if is_offered(each)])
def test_an_ending_is_chosen_by_those_who_may(intake, maria, place, outcome):
    asked = held(make_request(), maria)
    if needs_a_stop(outcome):
        stop_line(asked)
    data = {"outcome": outcome, "referred_to": place.pk}
    assert send(intake, asked, "close", **data).status_code == 302
    assert fresh(asked).outcome == outcome


@pytest.mark.parametrize("outcome", [each for each in RequestOutcome if not is_offered(each)])
def test_an_ending_that_is_not_offered_is_refused(intake, maria, outcome):
    asked = held(make_request(), maria)
    assert send(intake, asked, "close", outcome=outcome).status_code == 422
    assert fresh(asked).outcome == ""


@pytest.mark.parametrize("outcome", RequestOutcome)
def test_an_ending_is_told_to_the_visitor_in_words_of_its_own(place, outcome):
    sentences = told(ended(outcome, place))
    assert str(outcome.facts.told) in sentences
    spoke = outcome.facts.closed_by is ClosedBy.STAFF_AFTER_A_TALK
    assert "have been in touch" not in sentences or spoke, "nobody spoke with them"


@pytest.fixture
def every_ending(place):
    return {
        outcome: ended(outcome, place, phone=f"+1602555{n:04}")
        for n, outcome in enumerate(RequestOutcome)
    }


def test_an_ending_is_found_told_and_undone_by_staff(client, lena, every_ending):
    client.force_login(lena)
    page = text(client.get("/intake/?list=closed"))
    cells = exported(client, lena, "Outcome")
    for outcome, asked in every_ending.items():
        found = load_queue_page(parse_query(f"outcome={outcome}"), lena, NOON).rows
        assert [row.request for row in found] == [asked]
        assert f"{outcome.label}, " in page
        assert cells[str(asked)] == outcome.label
        with transaction.atomic():
            transitions.reopen(claims.lock(asked.pk), lena)
        assert fresh(asked).is_open


def test_an_ending_stands_on_the_card_with_its_way_back(lead, every_ending):
    asked = every_ending[RequestOutcome.NOT_NOW]
    assert str(RequestOutcome.NOT_NOW.label) in text(lead.get(address(asked)))
    send(lead, asked, "reopen")
    assert fresh(asked).is_open


def test_an_ending_is_counted_unless_it_is_left_out(lead, place):
    for outcome in RequestOutcome:
        for _ in range(5):
            ended(outcome, place, created_at=NOON)
    found = statistics_for(DateRange(TODAY, TODAY))
    counted = {group.label: group.number for group in found.requests.outcomes}
    page = text(lead.get("/intake/reports/"))
    for outcome in RequestOutcome:
        expected = 5 if outcome.facts.is_counted else None
        assert counted.get(str(outcome.label)) == expected, (
            "contact/intake/reports/counts/request_statistics.py"
        )
        assert (f"{outcome.label}</th>" in page) is outcome.facts.is_counted
    left_out = [each for each in RequestOutcome if not each.facts.is_counted]
    assert found.excluded == 5 * len(left_out)


# Whom a stop or a plan is for


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_covers_whom_it_names_and_no_one_else(maria, scope):
    request = make_request()
    linked = make_request(phone="+16025550199", person=request.person)
    on_line, stranger = make_request(), make_request(phone="+16025550177")
    with transaction.atomic():
        stops.stop_calls(claims.lock(request.pk), maria, scope)
    closed = {
        Scope.REQUEST: {request},
        Scope.PERSON: {request, linked},
        Scope.LINE: {request, linked, on_line},
    }
    everyone = {request, linked, on_line, stranger}
    assert {each for each in everyone if not fresh(each).is_open} == closed[scope]


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_is_offered_on_the_card_unless_it_is_the_visitors(intake, shown, scope):
    make_request()
    page = intake.get(address(shown)).text
    is_offered = f'name="scope" value="{scope}"' in page
    assert is_offered is (scope is not Scope.REQUEST), (
        "contact/intake/card/forms/card_forms.py: ScopeField"
    )
    data = {"outcome": CallOutcome.STOP, "scope": scope}
    assert send(intake, shown, "attempt", **data).status_code == (302 if is_offered else 422)


# Where a request stands, and in which order


@pytest.mark.parametrize("status", [each for each in Status if each != Status.CLOSED])
def test_an_open_request_stands_on_one_list_and_is_told_to_visitor_and_export(
    client, lena, maria, status
):
    asked = make_request(status=status, tries=1)
    assert queue_list_of(asked, NOON) in QueueList
    client.force_login(lena)
    assert str(asked) in text(client.get("/intake/"))
    assert str(asked) in text(client.get("/intake/?list=open"))
    assert exported(client, lena, "Status") == {str(asked): status.label}
    client.force_login(maria)
    assert ("Take this call" in text(client.get(address(asked)))) is status.is_callable
    assert '<p class="lead">' in visitors_page(client, asked)


@pytest.mark.parametrize("priority", Priority)
def test_a_priority_sets_the_turn_and_is_found_shown_and_counted(intake, priority):
    asked = make_request(priority=priority, created_at=NOON)
    asked.set_plan(receiving.first_plan(asked, Schedule.current()))
    ahead = asked.call_by - asked.turn_at - priority.facts.head_start
    assert timedelta() < ahead < timedelta(minutes=1)
    page = text(intake.get(f"/intake/?priority={priority}"))
    assert str(asked) in page
    row = page.partition('class="rows"')[2]
    assert (str(priority.label) in row) is priority.facts.is_named_in_lists
    for n in range(4):
        make_request(priority=priority, created_at=NOON, phone=f"+1602555017{n}")
    left_out = 0 if priority.facts.is_counted else 5
    snapshot_writing.write_snapshot()
    assert desk_snapshot.read_snapshot().due == (5 if priority.facts.delays_others else 0)
    assert statistics_for(DateRange(TODAY, TODAY)).excluded == left_out


# What is written into the audit trail


def test_an_action_is_found_in_the_trail_and_what_it_changes_is_said_on_the_card(
    client, lena, maria
):
    for n, action in enumerate(AuditAction):
        asked, other = (make_request(phone=f"+1602555{2 * n + m:04}") for m in range(2))
        audit.record(lena, action, asked.pk)
        audit.record(None, action, other.pk)
        words = CHANGES.get(action, ChangeWords())
        assert last_change(asked, maria).startswith(words.by_colleague % {"who": "lena"}), action
        assert last_change(asked, lena).startswith(str(words.by_reader)), action
        assert last_change(other, maria).startswith(str(words.without_account)), action
        assert bool(last_change(asked, maria)) is bool(words.by_colleague), action
        assert bool(last_change(other, maria)) is bool(words.without_account), action
    client.force_login(make_staff("Privacy officers"))
    list_url = "/admin/contact/auditentry/"
    trail = "".join(text(client.get(list_url, {"p": page})) for page in (1, 2))
    for action in AuditAction:
        assert trail.count(f">{action.label}</td>") == 2, action
    found = text(client.get("/admin/contact/auditentry/", {"action": AuditAction.CALLED}))
    assert found.count(f">{AuditAction.CALLED.label}</td>") == 2
    assert f">{AuditAction.CLAIMED.label}</td>" not in found


# What visitors choose


ANSWERS = {
    "calling_for": CallingFor,
    "announce": Announce,
    "voicemail": Voicemail,
    "best_time": BestTime,
    "language": Language,
}


def every_answer(*fields):
    """Sets of answers: each answer to each of these fields is in one of them."""
    most = max(len(ANSWERS[field]) for field in fields)
    return [
        {field: list(ANSWERS[field])[n % len(ANSWERS[field])] for field in fields}
        for n in range(most)
    ]


@pytest.fixture
def open_at_night():
    """Only a desk that is open at night offers calls at night."""
    OpeningHours.objects.create(weekday=0, opens="09:00", closes="23:00")
    snapshot_writing.write_snapshot()


@pytest.mark.usefixtures("open_at_night")
def test_every_answer_is_offered(client):
    page = client.get("/contact/").text
    for answers in ANSWERS.values():
        for answer in answers:
            assert f'value="{answer}"' in page, answer


@pytest.mark.usefixtures("open_at_night")
@pytest.mark.parametrize("answers", every_answer(*ANSWERS))
def test_answers_are_taken_and_shown_to_whoever_gave_them(client, answers):
    # A voicemail that says who is calling goes only with the leave to say it.
    taken = answers | {"announce": Announce.YES}
    assert client.post("/contact/", callback_payload(**taken)).status_code == 303
    page = visitors_page(client, make_request(**answers))
    for field, answer in answers.items():
        assert str(answer.label) in page or field == "calling_for"


@pytest.mark.parametrize("announce", Announce)
def test_each_leave_to_say_who_calls_is_taken(client, announce):
    given = callback_payload(announce=announce, voicemail="none")
    assert client.post("/contact/", given).status_code == 303


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("answers", every_answer("calling_for", "announce", "voicemail"))
def test_a_card_has_instructions_and_words_for_every_answer(intake, maria, language, answers):
    asked = held(make_request(language=language, **answers), maria)
    page = text(intake.get(address(asked)))
    assert "Read aloud" in page
    assert str(language.label) in page
    assert f'lang="{language if language.is_written else "en"}"' in page


def test_words_that_may_mean_danger_are_kept_for_languages_that_we_write(lead):
    form = lead.get("/admin/contact/dangerphrase/add/").text
    for language in Language:
        assert (f'value="{language}"' in form) is language.is_written, language


def test_whom_it_is_about_orders_the_queue_and_is_exported(client, lena):
    asked = {each: make_request(calling_for=each) for each in CallingFor}
    cells = exported(client, lena, "Calling for")
    for calling_for, request in asked.items():
        assert receiving.priority_of(request) == calling_for.priority
        assert cells[str(request)] == calling_for.label


def test_how_a_request_came_is_offered_told_exported_and_counted(client, lena):
    client.force_login(lena)
    form = client.get("/intake/new/").text
    asked = {origin: make_request(origin=origin, created_at=NOON) for origin in Origin}
    for origin in [*Origin] * 4:
        make_request(origin=origin, created_at=NOON)
    counted = {g.label: g.number for g in statistics_for(DateRange(TODAY, TODAY)).requests.origins}
    cells = exported(client, lena, "How it came")
    for origin, request in asked.items():
        assert (f'name="origin" value="{origin}"' in form) is bool(origin.talk)
        assert counted[str(origin.label)] == 5
        assert cells[str(request)] == origin.label


@pytest.mark.parametrize("origin", Origin)
def test_a_card_says_how_a_request_came_if_somebody_talked(lead, origin):
    page = text(lead.get(address(make_request(origin=origin))))
    assert (str(origin.label) in page) is bool(origin.talk)


def test_why_a_request_stands_apart_is_told_in_lists_and_on_its_card(intake):
    asked = {reason: make_request(set_apart=reason) for reason in SetApart}
    page = intake.get("/intake/").text
    for reason, request in asked.items():
        assert f'<span class="mild">{reason.label}</span>' in page
        assert f"Set apart: {reason.label}" in intake.get(address(request)).text


@pytest.mark.parametrize("best_time", BestTime)
def test_a_time_of_day_lies_in_the_hours_in_which_people_are_called(best_time):
    start, end = best_time.window
    assert EARLIEST_CALL <= start < end <= LATEST_CALL


# What staff set up


@pytest.mark.parametrize("part", RetryStep.PartOfDay)
def test_a_rule_can_name_each_part_of_the_day(part):
    step = RetryStep.objects.create(outcome="no_answer", tries=9, days=1, part_of_day=part)
    assert str(part.label) in hints.rule_text(step)
    schedule = Schedule({}, {}, "America/Phoenix")
    slot = next_try(schedule, CallPreferences("any", "America/Phoenix"), "no_answer", 9, NOON)
    local = slot.start.astimezone(NOON.tzinfo) - timedelta(hours=7)
    assert local.time() == BestTime(part).window[0]


@pytest.mark.parametrize("kind", Helpline.Kind)
def test_a_help_line_of_each_kind_is_shown(client, kind):
    line = make_helpline(kind=kind)
    assert line.name in text(client.get("/help-now/"))


def test_each_list_has_its_tab(intake):
    page = intake.get("/intake/").text
    for name in QueueList:
        assert f'href="/intake/?list={name}"' in page


@pytest.mark.parametrize("name", QueueList)
def test_each_list_has_its_page(intake, name):
    assert str(name.label) in text(intake.get(f"/intake/?list={name}"))


def test_each_part_of_a_handover_has_its_heading(intake):
    page = text(intake.get("/intake/handover/"))
    for section in HandoverList:
        assert str(section.label) in page


def test_a_kind_of_danger_phrase_can_be_chosen_and_filtered_by(lead):
    form = lead.get("/admin/contact/dangerphrase/add/").text
    rows = lead.get("/admin/contact/dangerphrase/").text
    for kind in PatternKind:
        assert f'value="{kind}"' in form
        assert f"?kind__exact={kind}" in rows
        assert kind.is_pattern or not kind.is_danger


def test_a_ground_of_a_disclosure_is_offered_kept_and_told(intake):
    page = f"{address(make_request())}disclosures/"
    told = {"recipient": "Made-up House", "what": "Their name", "purpose": "A bed"}
    offered = intake.get(page).text
    for basis in Basis:
        assert f'<option value="{basis}">' in offered
        data = {"disclosed_on": TODAY.isoformat(), "basis": basis, **told}
        assert intake.post(page, data).status_code == 302
    assert set(Disclosure.objects.values_list("basis", flat=True)) == set(Basis)
    kept = re.sub(r"<option.*?</option>", "", text(intake.get(page)))
    for basis in Basis:
        assert str(basis.label) in kept


@pytest.mark.parametrize("kind", ReadingKind)
def test_a_kind_of_unusual_reading_is_listed_with_its_limit(client, maria, kind):
    values = {"day": TODAY, "count": 99, "least": kind.facts.least, "request_ids": []}
    UnusualReading.objects.create(kind=kind, account=maria, **values)
    client.force_login(make_staff("Privacy officers"))
    listed = f"{kind.label}: 99 (listed from {kind.facts.least})"
    assert listed in html.unescape(text(client.get("/intake/privacy/")))
