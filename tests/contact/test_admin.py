import base64
import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from contact import audit, calling_hours, queries, references
from contact.admin import NEITHER
from contact.audit import AuditEntry
from contact.models import CallAttempt, CallbackRequest, Helpline, Note
from tests.contact.pages import QUEUE, at, card, rows, said, text
from tests.factories import MESSAGE, NAME, PHONE, make_helpline, make_request, make_staff

SECRETS = (NAME, "Quarrington", "5550123", "555-0123", "zebrafinch")

pytestmark = pytest.mark.django_db


def last_audit():
    entry = AuditEntry.objects.first()
    return (entry.actor_name, entry.action, entry.request_id)


def no_secret_in(content):
    return not [secret for secret in SECRETS if secret in content]


# The queue


def test_the_queue_shows_open_requests_new_first_and_nothing_personal(intake):
    now = timezone.now()
    spam = make_request(suspected_spam=True, created_at=now - timedelta(days=3))
    late = make_request(created_at=now - timedelta(hours=3), language="es")
    early = make_request(created_at=now - timedelta(days=2), best_time="evening")
    closed = make_request()
    closed.close("spoke")
    early.attempts.create(by=make_staff(), outcome="busy")
    response = intake.get(QUEUE)
    page = text(response)
    assert rows(response) == [str(early), str(late), str(spam)]
    assert "2\xa0days" in page
    assert "Spanish" in page
    assert "5 p.m. to 9 p.m." in page
    assert "looks automatic" in page
    assert "42 CFR part 2" in page
    assert no_secret_in(page)
    assert "0123" not in re.sub(r"[0-9a-f-]{36}", "", page)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("?status=all", 3),
        ("?status=closed", 1),
        ("?status=new", 1),
        ("?status=trying", 1),
        ("?status=nonsense", 2),
        ("?waiting=24", 1),
        ("?waiting=nonsense", 2),
        ("?language=es", 1),
        ("?best_time=evening", 1),
        ("?calling_for=someone_else", 1),
        ("?p=999", 2),
        ("?o=1.2.-3", 2),
    ],
)
def test_the_queue_can_be_filtered(intake, query, count):
    make_request(language="es", created_at=timezone.now() - timedelta(days=2))
    make_request(status="trying", best_time="evening", calling_for="someone_else")
    make_request().close("spam")
    response = intake.get(QUEUE + query, follow=True)
    assert response.status_code == 200
    assert len(rows(response)) == count


def test_a_planned_call_shows_with_the_callers_clock(intake):
    make_request(status="trying", next_call_at=at("2030-01-15T20:00"), time_zone="America/New_York")
    page = text(intake.get(QUEUE))
    assert "Planned for Jan. 15, 2030, 1 p.m. (Tue 3 p.m. EST for them)" in page


def test_a_call_that_is_due_comes_first_and_says_so(intake):
    new = make_request(created_at=timezone.now() - timedelta(days=3))
    later = make_request(status="trying", next_call_at=timezone.now() + timedelta(hours=1))
    due = make_request(status="trying", next_call_at=at("2026-01-15T20:00"))
    response = intake.get(QUEUE)
    assert rows(response) == [str(due), str(new), str(later)]
    assert "<strong>Due since Jan. 15, 2026, 1 p.m.</strong>" in text(response)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2026-01-15T11:00", '<span class="state state--stop">Not now</span> Thu 4 a.m.'),
        ("2026-01-15T16:00", '<span class="state state--stop">Asked for 5 p.m. to 9 p.m.</span>'),
        ("2026-01-16T01:00", '<span class="state state--live">Now</span> Thu 6 p.m.'),
    ],
)
def test_whether_to_call_stands_out_in_queue_and_card(intake, monkeypatch, now, shown):
    monkeypatch.setattr(calling_hours, "timezone", SimpleNamespace(now=lambda: at(now)))
    request = make_request(best_time="evening")
    assert shown in text(intake.get(QUEUE))
    assert shown in text(intake.get(request.get_admin_url()))


def test_the_number_of_queries_does_not_grow(intake, django_assert_max_num_queries):
    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as queries:
            intake.get(QUEUE)
        return len(queries)

    make_request()
    count()
    one = count()
    for _ in range(10):
        make_request().attempts.create(by=make_staff(), outcome="busy")
    assert count() == one
    assert one <= 20


def test_the_queue_loads_no_words(intake):
    make_request()
    (row,) = intake.get(QUEUE).context["cl"].result_list
    assert {"name", "phone", "message"} <= row.get_deferred_fields()


@pytest.mark.parametrize(
    "how",
    ["602-555-0123", "(602) 555 0123", "+1 602 555 0123", "6025550123 ext 9", "tel:6025550123"],
)
def test_a_number_is_found_in_any_format_and_never_stands_in_an_address(intake, how):
    mine, closed = make_request(), make_request()
    closed.close("spoke")
    make_request(phone="+16025550199")
    answer = intake.post(QUEUE, {"q": how})
    assert answer.status_code == 302
    assert "555" not in answer["Location"]
    response = intake.get(answer["Location"])
    assert set(rows(response)) == {str(mine), str(closed)}
    assert response.context["cl"].query == how
    assert not re.search(r'href="[^"]*5550?-?0123', text(response))


@pytest.mark.parametrize(
    "change", [str, str.lower, lambda r: r.replace("-", ""), lambda r: f" {r} "]
)
def test_a_request_is_found_by_its_reference(intake, change):
    mine = make_request()
    make_request()
    response = intake.post(QUEUE, {"q": change(str(mine))}, follow=True)
    assert rows(response) == [str(mine)]
    assert intake.get(QUEUE, {"q": str(mine)}).context["cl"].result_count == 1


def test_a_search_keeps_the_filters_and_an_empty_one_ends_it(intake):
    make_request(language="es")
    make_request(language="en")
    answer = intake.post(f"{QUEUE}?language=es&p=2", {"q": PHONE})
    assert "language=es" in answer["Location"]
    assert len(rows(intake.get(answer["Location"]))) == 1
    assert intake.post(QUEUE, {"q": " "})["Location"] == f"{QUEUE}?"


@pytest.mark.parametrize("term", ["nobody", "%", "'", "x" * 5000, "🌵", "555", "~junk", "~", "~🌵"])
def test_a_search_without_a_match_finds_nothing(intake, term):
    make_request()
    response = intake.post(QUEUE, {"q": term}, follow=True)
    assert response.status_code == 200
    assert rows(response) == []
    assert said(response) == [NEITHER]


@pytest.mark.parametrize("term", ["602-555-0123", "nobody", "555", "x" * 5000, "\x00 a", "🌵"])
def test_a_search_typed_into_the_address_leaves_it_at_once(intake, term):
    mine = make_request()
    answer = intake.get(QUEUE, {"q": term, "language": "en"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{QUEUE}?language=en&q=~")
    assert len(answer["Location"]) < 1500
    assert term not in answer["Location"]
    assert rows(intake.get(answer["Location"])) == ([str(mine)] if term == "602-555-0123" else [])


def test_a_search_that_can_be_answered_needs_no_advice(intake):
    make_request()
    assert said(intake.post(QUEUE, {"q": PHONE}, follow=True)) == []
    assert said(intake.post(QUEUE, {"q": "K7MQ-4XWD"}, follow=True)) == []


def test_halves_of_surrogate_pairs_can_be_searched_for():
    account = make_staff("Intake")
    token = queries.sealed("602-555-0123 \ud83d", account)
    assert queries.opened(token, account) == "602-555-0123"
    assert len(queries.opened("x" * 5000, account)) == queries.LONGEST


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("callbackrequest", query)
        for query in (
            "name=x", "phone__gt=a", "phone__exact=", "phone_index=x", "created_at__year=99999999",
            "created_at__gte=9999-12-31%2023:59", "id=x", "notes__text=x", "nonsense=1", "pk__in=x",
            "language__regex=(", "language__gt=a", "attempts__by__password__startswith=x",
        )
    ] + [
        ("auditentry", query)
        for query in (
            "detail__contains=%7B", "at__gte=9999-12-31%2023:59", "at__gte=x", "at__year=99999999",
            "at__lt=0001-01-01", "actor__password=x", "request_id=x", "number__gt=x", "hash=x",
        )
    ] + [
        ("helpline", query)
        for query in ("verified_on__isempty=x", "verified_on__gte=x", "order__gt=x", "name__foo=x")
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:DateTimeField AuditEntry.at received a naive datetime")
def test_an_address_with_lookups_that_no_filter_offers_is_answered(client, model, query):
    client.force_login(make_staff(is_superuser=True))
    make_request()
    make_helpline()
    audit.record(None, "received")
    url = f"/admin/contact/{model}/"
    answer = client.get(f"{url}?{query}")
    if query.startswith("at__") and "x" not in query and "year" not in query:
        # The first and the last day: PostgreSQL knows them, Python's clocks may not.
        assert answer.status_code in (200, 302)
    else:
        assert (answer.status_code, answer["Location"]) == (302, f"{url}?e=1")
    assert client.get(f"{url}?e=1").status_code == 200


@pytest.mark.parametrize("model", ["auditentry", "helpline"])
@pytest.mark.parametrize("term", ["a " * 3000, "\x00", "%", "'"])
def test_other_lists_can_be_searched_for_anything(client, model, term):
    client.force_login(make_staff(is_superuser=True))
    assert client.get(f"/admin/contact/{model}/", {"q": term}).status_code == 200


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("callbackrequest", "language__exact=en"),
        ("callbackrequest", "language__isnull=False"),
        ("auditentry", "action=received"),
        ("auditentry", "at__gte=2020-01-01%2000:00:00-07:00&at__lt=2090-01-01%2000:00:00-07:00"),
        ("helpline", "kind__exact=support"),
        ("helpline", "verified_on__isempty=0"),
    ],
)
def test_what_the_filters_offer_still_works(client, model, query):
    client.force_login(make_staff(is_superuser=True))
    make_request()
    make_helpline()
    audit.record(None, "received")
    response = client.get(f"/admin/contact/{model}/?{query}")
    assert response.status_code == 200
    assert len(rows(response)) == 1


def test_a_search_belongs_to_the_account_that_made_it(client, intake):
    make_request()
    location = intake.post(QUEUE, {"q": PHONE})["Location"]
    client.force_login(make_staff("Intake"))
    assert client.get(location).context["cl"].query == ""


def test_lists_and_searches_are_audited_without_what_was_searched(intake, maria):
    request = make_request()
    intake.get(QUEUE)
    entry = AuditEntry.objects.first()
    assert (entry.actor, entry.action) == (maria, "listed")
    assert entry.detail == {"references": [str(request)]}
    intake.post(QUEUE, {"q": PHONE}, follow=True)
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.detail) == ("searched", {"references": [str(request)]})
    assert audit.verify() is None


# The card


def test_the_card_says_how_to_call_safely_before_it_shows_the_number(intake, maria):
    request = make_request(extension="12", phone_as_typed="602 555 0123 x12", needs="relay")
    earlier = make_request(created_at=timezone.now() - timedelta(days=9))
    page = text(intake.get(request.get_admin_url()))
    for shown in (
        NAME,
        "Do not say who is calling",
        "Do not leave a voicemail",
        "relay",
        MESSAGE,
        "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        '<a href="tel:+16025550123">(602) 555-0123</a> ext. 12',
        "602 555 0123 x12",
        str(earlier),
        earlier.get_admin_url(),
    ):
        assert shown in page
    assert page.index("Do not say who is calling") < page.index("tel:+1602")
    assert page.index(MESSAGE) < page.index("tel:+1602")
    assert no_secret_in(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1])
    assert last_audit() == ("maria", "viewed", request.pk)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"announce": "yes"}, "You may say who is calling"),
        ({"voicemail": "full"}, "a voicemail that says who is calling and why"),
        ({"voicemail": "callback_only"}, "Leave only your first name"),
        ({"time_zone": ""}, "Time zone not given"),
        ({"language": "es"}, "Spanish"),
    ],
)
def test_the_card_follows_what_the_person_allowed(intake, over, words):
    assert words in text(intake.get(make_request(**over).get_admin_url()))


def test_the_persons_words_can_not_be_edited(intake):
    request = make_request()
    data = card(request, name="Other", phone="+1", message="Other", language="es", reference="X")
    assert intake.post(request.get_admin_url(), data).status_code == 302
    request = CallbackRequest.objects.get()
    assert (request.name, request.phone, request.message) == (NAME, PHONE, MESSAGE)
    assert request.language == "en"


def test_markup_in_words_is_shown_as_text(intake):
    request = make_request(name="<script>alert(1)</script>", message="{{ 7|add:7 }}<img src=x>")
    page = intake.get(request.get_admin_url()).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7|add:7 }}" in page


def test_a_missing_key_is_said_and_does_not_break_page_or_saving(intake, settings, maria):
    request = make_request()
    request.notes.create(by=maria, text="a note")
    settings.FIELD_KEYS = [base64.b64encode(b"9" * 32).decode()]
    page = text(intake.get(request.get_admin_url()))
    assert page.count("Cannot be decrypted with the present keys.") == 4
    assert intake.post(request.get_admin_url(), card(request, status="trying")).status_code == 302
    settings.FIELD_KEYS = [base64.b64encode(b"1" * 32).decode()]
    assert CallbackRequest.objects.get().name == NAME


def test_an_emptied_request_can_be_opened(intake):
    request = make_request()
    request.close("spoke")
    request.purge()
    assert "Emptied on" in text(intake.get(request.get_admin_url()))


def test_closing_and_opening_again_leaves_history_without_personal_data(intake, maria):
    request = make_request()
    url = request.get_admin_url()
    assert intake.post(url, card(request, status="closed", outcome="spoke")).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.outcome) == ("closed", "spoke")
    assert request.closed_at
    assert last_audit() == ("maria", "changed", request.pk)
    assert intake.post(url, card(request, status="trying", outcome="")).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.closed_at) == ("trying", None)
    for entry in LogEntry.objects.all():
        assert entry.object_repr == str(request)
        assert no_secret_in(entry.change_message)
    assert no_secret_in(str([entry.detail for entry in AuditEntry.objects.all()]))
    assert intake.get(url.replace("change", "history")).status_code == 200
    assert last_audit() == ("maria", "viewed history", request.pk)


@pytest.mark.parametrize(
    "over",
    [
        {"status": "closed"},
        {"status": "new", "outcome": "spoke"},
        {"status": "nonsense"},
        {"status": "closed", "outcome": "nonsense"},
        {"status": ""},
        {"next_call_at": "someday"},
        {"attempts-0-note": "words without an outcome"},
        {"notes-0-text": "null \x00 here"},
    ],
)
def test_a_half_filled_card_is_explained_and_changes_nothing(intake, over):
    request = make_request()
    response = intake.post(request.get_admin_url(), card(request, **over))
    assert response.status_code == 200
    assert "errornote" in response.content.decode()
    assert CallbackRequest.objects.get().status == "new"
    assert not CallAttempt.objects.exists()
    assert not Note.objects.exists()


def test_calls_and_notes_are_added_with_name_and_time_and_stay(intake, maria):
    request = make_request()
    url = request.get_admin_url()
    over = {
        "attempts-0-outcome": "no_answer",
        "attempts-0-note": "rang <b>long</b>",
        "notes-0-text": "try her sister",
    }
    assert intake.post(url, card(request, **over)).status_code == 302
    request.refresh_from_db()
    call, note = request.attempts.get(), request.notes.get()
    assert (call.by, call.outcome, call.note) == (maria, "no_answer", "rang <b>long</b>")
    assert (note.by, note.text) == (maria, "try her sister")
    assert request.status == "trying"
    actions = list(
        AuditEntry.objects.filter(request_id=request.pk).values_list("action", flat=True)
    )
    assert {"added callattempt", "added note", "changed"} <= set(actions)
    page = intake.get(url).content.decode()
    assert "rang &lt;b&gt;long" in page
    assert "try her sister" in page
    # What was written can't be changed or taken back.
    over = {"notes-INITIAL_FORMS": "1", "notes-0-id": str(note.pk), "notes-0-text": "forged"}
    intake.post(url, card(request, **over))
    over = {"notes-0-id": str(note.pk), "notes-0-text": "forged", "notes-0-DELETE": "on"}
    intake.post(url, card(request, **over))
    assert Note.objects.get(pk=note.pk).text == "try her sister"


def test_a_stop_closes_every_open_request_from_that_number(intake):
    request, same, other = make_request(), make_request(), make_request(phone="+16025550199")
    data = card(request, **{"attempts-0-outcome": "stop"})
    assert intake.post(request.get_admin_url(), data).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.outcome) == ("closed", "stop")
    assert list(CallbackRequest.objects.open()) == [other]
    assert AuditEntry.objects.filter(action="changed", request_id=same.pk).exists()


@pytest.mark.parametrize("identity", ["nonsense", "11111111-1111-4111-8111-111111111111"])
def test_an_unknown_request_leads_back(intake, identity):
    response = intake.get(f"{QUEUE}{identity}/change/")
    assert response.status_code in (302, 404)


# Closing as spam


def test_spam_is_closed_after_a_question_with_history(intake, maria):
    spam, person = make_request(), make_request()
    data = {"action": "close_as_spam", "_selected_action": [str(spam.pk)]}
    question = intake.post(QUEUE, data)
    assert str(spam) in text(question)
    assert str(person) not in text(question)
    assert CallbackRequest.objects.open().count() == 2
    intake.post(QUEUE, data | {"confirmed": "yes"})
    spam.refresh_from_db()
    assert (spam.status, spam.outcome) == ("closed", "spam")
    assert list(CallbackRequest.objects.open()) == [person]
    assert LogEntry.objects.get().object_repr == str(spam)
    assert AuditEntry.objects.get(action="changed").request_id == spam.pk


def test_nobody_deletes_or_adds_requests(client):
    client.force_login(make_staff(is_superuser=True))
    request = make_request()
    assert client.get(f"{QUEUE}add/").status_code == 403
    assert client.post(f"{QUEUE}{request.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(QUEUE, {"action": "delete_selected", "_selected_action": [str(request.pk)]})
    assert CallbackRequest.objects.count() == 1


# Who may


@pytest.mark.parametrize(
    ("group", "status"),
    [
        ("Editors", 403),
        ("Medical reviewers", 403),
        ("Intake", 200),
        ("Intake leads", 200),
        ("Privacy officers", 200),
    ],
)
def test_only_intake_and_privacy_officers_see_requests(client, group, status):
    client.force_login(make_staff(group))
    request = make_request()
    assert client.get(QUEUE).status_code == status
    assert client.get(request.get_admin_url()).status_code == status
    assert client.post(QUEUE, {"q": PHONE}).status_code == (302 if status == 200 else status)


def test_a_privacy_officer_can_look_but_not_change(client):
    client.force_login(make_staff("Privacy officers"))
    request = make_request()
    data = card(request, **{"status": "trying", "notes-0-text": "x", "attempts-0-outcome": "busy"})
    client.post(request.get_admin_url(), data)
    spam = {"action": "close_as_spam", "_selected_action": [str(request.pk)], "confirmed": "yes"}
    client.post(QUEUE, spam)
    request.refresh_from_db()
    assert request.status == "new"
    assert not request.notes.exists()
    assert not request.attempts.exists()


def test_visitors_are_sent_to_the_login(client):
    response = client.get(make_request().get_admin_url())
    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_the_trail_can_be_read_by_privacy_officers_only_and_changed_by_nobody(client):
    request = make_request()
    entry = audit.record(None, "received", request.pk)
    audit.record(None, "received", make_request().pk)
    client.force_login(make_staff("Intake"))
    assert client.get("/admin/contact/auditentry/").status_code == 403
    client.force_login(make_staff("Privacy officers", is_superuser=True))
    response = client.get("/admin/contact/auditentry/", {"q": str(request).lower()})
    assert [row.number for row in response.context["cl"].result_list] == [entry.number]
    assert client.get("/admin/contact/auditentry/", {"q": "system"}).status_code == 200
    url = f"/admin/contact/auditentry/{entry.pk}/"
    assert client.get(f"{url}change/").status_code == 200
    assert client.post(f"{url}change/", {"action": "x"}).status_code == 403
    assert client.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/contact/auditentry/add/").status_code == 403
    assert audit.verify() is None


# Help lines


def test_editors_order_and_verify_help_lines(client):
    line = make_helpline(verified_on=None, order=5)
    client.force_login(make_staff("Editors"))
    url = "/admin/contact/helpline/"
    page = client.get(url).content.decode()
    assert line.name in page
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(line.pk),
        "form-0-order": "1",
        "form-0-verified_on": "2026-11-01",
        "_save": "Save",
    }
    assert client.post(url, data).status_code == 302
    line.refresh_from_db()
    assert (line.order, line.is_published) == (1, True)
    assert LogEntry.objects.get().object_repr == line.name


@pytest.mark.parametrize(
    "over",
    [{"dial": "call us"}, {"url": "javascript:alert(1)"}, {"name": ""}, {"verified_on": "x"}],
)
def test_a_wrong_help_line_is_explained(client, over):
    client.force_login(make_staff("Editors"))
    data = {"name": "Line", "slug": "line", "languages": "en", "kind": "crisis", "order": "1"}
    response = client.post("/admin/contact/helpline/add/", data | over)
    assert response.status_code == 200
    assert not Helpline.objects.exists()


# Nothing personal leaks


def test_no_log_line_of_the_staff_pages_tells_who_asked(intake, caplog):
    caplog.set_level(logging.DEBUG)
    request = make_request()
    intake.get(QUEUE)
    intake.post(QUEUE, {"q": PHONE}, follow=True)
    intake.get(request.get_admin_url())
    intake.post(request.get_admin_url(), card(request, **{"notes-0-text": MESSAGE}))
    intake.post(request.get_admin_url(), card(request, status="nonsense"))
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert no_secret_in(logged)


def test_references_are_recognised():
    assert references.is_reference("k7mq-4xwd")
    assert not references.is_reference("602-555-0123")
    assert not references.is_reference("AEIOU-012")
