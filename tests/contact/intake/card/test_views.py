import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.lifecycle.changes import attempts, stops, transitions
from contact.lifecycle.team import claims
from contact.models import AuditEntry, CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.encryption import Sealed
from tests.contact.cards import DIGITS, NOON, address, fresh, held, lease_ends, now_is, send, text
from tests.factories import MESSAGE, NAME, make_request, make_staff

pytestmark = pytest.mark.django_db
POSTS = [
    *("claim", "reveal", "renew", "release", "hand-over", "assign", "attempt", "close", "plan"),
    *("reopen", "note", "link", "secret-shopper"),
]
OF_LEADS = ("assign", "reopen", "secret-shopper")


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


def actions(asked):
    return list(
        AuditEntry.objects.filter(request_id=asked.pk)
        .order_by("number")
        .values_list("actor_name", "action")
    )


def hides_the_number(response):
    page = response.content.decode()
    return not any(digits in page for digits in DIGITS) and "tel:" not in page


def written(asked, by, outcome, **over):
    with transaction.atomic():
        return attempts.record_attempt(claims.lock(asked.pk), by, outcome, **over)


def test_card_says_how_to_call_safely_before_anything_else(intake):
    asked = make_request(
        calling_for="someone_else", relationship="my nephew Quentin", needs="relay service please"
    )
    page = text(intake.get(address(asked)))
    for words in (
        NAME,
        "Someone else: my nephew Quentin",
        "Do not say who is calling or why.",
        "No message. Hang up.",
        "relay service please",
        "Tue noon MST for them",
        f"Hello. May I speak with {NAME}, please?",
        MESSAGE,
        "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
    ):
        assert words in page
    assert actions(asked) == [("maria", "viewed")]


def test_number_is_not_on_the_card_until_it_is_shown(intake, maria):
    asked = make_request(phone_as_typed="602-555-0123 x 12", extension="12")
    assert hides_the_number(intake.get(address(asked)))
    held(asked, maria)
    assert hides_the_number(intake.get(address(asked)))
    response = send(intake, asked, "reveal")
    assert response.status_code == 302
    assert response.url == f"{address(asked)}#_call"
    page = text(intake.get(address(asked)))
    assert 'href="tel:+16025550123"' in page
    assert "(602) 555-0123" in page
    assert "ext. 12" in page
    assert "602-555-0123 x 12" in page
    assert page[: page.index("</title>")].count("555") == 0
    assert ("maria", "revealed") in actions(asked)


def test_number_is_shown_to_nobody_but_who_holds_the_call(intake, client, maria, bob):
    asked = make_request()
    refused = send(intake, asked, "reveal")
    assert refused.status_code == 409
    assert "You do not hold this call." in text(refused)
    held(asked, maria)
    send(intake, asked, "reveal")
    client.force_login(bob)
    assert hides_the_number(client.get(address(asked)))
    refused = send(client, asked, "reveal")
    assert "maria holds this call now." in text(refused)
    assert hides_the_number(refused)


def test_number_is_hidden_again_when_the_claim_has_ended(intake, maria):
    asked = held(make_request(), maria)
    send(intake, asked, "reveal")
    lease_ends(asked)
    response = intake.get(address(asked))
    assert hides_the_number(response)
    assert "You were shown the number" in text(response)
    assert send(intake, asked, "reveal").status_code == 409


@pytest.mark.parametrize(
    ("over", "moment"),
    [
        ({}, "2026-11-24T14:00+00:00"),  # 7 a.m. in Phoenix
        ({"best_time": "evening"}, "2026-11-24T19:00+00:00"),
        ({"time_zone": ""}, "2026-11-24T15:30+00:00"),
    ],
)
def test_outside_their_hours_the_number_needs_a_second_yes(
    intake, maria, monkeypatch, over, moment
):
    now_is(monkeypatch, timezone.datetime.fromisoformat(moment))
    asked = held(make_request(**over), maria)
    assert "Call now all the same" in text(intake.get(address(asked)))
    refused = send(intake, asked, "reveal")
    assert refused.status_code == 422
    assert "This is not their time to be called." in text(refused)
    assert fresh(asked).revealed_at is None
    assert send(intake, asked, "reveal", anyway="on").status_code == 302
    assert fresh(asked).revealed_at


NAMED = "Time set for this call: today 3 p.m."


def test_a_time_that_was_named_is_said(intake, maria):
    asked = held(make_request(), maria)
    written(asked, maria, "call_later", call_at=NOON + timedelta(hours=3))
    page = text(intake.get(address(asked)))
    assert NAMED in page
    assert "m.." not in page


def test_a_time_that_the_visitor_named_is_said(intake):
    asked = make_request()
    with transaction.atomic():
        transitions.replan(claims.lock(asked.pk), audit.VISITOR, NOON + timedelta(hours=3))
    assert NAMED in text(intake.get(address(asked)))


def test_a_time_that_nobody_named_is_not_said(intake, maria, monkeypatch):
    asked = held(make_request(), maria)
    written(asked, maria, "call_later", call_at=NOON + timedelta(hours=3))
    now_is(monkeypatch, NOON + timedelta(hours=6))
    assert transitions.replan_missed() == 1
    page = text(intake.get(address(asked)))
    assert "Time set for this call" not in page


def test_a_refusal_names_the_time_that_the_visitor_chose_meanwhile(intake, maria):
    asked = held(make_request(), maria)
    with transaction.atomic():
        mine = claims.lock(asked.pk)
        transitions.change_preferences(mine, audit.VISITOR, "evening", "America/Phoenix")
        transitions.replan(mine, audit.VISITOR, NOON + timedelta(hours=3))
    stale = send(intake, asked, "attempt", version=asked.version, outcome="no_answer")
    assert "They named a time for the call, today noon." in text(stale)


def test_taking_a_call_keeps_others_from_it(intake, client, maria, bob):
    asked = make_request()
    assert "Take this call" in text(intake.get(address(asked)))
    assert send(intake, asked, "claim").url == address(asked)
    assert "You hold this call until 12:15 p.m." in text(intake.get(address(asked)))
    client.force_login(bob)
    page = text(client.get(address(asked)))
    assert "maria holds this call until 12:15 p.m." in page
    assert "Take this call" not in page
    refused = send(client, asked, "claim")
    assert refused.status_code == 409
    assert fresh(asked).claimed_by == maria


def test_what_a_lead_decides_is_taken_by_leads_alone(intake, lead):
    asked = make_request(status="lead")
    assert send(lead, asked, "claim").status_code == 302
    other = make_request(status="lead", phone="+16025550199")
    lead.force_login(make_staff("Intake"))
    assert "Take this call" not in text(lead.get(address(other)))
    assert send(lead, other, "claim").status_code == 409
    assert fresh(other).claimed_by is None


def test_looking_at_a_call_that_one_holds_renews_the_claim(intake, maria, bob, monkeypatch):
    asked = held(make_request(), maria)
    now_is(monkeypatch, NOON + timedelta(minutes=10))
    intake.get(address(asked))
    assert fresh(asked).claimed_until == NOON + timedelta(minutes=25)
    version = fresh(asked).version
    now_is(monkeypatch, NOON + timedelta(minutes=20))
    assert send(intake, asked, "renew").status_code == 204
    assert fresh(asked).claimed_until == NOON + timedelta(minutes=35)
    assert fresh(asked).version == version
    intake.force_login(bob)
    intake.get(address(asked))
    assert fresh(asked).claimed_until == NOON + timedelta(minutes=35)
    assert send(intake, asked, "renew").status_code == 409


def test_hint_of_danger_leads_to_988_and_911(intake):
    page = text(intake.get(address(make_request(priority=0))))
    assert "may mean danger" in page
    assert "988" in page
    assert "911" in page
    assert 'href="/help-now/"' in page
    other = make_request(name="Zenobia Quickly", phone="+16025550199")
    assert "may mean danger" not in text(intake.get(address(other)))


def test_spanish_lines_are_marked_as_spanish(intake):
    page = text(intake.get(address(make_request(language="es"))))
    assert f'lang="es">Hola. ¿Puedo hablar con {NAME}, por favor?' in page


def test_a_stop_before_this_request_is_shown_as_lifted(intake):
    asked_to_stop = NOON - timedelta(days=21)
    first = make_request(
        created_at=NOON - timedelta(days=30), outcome="stop", closed_at=asked_to_stop
    )
    page = text(intake.get(address(make_request(person=first.person))))
    assert "They asked us to stop on Nov. 3, 2026. This newer request lifts it." in page


def test_a_stop_of_another_person_on_the_line_is_not_said_to_be_theirs(intake):
    make_request(outcome="stop", closed_at=NOON - timedelta(days=21))
    page = text(intake.get(address(make_request(name="Zenobia Quickly"))))
    assert "asked us to stop on" not in page


def test_other_requests_of_the_person_and_their_calls_are_shown(intake, maria):
    first = make_request(created_at=NOON - timedelta(days=2), outcome="not_now", tries=1)
    second = make_request(person=first.person)
    first.attempts.create(by=maria, outcome="someone_else", note="A child answered.")
    page = text(intake.get(address(second)))
    assert str(first) in page
    assert "Not now" in page
    assert "A child answered." in page


def test_notes_and_calls_stand_in_one_time_line(intake, maria, monkeypatch):
    asked = held(make_request(), maria)
    send(intake, asked, "note", text="Speaks softly.")
    now_is(monkeypatch, NOON + timedelta(minutes=5))
    send(intake, asked, "attempt", outcome="no_answer", note="Rang ten times.")
    page = text(intake.get(address(asked)))
    assert page.index("Rang ten times.") < page.index("Speaks softly.")
    assert page.count("· maria") == 2


def test_who_saw_the_number_and_wrote_nothing_is_named(intake, client, maria, bob):
    asked = held(make_request(), maria)
    send(intake, asked, "reveal")
    lease_ends(asked)
    client.force_login(bob)
    assert "maria was shown the number at noon and wrote nothing down" in text(
        client.get(address(asked))
    )
    held(asked, bob)
    assert "maria was shown the number" in text(client.get(address(asked)))
    written(asked, bob, "no_answer")
    assert "was shown the number" not in text(client.get(address(asked)))


def test_whoever_let_the_call_go_is_not_on_the_phone(intake, client, maria, bob):
    asked = held(make_request(), maria)
    send(intake, asked, "reveal")
    send(intake, asked, "release")
    client.force_login(bob)
    assert "was shown the number" not in text(client.get(address(asked)))


def test_privacy_officers_see_the_card_without_number_and_steps(client):
    asked = make_request()
    client.force_login(make_staff("Privacy officers", username="petra"))
    response = client.get(address(asked))
    assert NAME in text(response)
    assert hides_the_number(response)
    main = text(response).split("<main")[1].partition("</main>")[0]
    assert "<form" not in main
    assert "<button" not in main
    assert actions(asked) == [("petra", "viewed")]


@pytest.mark.parametrize("step", POSTS)
def test_steps_are_for_those_who_may(client, step):
    asked = make_request()
    assert "/admin/login/" in send(client, asked, step).url
    client.force_login(make_staff("Editors"))
    assert send(client, asked, step).status_code == 403
    client.force_login(make_staff("Privacy officers"))
    assert send(client, asked, step).status_code == 403
    assert client.get(address(asked, step)).status_code in (403, 405)
    client.force_login(make_staff("Intake"))
    assert (send(client, asked, step).status_code == 403) is (step in OF_LEADS)
    assert fresh(asked).is_open


@pytest.mark.parametrize("step", POSTS)
def test_steps_are_posted_and_only_to_requests_that_exist(lead, step):
    asked = make_request()
    assert lead.get(address(asked, step)).status_code == 405
    nowhere = CallbackRequest(pk="00000000-0000-4000-8000-000000000000")
    assert lead.post(address(nowhere, step)).status_code == 404


def test_card_is_for_those_who_may_see_requests(client):
    asked = make_request()
    assert "/admin/login/" in client.get(address(asked)).url
    client.force_login(make_staff("Editors"))
    assert client.get(address(asked)).status_code == 403
    assert client.post(address(asked)).status_code == 405
    assert actions(asked) == []


def test_unknown_card_is_not_found_and_not_on_record(intake):
    nowhere = CallbackRequest(pk="00000000-0000-4000-8000-000000000000")
    assert intake.get(address(nowhere)).status_code == 404
    assert not AuditEntry.objects.exists()


def test_an_emptied_request_keeps_reference_dates_and_outcome_alone(lead):
    asked = make_request(outcome="not_now", created_at=NOON - timedelta(days=400))
    asked.purge()
    response = lead.get(address(asked))
    page = text(response)
    assert str(asked) in page
    assert "Not now" in page
    assert "was removed on Nov. 24, 2026" in page
    main = page.split("<main")[1]
    assert "<form" not in main
    refused = send(lead, asked, "note", text="Words for nobody.")
    assert refused.status_code == 409
    assert "Words for nobody." in text(refused)
    assert not asked.notes.exists()
    assert send(lead, asked, "link", other=make_request().pk).status_code == 409
    assert fresh(asked).person == asked.person


def test_words_that_cannot_be_decrypted_say_so(intake, maria):
    asked = held(make_request(), maria)
    broken = Sealed(b"\x01" + b"0" * 40)
    CallbackRequest.objects.filter(pk=asked.pk).update(name=broken, phone=broken, message=broken)
    send(intake, asked, "reveal")
    page = text(intake.get(address(asked)))
    assert page.count("Cannot be decrypted with the present keys.") == 3
    assert "Read aloud" not in page
    assert "tel:" not in page


def test_markup_in_their_words_stays_words(intake):
    asked = make_request(name="<b>Zed</b>", message="<script>1</script>")
    page = intake.get(address(asked)).content.decode()
    assert "<script>1" not in page
    assert "<b>Zed" not in page


def test_a_card_takes_the_same_queries_however_long_its_history(intake, maria):
    def queries(asked):
        with CaptureQueriesContext(connection) as seen:
            assert intake.get(address(asked)).status_code == 200
        return len(seen)

    asked = make_request()
    make_request(outcome="not_now", person=asked.person)
    held(asked, maria)
    send(intake, asked, "reveal")
    intake.get(address(asked))
    before = queries(asked)
    for _ in range(5):
        make_request(created_at=NOON - timedelta(days=3), outcome="not_now", person=asked.person)
        asked.notes.create(by=maria, text="A word.")
        asked.attempts.create(by=maria, outcome="no_answer")
    assert queries(asked) == before


def test_the_list_s_filters_survive_the_card(intake, maria):
    asked = held(make_request(), maria)
    query = "?back=list%3Dnow%26language%3Des"
    page = text(intake.get(address(asked) + query))
    assert 'href="/intake/?list=now&language=es"' in page
    assert f'action="{address(asked, "reveal")}{query}"' in page
    response = intake.post(address(asked, "release") + query)
    assert response.url == "/intake/?list=now&language=es"


def test_a_card_that_comes_back_with_a_refusal_is_on_record_too(intake):
    asked = make_request()
    response = intake.post(f"/intake/requests/{asked.pk}/note/", {"text": ""})
    assert response.status_code == 422
    assert NAME in response.text
    assert AuditEntry.objects.get(action="viewed").request_id == asked.pk


def test_a_stop_is_told_to_whoever_calls_next(intake, maria):
    asked = make_request()
    with transaction.atomic():
        stops.stop_calls(claims.lock(asked.pk), maria)
        transitions.reopen(claims.lock(asked.pk), maria)
    words = text(intake.get(f"/intake/requests/{asked.pk}/"))
    assert "They asked us to stop on" in words
    assert "Ask first whether they want this call." in words


def test_what_is_said_after_a_step_is_in_no_cookie(intake):
    asked = make_request()
    response = intake.post(f"/intake/requests/{asked.pk}/note/", {"text": "One thing."})
    assert response.status_code == 302
    assert set(response.cookies) <= {"sessionid", "csrftoken"}


def test_the_most_careful_of_two_open_requests_rules_the_call(intake, maria):
    asked = make_request(voicemail="full", announce="yes")
    make_request(voicemail="none", announce="no", message="He is home now.", person=asked.person)
    held(asked, maria)
    page = text(intake.post(address(asked, "reveal"), {"anyway": "on"}, follow=True))
    assert "No message. Hang up." in page
    assert "Do not say who is calling or why." in page
    assert "He is home now." in page
    assert 'value="voicemail"' not in page
    assert page.index("In their other open request") < page.index('href="tel:')


def test_an_open_request_rules_the_call_however_many_came_after_it(intake, maria):
    oldest = make_request(voicemail="none", announce="no", created_at=NOON - timedelta(days=9))
    same = {"person": oldest.person}
    for _ in range(25):
        make_request(outcome="cancelled", created_at=NOON - timedelta(days=2), **same)
    asked = held(make_request(voicemail="full", announce="yes", **same), maria)
    page = text(intake.get(address(asked)))
    assert "No message. Hang up." in page
    assert "Do not say who is calling or why." in page
    assert str(oldest) in page.split('id="_linked"')[1].split("</section>")[0]


def test_a_flood_of_open_requests_shows_the_newest_words_alone(intake, maria):
    asked = make_request()
    for n in range(25):
        moment = NOON - timedelta(days=1, hours=n)
        make_request(created_at=moment, message=f"Word number {n}.", person=asked.person)
    held(asked, maria)
    page = text(intake.get(address(asked)))
    assert "Word number 19." in page
    assert "Word number 20." not in page
    assert page.count('name="others"') == 20


def test_a_card_from_before_a_colleague_s_call_does_not_take_it_again(intake, client, maria, bob):
    asked = make_request()
    seen = asked.version
    written(held(asked, maria), maria, "no_answer")
    client.force_login(bob)
    refused = send(client, asked, "claim", version=seen)
    assert refused.status_code == 409
    page = text(refused)
    assert "This request changed while you had it open." in page
    assert "maria wrote down a call, today noon." in page
    assert fresh(asked).claimed_by is None
    again = re.search(r'name="version" value="(\d+)"', page.split("/claim/")[1])[1]
    assert send(client, asked, "claim", version=again).url == address(asked)


def test_taking_a_call_twice_is_taking_it_once(intake, maria):
    asked = make_request()
    seen = asked.version
    for _ in range(2):
        assert send(intake, asked, "claim", version=seen).url == address(asked)
    assert actions(asked).count(("maria", "claimed")) == 1


STEPS = {
    "hand-over": {},
    "reveal": {},
    "link": {"other": "x"},
    "attempt": {"outcome": "no_answer"},
    "close": {"outcome": "x"},
    "plan": {},
    "note": {},
    "assign": {"to": "x"},
    "reopen": {},
}


@pytest.mark.parametrize("state", ["free", "held", "shown", "closed"])
def test_what_is_said_of_a_refusal_leads_to_a_form_on_the_card(lead, maria, state):
    asked = make_request(**({"outcome": "answered"} if state == "closed" else {}))
    if state in ("held", "shown"):
        send(lead, asked, "claim")
    if state == "shown":
        send(lead, asked, "reveal", anyway="on")
    for step, data in STEPS.items():
        page = send(lead, asked, step, **data | {"version": "99"}).text
        for anchor in re.findall(r'href="#(_form_\w+)"', page):
            assert f'id="{anchor}"' in page, step
