import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact.intake.queue import queue_page
from contact.intake.queue.selection import finding, lists, paging
from contact.lifecycle.team import claims
from contact.models import CallbackRequest, Desk, SavedList
from contact.privacy.audit_trail.audit import AuditEntry
from contact.privacy.encryption import EncryptedTextField
from recovery_site.sign_in.models import StaffSession
from tests.factories import MESSAGE, NAME, PHONE, make_request, make_staff

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = "+16025550199"


@pytest.fixture
def jo():
    return make_staff("Intake", username="jo", first_name="Jo")


def references(response):
    """Those of the rows, in the order shown."""
    return re.findall(r'class="row__link"[^>]*>([^<]+)<', response.text)


def row_text(response, request):
    """What stands in one row, without its markup."""
    [html] = re.findall(rf'data-row="{request.pk}">(.*?)</li>', response.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def messages_of(response):
    found = re.findall(r'<li class="note[^>]*>(.*?)</li>', response.text, re.DOTALL)
    return [text.replace("&#x27;", "'") for text in found]


class TestDoors:
    def test_strangers_and_editors_stay_outside(self, client):
        make_request()
        for method, path in [
            ("get", "/intake/"),
            ("get", "/intake/here/"),
            ("get", "/intake/pulse/"),
            ("get", "/intake/pulse/list/"),
            ("post", "/intake/next/"),
            ("post", "/intake/search/"),
            ("post", "/intake/bulk/"),
            ("post", "/intake/lists/"),
            ("post", "/intake/lists/1/remove/"),
        ]:
            client.logout()
            response = getattr(client, method)(path)
            assert response.status_code == 302, path
            assert response["Location"].startswith("/admin/login/?next=/intake/"), path
            client.force_login(make_staff("Editors"))
            assert getattr(client, method)(path).status_code == 403, path
        assert not AuditEntry.objects.filter(action="listed").exists()

    @pytest.mark.parametrize(
        ("path", "stays"), [("here/", True), ("pulse/", False), ("pulse/session/", False)]
    )
    def test_whoever_writes_stays_logged_in_and_whoever_left_does_not(self, intake, path, stays):
        session = intake.session
        session["renewed"] = 0
        session.save()
        intake.get(f"/intake/{path}")
        assert bool(intake.session["renewed"]) is stays
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("path", ["next/", "search/", "bulk/", "lists/"])
    def test_what_changes_something_is_posted(self, intake, path):
        assert intake.get(f"/intake/{path}").status_code == 405

    def test_privacy_officer_sees_the_lists_without_any_button(self, client):
        client.force_login(make_staff("Privacy officers"))
        row = make_request()
        response = client.get("/intake/")
        assert references(response) == [str(row)]
        assert "Take the next call" not in response.text
        assert 'name="chosen"' not in response.text
        assert 'id="_bulk"' not in response.text
        assert client.post("/intake/next/").status_code == 403
        assert client.post("/intake/bulk/", {"do": "spam"}).status_code == 403

    def test_watch_is_told_of_those_who_can_call_once_they_load_the_list(self, client, maria):
        assert Desk.current().looked_at is None
        client.force_login(make_staff("Privacy officers"))
        client.get("/intake/")
        client.force_login(maria)
        client.get("/intake/pulse/")
        client.get("/intake/pulse/list/")
        assert Desk.current().looked_at is None
        client.get("/intake/")
        assert Desk.current().looked_at is not None


class TestRows:
    def test_show_no_words_of_anybody(self, intake):
        make_request()
        text = intake.get("/intake/").text
        for secret in (NAME, PHONE, PHONE[-4:], MESSAGE):
            assert secret not in text

    def test_do_not_even_load_what_is_sealed(self, intake):
        make_request(relationship="nephew", needs="relay", extension="12")
        with CaptureQueriesContext(connection) as queries:
            assert intake.get("/intake/").status_code == 200
        words = [field.column for field in EncryptedTextField.of(CallbackRequest)]
        for query in queries:
            assert not [
                word for word in words if f'"contact_callbackrequest"."{word}"' in query["sql"]
            ]

    def test_say_who_asks_when_to_call_and_how_long_they_wait(self, intake):
        now = timezone.now()
        row = make_request(
            calling_for="someone_else",
            created_at=now - 3 * HOUR,
            call_by=now - HOUR,
            tries=2,
            language="es",
            time_zone="America/New_York",
        )
        text = row_text(intake.get("/intake/"), row)
        assert "For someone else" in text
        assert "Late since" in text
        assert re.search(r"E[SD]T for them", text)
        assert "Waiting 3 hours" in text.replace("\xa0", " ")
        assert "2 tries" in text
        assert "Spanish" in text

    def test_later_ones_say_from_when_on_both_clocks(self, intake):
        row = make_request(due_at=timezone.now() + 3 * DAY, time_zone="America/New_York")
        text = row_text(intake.get("/intake/?list=outside"), row)
        assert re.search(r"From \w{3} ", text)
        assert re.search(r"E[SD]T for them", text)
        assert "Call by" in text

    def test_danger_and_automatic_are_said_in_words(self, intake):
        danger, automatic = make_request(priority=0), make_request(priority=3, phone=OTHER)
        plain = make_request(priority=1, phone="")
        response = intake.get("/intake/")
        assert "Words that may mean danger" in row_text(response, danger)
        assert "Looks automatic" in row_text(response, automatic)
        assert "Asks for" not in row_text(response, plain)

    def test_say_who_holds_and_who_is_to_call(self, intake, maria, jo):
        until = timezone.now() + HOUR
        held = make_request(claimed_by=jo, claimed_until=until)
        mine = make_request(claimed_by=maria, claimed_until=until, assigned_to=jo, phone=OTHER)
        lapsed = make_request(claimed_by=jo, claimed_until=timezone.now() - HOUR, phone="")
        response = intake.get("/intake/")
        assert "Being called by Jo" in row_text(response, held)
        assert "You hold it" in row_text(response, mine)
        assert "Assigned to Jo" in row_text(response, mine)
        assert "called by" not in row_text(response, lapsed)

    def test_lead_to_the_card_and_carry_the_filters(self, intake):
        row = make_request(language="es")
        text = intake.get("/intake/?list=now&language=es").text
        back = "?back=list%3Dnow%26language%3Des"
        assert f'href="/intake/requests/{row.pk}/{back}"' in text


class TestLists:
    def test_all_five_stand_on_the_first_page_due_ones_first(self, intake):
        now = timezone.now()
        outside = make_request(due_at=now + 5 * DAY)
        waiting = make_request(due_at=now + 4 * DAY, tries=1, status="trying")
        decides = make_request(status="lead")
        second = make_request(turn_at=now - HOUR)
        first = make_request(turn_at=now - 2 * HOUR)
        make_request(outcome="spam")
        response = intake.get("/intake/")
        assert references(response) == [str(r) for r in (first, second, waiting, outside, decides)]
        assert re.findall(r'<span class="count">(\d+)<', response.text) == list("20111")
        assert "<title>(2) Calls · Desert Bloom Recovery</title>" in response.text

    @pytest.mark.parametrize(
        ("name", "over"),
        [
            ("now", {}),
            ("outside", {"due_at": timezone.now() + 5 * DAY}),
            ("lead", {"status": "lead"}),
            ("closed", {"outcome": "spam"}),
        ],
    )
    def test_one_can_be_seen_alone(self, intake, name, over):
        later = timezone.now() + 3 * DAY
        rows = [make_request(**over), make_request(status="trying", due_at=later, tries=1)]
        assert references(intake.get(f"/intake/?list={name}")) == [str(rows[0])]
        assert set(references(intake.get("/intake/?list=all"))) == {str(row) for row in rows}

    def test_empty_one_says_when_the_next_is_due(self, intake):
        text = intake.get("/intake/").text
        assert "Nobody is due." in text
        assert "Next:" not in text
        assert "Take the next call" not in text
        assert "<title>Calls ·" in text
        make_request(due_at=timezone.now() + 3 * DAY)
        text = intake.get("/intake/").text
        assert re.search(r"Nobody is due\.\s+Next: \w{3} ", text)

    def test_choice_that_is_not_offered_is_told_and_ignored(self, intake):
        row = make_request()
        response = intake.get("/intake/?language=xx&page=broken&q=&list=now")
        assert references(response) == [str(row)]
        assert "Ignored, because it is not one of the choices here: Language." in response.text

    def test_filters_stay_from_list_to_list_and_are_told(self, intake):
        text = intake.get("/intake/?list=now&language=es").text
        assert "Language: <strong>Spanish (español)</strong>" in text
        for query in ("language=es", "list=lead&amp;language=es"):
            assert re.search(rf'<li>\s*<a href="/intake/\?{re.escape(query)}"', text)

    def test_desks_clock_is_named(self, intake):
        assert "the desk’s clock (MST)" in intake.get("/intake/").text

    def test_every_load_is_on_record_with_its_references(self, intake, maria):
        row = make_request()
        intake.get("/intake/")
        entry = AuditEntry.objects.get(action="listed")
        assert (entry.actor, entry.detail) == (maria, {"references": [str(row)]})

    @pytest.mark.usefixtures("stopped_clock")
    def test_queries_do_not_grow_with_the_rows(self, intake, maria, jo):
        def load():
            for path in ("/intake/", "/intake/?list=open", "/intake/pulse/"):
                with CaptureQueriesContext(connection) as queries:
                    assert intake.get(path).status_code == 200
                yield path, len(queries)

        now = timezone.now()
        for _ in range(3):
            make_request(assigned_to=jo, claimed_by=jo, claimed_until=now + HOUR)
        intake.get("/intake/")
        few = dict(load())
        for n in range(60):
            make_request(assigned_to=jo, due_at=now + timedelta(hours=n - 30), tries=n % 3)
        assert dict(load()) == few
        assert few["/intake/"] <= 20


@pytest.fixture
def five_to_a_page(monkeypatch):
    real = paging.fetch_page
    monkeypatch.setattr(
        queue_page,
        "fetch_page",
        lambda query, cursor, **kept: real(query._replace(size=5), cursor, **kept),
    )


class TestPages:
    def walk(self, client, path, rel):
        """The references of this page and all that its links lead to."""
        found = []
        while path:
            response = client.get(path)
            found.append(references(response))
            [link] = re.findall(rf'rel="{rel}" href="([^"]+)"', response.text) or [""]
            path = link.replace("&amp;", "&")
            last = response
        return found, last

    @pytest.mark.parametrize("name", ["now", "open", "closed", "all"])
    @pytest.mark.usefixtures("five_to_a_page")
    def test_every_row_is_on_exactly_one_page_there_and_back(self, intake, name):
        now = timezone.now()
        same = now - DAY
        over = {"outcome": "spam"} if name == "closed" else {}
        # Many at one moment: the id decides.
        for n in range(12):
            at = same if n % 3 else now - timedelta(minutes=n)
            make_request(created_at=at, turn_at=at, due_at=now - 2 * DAY, **over)
        order = {"now": "turn_at", "open": "turn_at"}.get(name, "-created_at")
        by_id = "-id" if order.startswith("-") else "id"
        expected = [str(row) for row in CallbackRequest.objects.order_by(order, by_id)]
        pages, last = self.walk(intake, f"/intake/?list={name}", "next")
        assert [len(page) for page in pages] == [5, 5, 2]
        assert [row for page in pages for row in page] == expected
        [back] = re.findall(r'rel="prev" href="([^"]+)"', last.text)
        pages, first = self.walk(intake, back.replace("&amp;", "&"), "prev")
        assert pages == [expected[5:10], expected[:5]]
        assert 'rel="prev"' not in first.text

    @pytest.mark.usefixtures("five_to_a_page")
    def test_those_whose_hours_have_passed_come_first_on_every_page_of_today(self, intake):
        now = timezone.now()
        midnight = lists.end_of_today(now)
        soon = [now + (midnight - now) * n / 100 for n in range(1, 7)]
        for at in soon:
            make_request(due_at=at)
        for n in range(6):
            make_request(due_at=now - HOUR - n * HOUR, due_until=now - timedelta(minutes=30))
        expected = [str(row) for row in CallbackRequest.objects.order_by("due_at", "id")]
        pages, last = self.walk(intake, "/intake/?list=today", "next")
        assert [row for page in pages for row in page] == expected
        [back] = re.findall(r'rel="prev" href="([^"]+)"', last.text)
        pages, _ = self.walk(intake, back.replace("&amp;", "&"), "prev")
        assert pages == [expected[5:10], expected[:5]]

    def test_filters_stay_from_page_to_page(self, intake):
        for n in range(51):
            make_request(language="es", turn_at=timezone.now() - timedelta(minutes=n))
        make_request(language="en", turn_at=timezone.now() - DAY)
        pages, _ = self.walk(intake, "/intake/?list=now&language=es", "next")
        assert [len(page) for page in pages] == [50, 1]

    def test_first_page_shows_ten_of_a_later_list_and_leads_to_the_rest(self, intake):
        for n in range(12):
            make_request(due_at=timezone.now() + 5 * DAY + n * HOUR)
        response = intake.get("/intake/")
        assert len(references(response)) == 10
        assert 'href="/intake/?list=outside"' in response.text
        assert len(references(intake.get("/intake/?list=outside"))) == 12

    def test_page_whose_rows_are_gone_leads_to_the_first(self, intake):
        response = intake.get("/intake/?list=now&page=a9999999999999999-" + "f" * 32)
        assert "Nothing more here." in response.text
        assert 'href="/intake/?list=now"' in response.text


class TestSearch:
    def test_finds_open_and_closed_ones_by_number_without_telling_the_address(self, intake):
        rows = [make_request(), make_request(outcome="spam")]
        make_request(phone=OTHER)
        response = intake.post("/intake/search/", {"term": "(602) 555-0123"})
        assert response.status_code == 302
        assert "55501" not in response["Location"]
        found = intake.get(response["Location"])
        assert set(references(found)) == {str(row) for row in rows}
        assert "0123" not in found.text
        entry = AuditEntry.objects.get(action="searched")
        assert set(entry.detail["references"]) == {str(row) for row in rows}

    def test_finds_a_reference(self, intake):
        row = make_request(outcome="spam")
        response = intake.post("/intake/search/", {"term": row.reference.lower()}, follow=True)
        assert references(response) == [str(row)]
        assert row_text(response, row).startswith(f"{row} For themselves Spam,")

    def test_typed_into_the_address_it_is_sealed(self, intake):
        response = intake.get("/intake/?q=602-555-0123")
        assert response.status_code == 302
        assert "55501" not in response["Location"]

    def test_finds_who_calls_by_a_part_of_the_name_and_four_digits_and_names_nobody(self, intake):
        row = make_request()
        make_request(name="Ysolde Other", phone=OTHER)
        response = intake.post("/intake/search/", {"term": "ysolt 0123"})
        assert "ysolt" not in response["Location"]
        found = intake.get(response["Location"])
        assert references(found) == [str(row)]
        for secret in (NAME, "Ysolde", "ysolt", "0123", MESSAGE):
            assert secret not in found.text
        entry = AuditEntry.objects.get(action="searched")
        assert entry.detail == {"references": [str(row)]}

    def test_says_that_more_fit_than_are_shown_and_how_to_narrow_it(self, intake, monkeypatch):
        monkeypatch.setattr(finding, "PAGE_SIZE", 2)
        rows = [make_request(created_at=timezone.now() - n * HOUR) for n in range(3)]
        response = intake.post("/intake/search/", {"term": "Quarrington"}, follow=True)
        assert references(response) == [str(row) for row in rows[:2]]
        assert "Add the last four digits" in response.text

    @pytest.mark.parametrize("term", ["012", "Ysolde 12", "?", "%"])
    def test_what_cannot_be_searched_for_is_explained(self, intake, term):
        make_request()
        response = intake.post("/intake/search/", {"term": term}, follow=True)
        assert references(response) == []
        assert "Search for a name, the last four digits" in response.text

    def test_nothing_found_says_so(self, intake):
        response = intake.post("/intake/search/", {"term": OTHER}, follow=True)
        assert "No request fits these words." in response.text

    def test_empty_one_leads_to_the_lists(self, intake):
        for term in ("", "  \x00 "):
            assert intake.post("/intake/search/", {"term": term})["Location"] == "/intake/"

    def test_of_a_colleague_finds_nothing(self, intake, client, jo):
        make_request()
        address = intake.post("/intake/search/", {"term": PHONE})["Location"]
        client.force_login(jo)
        assert references(client.get(address)) == []

    def test_is_no_part_of_a_saved_list(self, intake, maria):
        address = intake.post("/intake/search/", {"term": PHONE})["Location"]
        query = address.partition("?")[2]
        intake.post("/intake/lists/", {"name": "Mine", "back": query})
        assert not SavedList.objects.exists()


class TestTakeNext:
    def test_leads_to_the_card_and_keeps_the_filters(self, intake, maria):
        row = make_request()
        response = intake.post("/intake/next/", {"back": "list=now"})
        assert response["Location"] == f"/intake/requests/{row.pk}/?back=list%3Dnow"
        row.refresh_from_db()
        assert row.is_held_by(maria)
        assert f"Go on with {row}" in intake.get("/intake/").text

    def said(self, client, path="/intake/next/"):
        response = client.post(path, {"back": "list=now"}, follow=True)
        assert response.redirect_chain[-1][0] == "/intake/?list=now"
        return messages_of(response)

    def test_says_that_nobody_is_due(self, intake):
        make_request(due_at=timezone.now() + DAY)
        assert self.said(intake) == ["Nobody is due now."]

    def test_says_that_colleagues_hold_all(self, intake, jo):
        make_request()
        claims.take_next(jo)
        assert self.said(intake) == ["Colleagues are calling everybody who is due."]

    def test_says_that_the_rest_is_assigned(self, intake, jo):
        make_request(assigned_to=jo)
        assert self.said(intake) == ["Whoever else is due is assigned to a colleague."]

    def test_says_that_the_rest_needs_a_colleague(self, intake, maria):
        make_request().attempts.create(by=maria, outcome="mismatch")
        [text] = self.said(intake)
        assert text.startswith("Whoever else is due needs a colleague")


class TestQuietRefresh:
    @pytest.fixture(autouse=True)
    def at(self, monkeypatch):
        """Set the clock; it stands still: by the clock too a list is shown anew."""
        at = lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)  # noqa: E731
        at(timezone.now())
        return at

    def fingerprint(self, client, query=""):
        return client.get(f"/intake/pulse/{query}").json()["fingerprint"]

    def test_page_and_pulse_agree(self, intake):
        make_request(call_by=timezone.now() - HOUR)
        page = intake.get("/intake/").text
        pulse = intake.get("/intake/pulse/").json()
        assert f'data-list="{pulse["fingerprint"]}"' in page
        assert 'data-summary="1 due, 1 late"' in page

    @pytest.mark.parametrize(
        "change",
        [
            lambda row, jo: make_request(phone=OTHER),
            lambda row, jo: claims.take_next(jo),
            lambda row, jo: claims.assign(row, None, jo),
            lambda row, jo: type(row).objects.update(call_by=timezone.now() - HOUR),
            lambda row, jo: type(row).objects.update(due_at=timezone.now() + HOUR),
        ],
        ids=["new one", "taken", "assigned", "late", "planned"],
    )
    def test_tells_each_change(self, intake, jo, change):
        row = make_request()
        before = self.fingerprint(intake)
        assert self.fingerprint(intake) == before
        change(row, jo)
        assert self.fingerprint(intake) != before

    def test_tells_that_relative_times_are_old(self, intake, at):
        make_request()
        before = self.fingerprint(intake)
        at(timezone.now() + queue_page.REFRESH_INTERVAL)
        assert self.fingerprint(intake) != before

    def test_tells_that_a_lease_has_ended(self, intake, jo):
        make_request(claimed_by=jo, claimed_until=timezone.now() + HOUR)
        before = self.fingerprint(intake)
        CallbackRequest.objects.update(claimed_until=timezone.now() - HOUR)
        assert self.fingerprint(intake) != before

    def test_pulse_names_nobody_and_is_not_on_record(self, intake):
        row = make_request()
        before = AuditEntry.objects.count()
        text = intake.get("/intake/pulse/?list=now").text
        assert str(row) not in text
        assert str(row.pk) not in text
        assert AuditEntry.objects.count() == before

    def test_new_list_is_the_region_alone_and_on_record(self, intake):
        row = make_request()
        response = intake.get("/intake/pulse/list/?list=now")
        assert response.text.lstrip().startswith("<div")
        assert references(response) == [str(row)]
        assert "<html" not in response.text
        assert AuditEntry.objects.filter(action="listed").count() == 1

    def test_keeps_nobody_logged_in(self, intake):
        intake.get("/intake/")
        later = timezone.now() + timedelta(minutes=5)
        StaffSession.objects.update(expire_date=later)
        for path in ("/intake/pulse/", "/intake/pulse/list/"):
            response = intake.get(path)
            assert response.status_code == 200
            assert "sessionid" not in response.cookies
            assert StaffSession.objects.get().expire_date == later

    def test_after_the_idle_time_it_is_refused(self, intake):
        intake.get("/intake/")
        StaffSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        for path in ("/intake/pulse/", "/intake/pulse/list/"):
            assert intake.get(path).status_code == 302


class TestSavedLists:
    def test_are_offered_to_their_owner_and_shared_ones_to_all(self, intake, client, jo):
        for name, shared in (("Spanish", ""), ("Late ones", "on")):
            data = {"name": name, "back": "list=open&language=es&page=x&name=Ysolde"}
            response = intake.post(
                "/intake/lists/", data | ({"is_shared": shared} if shared else {})
            )
            assert response["Location"] == "/intake/?list=open&language=es"
        assert {saved.query for saved in SavedList.objects.all()} == {"list=open&language=es"}
        text = intake.get("/intake/").text
        assert '<a href="/intake/?list=open&amp;language=es">Spanish</a>' in text
        client.force_login(jo)
        text = client.get("/intake/").text
        assert "Late ones" in text
        assert "shared by maria" in text
        assert "Spanish</a>" not in text

    def test_of_the_same_name_replaces(self, intake):
        for language in ("es", "other"):
            intake.post("/intake/lists/", {"name": "Mine", "back": f"language={language}"})
        assert [saved.query for saved in SavedList.objects.all()] == ["language=other"]

    @pytest.mark.parametrize(
        "data",
        [
            {"name": "", "back": "list=now"},
            {"name": "x" * 61, "back": "list=now"},
            {"name": "\x00", "back": "list=now"},
            {"name": "Mine", "back": ""},
            {},
        ],
    )
    def test_incomplete_ones_are_refused_with_a_word(self, intake, data):
        assert messages_of(intake.post("/intake/lists/", data, follow=True))
        assert not SavedList.objects.exists()

    def test_own_one_is_removed_after_a_question(self, intake, maria):
        saved = SavedList.objects.create(owner=maria, name="Mine", query="list=now")
        assert (
            "Remove the saved list “Mine”?" in intake.get(f"/intake/lists/{saved.pk}/remove/").text
        )
        assert SavedList.objects.exists()
        intake.post(f"/intake/lists/{saved.pk}/remove/")
        assert not SavedList.objects.exists()

    def test_that_of_a_colleague_stays(self, intake, jo):
        saved = SavedList.objects.create(owner=jo, name="Hers", query="list=now", is_shared=True)
        assert intake.post(f"/intake/lists/{saved.pk}/remove/").status_code == 404
        assert SavedList.objects.exists()


def test_addresses_of_the_workspace_are_kept():
    assert reverse("intake:list") == "/intake/"
    assert reverse("intake:next") == "/intake/next/"
    assert reverse("intake:poll") == "/intake/pulse/"


def test_the_quiet_refresh_searches_nothing(intake):
    make_request()
    found = intake.post("/intake/search/", {"term": "602-555-0123"})["Location"]
    page = intake.get(found)
    assert 'data-poll-url=""' in page.text
    pulse = intake.get(f"/intake/pulse/?{found.partition('?')[2]}")
    assert (pulse.status_code, pulse.content) == (204, b"")


def test_a_search_typed_into_an_address_does_not_wait_in_the_log_in(client):
    response = client.get("/intake/?q=6025550123")
    assert response["Location"] == "/admin/login/?next=/intake/"
    kept = client.get("/intake/?list=now")
    assert kept["Location"] == "/admin/login/?next=/intake/%3Flist%3Dnow"
