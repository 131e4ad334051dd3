"""What pages say of themselves to search engines, and to those who share a link."""

import json
import re
from html import unescape

import pytest
from django.core.management import call_command

from recovery_site.site_map.public_paths import public_paths
from recovery_site.templatetags.page_head import shortened
from tests.factories import make_fact, make_question

pytestmark = pytest.mark.django_db


def head(page):
    text = page.text.partition("</head>")[0]
    named = dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)"', text))
    return {"title": re.search("<title>(.*?)</title>", text, re.DOTALL)[1]} | named


def test_every_public_page_has_a_head_of_its_own(client):
    call_command("load_starter_content", verbosity=0)
    make_fact()
    seen = {}
    for path in [*public_paths(), "/contact/"]:
        page = client.get(path)
        if not page.headers["Content-Type"].startswith("text/html"):
            continue
        found = head(page)
        assert 0 < len(unescape(found["description"])) <= 160, (path, found["description"])
        assert found["og:description"] == found["description"], path
        assert found["title"].startswith(f"{found['og:title']} · "), path
        assert found["og:url"] == f"http://localhost:8000{path}"
        assert found["og:type"] in ("website", "article")
        assert found["og:title"] not in seen, (path, seen.get(found["og:title"]))
        seen[found["og:title"]] = path
    assert len(seen) > 60


def test_error_page_is_not_described_as_one_to_link_to(client):
    assert "og:title" not in head(client.get("/nowhere/"))


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("One. Two.", "One. Two."),
        ("A sentence of some words. " * 9, " ".join(["A sentence of some words."] * 6)),
        ("word " * 50, ("word " * 32).strip() + "…"),
        (f"No. {'word ' * 50}", f"No. {('word ' * 31).strip()}…"),
    ],
)
def test_description_ends_with_a_sentence_or_a_word(text, short):
    assert shortened(text.strip()) == short
    assert len(short) <= 160


def test_answer_is_a_medical_page_for_machines(client):
    question = make_question(title="Is it so?", summary="Yes.", body="<p>More.</p>")
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>',
        client.get(question.get_absolute_url()).text,
        re.DOTALL,
    )
    page = next(data for data in json.loads(text) if data["@type"] == "MedicalWebPage")
    assert page["name"] == "Is it so?"
    assert page["url"] == f"http://localhost:8000{question.get_absolute_url()}"
    assert "reviewedBy" not in page
