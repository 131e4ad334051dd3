import base64
import hashlib
import re

import pytest
from django.conf import settings
from django.utils.csp import build_policy

from recovery_site import inline
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
CARRIED = re.compile(r'<(style|script type="module")>(.*?)</(?:style|script)>', re.DOTALL)
STYLES = ("site.css", "home.css", "article.css", "field.css", "form.css")
SCRIPTS = ("site.js", "article.js", "form.js")
ARTICLE = "/articles/plain-words/"
PATHS = [
    ARTICLE,
    "/",
    "/faq/",
    "/contact/",
    "/contact/my-request/",
    "/search/?q=heroin",
    "/nowhere/",
]


@pytest.fixture(autouse=True)
def article():
    make_article(slug="plain-words")


def policy_of(response):
    """The sources that the answer's policy allows, by kind."""
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {name: set(sources.split()) for name, _, sources in (p.partition(" ") for p in parts)}


@pytest.mark.parametrize("path", PATHS)
def test_policy_allows_what_the_page_carries_and_no_other_words(client, path):
    response = client.get(path)
    policy = policy_of(response)
    carried = CARRIED.findall(response.text)
    assert {kind.split()[0] for kind, _text in carried} == {"style", "script"}
    for kind, text in carried:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[f"{kind.split()[0]}-src"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'"} & set.union(*policy.values())


def test_staff_may_see_error_pages_in_their_style(client):
    client.force_login(make_staff("Editors"))
    response = client.get("/admin/nowhere/")
    assert set(inline.sources(inline.STYLE)) <= policy_of(response)["style-src"]


def test_every_style_and_script_of_the_visitors_is_named():
    names = {file.name for file in inline.FOLDER.iterdir()}
    assert names >= {*STYLES, *SCRIPTS}
    policy = build_policy(settings.SECURE_CSP)
    assert policy.count("sha256-") == sum(name.endswith((".css", ".js")) for name in names)


@pytest.mark.parametrize("name", [*STYLES, *SCRIPTS])
def test_nothing_in_them_ends_their_element_or_fetches_more(name):
    text = inline.text(name)
    assert "</" not in text
    assert "<!--" not in text
    assert not re.search(r"url\(|@import|@font-face|\bimport\b", text)


@pytest.mark.parametrize("path", PATHS)
def test_pages_carry_the_styles_of_their_parts_and_no_others(client, path):
    html = client.get(path).text
    assert ("<form" in html) == (inline.text("field.css") in html)
    assert ('method="post"' in html) == (inline.text("form.css") in html)
    assert ('class="hero"' in html) == (inline.text("home.css") in html)
    assert ('class="article ' in html) == (inline.text("article.css") in html)


def test_posting_forms_carry_their_script(client):
    for path in PATHS:
        html = client.get(path).text
        assert ('method="post"' in html) == (inline.text("form.js") in html), path
