"""What was disclosed, and the export of all that is kept of one person."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contact.intake.privacy_officer.person_record import FIELDS_TOLD
from contact.lifecycle.changes import attempts, corrections, transitions
from contact.lifecycle.retention import retention
from contact.models import AuditEntry, CallbackRequest, Disclosure, Place
from contact.privacy.audit_trail import audit
from contact.privacy.encryption import EncryptedTextField
from contact.records.oversight.disclosures import Basis
from tests.contact.cards import fresh, held, text
from tests.factories import MESSAGE, NAME, PHONE, make_request, make_staff

pytestmark = pytest.mark.django_db


def disclosure(**over):
    return {
        "disclosed_on": timezone.localdate().isoformat(),
        "recipient": "Made-up House, 1 Example Street",
        "what": "Name, number and that they want detox",
        "purpose": "To find a bed for tonight",
        "basis": "consent",
    } | over


def disclosures_url(asked):
    return f"/intake/requests/{asked.pk}/disclosures/"


def export_url(asked):
    return f"/intake/requests/{asked.pk}/privacy/export/"


def export(**over):
    return {
        "recipient": "person",
        "format": "json",
        "reason": "They asked us in writing",
        "confirmed": "on",
        "password": "a long passphrase",
    } | over


def actions():
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_a_disclosure_is_written_down_and_told_for_the_person(intake, maria):
    asked = make_request()
    other = make_request(person=asked.person, phone="+16025550199")
    assert intake.post(disclosures_url(asked), disclosure())["Location"] == disclosures_url(asked)
    page = text(intake.get(disclosures_url(other)))
    for words in ("Made-up House", "that they want detox", "a bed for tonight", "by maria"):
        assert words in page
    assert str(Basis.CONSENT.label) in page
    entry = AuditEntry.objects.get(action="disclosed")
    assert (entry.actor, entry.request_id, entry.detail["basis"]) == (maria, asked.pk, "consent")
    assert "House" not in json.dumps(entry.detail)


@pytest.mark.parametrize("field", ["disclosed_on", "recipient", "what", "purpose", "basis"])
def test_a_disclosure_needs_all_that_the_law_asks_for(intake, field):
    assert (
        intake.post(disclosures_url(make_request()), disclosure(**{field: ""})).status_code == 422
    )
    assert not Disclosure.objects.exists()


def test_no_disclosure_lies_in_the_future(intake):
    later = (timezone.localdate() + timedelta(days=2)).isoformat()
    response = intake.post(disclosures_url(make_request()), disclosure(disclosed_on=later))
    assert response.status_code == 422


def test_a_referral_offers_to_write_down_what_the_place_was_told(intake, maria):
    place = Place.objects.create(name="Made-up House", verified_on=timezone.localdate())
    asked = make_request()
    transitions.close(held(asked, maria), maria, "referred", referred_to=place)
    card = text(intake.get(asked.get_absolute_url()))
    assert "Did you tell Made-up House" in card
    assert 'value="Made-up House"' in intake.get(disclosures_url(asked)).text
    fresh(asked).purge()
    card = text(intake.get(asked.get_absolute_url()))
    assert "Did you tell" not in card
    assert "What was disclosed to others" in card


def test_disclosures_outlive_an_emptied_request_for_six_years(intake, maria):
    asked = make_request(outcome="answered")
    intake.post(disclosures_url(asked), disclosure())
    fresh(asked).purge()
    retention.purge_due()
    assert "Made-up House" in text(intake.get(disclosures_url(asked)))
    Disclosure.objects.update(disclosed_on=timezone.localdate() - timedelta(days=6 * 366))
    retention.purge_due()
    assert Disclosure.objects.get().recipient == ""
    assert intake.post(disclosures_url(asked), disclosure()).status_code == 302
    assert Disclosure.objects.count() == 1


# Export


@pytest.mark.parametrize("group", ["Intake", "Intake leads"])
def test_only_privacy_officers_export_a_person(client, group):
    client.force_login(make_staff(group))
    assert client.post(export_url(make_request()), export()).status_code == 403


def test_no_sealed_answer_is_left_out_of_the_export():
    assert {field.name for field in EncryptedTextField.of(CallbackRequest)} <= set(FIELDS_TOLD)


def spoken_with(maria):
    """A request with a call, a note, a correction and a disclosure, and a linked one."""
    asked = make_request()
    corrections.correct(held(asked, maria), maria, {"name": "Other Exampleperson"})
    attempts.record_attempt(fresh(asked), maria, "no_answer", "Rang for long")
    transitions.add_note(fresh(asked), maria, "Sister <b>knows</b>")
    return fresh(asked), make_request(person=asked.person, phone="+16025550199", message="Again")


def test_the_export_holds_all_of_one_person_as_data(officer, petra, maria):
    asked, other = spoken_with(maria)
    make_request(name="Stranger Exampleperson", phone="+16025550177")
    officer.post(disclosures_url(asked), disclosure())
    response = officer.post(export_url(asked), export())
    assert response["Content-Disposition"] == f'attachment; filename="request-{asked}.json"'
    assert response["Cache-Control"] == "no-store, private"
    data = json.loads(response.content)
    assert "42 CFR part 2" in data["notice"]
    answers = {each["reference"]: each["answers"] for each in data["requests"]}
    assert answers.keys() == {str(asked), str(other)}
    assert answers[str(asked)]["name"] == "Other Exampleperson"
    assert (answers[str(asked)]["phone"], answers[str(other)]["message"]) == (PHONE, "Again")
    written = response.text
    for words in (NAME, MESSAGE, "Rang for long", "Sister <b>knows</b>", "Made-up House"):
        assert words in written
    assert "Stranger" not in written
    assert {"corrected", "exported it"} <= {each["what"] for each in data["trail"]}


def test_the_export_can_be_read_without_a_program(officer, maria):
    asked, other = spoken_with(maria)
    officer.post(disclosures_url(asked), disclosure())
    page = officer.post(export_url(asked), export(format="html")).text
    for words in (NAME, MESSAGE, "Rang for long", "Sister &lt;b&gt;knows", "Made-up House"):
        assert words in page
    assert str(other) in page
    assert "<script" not in page
    assert "/intake/" not in page


def test_an_export_is_on_record_before_its_first_byte(officer, petra, monkeypatch):
    asked = make_request()

    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr("contact.intake.privacy_officer.person_export.person_record", fail)
    with pytest.raises(RuntimeError):
        officer.post(export_url(asked), export())
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.actor, entry.request_id) == (petra, asked.pk)
    assert entry.detail["recipient"] == "person"
    assert not Disclosure.objects.exists()


def test_an_export_for_somebody_else_is_a_disclosure(officer, petra):
    asked = make_request()
    others = export(recipient="others", name="County court", basis="court_order")
    officer.post(export_url(asked), others)
    told = Disclosure.objects.get()
    assert (told.recipient, told.basis, told.by) == ("County court", "court_order", petra)
    assert actions()[-2:] == ["disclosed", "exported"]
    assert audit.verify() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": "others", "basis": "consent"},
        {"recipient": "others", "name": "County court"},
        {"recipient": ""},
        {"password": "another passphrase"},
        {"confirmed": ""},
        {"reason": "short"},
    ],
)
def test_an_export_without_all_that_it_needs_is_refused(officer, wrong):
    response = officer.post(export_url(make_request()), export(**wrong))
    assert response.status_code == 422
    assert "exported" not in actions()
