"""What the link dialog is told about what somebody typed."""

import pytest

from tests.articles.admin.forms import log_in
from tests.factories import make_article, make_page, make_question, make_staff

pytestmark = pytest.mark.django_db
URL = "/admin/links/find/"


@pytest.fixture
def editor():
    return log_in(make_staff("Editors"))


def asked(client, typed):
    return client.get(URL, {"q": typed}).json()


def test_what_is_no_address_is_refused_with_what_was_meant(editor):
    for typed, meant in {"988": "tel:988", "nida.nih.gov": "https://nida.nih.gov"}.items():
        answer = asked(editor, typed)
        assert (answer["is_refused"], answer["suggestion"]) == (True, meant)
    assert asked(editor, "tel:998")["is_refused"]
    for fine in ("sms:988", "https://nida.nih.gov", "/faq/#_x", "/help-now/", "#a-place"):
        assert asked(editor, fine) | {"pages": []} == {
            "problem": "", "is_refused": False, "suggestion": "", "pages": []
        }, fine  # fmt: skip
    gone = asked(editor, "/articles/gone/")
    assert not gone["is_refused"]
    assert "does not exist" in gone["problem"]


def test_pages_are_found_by_words_of_their_titles(editor):
    make_article(title="Life after treatment", slug="after")
    make_question(title="Is treatment free?", slug="free")
    make_page(title="Paying for treatment", slug="how-to-pay")
    make_article(title="Secret treatment", live=False)
    found = {page["url"] for page in asked(editor, "TREATMENT")["pages"]}
    assert found == {"/articles/after/", "/faq/free/", "/how-to-pay/"}
    assert [page["url"] for page in asked(editor, "after treat")["pages"]] == ["/articles/after/"]
    assert [page["url"] for page in asked(editor, "help now")["pages"]] == ["/help-now/"]
    assert asked(editor, "x" * 5000)["pages"] == asked(editor, "")["pages"] == []


def test_only_people_who_edit_may_ask(client):
    assert client.get(URL).status_code == 302
    assert log_in(make_staff("Intake", username="ina")).get(URL).status_code == 403
    assert log_in(make_staff("Medical reviewers", username="ruth")).get(URL).status_code == 200
