import pytest

from contact.intake.card.page.timeline import last_change
from contact.models import AuditEntry
from tests.contact.cards import address, fresh, held, send, text
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db


def trail(asked):
    entries = AuditEntry.objects.filter(request_id=asked.pk).exclude(action="viewed")
    return list(entries.order_by("number").values_list("actor_name", "action", "detail"))


def test_leads_mark_a_secret_shopper_and_take_the_mark_off(lead):
    asked = make_request()
    send(lead, asked, "secret-shopper", mark="yes")
    send(lead, asked, "secret-shopper", mark="yes")
    assert fresh(asked).is_secret_shopper
    assert "Count it like any other" in text(lead.get(address(asked)))
    send(lead, asked, "secret-shopper")
    assert not fresh(asked).is_secret_shopper
    assert trail(asked) == [("lena", "set apart", {}), ("lena", "counted again", {})]


def test_nothing_tells_whoever_calls_of_the_mark(intake, client, maria):
    """Neither the card before and after the mark, nor what it says when something changed."""
    asked = held(make_request(), maria)
    card = text(intake.get(address(asked)))
    client.force_login(make_staff("Intake leads", username="lena"))
    send(client, asked, "secret-shopper", mark="yes")
    client.force_login(maria)
    assert fresh(asked).version == asked.version
    page = text(intake.get(address(asked)))
    for words in ("ecret", "hopper"):
        assert words not in page
        assert words not in card
    refused = text(send(intake, asked, "close", outcome="answered", version=-1))
    assert "This request changed while you had it open." in refused
    assert "lena" not in last_change(fresh(asked), maria)


def test_the_mark_needs_no_open_request(lead):
    asked = make_request(outcome="answered")
    send(lead, asked, "secret-shopper", mark="yes")
    assert fresh(asked).is_secret_shopper
