from datetime import date

import pytest
from django.db import transaction
from django.utils.html import strip_tags

from contact.lifecycle.changes import transitions
from contact.lifecycle.planning import named_times
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallAttempt, CallbackRequest, OpeningHours, Place
from tests.contact.cards import NOON, address, fresh, held, lease_ends, now_is, send, text
from tests.contact.pages import at, said
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
NOTE = "Asked for the evening programme."
OUTSIDE = "This is outside 8 a.m. to 9 p.m. for them:"


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture
def mine(maria):
    """A request that maria holds."""
    return held(make_request(), maria)


def follow(response, client):
    """The messages on the page that followed, without their markup."""
    messages = said(client.get(response.url))
    return [strip_tags(message).replace("\u00a0", " ") for message in messages]


def test_one_tap_writes_the_call_down_and_says_what_follows(intake, mine):
    response = send(intake, mine, "attempt", outcome="no_answer", note=NOTE)
    assert response.status_code == 302
    assert response.url == "/intake/"
    call = CallAttempt.objects.get()
    assert (call.outcome, call.note, call.by.username) == ("no_answer", NOTE, "maria")
    saved = fresh(mine)
    assert saved.tries == 1
    assert saved.claimed_by is None
    words = "Written down: No answer. Next try today 2 p.m. You can take the next call."
    assert follow(response, intake) == [f"{mine} · {words} Take it back"]


def test_next_try_is_said_on_their_clock_and_on_ours(intake, maria):
    asked = held(make_request(time_zone="America/New_York", tries=1), maria)
    response = send(intake, asked, "attempt", outcome="no_answer")
    assert (
        "Next try tomorrow, Wednesday 8 a.m. their time (6 a.m. ours)."
        in follow(response, intake)[0]
    )


@pytest.mark.parametrize("outcome", ["someone_else", "wrong_number", "no_answer"])
def test_each_plain_outcome_is_one_post(intake, mine, outcome):
    assert send(intake, mine, "attempt", outcome=outcome).status_code == 302
    assert CallAttempt.objects.get().outcome == outcome
    assert fresh(mine).claimed_by is None


def test_where_no_rule_says_more_a_lead_decides(intake, mine):
    response = send(intake, mine, "attempt", outcome="wrong_number")
    assert fresh(mine).status == "lead"
    assert "A lead decides what follows." in follow(response, intake)[0]


def test_voicemail_is_offered_and_taken_only_if_it_is_allowed(intake, maria, mine):
    send(intake, mine, "reveal")
    assert 'value="voicemail"' not in text(intake.get(address(mine)))
    refused = send(intake, mine, "attempt", outcome="voicemail", note=NOTE)
    assert refused.status_code == 409
    assert NOTE in text(refused)
    assert not CallAttempt.objects.exists()
    allowed = held(make_request(phone="+16025550199", voicemail="callback_only"), maria)
    send(intake, allowed, "reveal")
    assert 'value="voicemail"' in text(intake.get(address(allowed)))
    assert send(intake, allowed, "attempt", outcome="voicemail").status_code == 302


def test_who_was_reached_is_wrapped_up_on_the_card(intake, mine):
    response = send(intake, mine, "attempt", outcome="reached")
    assert response.url == f"{address(mine)}#_ending"
    page = text(intake.get(address(mine)))
    assert page.count("How did it end?") == 1
    assert fresh(mine).claimed_by.username == "maria"
    assert fresh(mine).revealed_at is None


def test_asked_to_be_called_at_is_on_their_clock(intake, maria):
    asked = held(make_request(time_zone="America/New_York"), maria)
    response = send(
        intake, asked, "attempt", outcome="call_later", call_at="2026-11-25T17:30", note=NOTE
    )
    assert fresh(asked).due_at == at("2026-11-25T22:30")
    words = "They are called tomorrow, Wednesday 5:30 p.m. their time (3:30 p.m. ours)."
    assert words in follow(response, intake)[0]


def test_without_their_time_zone_the_time_is_on_our_clock(intake, maria):
    asked = held(make_request(time_zone=""), maria)
    send(intake, asked, "attempt", outcome="call_later", call_at="2026-11-25T12:00")
    assert fresh(asked).due_at == at("2026-11-25T19:00")


def test_a_time_in_the_hour_that_clocks_skip_or_repeat_is_kept(intake, maria, monkeypatch):
    now_is(monkeypatch, at("2027-03-13T20:00"))
    intake.force_login(maria)
    asked = held(make_request(time_zone="America/New_York"), maria)
    data = {"outcome": "call_later", "exactly": "on"}
    send(intake, asked, "attempt", call_at="2027-03-14T02:30", **data)
    assert fresh(asked).due_at == at("2027-03-14T07:30")
    now_is(monkeypatch, at("2027-11-06T20:00"))
    intake.force_login(maria)
    again = held(fresh(asked), maria)
    send(intake, again, "attempt", call_at="2027-11-07T01:30", **data)
    assert fresh(asked).due_at == at("2027-11-07T05:30")


@pytest.mark.parametrize(
    ("call_at", "words"),
    [
        ("", "Say when they asked to be called."),
        ("soon", "Give a day and a time."),
        ("9999-12-31T23:00", "Give a day and a time."),
        ("0001-01-01T00:00", "Give a day and a time."),
        ("2026-11-25T12:00+01:00", "Give a day and a time."),
        ("2026-11-24T11:00", "This time has passed."),
        ("2028-11-24T11:00", "This is more than a year ahead."),
        ("2026-11-25T07:00", f"{OUTSIDE} tomorrow, Wednesday 7 a.m. If they asked for exactly"),
        ("2026-11-25T21:00", f"{OUTSIDE} tomorrow, Wednesday 9 p.m. If they asked for exactly"),
    ],
)
def test_a_time_that_cannot_be_meant_comes_back_with_every_word(intake, mine, call_at, words):
    send(intake, mine, "reveal")
    data = {"outcome": "call_later", "call_at": call_at, "note": NOTE}
    refused = send(intake, mine, "attempt", **data)
    assert refused.status_code == 422
    assert words in text(refused)
    assert NOTE in text(refused)
    assert not CallAttempt.objects.exists()


def test_exactly_the_time_that_they_asked_for_is_possible(intake, mine):
    data = {"outcome": "call_later", "call_at": "2026-11-25T07:00"}
    assert send(intake, mine, "attempt", **data).status_code == 422
    assert send(intake, mine, "attempt", **data, exactly="on").status_code == 302
    assert fresh(mine).due_at == at("2026-11-25T14:00")


def test_a_time_at_which_nobody_is_at_the_desk_has_a_yes_of_its_own(intake, mine):
    OpeningHours.objects.create(weekday=2, opens="09:00", closes="17:00")
    data = {"outcome": "call_later", "call_at": "2026-11-25T18:00"}
    refused = send(intake, mine, "attempt", **data)
    assert refused.status_code == 422
    send(intake, mine, "reveal")
    words = "Nobody is at the desk then: tomorrow, Wednesday 6 p.m. If somebody will call them"
    assert words in text(send(intake, mine, "attempt", **data))
    # That they asked for it opens no desk.
    assert send(intake, mine, "attempt", **data, exactly="on").status_code == 422
    assert send(intake, mine, "attempt", **data, while_closed="on").status_code == 302


def test_a_closed_desk_and_the_callers_night_are_asked_about_apart(intake, mine):
    OpeningHours.objects.create(weekday=2, opens="09:00", closes="17:00")
    data = {"call_at": "2026-11-25T06:00", "scope": "person"}
    refused = text(send(intake, mine, "plan", **data))
    assert OUTSIDE in refused
    assert "Nobody is at the desk then" in refused
    assert send(intake, mine, "plan", **data, while_closed="on").status_code == 422
    both = {"while_closed": "on", "exactly": "on"}
    assert send(intake, mine, "plan", **data, **both).status_code == 302


def test_a_time_in_the_picker_does_not_disturb_another_button(intake, mine):
    data = {"outcome": "no_answer", "call_at": "soon"}
    assert send(intake, mine, "attempt", **data).status_code == 302


def test_needs_someone_else_keeps_the_language_and_goes_to_a_colleague(intake, mine, maria, bob):
    response = send(intake, mine, "attempt", outcome="mismatch", language="es", note="Wants Ana.")
    assert fresh(mine).language == "es"
    assert "A colleague can call" in follow(response, intake)[0]


def test_stop_covers_every_open_request_of_the_person_and_no_one_else_on_the_line(intake, mine):
    other = make_request(phone="+16025550199", person=mine.person)
    daughter = make_request(name="Zenobia Quickly")
    response = send(intake, mine, "attempt", outcome="stop")
    assert fresh(mine).outcome == fresh(other).outcome == "stop"
    assert fresh(daughter).is_open
    assert "Nobody calls them again." in follow(response, intake)[0]


@pytest.mark.parametrize("step", ["attempt", "close"])
def test_stop_of_the_line_ends_the_calls_to_everybody_on_it(intake, mine, step):
    daughter = make_request(name="Zenobia Quickly")
    neighbour = make_request(extension="12")
    send(intake, mine, step, outcome="stop", scope="line")
    assert fresh(mine).outcome == "stop"
    assert fresh(daughter).outcome == "line_stop"
    assert fresh(neighbour).is_open


def test_a_wrong_number_can_be_said_of_the_line_and_another_ending_can_not(intake, mine):
    daughter = make_request(name="Zenobia Quickly")
    refused = send(intake, mine, "close", outcome="not_now", scope="line", reason=NOTE)
    assert refused.status_code == 422
    assert "Only a stop or a wrong number can be said of a whole line." in text(refused)
    assert NOTE in text(refused)
    response = send(intake, mine, "close", outcome="wrong_number", scope="line")
    assert fresh(mine).outcome == fresh(daughter).outcome == "wrong_number"
    assert "1 other request is closed too." in follow(response, intake)[-1]


def test_a_plan_is_for_the_person_unless_the_line_is_chosen(intake, maria, mine):
    daughter = make_request(name="Zenobia Quickly")
    before = daughter.due_at
    send(intake, mine, "plan", call_at="2026-11-26T09:00")
    assert fresh(daughter).due_at == before
    held(fresh(mine), maria)
    send(intake, mine, "plan", call_at="2026-11-26T10:00", scope="line")
    assert fresh(mine).due_at == fresh(daughter).due_at == at("2026-11-26T17:00")


def test_an_outcome_that_is_none_is_refused(intake, mine):
    assert send(intake, mine, "attempt", note=NOTE).status_code == 422
    assert send(intake, mine, "attempt", outcome="spoke", note=NOTE).status_code == 422
    assert not CallAttempt.objects.exists()


def test_what_a_visitor_cancelled_meanwhile_saves_nothing_and_keeps_the_words(intake, mine):
    send(intake, mine, "reveal")
    version = fresh(mine).version
    with transaction.atomic():
        transitions.close(claims.lock(mine.pk), None, CallbackRequest.Outcome.CANCELLED)
    refused = send(intake, mine, "attempt", version=version, outcome="no_answer", note=NOTE)
    assert refused.status_code == 409
    page = text(refused)
    assert "It is closed: Cancelled by themselves." in page
    assert "They cancelled it or asked us to stop, today noon." in page
    assert f"No answer · {NOTE}" in page
    assert not CallAttempt.objects.exists()
    assert fresh(mine).outcome == "cancelled"


def test_whoever_lost_the_call_is_told_who_has_it(intake, mine, bob):
    send(intake, mine, "reveal")
    version = fresh(mine).version
    lease_ends(mine)
    held(mine, bob)
    data = {"outcome": "call_later", "call_at": "2026-11-25T15:00", "note": NOTE}
    refused = send(intake, mine, "attempt", version=version, **data)
    page = text(refused)
    assert refused.status_code == 409
    assert "bob holds this call now." in page
    assert "bob took this call, today noon." in page
    assert f"Asked to be called at … · 2026-11-25T15:00 · {NOTE}" in page
    assert not CallAttempt.objects.exists()
    assert fresh(mine).claimed_by == bob


def test_changed_wishes_make_an_open_card_stale_once(intake, mine):
    send(intake, mine, "reveal")
    version = fresh(mine).version
    with transaction.atomic():
        transitions.change_preferences(claims.lock(mine.pk), None, "evening", "America/New_York")
    data = {"outcome": "no_answer", "note": NOTE}
    refused = send(intake, mine, "attempt", version=version, **data)
    assert refused.status_code == 409
    assert "They changed when to be called, today noon." in text(refused)
    assert NOTE in text(refused)
    assert f'name="version" value="{fresh(mine).version}"' in text(refused)
    assert send(intake, mine, "attempt", **data).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_card_without_a_true_version_is_stale(intake, mine, version):
    refused = send(intake, mine, "attempt", version=version, outcome="no_answer")
    assert refused.status_code == 409
    assert not CallAttempt.objects.exists()


def test_a_call_is_written_down_though_the_claim_ended_if_nobody_took_it(intake, mine):
    send(intake, mine, "reveal")
    lease_ends(mine)
    assert send(intake, mine, "attempt", outcome="no_answer").status_code == 302
    assert CallAttempt.objects.count() == 1


def test_a_double_click_writes_one_call(intake, mine):
    version = fresh(mine).version
    first = send(intake, mine, "attempt", version=version, outcome="no_answer", note=NOTE)
    follow(first, intake)
    again = send(intake, mine, "attempt", version=version, outcome="no_answer", note=NOTE)
    assert again.status_code == 302
    assert CallAttempt.objects.count() == 1
    assert follow(again, intake)[0].startswith(f"{mine} · Written down: No answer.")


def test_nobody_writes_a_call_on_what_they_do_not_hold(intake, client, mine, lena):
    client.force_login(lena)
    refused = send(client, mine, "attempt", outcome="no_answer", note=NOTE)
    assert refused.status_code == 409
    assert "maria holds this call now." in text(refused)
    assert NOTE in text(refused)


def test_closing_keeps_outcome_reason_and_place(intake, mine):
    place = Place.objects.create(name="Example House", verified_on=date(2026, 11, 1))
    data = {"outcome": "referred", "referred_to": place.pk, "reason": NOTE}
    response = send(intake, mine, "close", **data)
    saved = fresh(mine)
    assert (saved.outcome, saved.referred_to, saved.reason) == ("referred", place, NOTE)
    assert follow(response, intake) == [f"{mine} · Closed: Referred to another place. Take it back"]
    assert "Example House" in text(intake.get(address(mine)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"outcome": "referred"}, "Choose the place."),
        ({}, "Say how it ended."),
        ({"outcome": "cancelled"}, "Select a valid choice"),
    ],
)
def test_closing_without_what_it_needs_keeps_the_words(intake, mine, data, words):
    refused = send(intake, mine, "close", reason=NOTE, **data)
    assert refused.status_code == 422
    assert words in text(refused)
    assert NOTE in text(refused)
    assert fresh(mine).is_open


def test_only_verified_places_are_offered_and_old_checks_are_flagged(intake, mine):
    Place.objects.create(name="Example Unchecked")
    Place.objects.create(name="Example Retired", verified_on=date(2026, 11, 1), is_active=False)
    Place.objects.create(name="Example Fresh", verified_on=date(2026, 11, 1))
    Place.objects.create(name="Example Stale", verified_on=date(2026, 1, 5))
    page = text(intake.get(address(mine)))
    assert "Example Fresh (checked Nov. 1, 2026)" in page
    assert "Example Stale (last checked Jan. 5, 2026: check again first)" in page
    assert "Example Unchecked" not in page
    assert "Example Retired" not in page


def test_closing_takes_the_person_s_ticked_requests_along(intake, mine, maria):
    other = make_request(person=mine.person)
    daughter = make_request(name="Zenobia Quickly")
    send(intake, mine, "close", outcome="answered", others=[other.pk, daughter.pk])
    assert fresh(other).outcome == "duplicate"
    assert fresh(daughter).is_open
    third = held(make_request(), maria)
    fourth = make_request(person=third.person)
    response = send(intake, third, "close", outcome="answered")
    assert fresh(fourth).is_open
    assert "1 other request of this person is still open." in follow(response, intake)[-1]


def test_closing_as_stop_covers_the_person_whatever_was_ticked(intake, mine):
    other = make_request(person=mine.person)
    send(intake, mine, "close", outcome="stop", reason=NOTE)
    assert fresh(mine).outcome == fresh(other).outcome == "stop"
    assert fresh(mine).reason == NOTE


def test_a_request_is_closed_and_planned_by_its_holder_or_a_lead(intake, client, mine, bob, lena):
    client.force_login(bob)
    for step, data in (("close", {"outcome": "spam"}), ("plan", {"call_at": "2026-11-25T12:00"})):
        assert send(client, mine, step, **data).status_code == 409
    assert fresh(mine).is_open
    client.force_login(lena)
    assert send(client, mine, "plan", call_at="2026-11-25T12:00").status_code == 302
    assert fresh(mine).due_at == at("2026-11-25T19:00")
    assert fresh(mine).claimed_by
    assert send(client, mine, "close", outcome="spam").status_code == 302
    assert fresh(mine).outcome == "spam"


@pytest.mark.parametrize(
    ("step", "data"),
    [("close", {"outcome": "spam"}), ("plan", {"call_at": "2026-11-25T12:00"}), ("reopen", {})],
)
def test_a_stale_card_closes_plans_and_reopens_nothing(client, maria, lena, step, data):
    client.force_login(lena)
    over = {"outcome": "not_now"} if step == "reopen" else {}
    asked = make_request(version=3, **over)
    before = (asked.status, asked.due_at)
    refused = send(client, asked, step, version=2, **data)
    assert refused.status_code == 409
    assert "This request changed while you had it open." in text(refused)
    assert (fresh(asked).status, fresh(asked).due_at) == before


def test_a_double_click_closes_once(intake, mine):
    version = fresh(mine).version
    send(intake, mine, "close", version=version, outcome="not_now", reason=NOTE)
    again = send(intake, mine, "close", version=version, outcome="not_now", reason=NOTE)
    assert again.status_code == 302
    other = send(intake, mine, "close", version=version, outcome="not_now", reason="Other words")
    assert other.status_code == 409
    assert "Other words" in text(other)


def test_planning_the_next_call_lets_the_call_go(intake, mine):
    response = send(intake, mine, "plan", call_at="2026-11-26T09:00")
    assert fresh(mine).due_at == at("2026-11-26T16:00")
    assert fresh(mine).claimed_by is None
    words = "Planned: they are called Thursday 9 a.m. Take it back"
    assert follow(response, intake) == [f"{mine} · {words}"]


def test_letting_go_frees_the_call_at_once(intake, client, mine, bob):
    send(intake, mine, "release")
    assert fresh(mine).claimed_by is None
    client.force_login(bob)
    assert send(client, mine, "release").status_code == 409


def test_handing_over_gives_the_call_to_a_colleague(intake, mine, bob):
    response = send(intake, mine, "hand-over", to=bob.pk)
    assert fresh(mine).claimed_by == bob
    assert follow(response, intake) == [f"{mine} · bob holds this call now."]
    assert send(intake, mine, "hand-over", to=bob.pk).status_code == 409


def test_calls_go_to_active_staff_who_may_make_them(intake, client, mine, maria, lena):
    editor = make_staff("Editors")
    gone = make_staff("Intake", is_active=False)
    for other in (editor.pk, gone.pk, maria.pk, "x", ""):
        assert send(intake, mine, "hand-over", to=other).status_code == 422
    assert fresh(mine).claimed_by == maria
    client.force_login(lena)
    for other in (editor.pk, gone.pk, "x"):
        assert send(client, mine, "assign", to=other).status_code == 422
    assert fresh(mine).assigned_to is None


def test_leads_keep_a_request_for_someone_and_free_it(client, lena, bob):
    client.force_login(lena)
    asked = make_request()
    send(client, asked, "assign", to=bob.pk)
    assert fresh(asked).assigned_to == bob
    assert "Kept for bob" in text(client.get(address(asked)))
    send(client, asked, "assign", to="")
    assert fresh(asked).assigned_to is None


def test_leads_open_a_closed_request_again(client, lena):
    client.force_login(lena)
    asked = make_request(outcome="stop")
    assert "They asked us to stop." in text(client.get(address(asked)))
    assert send(client, asked, "reopen").status_code == 302
    assert fresh(asked).is_open
    assert send(client, asked, "reopen").status_code == 409


def test_notes_need_no_claim_and_stay_through_a_double_click(client, mine, bob, monkeypatch):
    # A note's own time is the machine's.
    monkeypatch.undo()
    client.force_login(bob)
    assert send(client, mine, "note", text=NOTE).status_code == 302
    assert send(client, mine, "note", text=NOTE).status_code == 302
    assert [note.text for note in mine.notes.all()] == [NOTE]
    assert fresh(mine).claimed_by.username == "maria"
    assert send(client, mine, "note", text="  ").status_code == 422


def test_a_note_that_is_too_long_comes_back_whole(intake, mine):
    send(intake, mine, "reveal")
    long = "word " * 2500
    refused = send(intake, mine, "attempt", outcome="no_answer", note=long)
    assert refused.status_code == 422
    assert long.strip() in text(refused)
    assert "at most 10000 characters" in text(refused)


def test_notes_stand_in_no_audit_entry_and_not_unsealed_in_the_database(intake, mine):
    send(intake, mine, "attempt", outcome="no_answer", note=NOTE)
    assert not [entry for entry in AuditEntry.objects.all() if "evening" in str(entry.detail)]
    assert NOTE.encode() not in CallAttempt.objects.get().__dict__["note"]


@pytest.mark.parametrize("step", ["attempt", "plan"])
@pytest.mark.parametrize(
    ("now", "call_at"),
    [("2026-10-30T19:00", "2026-11-01T00:55"), ("2027-03-12T19:00", "2027-03-14T01:50")],
)
def test_a_chance_is_as_long_on_the_days_when_clocks_change(
    intake, maria, monkeypatch, step, now, call_at
):
    now_is(monkeypatch, at(now))
    intake.force_login(maria)
    asked = held(make_request(time_zone="America/New_York"), maria)
    sent = send(intake, asked, step, outcome="call_later", call_at=call_at, exactly="on")
    assert sent.status_code == 302
    saved = fresh(asked)
    assert saved.due_until - saved.due_at == named_times.NAMED_TIME_WINDOW
    assert saved.call_by - saved.due_at == named_times.NAMED_TIME_TOLERANCE
