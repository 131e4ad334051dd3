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
from django.db import transaction
from django.db.models import Choices
from django.utils.html import escape

import contact
from contact.danger.kinds import Kind
from contact.intake.card.change_words import CHANGES, ChangeWords
from contact.intake.card.timeline import last_change
from contact.intake.handover.lists import HandoverList
from contact.intake.queue.lists import QueueList, queue_list_of
from contact.intake.reports.date_ranges import DateRange
from contact.intake.reports.statistics import statistics_for
from contact.lifecycle import attempts, claims, receiving, stops
from contact.lifecycle.transitions import Scope
from contact.models import (
    CallAttempt,
    CallbackRequest,
    Disclosure,
    Helpline,
    Notice,
    OpeningHours,
    Place,
    RetryStep,
    UnusualReading,
)
from contact.privacy import audit
from contact.privacy.audit import AuditAction
from contact.records.disclosures import Basis
from contact.records.enums import (
    Announce,
    CallingFor,
    Direction,
    Language,
    Origin,
    Priority,
    Status,
    Voicemail,
)
from contact.records.outcomes import CallOutcome, ClosedBy, NextStep, RequestOutcome
from contact.records.reading import ReadingKind
from contact.records.retry_rules import next_try
from contact.schedule.calling_hours import EARLIEST, LATEST, BestTime
from contact.schedule.opening_hours import Schedule
from contact.schedule.slots import CallPreferences
from contact.staff_admin import hints
from contact.visitor import desk_snapshot
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.contact.pages import said
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
        Kind,
        Notice.Kind,
        Origin,
        Priority,
        QueueList,
        ReadingKind,
        RequestOutcome,
        RetryStep.PartOfDay,
        Scope,
        Status,
        Voicemail,
    ),
}


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture
def lena():
    return make_staff("Intake leads", username="lena")


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
    """This column of an export of today's requests and their calls."""
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
    return [line[heading.index(column)] for line in lines]


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


@pytest.mark.parametrize("outcome", CallOutcome)
def test_what_came_of_a_call_has_a_button_and_is_followed(intake, shown, outcome):
    label = re.escape(str(escape(outcome.facts.button)))
    button = rf'name="outcome" value="{outcome}">\s*{label}\s*</button>'
    page = intake.get(address(shown)).text
    assert re.search(button, page), "templates/intake/_log_call_form.html"
    data = {"outcome": outcome, "call_at": "2026-11-25T15:00", "language": "es"}
    response = send(intake, shown, "attempt", **data)
    assert response.status_code == 302, "contact/intake/card/forms.py: AttemptForm"
    asked = fresh(shown)
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
    assert asked.status == status, "contact/lifecycle/attempts.py: record_attempt"
    (message,) = said(intake.get(response["Location"]))
    assert words in message, "contact/intake/card/outcome_views.py: what_follows"


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
        assert slot, f"{outcome} {RULES}"
        wait = timedelta(hours=1 if tries == 1 else 2)
        assert slot.start - NOON <= wait, f"{outcome} {RULES}, with steps that are urgent"


@pytest.mark.parametrize("outcome", CallOutcome)
def test_what_came_of_a_call_is_told_wherever_calls_are_told(client, lena, maria, outcome):
    asked = make_request(tries=1, voicemail="full")
    attempts.record_attempt(asked, maria, outcome, call_at=NOON + timedelta(hours=3))
    CallbackRequest.objects.filter(outcome="").update(status="lead")
    client.force_login(lena)
    card = text(client.get(address(asked)))
    assert f"<strong>{outcome.label}</strong>" in card, "contact/intake/card/timeline.py"
    assert (not fresh(asked).is_open) or "A lead decides" in card
    assert "We have called 2 times" in visitors_page(client, asked) or not fresh(asked).is_open
    assert str(outcome.label) in exported(client, lena, "Calls, with their notes")[0]
    client.force_login(make_staff("Privacy officers"))
    trail = text(client.get("/admin/contact/auditentry/?action=called"))
    assert f">{outcome.label}</td>" in trail


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("outcome", [each for each in CallOutcome if each.facts.talk])
def test_a_talk_is_told_by_how_it_began_wherever_calls_are_told(
    client, lena, maria, outcome, direction
):
    asked = make_request()
    later = NOON + timedelta(hours=3)
    attempts.record_attempt(asked, maria, outcome, call_at=later, direction=direction)
    words = outcome.label if direction.is_ours else f"{direction.label}: {outcome.facts.talk}"
    client.force_login(lena)
    assert f"<strong>{words}</strong>" in text(client.get(address(asked)))
    assert str(words) in exported(client, lena, "Calls, with their notes")[0]
    client.force_login(make_staff("Privacy officers"))
    trail = text(client.get("/admin/contact/auditentry/?action=called"))
    talk = f">{direction.label} · {outcome.facts.talk}</td>"
    assert (talk in trail) is not direction.is_ours


@pytest.mark.parametrize("outcome", CallOutcome)
def test_what_came_of_a_call_is_counted_as_reached_or_not(maria, outcome):
    for result in [outcome] * 5 + [CallOutcome.REACHED] * 5 + [CallOutcome.NO_ANSWER] * 5:
        CallAttempt.objects.create(request=make_request(), by=maria, at=NOON, outcome=result)
    calls = statistics_for(DateRange(TODAY, TODAY)).calls
    assert (calls.total, calls.reached) == (15, 10 if outcome.facts.spoke else 5)


@pytest.mark.parametrize("outcome", CallOutcome)
def test_what_came_of_a_call_can_have_rules_unless_it_decides_itself(lead, outcome):
    form = lead.get("/admin/contact/retrystep/add/").text
    assert (f'<option value="{outcome}"' in form) is outcome.facts.next_step.has_rules


# How a request ended


@pytest.mark.parametrize("outcome", RequestOutcome)
def test_an_ending_is_chosen_by_those_who_may(intake, maria, place, outcome):
    asked = held(make_request(), maria)
    data = {"outcome": outcome, "referred_to": place.pk}
    is_offered = outcome.facts.closed_by not in (ClosedBy.VISITOR, ClosedBy.STOP_OF_THE_LINE)
    button = f'<input type="radio" name="outcome" value="{outcome}"'
    assert (button in intake.get(address(asked)).text) is is_offered, (
        "templates/intake/_close_form.html"
    )
    assert send(intake, asked, "close", **data).status_code == (302 if is_offered else 422)
    assert fresh(asked).outcome == (outcome if is_offered else "")


@pytest.mark.parametrize("outcome", RequestOutcome)
def test_an_ending_is_told_to_the_visitor_in_words_of_its_own(client, place, outcome):
    page = visitors_page(client, ended(outcome, place))
    assert str(outcome.facts.told) in page
    spoke = outcome.facts.closed_by is ClosedBy.STAFF_AFTER_A_TALK
    assert "have been in touch" not in page or spoke, "nobody spoke with them"


@pytest.mark.parametrize("outcome", RequestOutcome)
def test_an_ending_is_found_told_and_undone_by_staff(client, lena, place, outcome):
    asked = ended(outcome, place)
    client.force_login(lena)
    assert f"{outcome.label}, " in text(client.get(f"/intake/?outcome={outcome}"))
    assert str(outcome.label) in text(client.get(address(asked)))
    assert exported(client, lena, "Outcome") == [str(outcome.label)]
    send(client, asked, "reopen")
    assert fresh(asked).is_open


@pytest.mark.parametrize("outcome", RequestOutcome)
def test_an_ending_is_counted_unless_it_is_left_out(lead, place, outcome):
    for _ in range(5):
        ended(outcome, place, created_at=NOON)
    found = statistics_for(DateRange(TODAY, TODAY))
    counted = {group.label: group.number for group in found.requests.outcomes}
    if outcome.facts.is_counted:
        assert counted[str(outcome.label)] == 5, "contact/intake/reports/request_statistics.py"
        assert f"{outcome.label}</th>" in text(lead.get("/intake/reports/"))
    else:
        assert (found.excluded, str(outcome.label) in counted) == (5, False)


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
    assert is_offered is (scope is not Scope.REQUEST), "contact/intake/card/forms.py: ScopeField"
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
    assert exported(client, lena, "Status") == [str(status.label)]
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
    desk_snapshot.write_snapshot()
    assert desk_snapshot.read_snapshot().due == (5 if priority.facts.delays_others else 0)
    assert statistics_for(DateRange(TODAY, TODAY)).excluded == left_out


# What is written into the audit trail


@pytest.mark.parametrize("action", AuditAction)
def test_an_action_is_found_in_the_trail_and_what_it_changes_is_said_on_the_card(
    client, lena, maria, action
):
    asked, other = make_request(), make_request(phone="+16025550199")
    audit.record(lena, action, asked.pk)
    audit.record(None, action, other.pk)
    client.force_login(make_staff("Privacy officers"))
    trail = text(client.get("/admin/contact/auditentry/", {"action": action}))
    assert trail.count(f">{action.label}</td>") == 2
    words = CHANGES.get(action, ChangeWords())
    assert last_change(asked, maria).startswith(words.by_colleague % {"who": "lena"})
    assert last_change(asked, lena).startswith(str(words.by_reader))
    assert last_change(other, maria).startswith(str(words.without_account))
    assert bool(last_change(asked, maria)) is bool(words.by_colleague)
    assert bool(last_change(other, maria)) is bool(words.without_account)


# What visitors choose


ANSWERS = [
    *(("calling_for", each) for each in CallingFor),
    *(("announce", each) for each in Announce),
    *(("voicemail", each) for each in Voicemail),
    *(("best_time", each) for each in BestTime),
    *(("language", each) for each in Language),
]


@pytest.mark.parametrize(("field", "answer"), ANSWERS)
def test_an_answer_is_offered_taken_and_shown_to_whoever_gave_it(client, field, answer):
    # Only a desk that is open at night offers calls at night.
    OpeningHours.objects.create(weekday=0, opens="09:00", closes="23:00")
    desk_snapshot.write_snapshot()
    assert f'value="{answer}"' in client.get("/contact/").text
    # A voicemail that says who is calling goes only with the leave to say it.
    response = client.post("/contact/", callback_payload(**{"announce": "yes", field: answer}))
    assert response.status_code == 303
    page = visitors_page(client, make_request(**{field: answer}))
    assert str(answer.label) in page or field == "calling_for"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("field", "answer"), [each for each in ANSWERS if each[0] not in ("best_time", "language")]
)
def test_a_card_has_instructions_and_words_for_every_answer(intake, maria, language, field, answer):
    asked = held(make_request(**{field: answer, "language": language}), maria)
    page = text(intake.get(address(asked)))
    assert "Read aloud" in page
    assert str(language.label) in page
    assert f'lang="{language if language.is_written else "en"}"' in page


@pytest.mark.parametrize("language", Language)
def test_words_that_may_mean_danger_are_kept_for_languages_that_we_write(lead, language):
    form = lead.get("/admin/contact/dangerphrase/add/").text
    assert (f'value="{language}"' in form) is language.is_written


@pytest.mark.parametrize("calling_for", CallingFor)
def test_whom_it_is_about_orders_the_queue_and_is_exported(client, lena, calling_for):
    asked = make_request(calling_for=calling_for)
    assert receiving.priority_of(asked) == calling_for.priority
    assert exported(client, lena, "Calling for") == [str(calling_for.label)]


@pytest.mark.parametrize("origin", Origin)
def test_how_a_request_came_is_offered_told_exported_and_counted(client, lena, origin):
    client.force_login(lena)
    form = client.get("/intake/new/").text
    assert (f'name="origin" value="{origin}"' in form) is bool(origin.talk)
    for _ in range(5):
        asked = make_request(origin=origin, created_at=NOON)
    assert (str(origin.label) in text(client.get(address(asked)))) is bool(origin.talk)
    counted = {g.label: g.number for g in statistics_for(DateRange(TODAY, TODAY)).requests.origins}
    assert counted[str(origin.label)] == 5
    assert exported(client, lena, "How it came") == [str(origin.label)] * 5


@pytest.mark.parametrize("best_time", BestTime)
def test_a_time_of_day_lies_in_the_hours_in_which_people_are_called(best_time):
    start, end = best_time.window
    assert EARLIEST <= start < end <= LATEST


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


@pytest.mark.parametrize("name", QueueList)
def test_each_list_has_its_tab_and_its_page(intake, name):
    assert f'href="/intake/?list={name}"' in intake.get("/intake/").text
    assert str(name.label) in text(intake.get(f"/intake/?list={name}"))


@pytest.mark.parametrize("section", HandoverList)
def test_each_part_of_a_handover_has_its_heading(intake, section):
    assert str(section.label) in text(intake.get("/intake/handover/"))


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_of_danger_phrase_can_be_chosen_and_filtered_by(lead, kind):
    assert f'value="{kind}"' in lead.get("/admin/contact/dangerphrase/add/").text
    assert f"?kind__exact={kind}" in lead.get("/admin/contact/dangerphrase/").text
    assert kind.is_pattern or not kind.is_danger


@pytest.mark.parametrize("basis", Basis)
def test_a_ground_of_a_disclosure_is_offered_kept_and_told(intake, basis):
    page = f"{address(make_request())}disclosures/"
    told = {"recipient": "Made-up House", "what": "Their name", "purpose": "A bed"}
    data = {"disclosed_on": TODAY.isoformat(), "basis": basis, **told}
    assert f'<option value="{basis}">' in intake.get(page).text
    assert intake.post(page, data).status_code == 302
    assert Disclosure.objects.get().basis == basis
    assert str(basis.label) in text(intake.get(page))


@pytest.mark.parametrize("kind", ReadingKind)
def test_a_kind_of_unusual_reading_is_listed_with_its_limit(client, maria, kind):
    values = {"day": TODAY, "count": 99, "least": kind.facts.least, "request_ids": []}
    UnusualReading.objects.create(kind=kind, account=maria, **values)
    client.force_login(make_staff("Privacy officers"))
    listed = f"{kind.label}: 99 (listed from {kind.facts.least})"
    assert listed in html.unescape(text(client.get("/intake/privacy/")))
