import base64
import hashlib
import re

import pytest

from recovery_site.http import inline_assets
from recovery_site.http.inline_assets import without_indents
from tests.factories import make_article, make_staff

pytestmark = pytest.mark.django_db
CARRIED = re.compile(r'<(style|script type="module")>(.*?)</(?:style|script)>', re.DOTALL)
ASSETS = [
    *inline_assets.asset_names(inline_assets.STYLE),
    *inline_assets.asset_names(inline_assets.SCRIPT),
]
ARTICLE = "/articles/plain-words/"
# A form of buttons alone needs neither the styles of fields nor the script of forms.
FIELD = re.compile(r"<(?:input|select|textarea)\b")
POSTED_FIELD = re.compile(r'method="post"(?:(?!</form>).)*?<(?:input|textarea)\b', re.DOTALL)
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


META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')


def parsed(policy):
    """The sources that a policy allows, by kind."""
    parts = policy.split("; ")
    return {name: set(sources.split()) for name, _, sources in (p.partition(" ") for p in parts)}


@pytest.mark.parametrize("path", PATHS)
def test_policy_in_the_page_allows_what_the_page_carries_and_nothing_else(client, path):
    response = client.get(path)
    before, policy, after = META.split(response.text)
    assert "<style" not in before
    assert "<script" not in before
    policy = parsed(policy)
    allowed = set.union(policy["style-src"], policy["script-src"])
    carried = CARRIED.findall(after)
    assert {kind.split()[0] for kind, _text in carried} == {"style", "script"}
    digests = (hashlib.sha256(text.encode()).digest() for _kind, text in carried)
    assert allowed == {f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}
    assert policy["default-src"] == {"'none'"}


@pytest.mark.parametrize("path", PATHS)
def test_page_carries_one_style_and_one_script(client, path):
    carried = [kind for kind, _text in CARRIED.findall(client.get(path).text)]
    assert carried == ["style", 'script type="module"']


def test_lines_begin_without_spaces_but_in_what_somebody_typed():
    typed = "<textarea>a\n   b</textarea>"
    html = f"<p>\n    One\n\n  two</p>\n  {typed}\n <pre>\n  c</pre>"
    assert without_indents(html) == f"<p>\nOne\ntwo</p>\n{typed}\n<pre>\n  c</pre>"


def test_scripts_that_a_page_joins_name_nothing_alike():
    declared = re.compile(r"^(?:const|let|class|(?:async )?function) (\w+)", re.MULTILINE)
    files = inline_assets.ASSETS_FOLDER.glob("*.js")
    found = [name for file in files for name in declared.findall(file.read_text("utf-8"))]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("path", PATHS)
def test_header_says_what_no_page_can(client, path):
    policy = parsed(client.get(path).headers["Content-Security-Policy"])
    for kind in ("frame-ancestors", "base-uri", "object-src"):
        assert policy[kind] == {"'none'"}


def test_staff_see_error_pages_in_their_style(client):
    client.force_login(make_staff("Editors"))
    response = client.get("/admin/nowhere/")
    policy = META.search(response.text)[1]
    assert inline_assets.source("site.css", "field.css", "suggest.css") in policy
    assert "style-src" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ASSETS)
def test_nothing_in_them_ends_their_element_or_fetches_more(name):
    text = inline_assets.minified(name)
    assert "</" not in text
    assert "<!--" not in text
    assert not re.search(r"url\(|@import|@font-face|\bimport\b", text)


@pytest.mark.parametrize("path", PATHS)
def test_pages_carry_the_styles_of_their_parts_and_no_others(client, path):
    html = client.get(path).text
    # The header's own field is dressed with the header.
    main = html[html.index("<main") :]
    assert bool(FIELD.search(main)) == (inline_assets.minified("field.css") in html)
    assert bool(POSTED_FIELD.search(html)) == (inline_assets.minified("form.css") in html)
    assert ('class="hero"' in html) == (inline_assets.minified("home.css") in html)
    assert ('class="article ' in html) == (inline_assets.minified("article.css") in html)


def test_posting_forms_carry_their_script(client):
    for path in PATHS:
        html = client.get(path).text
        has_fields = bool(POSTED_FIELD.search(html))
        assert has_fields == (inline_assets.minified("form.js") in html), path
