"""What pages say of themselves to search engines, and to those who share a link."""

import json
import re

import pytest

from recovery_site.templatetags.page_head import shortened
from tests.factories import make_question
from tests.page_heads import head

pytestmark = pytest.mark.django_db


def test_error_page_is_not_described_as_one_to_link_to(client):
    assert "og:title" not in head(client.get("/nowhere/").text)


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
