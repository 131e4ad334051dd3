"""Legal holds, erasing on demand, and who saw a person's requests."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from contact.lifecycle.changes import attempts, corrections, persons, transitions
from contact.lifecycle.journal import journal
from contact.lifecycle.retention import retention
from contact.models import AuditEntry, CallbackRequest, LegalHold, SearchKey
from contact.privacy.audit_trail import audit
from contact.privacy.encryption import EncryptedTextField
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
    assert "Would empty 1 requests" in said
    assert "A legal hold keeps 2 requests" in said
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


def test_erasing_says_first_what_goes_and_what_stays(officer):
    asked = make_request(outcome="answered")
    page = text(officer.get(address(asked, "erase/")))
    assert "What goes" in page
    assert "What stays" in page
    assert "Nobody can undo this" in page
    assert NAME not in page


def test_erasing_empties_all_that_the_person_gave_and_no_one_else(officer, petra, maria):
    asked = make_request()
    other, stranger = linked(asked), make_request(outcome="answered", phone="+16025550177")
    corrections.correct(held(asked, maria), maria, {"name": "Other Exampleperson"})
    attempts.record_attempt(fresh(asked), maria, "no_answer", "Rang for long")
    transitions.add_note(fresh(asked), maria, "Sister knows")
    transitions.close(fresh(asked), maria, "answered", "All said")
    response = officer.post(address(asked, "erase/"), form())
    assert response["Location"] == address(asked)
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
    entries = AuditEntry.objects.filter(action="erased")
    assert {(each.request_id, each.actor) for each in entries} == {
        (asked.pk, petra),
        (other.pk, petra),
    }
    assert audit.verify() is None


def test_what_was_erased_does_not_come_back_from_the_journal(
    officer, settings, django_capture_on_commit_callbacks
):
    entry = journal.append(journal_payload(), "key")
    journal.drain()
    asked = CallbackRequest.objects.get()
    CallbackRequest.objects.update(status="closed", outcome="stop", closed_at=timezone.now())
    copy = settings.DATA_DIR / "journal" / "done" / f"{entry.id}.sealed"
    sealed = copy.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        officer.post(address(asked, "erase/"), form())
    assert not copy.exists()
    # The copy of another machine.
    copy.write_bytes(sealed)
    assert journal.reconcile() == 0
    assert not copy.exists()
    assert fresh(asked).message == ""


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"password": "another passphrase"}, 422),
        ({"reason": ""}, 422),
        ({"reason": "Ysolde rang 602-555-0123"}, 422),
        ({"confirmed": ""}, 422),
    ],
)
def test_erasing_needs_a_reason_a_tick_and_the_password(officer, wrong, status):
    asked = make_request(outcome="answered")
    assert officer.post(address(asked, "erase/"), form(**wrong)).status_code == status
    assert fresh(asked).message == MESSAGE


def test_five_wrong_passwords_end_the_tries(officer):
    asked = make_request(outcome="answered")
    for _ in range(5):
        officer.post(address(asked, "erase/"), form(password="wrong"))
    assert officer.post(address(asked, "erase/"), form()).status_code == 429
    assert fresh(asked).message == MESSAGE


def test_nothing_is_erased_under_a_legal_hold(officer):
    asked = make_request(outcome="answered")
    hold(officer, linked(asked))
    response = officer.post(address(asked, "erase/"), form())
    assert response.status_code == 409
    assert "A legal hold keeps these requests" in text(response)
    assert fresh(asked).message == MESSAGE


def test_nothing_is_erased_while_somebody_is_still_to_be_called(officer):
    asked = make_request(outcome="answered")
    waiting = linked(asked, outcome="")
    response = officer.post(address(asked, "erase/"), form())
    assert response.status_code == 409
    assert str(waiting) in text(response)
    assert fresh(asked).message == MESSAGE


# Who saw it


def test_who_saw_a_person_is_told_in_plain_words(officer, maria):
    asked = make_request()
    other = linked(asked)
    desk = Client()
    desk.force_login(maria)
    desk.get(asked.get_absolute_url())
    audit.record(maria, audit.AuditAction.REVEALED, other.pk)
    audit.record(audit.VISITOR, audit.AuditAction.VIEWED, asked.pk)
    stranger = make_request(phone="+16025550177")
    audit.record(maria, audit.AuditAction.CORRECTED, stranger.pk, fields=["name"])
    page = text(officer.get(address(asked, "access/")))
    assert "maria</bdi></strong> <span>saw its card" in page
    assert "was shown the number" in page
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
