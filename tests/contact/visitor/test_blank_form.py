import gzip
import re

import brotli
import pytest

from contact.templatetags import callback_form as module
from contact.visitor.forms import CallbackForm
from recovery_site.context_processors import current_site


@pytest.fixture(autouse=True)
def emptied():
    module._blank.cache_clear()


def hidden(page, name):
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)[1]


def test_each_visit_has_a_key_of_its_own(client):
    pages = [client.get("/contact/").text for _ in range(3)]
    keys = {hidden(page, "key") for page in pages}
    assert len(keys) == 3
    assert all(len(key) == 22 for key in keys)
    assert module._blank.cache_info().misses == 1


def test_article_that_led_here_is_noted_for_that_visit_alone(client):
    came_from = {"referer": "http://testserver/articles/some-article/"}
    assert hidden(client.get("/contact/", headers=came_from).text, "source") == "some-article"
    assert hidden(client.get("/contact/").text, "source") == ""


def test_kept_form_is_what_the_form_itself_renders():
    site = current_site()
    for source in ("some-article", "x"):
        form = CallbackForm(initial={"source": source})
        own = module.render_crispy_form(form, context={"site": site})
        assert module.callback_form({"form": form, "site": site}) == own


def test_blanks_stand_where_only_they_can_be_meant():
    html = module._blank("en", current_site())
    assert html.count("{key}") == html.count("{source}") == 1
    for blank in module.BLANKS.values():
        assert blank not in html


def test_words_come_back_in_a_form_that_was_sent(client):
    page = client.post("/contact/", {"name": "Ysolde Quarrington", "phone": "nonsense"}).text
    assert "Ysolde Quarrington" in page
    assert module._blank.cache_info().misses == 0
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
