"""Legal holds, erasing on demand, and who saw a person's requests."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from contact.lifecycle.changes import attempts, corrections, persons, transitions
from contact.lifecycle.journal import journal
from contact.lifecycle.retention import retention
from contact.models import AuditEntry, CallbackRequest, LegalHold, ProposedErasure, SearchKey
from contact.privacy.audit_trail import audit
from contact.privacy.encryption import EncryptedTextField
from contact.records.desk.desk import Desk
from contact.records.history.corrections import Correction
from tests.contact.cards import fresh, held, text
from tests.contact.lifecycle.journal.test_journal import payload as journal_payload
from tests.factories import MESSAGE, NAME, make_request, make_staff

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=5000)


def address(asked, page=""):
    return f"/intake/requests/{asked.pk}/privacy/{page}"


def form(**over):
    return {
        "reason": "They asked us in writing",
        "confirmed": "on",
        "password": "a long passphrase",
    } | over


def confirm(asked, by, **over):
    """A second person confirms what was asked for, on a page of their own."""
    second = Client()
    second.force_login(by)
    sent = {"proposal": waiting(), "confirmed": "on", "password": "a long passphrase"} | over
    return second.post(address(asked, "erase/confirm/"), sent)


def waiting():
    """The key of the erasure that waits, as its page sends it."""
    return next((str(each.pk) for each in ProposedErasure.objects.waiting()), "")


def linked(asked, **over):
    return make_request(person=asked.person, **{"phone": "+16025550199", "outcome": "stop"} | over)


def hold(client, asked, **over):
    return client.post(address(asked, "hold/"), {"reason": "County court, case 12"} | over)


@pytest.mark.parametrize("group", ["Intake", "Intake leads"])
def test_only_privacy_officers_come_in(client, group):
    client.force_login(make_staff(group))
    asked = make_request(outcome="answered")
    assert "Privacy of this person" not in text(client.get(asked.get_absolute_url()))
    for page in ("", "access/", "erase/"):
        assert client.get(address(asked, page)).status_code == 403
    confirming = client.get(address(asked, "erase/confirm/")).status_code
    assert confirming == (200 if group == "Intake leads" else 403)
    assert client.post(address(asked, "erase/"), form()).status_code == 403
    assert hold(client, asked).status_code == 403


def test_the_card_leads_an_officer_to_the_person(officer):
    asked = make_request()
    assert f'href="{address(asked)}"' in officer.get(asked.get_absolute_url()).text


# Legal hold


def test_a_hold_keeps_a_person_from_the_purge_until_it_is_lifted(officer, petra, capsys):
    asked = make_request(outcome="answered", closed_at=LONG_AGO)
    other = linked(asked, closed_at=LONG_AGO)
    make_request(outcome="answered", closed_at=LONG_AGO, phone="+16025550177")
    hold(officer, asked)
    call_command("purge_requests", "--dry-run")
    said = capsys.readouterr().out
    assert "Would empty: 1 (closed longer" in said
    assert "Kept by a legal hold, whatever their age: 2." in said
    assert retention.purge_due() == 1
    assert not fresh(asked).is_purged
    page = text(officer.get("/intake/privacy/"))
    assert "by petra" in page
    assert "County court, case 12" in page
    assert str(other) in page
    hold(officer, asked, lift="on", reason="The case is over now")
    lifted = LegalHold.objects.get()
    assert (lifted.lifted_by, lifted.lift_reason) == (petra, "The case is over now")
    assert "None stands" in text(officer.get("/intake/privacy/"))
    assert retention.purge_due() == 2
    assert audit.verify() is None


def test_a_hold_needs_a_reason_and_stands_once(officer):
    asked = make_request(outcome="answered")
    assert hold(officer, asked, reason="").status_code == 422
    assert not LegalHold.objects.exists()
    hold(officer, asked)
    assert "somebody was here before you" in text(officer.get(hold(officer, asked)["Location"]))
    assert LegalHold.objects.count() == 1
    details = [entry.detail for entry in AuditEntry.objects.filter(action="legal hold set")]
    assert "court" not in str(details)


def test_a_hold_covers_requests_that_are_linked_to_the_person_later(officer, maria):
    asked = make_request(outcome="answered", closed_at=LONG_AGO)
    later = make_request(outcome="answered", closed_at=LONG_AGO, phone="+16025550199")
    hold(officer, asked)
    persons.link(fresh(asked), maria, fresh(later))
    assert retention.purge_due() == 0


# Erasing


@pytest.fixture
def lead():
    return make_staff("Intake leads", username="lena")


def test_asking_for_an_erasure_says_first_what_goes_what_stays_and_who_confirms(officer, lead):
    asked = make_request(outcome="answered")
    page = text(officer.get(address(asked, "erase/")))
    assert "What goes" in page
    assert "What stays" in page
    assert "Who can confirm it: lena." in page
    assert NAME not in page


def test_an_erasure_waits_for_a_second_person(officer, petra, lead):
    asked = make_request(outcome="answered")
    other = linked(asked)
    response = officer.post(address(asked, "erase/"), form())
    assert response["Location"] == address(asked, "erase/confirm/")
    assert fresh(asked).message == MESSAGE
    page = text(officer.get(address(asked, "erase/confirm/")))
    assert "You asked for this, so somebody else confirms it." in page
    assert "Erase for good" not in page
    # Nor does sending the form all the same.
    sent = officer.post(address(asked, "erase/confirm/"), form(proposal=waiting()))
    assert sent.status_code == 409
    assert "waits for a second person" in text(officer.get(address(other, "erase/")))
    assert officer.post(address(other, "erase/"), form()).status_code == 409
    assert ProposedErasure.objects.count() == 1
    assert fresh(asked).message == MESSAGE
    entries = AuditEntry.objects.filter(action="erasure asked")
    assert {(each.request_id, each.actor) for each in entries} == {
        (asked.pk, petra),
        (other.pk, petra),
    }
    for page in ("/intake/privacy/", "/intake/erasures/"):
        assert "second person" in text(officer.get(page))


def test_a_lead_reads_of_it_above_the_lists_and_sees_what_would_go(officer, lead):
    asked = make_request(outcome="answered")
    officer.post(address(asked, "erase/"), form())
    desk = Client()
    desk.force_login(lead)
    assert 'href="/intake/erasures/"' in desk.get("/intake/").text
    assert f'href="{address(asked, "erase/confirm/")}"' in desk.get("/intake/erasures/").text
    page = text(desk.get(address(asked, "erase/confirm/")))
    assert "petra asked on" in page
    assert "They asked us in writing" in page
    assert "Nobody can undo this." in page
    assert NAME not in page


def test_a_confirmed_erasure_empties_all_that_the_person_gave_and_no_one_else(
    officer, petra, lead, maria
):
    asked = make_request()
    other, stranger = linked(asked), make_request(outcome="answered", phone="+16025550177")
    corrections.correct(held(asked, maria), maria, {"name": "Other Exampleperson"})
    attempts.record_attempt(fresh(asked), maria, "no_answer", "Rang for long")
    transitions.add_note(fresh(asked), maria, "Sister knows")
    transitions.close(fresh(asked), maria, "answered", "All said")
    officer.post(address(asked, "erase/"), form())
    assert confirm(asked, lead)["Location"] == "/intake/erasures/"
    for each in (asked, other):
        row = fresh(each)
        assert row.is_purged
        assert {field.stored(row) for field in EncryptedTextField.of(CallbackRequest)} == {b""}
        assert (row.phone_index, row.line_index, row.name_index) == ("", "", "")
        assert row.outcome
    assert fresh(asked).person != fresh(other).person
    assert not asked.notes.exists()
    assert asked.attempts.get().note == ""
    assert Correction.objects.get().before == ""
    assert not SearchKey.objects.exclude(request=stranger).exists()
    assert fresh(stranger).message == MESSAGE
    for action, who in (("erasure asked", petra), ("erased", lead)):
        entries = AuditEntry.objects.filter(action=action)
        assert {(each.request_id, each.actor) for each in entries} == {
            (asked.pk, who),
            (other.pk, who),
        }
    assert not ProposedErasure.objects.waiting().exists()
    assert confirm(asked, lead).status_code == 409
    assert audit.verify() is None


def test_either_may_take_it_back_and_nothing_is_erased(officer, lead):
    asked = make_request(outcome="answered")
    officer.post(address(asked, "erase/"), form())
    assert confirm(asked, lead, do="withdraw").status_code == 302
    assert fresh(asked).message == MESSAGE
    entry = AuditEntry.objects.get(action="erasure withdrawn")
    assert (entry.request_id, entry.actor) == (asked.pk, lead)
    assert confirm(asked, lead).status_code == 409
    officer.post(address(asked, "erase/"), form())
    officer.post(address(asked, "erase/confirm/"), {"do": "withdraw", "proposal": waiting()})
    assert not ProposedErasure.objects.waiting().exists()
    assert fresh(asked).message == MESSAGE


def test_what_was_linked_since_is_not_erased_unseen(officer, lead, maria):
    asked = make_request(outcome="answered")
    later = make_request(outcome="answered", phone="+16025550199")
    officer.post(address(asked, "erase/"), form())
    persons.link(fresh(asked), maria, fresh(later))
    response = confirm(asked, lead)
    assert response.status_code == 409
    assert "Since then this person’s requests became others" in text(response)
    assert fresh(asked).message == fresh(later).message == MESSAGE


def test_only_what_was_read_is_confirmed_or_taken_back(officer, lead, maria):
    asked = make_request(outcome="answered")
    later = make_request(outcome="answered", phone="+16025550199")
    officer.post(address(asked, "erase/"), form())
    read = waiting()
    officer.post(address(asked, "erase/confirm/"), {"do": "withdraw", "proposal": read})
    persons.link(fresh(asked), maria, fresh(later))
    officer.post(address(asked, "erase/"), form())
    for over in ({}, {"do": "withdraw"}):
        response = confirm(asked, lead, proposal=read, **over)
        assert response.status_code == 409
        assert "this was asked since. Read it anew." in text(response)
    assert fresh(later).message == MESSAGE
    assert confirm(asked, lead).status_code == 302
    assert fresh(later).is_purged


def test_of_two_that_wait_for_one_person_each_has_its_page(officer, lead, maria):
    asked = make_request(outcome="answered")
    later = make_request(outcome="answered", phone="+16025550199")
    for each, reason in ((asked, "The first reason"), (later, "Another reason")):
        officer.post(address(each, "erase/"), form(reason=reason))
    persons.link(fresh(asked), maria, fresh(later))
    assert "The first reason" in text(officer.get(address(asked, "erase/confirm/")))
    assert "Another reason" in text(officer.get(address(later, "erase/confirm/")))


def test_the_page_says_so_when_nothing_is_left_to_erase(officer, lead):
    asked = make_request(outcome="answered", closed_at=LONG_AGO)
    officer.post(address(asked, "erase/"), form())
    retention.purge_due()
    page = text(officer.get(address(asked, "erase/confirm/")))
    assert "all of it was emptied since. Take this back" in page
    assert "can ask anew" not in page
    assert confirm(asked, lead, do="withdraw").status_code == 302
    assert "all of it is emptied" in text(officer.get(address(asked, "erase/confirm/")))


def test_nobody_erases_alone_by_a_clock_that_jumped(officer, petra):
    asked = make_request(outcome="answered")
    officer.post(address(asked, "erase/"), form())
    now = timezone.now()
    ProposedErasure.objects.update(at=now - timedelta(days=3))
    desk = Desk.objects.filter(pk=Desk.current().pk)
    desk.update(clock_jumped_from=now - timedelta(days=4), clock_jumped_at=now)
    assert confirm(asked, petra).status_code == 409
    page = text(officer.get(address(asked, "erase/confirm/")))
    assert "The clock of this site jumped" in page
    desk.update(clock_jumped_from=None, clock_jumped_at=None)
    assert confirm(asked, petra).status_code == 302


def test_where_nobody_else_could_confirm_the_officer_does_after_three_days(officer, petra):
    asked = make_request(outcome="answered")
    assert "Nobody else here can confirm it" in text(officer.get(address(asked, "erase/")))
    officer.post(address(asked, "erase/"), form())
    assert confirm(asked, petra).status_code == 409
    ProposedErasure.objects.update(at=timezone.now() - timedelta(days=3))
    second = make_staff("Privacy officers")
    assert confirm(asked, petra).status_code == 409
    assert fresh(asked).message == MESSAGE
    User.objects.filter(pk=second.pk).update(is_active=False)
    assert confirm(asked, petra).status_code == 302
    assert fresh(asked).is_purged
    assert AuditEntry.objects.get(action="erased").detail["alone"]


def test_what_was_erased_does_not_come_back_from_the_journal(
    officer, lead, settings, django_capture_on_commit_callbacks
):
    entry = journal.append(journal_payload(), "key")
    journal.drain()
    asked = CallbackRequest.objects.get()
    CallbackRequest.objects.update(status="closed", outcome="stop", closed_at=timezone.now())
    copy = settings.DATA_DIR / "journal" / "done" / f"{entry.id}.sealed"
    sealed = copy.read_bytes()
    officer.post(address(asked, "erase/"), form())
    with django_capture_on_commit_callbacks(execute=True):
        confirm(asked, lead)
    assert not copy.exists()
    # The copy of another machine.
    copy.write_bytes(sealed)
    assert journal.reconcile() == 0
    assert not copy.exists()
    assert fresh(asked).message == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "another passphrase"},
        {"reason": ""},
        {"reason": "Ysolde rang 602-555-0123"},
        {"confirmed": ""},
    ],
)
def test_asking_for_an_erasure_needs_a_reason_a_tick_and_the_password(officer, wrong):
    asked = make_request(outcome="answered")
    assert officer.post(address(asked, "erase/"), form(**wrong)).status_code == 422
    assert not ProposedErasure.objects.exists()


@pytest.mark.parametrize("wrong", [{"password": "another passphrase"}, {"confirmed": ""}])
def test_confirming_an_erasure_needs_a_tick_and_the_password(officer, lead, wrong):
    asked = make_request(outcome="answered")
    officer.post(address(asked, "erase/"), form())
    assert confirm(asked, lead, **wrong).status_code == 422
    assert fresh(asked).message == MESSAGE


def test_five_wrong_passwords_end_the_tries(officer):
    asked = make_request(outcome="answered")
    for _ in range(5):
        officer.post(address(asked, "erase/"), form(password="wrong"))
    assert officer.post(address(asked, "erase/"), form()).status_code == 429
    assert not ProposedErasure.objects.exists()


def test_nothing_is_erased_under_a_legal_hold(officer, lead):
    asked = make_request(outcome="answered")
    officer.post(address(asked, "erase/"), form())
    hold(officer, linked(asked))
    response = confirm(asked, lead)
    assert response.status_code == 409
    assert "A legal hold keeps these requests" in text(response)
    assert officer.post(address(asked, "erase/"), form()).status_code == 409
    assert fresh(asked).message == MESSAGE


def test_nothing_is_erased_while_somebody_is_still_to_be_called(officer, lead):
    asked = make_request(outcome="answered")
    waiting = linked(asked, outcome="")
    response = officer.post(address(asked, "erase/"), form())
    assert response.status_code == 409
    assert str(waiting) in text(response)
    assert not ProposedErasure.objects.exists()


# Who saw it


def test_who_saw_a_person_is_told_in_plain_words(officer, maria):
    asked = make_request()
    other = linked(asked)
    desk = Client()
    desk.force_login(maria)
    desk.get(asked.get_absolute_url())
    audit.record(maria, audit.AuditAction.REVEALED, other.pk)
    audit.record(maria, audit.AuditAction.STOPPED, other.pk, scope="line")
    audit.record(audit.VISITOR, audit.AuditAction.VIEWED, asked.pk)
    stranger = make_request(phone="+16025550177")
    audit.record(maria, audit.AuditAction.CORRECTED, stranger.pk, fields=["name"])
    page = text(officer.get(address(asked, "access/")))
    assert "maria</bdi></strong> <span>saw its card" in page
    assert "was shown the number" in page
    assert "This line: everybody on it" in page
    assert "The visitor, at “your request”" in page
    assert "corrected" not in page
    assert NAME not in page


def test_who_saw_a_part_of_a_request_on_another_card_is_told(officer, maria):
    mother, daughter = make_request(), make_request(name="Orla Example")
    desk = Client()
    desk.force_login(maria)
    desk.get(mother.get_absolute_url())
    page = text(officer.get(address(daughter, "access/")))
    assert "maria</bdi></strong> <span>saw a part of it on another card" in page
    assert "saw its card" not in page.split("saw a part of it on another card")[0]
    stranger = make_request(phone="+16025550177", name="Quill Sample")
    assert "saw a part" not in text(officer.get(address(stranger, "access/")))


def test_lists_and_exports_with_the_person_in_them_are_told(officer, maria):
    asked = make_request()
    desk = Client()
    desk.force_login(maria)
    desk.get("/intake/")
    today = timezone.localdate().isoformat()
    audit.record(maria, audit.AuditAction.EXPORTED, first=today, last=today, reason="A review")
    audit.record(maria, audit.AuditAction.EXPORTED, first="2020-01-01", last="2020-01-02")
    page = text(officer.get(address(asked, "access/")))
    assert page.count("exported it") == 1
    assert "saw it in a list" not in page
    assert "saw it in a list" in text(officer.get(address(asked, "access/?lists=on")))


def test_older_entries_follow_on_further_pages(officer, maria, monkeypatch):
    monkeypatch.setattr("contact.intake.privacy_officer.access_log.ENTRIES_PER_PAGE", 2)
    asked = make_request()
    for _ in range(3):
        audit.record(maria, audit.AuditAction.VIEWED, asked.pk)
    page = officer.get(address(asked, "access/"))
    before = page.context["page"].before
    rest = officer.get(address(asked, f"access/?before={before}"))
    assert len(rest.context["page"].entries) == 1
    assert officer.get(address(asked, "access/?before=" + "9" * 30)).status_code == 200
