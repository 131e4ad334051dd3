"""What strangers type into the form is kept as they typed it, and runs nowhere it is shown."""

import re
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from contact.lifecycle.journal import journal
from contact.models import CallbackRequest
from tests.contact.cards import NOON, address
from tests.factories import callback_payload, make_staff

pytestmark = pytest.mark.django_db
FIELDS = ("name", "relationship", "needs", "message")
SHORT = (
    "<script>hostile(1)</script>",
    "\"'><img src=x onerror=hostile(2)>",
    "'; DROP TABLE contact_callbackrequest; --",
    "{{ request.user }}{% include '/etc/passwd' %}%(x)s{0}",
)
MORE = (
    "</textarea></title></script><svg onload=hostile(3)>",
    "javascript:hostile(4)//\" autofocus onfocus=hostile(5) x='",
    "<!--<iframe srcdoc='<script>hostile(6)</script>'>-->",
    "' OR 1=1) UNION SELECT password FROM auth_user --",
    "\\'; SELECT pg_sleep(9); --",
    "$(reboot) `reboot` | reboot & ../../etc/passwd",
    "=cmd|'/c calc'!A1",
    "Subject: a Bcc: all@example.org",
    "\u202ehostile\u2066 \U0001f335\U0001f469\u200d\U0001f467",
    "a" * 99 + "\u0301" * 99,
)


class Running(HTMLParser):
    """What a browser would run of a page because of the words in it."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.in_script = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.in_script = tag == "script" and not dict(attrs).get("type", "").endswith("json")
        for name, value in attrs:
            is_code = name.startswith("on") or name == "srcdoc"
            is_address = name in ("href", "src", "action", "formaction")
            if is_code or (is_address and (value or "").strip().startswith("javascript:")):
                self.found.append((tag, name, value))
            if "hostile" in name or "hostile" in tag:
                self.found.append((tag, name, value))

    def handle_endtag(self, tag):
        self.in_script = self.in_script and tag != "script"

    def handle_data(self, data):
        if self.in_script and "hostile" in data:
            self.found.append(("script", "", data))


@pytest.fixture
def words(request):
    return (*SHORT, *MORE) if request.config.getoption("--every-state") else SHORT


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def test_hostile_words_are_kept_and_run_nowhere(client, words):
    staff = make_staff("Intake leads")
    for number, typed in enumerate(words):
        sent = callback_payload(key=f"key-{number}", **dict.fromkeys(FIELDS, typed))
        answer = client.post("/contact/", sent)
        pages = [
            client.get(answer["Location"]).text,
            client.post("/contact/", sent | {"phone": ""}).text,
        ]
        assert journal.drain() == 1
        asked = CallbackRequest.objects.latest("received_at")
        assert {name: getattr(asked, name) for name in FIELDS} == dict.fromkeys(FIELDS, typed)
        client.force_login(staff)
        pages += [client.get(path).text for path in (address(asked), "/intake/")]
        pages.append(client.get("/intake/", {"q": typed}).text)
        client.logout()
        assert [Running(page).found for page in pages] == [[]] * len(pages), typed
    assert CallbackRequest.objects.count() == len(words)


def test_words_that_would_run_are_found(words):
    for typed in SHORT[:2]:
        assert Running(f'<p title="x">{typed}</p>').found
        assert not Running(f"<p>{re.sub('<', '&lt;', typed)}</p>").found
