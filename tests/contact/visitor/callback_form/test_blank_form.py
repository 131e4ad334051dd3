import gzip
import re

import brotli
import pytest
from crispy_forms.utils import render_crispy_form

from contact.templatetags.callback_form import callback_form
from contact.visitor.callback_form.forms import CallbackForm
from contact.visitor.callback_form.received_form import ReceivedForm
from recovery_site.context_processors import current_site

FORM = "forms/whole_uni_form.html"


def hidden(page, name):
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)[1]


def test_each_visit_has_a_key_of_its_own_in_a_form_rendered_once(client, settings, rendered):
    settings.SITE_NAME = "Rendered once"
    pages = [client.get("/contact/").text for _ in range(3)]
    keys = {hidden(page, "key") for page in pages}
    assert len(keys) == 3
    assert all(len(key) == 22 for key in keys)
    assert rendered.count(FORM) == 1


def test_article_that_led_here_is_noted_for_that_visit_alone(client):
    came_from = {"referer": "http://testserver/articles/some-article/"}
    assert hidden(client.get("/contact/", headers=came_from).text, "source") == "some-article"
    assert hidden(client.get("/contact/").text, "source") == ""


def test_kept_form_is_what_the_form_itself_renders():
    site = current_site()
    for source in ("some-article", "x"):
        form = CallbackForm(initial={"source": source})
        own = render_crispy_form(form, context={"site": site})
        assert callback_form({"form": form, "site": site}) == own


def test_key_and_source_stand_where_only_they_can_be_meant():
    values = {"key": "made-up-key", "source": "made-up-article"}
    html = callback_form({"form": CallbackForm(initial=values), "site": current_site()})
    for name, value in values.items():
        assert html.count(value) == 1
        assert hidden(html, name) == value
    assert "{" not in html


def test_a_form_that_comes_back_changes_no_other():
    site = {"site": current_site()}
    before = render_crispy_form(CallbackForm(initial={"key": "x"}), context=site)
    sent = {"name": "", "phone": "nonsense", "time_zone": "Asia/Tokyo", "best_time": "now"}
    form = ReceivedForm(sent | {"key": "x"})
    assert set(form.errors) == {"name", "phone"}
    shown = render_crispy_form(form.to_show(), context=site)
    assert "Asia/Tokyo" in shown
    assert shown == render_crispy_form(CallbackForm(sent | {"key": "x"}), context=site)
    assert render_crispy_form(CallbackForm(initial={"key": "x"}), context=site) == before


def test_words_come_back_in_a_form_that_was_sent_and_in_no_other(client, settings):
    # No blank form of this centre was rendered before.
    settings.SITE_NAME = "Written to first"
    page = client.post("/contact/", {"name": "Ysolde Quarrington", "phone": "nonsense"}).text
    assert "Ysolde Quarrington" in page
    assert "Ysolde Quarrington" not in client.get("/contact/").text


def test_name_of_the_centre_in_the_consent_follows_the_settings(client, settings):
    client.get("/contact/")
    settings.SITE_NAME = "A made-up <centre>"
    assert "intake team of A made-up &lt;centre&gt;" in client.get("/contact/").text


@pytest.mark.parametrize(
    ("accepted", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_form_that_nobody_filled_in_goes_out_compressed(client, accepted, unpack):
    response = client.get("/contact/", headers={"accept-encoding": accepted})
    assert response.headers["Content-Encoding"] == accepted
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Cache-Control"] == "no-store, private"
    page = unpack(response.content).decode()
    assert hidden(page, "key")
    assert page.rstrip().endswith("</html>")
    assert len(response.content) < len(page) / 2


def test_form_with_somebodys_words_does_not(client):
    everything = {"accept-encoding": "br, gzip"}
    response = client.post("/contact/", {"name": "Ysolde Exampleperson"}, headers=everything)
    assert "Content-Encoding" not in response.headers
    assert "Ysolde Exampleperson" in response.text
