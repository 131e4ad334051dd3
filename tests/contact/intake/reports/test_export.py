import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from contact.intake.reports import export
from contact.intake.reports.csv_export import escape_formulas
from contact.models import AuditEntry, CallAttempt, CallbackRequest, Note
from recovery_site.environment.env import cache_config
from tests.contact.pages import text
from tests.factories import MESSAGE, NAME, make_request, make_staff
from tests.waiting import free_port

pytestmark = pytest.mark.django_db

URL = "/intake/reports/export/"
MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
ALWAYS = [
    "Reference",
    "Asked at",
    "Calling for",
    "Language",
    "Status",
    "Outcome",
    "Tries",
    "Talks that they began",
    "How it came",
]


def payload(**over):
    return {
        "from": "2026-03-01",
        "to": "2026-03-31",
        "include": ["name", "phone"],
        "reason": "A yearly review by the auditor",
        "password": "a long passphrase",
        "confirmed": "yes",
    } | over


def lines(response):
    assert response.streaming, text(response)
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert found[0] == [NOTICE]
    return found[1:]


def exported():
    return AuditEntry.objects.filter(action="exported")


@pytest.mark.parametrize("group", ["Intake", "Privacy officers", "Editors"])
def test_only_leads_export(client, group):
    client.force_login(make_staff(group))
    assert client.get(URL).status_code == 403
    assert client.post(URL, payload()).status_code == 403


def test_a_lead_who_may_not_export_is_refused_and_sees_no_link(client):
    lena = make_staff("Intake leads")
    group = lena.groups.get()
    group.permissions.remove(group.permissions.get(codename="export_callbackrequest"))
    client.force_login(lena)
    assert client.get("/intake/reports/").status_code == 200
    assert URL not in text(client.get("/intake/reports/"))
    assert client.post(URL, payload()).status_code == 403


def test_who_may_export_but_does_not_lead_is_refused(client):
    lena = make_staff("Intake leads")
    group = lena.groups.get()
    group.permissions.remove(group.permissions.get(codename="lead_callbackrequest"))
    client.force_login(lena)
    assert client.get(URL).status_code == 403


def test_nothing_is_ticked_at_first(lead):
    page = text(lead.get(f"{URL}?from=2026-03-01&to=2026-03-31"))
    assert " checked" not in page
    assert 'value="2026-03-01"' in page
    assert "No names here" in page
    assert NOTICE in page


def test_a_lead_exports_the_fields_that_were_ticked(lead):
    request = make_request(created_at=MONDAY, extension="12")
    make_request(created_at=MONDAY + timedelta(days=40))
    response = lead.post(URL, payload())
    assert lines(response) == [
        [*ALWAYS, "Name", "Phone number"],
        [str(request), "2026-03-02 10:00", "Myself", "English", "New", "", "0", "0",
         "The form on the site", NAME, "(602) 555-0123 ext. 12"],
    ]  # fmt: skip
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Disposition"] == (
        'attachment; filename="callback-requests-2026-03-01-to-2026-03-31.csv"'
    )


def test_the_export_is_written_down_before_its_first_byte(lead, lena):
    make_request(created_at=MONDAY)
    response = lead.post(URL, payload(include=["message"]))
    entry = exported().get()
    assert (entry.actor, entry.request_id) == (lena, None)
    assert entry.detail == {
        "count": 1,
        "first": "2026-03-01",
        "last": "2026-03-31",
        "fields": ["message"],
        "reason": "A yearly review by the auditor",
    }
    assert lines(response)[1][-1] == MESSAGE


def test_what_arrives_after_it_was_written_down_is_not_in_the_file(lead):
    make_request(created_at=MONDAY)
    response = lead.post(URL, payload())
    make_request(created_at=MONDAY)
    assert len(lines(response)) == 2


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"include": []}, "Tick at least one."),
        ({"include": ["phone_index"]}, "Select a valid choice."),
        ({"reason": "too short"}, "Write at least 10 characters."),
        ({"reason": "          "}, "This field is required."),
        ({"reason": "call 602-555-0123 for this"}, "This looks like somebody’s number"),
        ({"reason": "for ysolde@example.org again"}, "This looks like somebody’s number"),
        ({"reason": "x" * 301}, "too long"),
        ({"password": "a wrong passphrase"}, "This is not your password."),
        ({"password": ""}, "This field is required."),
        ({"confirmed": []}, "Tick this to go on."),
        ({"from": ""}, "This field is required."),
        ({"from": "2026-04-01"}, "The first day lies after the last."),
        ({"from": "2024-01-01"}, "Choose at most 366 days."),
        ({"from": "2026-03-03"}, "No requests in these days."),
        ({"from": "\x00", "reason": "\x00" * 20}, "Write the day like 2026-01-31."),
    ],
)
def test_one_wrong_answer_exports_nothing(lead, over, words):
    make_request(created_at=MONDAY)
    response = lead.post(URL, payload(**over))
    assert words in text(response)
    assert NAME not in text(response)
    assert "a long passphrase" not in text(response)
    assert not exported().exists()


def test_too_many_requests_ask_for_fewer_days(lead, monkeypatch):
    monkeypatch.setattr(export, "MAX_ROWS", 2)
    for _ in range(2):
        make_request(created_at=MONDAY)
    assert len(lines(lead.post(URL, payload()))) == 3
    make_request(created_at=MONDAY)
    refused = lead.post(URL, payload())
    assert refused.status_code == 422
    assert "More than 2 requests. Choose fewer days." in text(refused)


def test_five_wrong_passwords_end_the_tries_of_this_account_alone(lead, client):
    make_request(created_at=MONDAY)
    for _ in range(5):
        assert "This is not your password." in text(lead.post(URL, payload(password="wrong")))
    response = lead.post(URL, payload())
    assert response.status_code == 429
    assert "Too many wrong passwords." in text(response)
    assert not exported().exists()
    client.force_login(make_staff("Intake leads"))
    assert len(lines(client.post(URL, payload()))) == 2


def test_the_right_password_and_mistakes_elsewhere_cost_no_try(lead):
    make_request(created_at=MONDAY)
    for _ in range(6):
        lead.post(URL, payload(confirmed=[]))
        assert lead.post(URL, payload()).streaming
    for _ in range(4):
        lead.post(URL, payload(password="wrong"))
    assert lead.post(URL, payload()).streaming


def test_an_export_does_not_wait_for_the_counters_of_tries(lead, settings):
    settings.CACHES = {"default": cache_config(f"redis://127.0.0.1:{free_port()}/0")}
    make_request(created_at=MONDAY)
    assert "This is not your password." in text(lead.post(URL, payload(password="wrong")))
    assert len(lines(lead.post(URL, payload()))) == 2


def test_rows_come_in_the_order_in_which_people_asked(lead, monkeypatch):
    monkeypatch.setattr(export, "CHUNK_SIZE", 2)
    for day in (3, 1, 5, 2, 4):
        make_request(created_at=MONDAY + timedelta(days=day), name=f"Example {day}")
    found = lines(lead.post(URL, payload(include=["name"])))
    assert [line[-1] for line in found[1:]] == [f"Example {day}" for day in (1, 2, 3, 4, 5)]


def test_notes_and_calls_come_with_their_time_and_author(lead):
    maria = make_staff(username="maria", first_name="Maria")
    request = make_request(created_at=MONDAY)
    Note.objects.create(request=request, by=maria, at=MONDAY, text="First.")
    Note.objects.create(request=request, by=maria, at=MONDAY + timedelta(hours=1), text="Second.")
    CallAttempt.objects.create(
        request=request, by=maria, at=MONDAY, outcome="no_answer", note="Rang long."
    )
    assert lines(lead.post(URL, payload(include=["calls", "notes"])))[1][-2:] == [
        "2026-03-02 10:00 Maria: First.\n2026-03-02 11:00 Maria: Second.",
        "2026-03-02 10:00 Maria: No answer. Rang long.",
    ]


def test_emptied_requests_come_with_empty_cells(lead):
    request = make_request(created_at=MONDAY, outcome="came_in")
    request.purge()
    assert lines(lead.post(URL, payload(include=["name", "phone", "notes"])))[1] == [
        str(request), "2026-03-02 10:00", "Myself", "English", "Closed", "Came in", "0", "0",
            "The form on the site",
        "", "", "",
    ]  # fmt: skip


def test_what_cannot_be_decrypted_says_so_and_the_rest_is_exported(lead):
    broken = make_request(created_at=MONDAY)
    whole = make_request(created_at=MONDAY + timedelta(hours=1))
    fields = CallbackRequest._meta.get_field("name").stored(
        CallbackRequest.objects.get(pk=whole.pk)
    )
    CallbackRequest.objects.filter(pk=broken.pk).update(name=fields)
    found = lines(lead.post(URL, payload()))
    assert found[1][-2:] == ["Cannot be decrypted with the present keys.", "(602) 555-0123"]
    assert found[2][-2:] == [NAME, "(602) 555-0123"]


NASTY = [
    "=HYPERLINK(\"https://example.org/\"&A1)", "+1+1", "-1+1", "@SUM(A1)",
    " =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\t=1", "\n=1",
    "＝1", "＋1", "－1", "＠1", "﹦1", "−1",
]  # fmt: skip


@pytest.mark.parametrize("nasty", [*NASTY, "\tplain", "\nplain", "\r=1", "\rplain"])
def test_a_cell_that_could_begin_a_formula_begins_with_an_apostrophe(nasty):
    assert escape_formulas(nasty).startswith("'")
    assert escape_formulas(nasty).replace("'", "") == nasty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;=1", "a;'=1"),
        ("a; =1", "a; '=1"),
        ("a\n=1", "a\n'=1"),
        ("a\t@1\r\n-1", "a\t'@1\r\n'-1"),
        (";=1", ";'=1"),
    ],
)
def test_so_does_one_after_what_separates_cells_elsewhere(text, expected):
    assert escape_formulas(text) == expected


@pytest.mark.parametrize(
    "plain", ["", "Ysolde", "(602) 555-0123", "a=b", "a - b, c + d", "me@example.org", "'=1", "5"]
)
def test_other_cells_stay_as_they_are(plain):
    assert escape_formulas(plain) == plain


def test_no_spreadsheet_meets_a_formula_in_an_export(lead):
    for place, nasty in enumerate(NASTY):
        make_request(created_at=MONDAY + timedelta(minutes=place), name=nasty, message=nasty)
    make_request(created_at=MONDAY + timedelta(days=1), phone="+525512345678")
    found = lines(lead.post(URL, payload(include=["name", "phone", "message"])))[1:]
    assert [line[-1].replace("'", "") for line in found[:-1]] == NASTY
    assert all(line[place].startswith("'") for line in found[:-1] for place in (-1, -3))
    assert found[-1][-2] == "'+52 55 1234 5678"


def test_quotes_commas_and_line_breaks_come_through(lead):
    words = 'He said "no", then\nleft; twice, "maybe"'
    make_request(created_at=MONDAY, message=words)
    assert lines(lead.post(URL, payload(include=["message"])))[1][-1] == words
