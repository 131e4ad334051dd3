"""The shift handover: what it holds, who may take it over, and what becomes of what was handed."""

import logging
import re
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone
from django.utils.formats import date_format

from contact.intake import capped_counts
from contact.intake.handover import lists, shift_change
from contact.lifecycle.changes import attempts
from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.privacy.audit_trail import audit
from contact.privacy.audit_trail.audit import AuditEntry
from contact.privacy.encryption import EncryptedTextField
from contact.records.team.handovers import Handover
from tests.contact.pages import at, said, text
from tests.factories import MESSAGE, NAME, make_request, make_staff

PAGE = "/intake/handover/"
HOUR = timedelta(hours=1)
SECRETS = (NAME, "Quarrington", "5550123", "555-0123", "zebrafinch")
db = pytest.mark.django_db


@pytest.fixture
def joe():
    return make_staff("Intake", username="joe", first_name="Joe", last_name="Example")


def late(**over):
    return make_request(**{"call_by": timezone.now() - HOUR} | over)


def promised(**over):
    return make_request(**{"call_by": timezone.now() + 2 * HOUR} | over)


def tried(**over):
    return make_request(**{"call_by": timezone.now() + 30 * HOUR, "tries": 3} | over)


def cancelled(**over):
    """By the visitor, before anybody called."""
    values = {"priority": 0, "outcome": "cancelled", "closed_at": timezone.now() - HOUR}
    return make_request(**values | over)


def make_handover(by, *requests, **over):
    items = [[str(request.pk), "late"] for request in requests]
    return Handover.objects.create(by=by, items=items, **over)


def listed(response):
    return {
        str(section.name): [str(request) for request in section.requests]
        for section, _rows in response.context["sections"]
    }


def payload(**over):
    return {"key": str(uuid4()), "note": "Call the pharmacy about K7MQ-4XWD."} | over


# What it holds


@db
def test_the_page_shows_what_the_next_shift_must_know_of(intake):
    expected = {
        "danger": [str(make_request(priority=0, call_by=timezone.now() + 30 * HOUR))],
        "late": [str(late())],
        "cancelled": [str(cancelled())],
        "promised": [str(promised())],
        "tried": [str(tried())],
    }
    make_request(call_by=timezone.now() + 13 * HOUR)
    late(outcome="came_in")
    promised(outcome="spam")
    assert listed(intake.get(PAGE)) == expected


@db
def test_each_request_stands_once_where_it_matters_most(intake):
    now = timezone.now()
    nobody = {"danger": [], "late": [], "cancelled": [], "promised": [], "tried": []}
    request = late(tries=4)
    assert listed(intake.get(PAGE)) == nobody | {"late": [str(request)]}
    CallbackRequest.objects.update(call_by=now + 12 * HOUR - timedelta(minutes=1))
    assert listed(intake.get(PAGE)) == nobody | {"promised": [str(request)]}
    CallbackRequest.objects.update(call_by=now + 13 * HOUR)
    assert listed(intake.get(PAGE)) == nobody | {"tried": [str(request)]}
    CallbackRequest.objects.update(priority=0)
    assert listed(intake.get(PAGE)) == nobody | {"danger": [str(request)]}


@db
def test_danger_is_handed_over_first_until_somebody_is_reached(intake, maria, monkeypatch):
    monkeypatch.setattr(lists, "ROWS_SHOWN", 1)
    asked = make_request(priority=0, call_by=timezone.now() + 30 * HOUR)
    others = [make_request(priority=0, phone=f"+1602555017{n}") for n in range(2)]

    def call(outcome):
        with transaction.atomic():
            return attempts.record_attempt(claims.lock(asked.pk), maria, outcome)

    call("no_answer")
    # Never cut off, whatever was promised.
    everybody = {str(each) for each in (asked, *others)}
    assert set(listed(intake.get(PAGE))["danger"]) == everybody
    assert next(iter(listed(intake.get(PAGE)))) == "danger"
    call("reached")
    left = {str(each) for each in others}
    assert set(listed(intake.get(PAGE))["danger"]) == left
    # Danger that was found after the talk counts anew.
    CallbackRequest.objects.update(danger_at=timezone.now())
    assert set(listed(intake.get(PAGE))["danger"]) == everybody


@db
@pytest.mark.parametrize(
    "over",
    [
        {"priority": 1},
        {"outcome": "came_in"},
        {"outcome": "duplicate"},
        {"first_attempt_at": timezone.now()},
        {"closed_at": timezone.now() - 8 * 24 * HOUR},
    ],
)
def test_of_those_who_ended_it_only_danger_that_nobody_called_about_is_told(intake, over):
    cancelled(**over)
    stopped = cancelled(outcome="stop")
    assert listed(intake.get(PAGE))["cancelled"] == [str(stopped)]


@db
@pytest.mark.usefixtures("stopped_clock")
def test_who_cancelled_is_told_of_until_the_next_handover_and_kept_in_it(intake):
    request = cancelled(language="es", closed_at=timezone.now())
    page = text(intake.get(PAGE))
    assert f'href="/intake/requests/{request.pk}/"' in page
    assert re.search(r"Cancelled by themselves, today [^<]+</p>", page)
    intake.post(PAGE, payload())
    # Closed within the minutes before it: perhaps not yet saved when it was made.
    assert listed(intake.get(PAGE))["cancelled"] == [str(request)]
    Handover.objects.update(at=timezone.now() + timedelta(minutes=6))
    assert listed(intake.get(PAGE))["cancelled"] == []
    made = Handover.objects.get()
    assert made.items == [[str(request.pk), "cancelled"]]
    page = text(intake.get(f"{PAGE}{made.pk}/"))
    assert re.search(r"closed today [^<]+: Cancelled by themselves", page)
    assert "Words that may mean danger</strong>" in page


@db
def test_rows_show_danger_and_language(intake, maria):
    request = late(priority=0, language="es")
    made = make_handover(maria, request, promised())
    for url in (PAGE, f"{PAGE}{made.pk}/"):
        page = text(intake.get(url))
        assert page.count('<strong class="danger">Words that may mean danger</strong>') == 1
        assert "Spanish (español)" in page
        assert ">English<" in page


@db
def test_who_was_reached_or_tried_less_often_is_not_handed_over_for_it(intake, maria):
    tried(tries=2)
    tried().attempts.create(by=maria, outcome="reached")
    unlucky = tried()
    unlucky.attempts.create(by=maria, outcome="no_answer")
    assert listed(intake.get(PAGE))["tried"] == [str(unlucky)]


@db
def test_those_whose_turn_is_first_come_first(intake):
    now = timezone.now()
    second = late(turn_at=now - HOUR)
    first = late(turn_at=now - 20 * HOUR)
    assert listed(intake.get(PAGE))["late"] == [str(first), str(second)]


@db
def test_a_row_says_when_on_whose_clock_and_who_has_it_and_nothing_personal(intake, joe):
    held = promised(
        time_zone="America/New_York",
        tries=2,
        claimed_by=joe,
        claimed_until=timezone.now() + HOUR / 4,
    )
    promised(assigned_to=joe)
    # They rang: nobody calls them.
    promised(claimed_by=joe, claimed_until=timezone.now() + HOUR / 4, talk_direction="incoming")
    page = text(intake.get(PAGE))
    assert f'href="/intake/requests/{held.pk}/"' in page
    assert re.search(r"E[SD]T for them", page)
    assert page.count("being called by Joe Example") == 1
    assert page.count("talking with Joe Example now") == 1
    assert "assigned to Joe Example" in page
    assert "42 CFR part 2" in page
    assert not [secret for secret in SECRETS if secret in page]
    assert "<title>" in page


@db
def test_a_long_list_is_cut_and_its_count_stays_cheap(intake, monkeypatch):
    monkeypatch.setattr(lists, "ROWS_SHOWN", 3)
    monkeypatch.setattr(lists, "COUNT_CAP", 5)
    monkeypatch.setattr(capped_counts, "COUNT_CAP", 5)
    for _ in range(5):
        late()
    response = intake.get(PAGE)
    assert len(listed(response)["late"]) == 3
    assert "The first 3 of 5." in text(response)
    late(), late()
    response = intake.get(PAGE)
    assert "The first 3 of 5+." in text(response)
    _danger, (section, _rows), *_others = response.context["sections"]
    assert section.total == 6


@db
def test_the_number_of_queries_does_not_grow(intake, joe):
    def fill():
        for make in (late, promised, tried):
            make(assigned_to=joe)
        cancelled(closed_at=timezone.now() + HOUR)
        return make_handover(joe, late()), make_handover(
            joe, late(), acknowledged_by=joe, acknowledged_at=timezone.now()
        )

    def count(url):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert intake.get(url).status_code == 200
        return len(queries)

    (made, _past) = fill()
    detail = f"{PAGE}{made.pk}/"
    count(PAGE)
    before = count(PAGE), count(detail)
    for _ in range(5):
        fill()
    made.items = [[str(pk), "late"] for pk in CallbackRequest.objects.values_list("pk", flat=True)]
    made.save()
    assert (count(PAGE), count(detail)) == before


@db
def test_looking_is_audited_with_references_alone(intake, maria):
    request = late()
    intake.get(PAGE)
    entry = AuditEntry.objects.first()
    assert (entry.actor, entry.action) == (maria, "listed")
    assert entry.detail == {"references": [str(request)]}
    made = make_handover(maria, request)
    intake.get(f"{PAGE}{made.pk}/")
    entry = AuditEntry.objects.first()
    assert entry.detail == {"references": [str(request)], "handover": str(made.pk)}


# Making one


@db
def test_handing_over_keeps_the_lists_and_a_sealed_note(intake, maria):
    overdue, ended, soon, unlucky = late(), cancelled(), promised(), tried()
    answer = intake.post(PAGE, payload(note="Ring <b>softly</b>"))
    made = Handover.objects.get()
    assert answer["Location"] == f"{PAGE}{made.pk}/"
    assert made.by == maria
    assert made.acknowledged_at is None
    assert made.items == [
        [str(overdue.pk), "late"],
        [str(ended.pk), "cancelled"],
        [str(soon.pk), "promised"],
        [str(unlucky.pk), "tried"],
    ]
    sealed = Handover.objects.values_list("note", flat=True)
    assert made.note == "Ring <b>softly</b>"
    assert EncryptedTextField.of(Handover)
    assert "softly" not in str(list(sealed))
    entry = AuditEntry.objects.get(action="handed the shift over")
    counts = {"danger": 0, "late": 1, "cancelled": 1, "promised": 1, "tried": 1}
    assert entry.detail == counts | {"handover": str(made.pk)}
    page = text(intake.get(answer["Location"]))
    assert "Ring &lt;b&gt;softly&lt;/b&gt;" in intake.get(answer["Location"]).text
    assert "Nobody has acknowledged it yet." in page
    assert audit.verify() is None


@db
def test_a_quiet_shift_can_be_handed_over_without_a_note(intake):
    assert intake.post(PAGE, payload(note="")).status_code == 302
    assert Handover.objects.get().items == []


@db
def test_a_double_click_is_one_handover(intake):
    late()
    data = payload()
    first, second = intake.post(PAGE, data), intake.post(PAGE, data)
    assert first["Location"] == second["Location"]
    assert Handover.objects.count() == 1
    assert AuditEntry.objects.filter(action="handed the shift over").count() == 1


@db
def test_a_line_added_while_the_first_answer_hung_is_kept_too(intake):
    late()
    first = payload(note="Call the pharmacy.")
    second = first | {"note": "Call the pharmacy. And the lab."}
    for data in (first, second, second, first):
        assert intake.post(PAGE, data).status_code == 302
    notes = [made.note for made in Handover.objects.order_by("at")]
    assert notes == [first["note"], second["note"]]
    assert AuditEntry.objects.filter(action="handed the shift over").count() == 2
    answer = intake.post(PAGE, second, follow=True)
    assert "And the lab." in text(answer)


@db
@pytest.mark.parametrize("over", [{"note": "x" * 4001}, {"key": "nonsense"}, {"key": ""}])
def test_a_broken_form_is_explained_and_keeps_the_note(intake, over):
    response = intake.post(PAGE, payload(**over))
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert payload(**over)["note"] in text(response)
    assert not Handover.objects.exists()


@db
def test_a_note_may_hold_whatever_a_keyboard_gives(intake):
    intake.post(PAGE, payload(note="ünïcødé 🌵\x00 \ud83d".encode("utf-8", "replace").decode()))
    assert Handover.objects.get().note.startswith("ünïcødé 🌵")


# Taking it over


@db
def test_it_waits_on_the_page_and_the_banner_until_someone_else_takes_it(client, maria, joe):
    made = make_handover(joe, late())
    client.force_login(maria)
    assert shift_change.handover_for(maria) == made
    assert shift_change.handover_for(joe) is None
    assert "Joe Example, 1 request" in " ".join(text(client.get(PAGE)).split())
    answer = client.post(f"{PAGE}{made.pk}/acknowledge/", follow=True)
    assert said(answer) == ["You have taken this shift over."]
    assert 'href="/intake/">Go on to the calls</a>' in text(answer)
    made.refresh_from_db()
    assert made.acknowledged_by == maria
    assert shift_change.handover_for(maria) is None
    entry = AuditEntry.objects.get(action="took the shift over")
    assert (entry.actor, entry.detail) == (maria, {"handover": str(made.pk)})
    assert "taken over by maria" in text(client.get(PAGE))


@db
@pytest.mark.parametrize("clock", ["2026-11-22T22:00", "2026-11-22T10:00"])
def test_no_time_ends_a_sentence_with_two_dots(client, maria, joe, clock):
    """3 p.m. and 3 a.m. bring a dot of their own."""
    moment = at(clock)
    waiting, taken = (make_handover(joe, late(), at=moment) for _ in range(2))
    client.force_login(maria)
    shift_change.acknowledge(taken, maria)
    Handover.objects.filter(pk=taken.pk).update(acknowledged_at=moment)
    pages = [PAGE, "/intake/", f"{PAGE}{waiting.pk}/", f"{PAGE}{taken.pk}/"]
    for page in pages:
        words = text(client.get(page))
        assert ".m." in words
        assert not re.search(r"[ap]\.m\.\.", words)
    (words,) = said(client.post(f"{PAGE}{taken.pk}/acknowledge/", follow=True))
    assert ".." not in words


@db
def test_the_newest_of_several_is_the_one_on_the_banner(maria, joe, django_assert_num_queries):
    make_handover(joe, at=timezone.now() - 9 * HOUR)
    newest = make_handover(joe)
    assert maria.has_perm("contact.change_callbackrequest")
    with django_assert_num_queries(1):
        waiting = shift_change.handover_for(maria)
        assert (waiting, waiting.by.username, len(waiting.items)) == (newest, "joe", 0)


@db
def test_nobody_acknowledges_their_own(intake, maria):
    made = make_handover(maria)
    assert "I have read it and take over" not in text(intake.get(f"{PAGE}{made.pk}/"))
    answer = intake.post(f"{PAGE}{made.pk}/acknowledge/", follow=True)
    assert said(answer) == ["Someone else must acknowledge what you handed over."]
    made.refresh_from_db()
    assert made.acknowledged_at is None
    assert not AuditEntry.objects.filter(action="took the shift over").exists()


@db
@pytest.mark.usefixtures("stopped_clock")
def test_who_comes_second_is_told_who_was_first(client, intake, maria, joe):
    made = make_handover(make_staff("Intake"))
    assert shift_change.acknowledge(made, joe)
    (words,) = said(intake.post(f"{PAGE}{made.pk}/acknowledge/", follow=True))
    assert words.startswith("Joe Example took it over already (today ")
    client.force_login(joe)
    again = client.post(f"{PAGE}{made.pk}/acknowledge/", follow=True)
    assert said(again) == ["You have taken this shift over already."]
    assert AuditEntry.objects.filter(action="took the shift over").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_acknowledge_at_once_one_wins():
    staff = [make_staff() for _ in range(4)]
    for _round in range(5):
        made = make_handover(make_staff())
        barrier, won = threading.Barrier(4), []

        def take(account, made=made, barrier=barrier, won=won):
            try:
                barrier.wait()
                if shift_change.acknowledge(made, account):
                    won.append(account)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=take, args=(account,)) for account in staff]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        made.refresh_from_db()
        assert made.acknowledged_by == won[0]
        assert AuditEntry.objects.filter(detail__handover=str(made.pk)).count() == 1
    assert audit.verify() is None


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_handover():
    late()
    maria, key = make_staff(), uuid4()
    barrier, made = threading.Barrier(2), []

    def click():
        try:
            barrier.wait()
            made.append(shift_change.hand_over_shift(maria, key, "note"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.pk for each in made] == [key, key]
    assert AuditEntry.objects.filter(action="handed the shift over").count() == 1


# What becomes of it


def spoken_clock(moment):
    return date_format(timezone.localtime(moment), "P")


def states(response):
    return {
        str(item.request): (item.state, bool(item.late_since))
        for _name, items, _more in response.context["sections"]
        for item in items
    }


@db
@pytest.mark.usefixtures("stopped_clock")
def test_it_says_what_has_become_of_each_request(intake, maria, joe):
    now = timezone.now()
    came, called, waits = late(), late(), late()
    planned = late(call_by=now + 24 * 60 * HOUR)
    held = late(claimed_by=joe, claimed_until=now + HOUR / 4)
    talks = late(claimed_by=joe, claimed_until=now + HOUR / 4, talk_direction="incoming")
    decides = late(status="lead")
    for request in (called, waits):
        request.attempts.create(by=joe, outcome="voicemail", at=now - 9 * HOUR)
    made = make_handover(
        joe, came, called, waits, planned, held, talks, decides, at=now - timedelta(minutes=30)
    )
    call = called.attempts.create(by=maria, outcome="no_answer", at=now)
    CallbackRequest.objects.filter(pk=came.pk).update(
        status="closed", outcome="came_in", closed_at=now
    )
    response = intake.get(f"{PAGE}{made.pk}/")
    found = states(response)
    assert found[str(came)] == (f"closed today {spoken_clock(now)}: Came in", False)
    assert found[str(called)][0].startswith(f"called today {spoken_clock(call.at)}")
    assert found[str(called)][0].endswith("No answer")
    assert found[str(called)][1]
    assert found[str(waits)] == ("", True)
    assert found[str(planned)][0].startswith("call by ")
    assert found[str(held)][0] == "being called by Joe Example"
    assert found[str(talks)][0] == "talking with Joe Example now"
    assert found[str(decides)][0] == "A lead decides"
    page = text(response)
    assert page.count("Still late, since") == 5
    assert not [secret for secret in SECRETS if secret in page]


@db
def test_a_full_list_says_how_many_it_keeps(intake, maria, monkeypatch):
    monkeypatch.setattr(lists, "ROWS_SHOWN", 3)
    made = make_handover(maria, *(late() for _ in range(3)))
    assert "A handover keeps the first 3; more may have waited." in text(
        intake.get(f"{PAGE}{made.pk}/")
    )


@db
def test_of_an_emptied_request_only_the_reference_is_left(intake, maria):
    request = late()
    made = make_handover(maria, request)
    CallbackRequest.objects.update(status="closed", outcome="spam", closed_at=timezone.now())
    request.refresh_from_db()
    request.purge()
    page = text(intake.get(f"{PAGE}{made.pk}/"))
    assert f"<li>{request}</li>" in page
    assert "Spam" not in page


@db
def test_a_missing_key_is_said_and_breaks_nothing(intake, maria, settings):
    made = make_handover(maria, note="words")
    settings.FIELD_KEYS = ["OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk="]
    # Sessions are sealed too, so everybody logs in anew.
    intake.force_login(maria)
    assert intake.get(PAGE).status_code == 200
    page = text(intake.get(f"{PAGE}{made.pk}/"))
    assert "Cannot be decrypted with the present keys." in page


@db
def test_the_last_twenty_can_be_looked_up(intake, joe):
    for hours in range(22):
        at = timezone.now() - hours * HOUR
        make_handover(joe, at=at, acknowledged_by=joe, acknowledged_at=at)
    assert text(intake.get(PAGE)).count("taken over by Joe Example") == 20


# Who may


@db
@pytest.mark.parametrize(
    ("group", "reads", "works"),
    [
        ("Editors", 403, 403),
        ("Medical reviewers", 403, 403),
        ("Intake", 200, 302),
        ("Intake leads", 200, 302),
        ("Privacy officers", 200, 403),
    ],
)
def test_intake_hands_over_and_privacy_officers_read(client, joe, group, reads, works):
    made = make_handover(joe)
    client.force_login(make_staff(group))
    page = client.get(PAGE)
    assert page.status_code == client.get(f"{PAGE}{made.pk}/").status_code == reads
    if reads == 200:
        assert ('<form method="post" class="handover__form">' in page.text) == (works == 302)
    assert client.post(PAGE, payload()).status_code == works
    assert client.post(f"{PAGE}{made.pk}/acknowledge/").status_code == works
    made.refresh_from_db()
    assert bool(made.acknowledged_at) == (works == 302)
    assert Handover.objects.count() == (2 if works == 302 else 1)


@db
def test_privacy_officers_are_asked_to_take_nothing_over(joe):
    make_handover(joe)
    assert shift_change.handover_for(make_staff("Privacy officers")) is None


@db
def test_visitors_are_sent_to_the_login(client, joe):
    made = make_handover(joe)
    for answer in (
        client.get(PAGE),
        client.post(PAGE, payload()),
        client.get(f"{PAGE}{made.pk}/"),
        client.post(f"{PAGE}{made.pk}/acknowledge/"),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")
    assert Handover.objects.count() == 1


@db
@pytest.mark.parametrize("identity", ["nonsense", "11111111-1111-4111-8111-111111111111"])
def test_an_unknown_handover_is_not_found(intake, identity):
    assert intake.get(f"{PAGE}{identity}/").status_code == 404
    assert intake.post(f"{PAGE}{identity}/acknowledge/").status_code == 404


@db
def test_no_log_line_tells_what_was_noted(intake, caplog):
    caplog.set_level(logging.DEBUG)
    late()
    intake.post(PAGE, payload(note=MESSAGE), follow=True)
    intake.post(PAGE, payload(note=MESSAGE * 200))
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert "zebrafinch" not in logged
