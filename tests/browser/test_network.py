"""A site started with HOST=0.0.0.0, from another machine in its network, without encryption."""

import re
import urllib.error
import urllib.request

import pytest

from .conftest import PHONE, own_address, press


@pytest.fixture(scope="module")
def addresses(site):
    """All that the start printed."""
    printed = site.output.read_text()
    return re.findall(r"(http://\S+)/", re.search(r"your network: (.*)", printed)[1])


@pytest.fixture
def phone(chromium, addresses):
    """A phone's page at the last address that was printed: a number where there is a network."""
    context = chromium.new_context(
        base_url=addresses[-1], viewport=PHONE, extra_http_headers=own_address()
    )
    yield context.new_page()
    context.close()


def test_every_address_that_is_printed_answers(addresses):
    for address in addresses:
        with urllib.request.urlopen(f"{address}/faq/") as answer:
            assert answer.status == 200


def test_other_name_is_refused(site):
    for path in ("/faq/", "/contact/"):
        request = urllib.request.Request(f"{site.url}{path}", headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(request)


def test_callback_form_is_sent_from_a_phone(phone):
    phone.goto("/contact/")
    phone.locator("[name=name]").fill("Test Person")
    phone.locator("[name=phone]").fill("201-555-0100")
    phone.locator("main form button[type=submit], main form input[type=submit]").click()
    phone.wait_for_url("**/contact/thanks/**")


def test_staff_log_in_from_a_phone(phone, site):
    phone.goto("/admin/login/?next=/admin/")
    phone.get_by_label("Username").fill("editor")
    phone.get_by_label("Password").fill(site.logins["editor"])
    press(phone, "Log in")
    assert phone.get_by_role("heading", name="What waits").is_visible()
