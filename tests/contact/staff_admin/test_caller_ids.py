"""Leads write down what phones show; visitors read it for 30 days."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact.lifecycle.journal import journal
from contact.models import CallbackRequest, CallerId
from contact.visitor.told import snapshot_writing
from tests.contact.cards import address, text
from tests.contact.pages import said
from tests.factories import callback_payload, make_request

pytestmark = pytest.mark.django_db
URL = "/admin/contact/callerid/"
SHOWN, UNKNOWN = "(602) 555-0134, MADE-UP HOUSE", "a number that you do not know, or none"
HIDDEN = "your phone may show no number"


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


def make_caller_id(**over):
    values = {"phone": "+16025550134", "shown_name": "MADE-UP HOUSE", "verified_on": days_ago(0)}
    return CallerId.objects.create(**values | over)


def add(lead, **over):
    data = {"phone": "602-555-0134", "shown_name": "MADE-UP HOUSE", "is_active": "on"}
    return lead.post(f"{URL}add/", data | over)


def pages_of_a_visitor(client, **over):
    """What the thank-you and the page of the request say."""
    snapshot_writing.write_snapshot()
    form = callback_payload(language="en", announce="yes", voicemail="none") | over
    thanks = text(client.get(client.post("/contact/", form)["Location"]))
    journal.drain()
    found = {"reference": str(CallbackRequest.objects.get()), "digits": "0123"}
    return thanks, text(client.post("/contact/my-request/", found))


def test_there_are_none_until_a_lead_writes_one_down(lead):
    assert not CallerId.objects.exists()
    assert add(lead, verified_on=days_ago(0).isoformat()).status_code == 302
    assert CallerId.objects.get().phone == "+16025550134"
    assert "602" in text(lead.get(URL))


@pytest.mark.parametrize(
    "over",
    [
        {"phone": "555-0134"},
        {"phone": "602-555-0134 ext. 12"},
        {"shown_name": "SIXTEEN LETTERS!"},
        {"verified_on": "2999-01-01"},
    ],
)
def test_what_no_phone_shows_is_refused(lead, over):
    assert add(lead, **over).status_code == 200
    assert not CallerId.objects.exists()


def test_visitors_read_of_a_number_that_was_seen_lately(client):
    make_caller_id(verified_on=days_ago(30))
    for page in pages_of_a_visitor(client):
        assert SHOWN in page
        assert UNKNOWN not in page


@pytest.mark.parametrize(
    "over", [{"verified_on": None}, {"verified_on": days_ago(31)}, {"is_active": False}]
)
def test_visitors_read_of_no_other_number(client, over):
    make_caller_id(**over)
    for page in pages_of_a_visitor(client):
        assert "555-0134" not in page
        assert UNKNOWN in page


def test_the_centres_own_number_is_not_taken_for_it(client):
    for page in pages_of_a_visitor(client):
        assert UNKNOWN in page


@pytest.mark.parametrize(
    ("announce", "voicemail", "hides"),
    [("no", "none", True), ("no", "callback_only", False), ("yes", "none", False)],
)
def test_card_and_visitor_agree_on_when_the_number_is_withheld(intake, announce, voicemail, hides):
    make_caller_id()
    answers = {"announce": announce, "voicemail": voicemail}
    pages = pages_of_a_visitor(intake, **answers)
    card = text(intake.get(address(CallbackRequest.objects.get())))
    assert [HIDDEN in page for page in pages] == [hides] * 2
    assert [SHOWN in page for page in (*pages, card)] == [not hides] * 3
    assert ("Withhold it" in card) is hides


def test_on_a_shared_line_it_is_withheld_if_nobody_may_learn_who_calls(intake):
    request = make_request(announce="no", voicemail="callback_only")
    assert "Withhold it" not in text(intake.get(address(request)))
    make_request(name="Barnaby Madeup")
    page = text(intake.get(address(request)))
    assert "Others use this line, and may not learn who calls" in page
    assert "Withhold it" in page


@pytest.mark.parametrize(
    ("over", "is_due"),
    [
        ({}, False),
        ({"verified_on": None}, True),
        ({"verified_on": days_ago(31)}, True),
        ({"verified_on": None, "is_active": False}, False),
    ],
)
def test_leads_are_reminded_of_what_nobody_saw_lately(lead, over, is_due):
    make_caller_id(**over)
    assert ("so visitors are not told of it" in text(lead.get("/intake/"))) is is_due
    assert ("umbers that phones show, to look at again" in text(lead.get("/admin/"))) is is_due
    assert (
        any("nobody verified it in the last 30 days" in each for each in said(lead.get(URL)))
        is is_due
    )


def test_who_is_no_lead_is_not_reminded(intake):
    make_caller_id(verified_on=None)
    assert "so visitors are not told of it" not in text(intake.get("/intake/"))
