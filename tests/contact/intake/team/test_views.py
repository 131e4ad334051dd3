"""The team knows who speaks what and who is there, and nobody misses what is theirs now."""

from datetime import timedelta

import pytest
from django.test import Client

from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Colleague, Notice
from tests.contact.cards import NOON, address, fresh, held, now_is, send, text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TEAM = "/intake/team/"


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    now_is(monkeypatch, NOON)


@pytest.fixture
def bobs(bob):
    client = Client()
    client.force_login(bob)
    return client


def member(page, name):
    """The part of the team's page about this colleague."""
    found = [each for each in page.split('<li class="member">') if f"<bdi>{name}</bdi>" in each]
    return found[0].split("</li>")[0]


def told(client, path=TEAM):
    return text(client.get(path)).split("data-told-url")[1].split("<h1")[0]


def clock(monkeypatch, minutes, client, account):
    """Turn the clock; whoever looked at nothing meanwhile may have to log in again."""
    now_is(monkeypatch, NOON + minutes * MINUTE)
    client.force_login(account)


class TestPresence:
    def test_whoever_opens_a_page_is_there_for_five_minutes_and_then_last_seen(
        self, intake, bobs, monkeypatch
    ):
        assert "not here" in member(text(intake.get(TEAM)), "bob")
        bobs.get("/intake/")
        assert "takes calls, seen less than a minute ago" in member(text(intake.get(TEAM)), "bob")
        now_is(monkeypatch, NOON + 4 * MINUTE)
        assert "takes calls, seen 4 minutes ago" in member(text(intake.get(TEAM)), "bob")
        now_is(monkeypatch, NOON + 5 * MINUTE)
        shown = member(text(intake.get(TEAM)), "bob")
        assert "last seen 5 minutes ago" in shown
        assert "takes calls" not in shown

    @pytest.mark.parametrize(
        "path", ["/intake/pulse/", "/intake/pulse/list/", "/intake/pulse/notices/", "/intake/here/"]
    )
    def test_what_a_browser_asks_on_its_own_says_of_nobody_that_they_are_there(self, bobs, path):
        assert bobs.get(path).status_code in (200, 204)
        assert not Colleague.objects.filter(seen_at__isnull=False).exists()

    def test_whoever_logs_out_is_not_there(self, intake, bobs):
        bobs.get("/intake/")
        bobs.post("/admin/logout/")
        assert "not here" in member(text(intake.get(TEAM)), "bob")

    def test_whoever_takes_no_calls_now_is_said_so_until_they_take_one(self, intake, bobs, bob):
        bobs.post(f"{TEAM}switch/", {"takes_calls": "0"})
        shown = member(text(intake.get(TEAM)), "bob")
        assert "takes no calls now, seen less than a minute ago" in shown
        assert not Colleague.objects.present().filter(account=bob).exists()
        make_request()
        bobs.post("/intake/next/")
        assert Colleague.objects.present().filter(account=bob).exists()

    def test_the_list_keeps_its_filters_when_somebody_switches(self, intake):
        data = {"takes_calls": "0", "page": "list", "back": "language=es"}
        assert intake.post(f"{TEAM}switch/", data)["Location"] == "/intake/?language=es"
        assert "you take no calls now" in text(intake.get("/intake/"))


class TestLanguages:
    def test_leads_say_what_a_colleague_speaks_and_hand_over_and_assign_show_it(self, lead, bob):
        saved = lead.post(
            f"{TEAM}{bob.pk}/languages/",
            {"languages": ["en", "es"], "further_languages": "Navajo"},
        )
        assert saved.status_code == 302
        words = "bob · English, Spanish (español), Navajo · not here"
        assert "English, Spanish (español), Navajo" in member(text(lead.get(TEAM)), "bob")
        asked = make_request()
        lead.post(address(asked, "claim"), {"version": 0})
        page = text(lead.get(address(asked)))
        for form in ("_form_hand_over", "_form_assign"):
            assert words in page.split(f'id="{form}"')[1].split("</form>")[0]

    def test_no_language_at_all_is_refused(self, lead, bob):
        assert lead.post(f"{TEAM}{bob.pk}/languages/", {}).status_code == 422
        assert not Colleague.objects.filter(account=bob).exists()

    def test_only_leads_change_languages(self, intake, bob):
        assert intake.post(f"{TEAM}{bob.pk}/languages/", {"languages": "es"}).status_code == 403
        assert "/languages/" not in text(intake.get(TEAM))

    def test_who_was_seen_last_stands_first_among_those_to_hand_over_to(self, intake, maria, bobs):
        make_staff("Intake", username="anna")
        bobs.get("/intake/")
        asked = held(make_request(), maria)
        form = text(intake.get(address(asked))).split('id="_form_hand_over"')[1]
        assert form.index("bob · ") < form.index("anna · ")


class TestNotices:
    def test_the_receiver_reads_of_it_on_any_page_until_they_open_it(
        self, intake, maria, bob, bobs
    ):
        asked = held(make_request(), maria)
        assert send(intake, asked, "hand-over", to=bob.pk).status_code == 302
        for path in ("/intake/", TEAM, "/intake/handover/", "/intake/pulse/notices/"):
            assert f"maria handed {asked} over to you." in told(bobs, path)
        assert "over to you" not in told(intake)
        bobs.get(address(asked))
        assert "over to you" not in told(bobs)

    def test_what_was_passed_on_or_closed_is_told_no_more(self, intake, maria, bob, bobs):
        asked = held(make_request(), maria)
        send(intake, asked, "hand-over", to=bob.pk)
        assert Notice.objects.get().account == bob
        claims.release(fresh(asked), bob)
        assert "over to you" not in told(bobs)

    def test_whoever_something_is_kept_for_is_told_by_whom(self, lead, bob, bobs):
        asked = make_request()
        send(lead, asked, "assign", to=bob.pk)
        assert f"lena keeps {asked} for you." in told(bobs)
        send(lead, asked, "assign", to="")
        assert "for you" not in told(bobs)

    def test_whoever_held_what_somebody_released_is_told_until_they_hold_it_again(
        self, lead, lena, bob, bobs
    ):
        asked = held(make_request(), bob)
        claims.release(asked, lena)
        assert f"lena ended your hold on {asked}." in told(bobs)
        assert "your hold" not in told(lead)
        held(fresh(asked), bob)
        assert "ended your hold" not in told(bobs)

    def test_nobody_is_told_what_they_released_themselves(self, bob, bobs):
        claims.release(held(make_request(), bob), bob)
        assert "your hold" not in told(bobs)

    def test_many_at_once_are_cut_and_lead_to_the_list(self, bob, bobs, maria):
        for n in range(9):
            asked = make_request(phone=f"+1602555010{n}", assigned_to=bob)
            Notice.objects.create(account=bob, request=asked, kind="assigned", by=maria)
        shown = told(bobs)
        assert shown.count("for you.") == 5
        assert "There are more like these." in shown


class TestLease:
    def test_the_holder_is_warned_before_it_ends_and_can_say_that_they_are_still_on_it(
        self, intake, maria, monkeypatch
    ):
        asked = held(make_request(), maria)
        clock(monkeypatch, 9, intake, maria)
        assert "Your hold" not in told(intake)
        clock(monkeypatch, 11, intake, maria)
        shown = told(intake)
        assert f"Your hold on {asked} ends soon (12:15 p.m.). Then anyone can take it." in shown
        assert intake.post(address(asked, "still")).status_code == 302
        assert fresh(asked).claimed_until == NOON + 26 * MINUTE
        assert "Your hold" not in told(intake)

    def test_after_it_ended_the_holder_and_the_list_say_so_until_they_let_it_go(
        self, intake, maria, bob, bobs, monkeypatch
    ):
        asked = held(make_request(), maria)
        clock(monkeypatch, 15, intake, maria)
        bobs.force_login(bob)
        assert f"Your hold on {asked} ended (Nov. 24, 12:15 p.m.)" in told(intake)
        assert "maria held it until 12:15 p.m." in text(bobs.get("/intake/"))
        send(intake, asked, "release")
        assert "Your hold" not in told(intake)
        assert "maria held it" not in text(bobs.get("/intake/"))

    def test_a_colleague_who_took_it_after_the_end_is_named_to_whoever_held_it(
        self, intake, maria, bob, monkeypatch
    ):
        asked = held(make_request(), maria)
        clock(monkeypatch, 20, intake, maria)
        assert claims.claim(fresh(asked), bob)
        assert f"Your hold on {asked} had ended, and bob took it." in told(intake)
        intake.get(address(asked))
        assert "took it" not in told(intake)

    def test_to_say_still_on_it_too_late_takes_nothing_from_a_colleague(
        self, intake, maria, bob, monkeypatch
    ):
        asked = held(make_request(), maria)
        clock(monkeypatch, 20, intake, maria)
        assert claims.claim(fresh(asked), bob)
        assert intake.post(address(asked, "still")).status_code == 409
        assert fresh(asked).is_held_by(bob)

    def test_to_say_still_on_it_too_late_says_that_the_time_is_over(
        self, intake, maria, monkeypatch
    ):
        asked = held(make_request(), maria)
        clock(monkeypatch, 16, intake, maria)
        refused = intake.post(address(asked, "still"))
        assert refused.status_code == 409
        assert "Your 15 minutes without work are over. Take the call again." in text(refused)
        assert "This request changed" not in text(refused)

    def test_a_person_with_several_requests_is_told_of_once(self, intake, maria, monkeypatch):
        one = make_request()
        make_request(phone="+16025550199", person=one.person)
        assert claims.claim(one, maria)
        clock(monkeypatch, 15, intake, maria)
        assert told(intake).count("Your hold on") == 1


def test_an_emptied_request_is_told_of_no_more(maria, bob):
    asked = make_request(outcome="answered")
    Notice.objects.create(account=bob, request=asked, kind="assigned", by=maria)
    CallbackRequest.objects.get(pk=asked.pk).purge()
    assert not Notice.objects.exists()
