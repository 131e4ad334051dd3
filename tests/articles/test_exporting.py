"""Words that leave as Markdown come back as the same page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import exporting
from articles.importing.files import read_document
from articles.links.addresses import links_in
from articles.text import markup
from tests.factories import make_article, make_staff

BODIES = [
    "<p>One <strong>bold </strong>and <em>soft</em> word.</p>",
    "<h2>A</h2><p>a</p><h3>B</h3><p>b</p>",
    "<ul><li><p>One</p><ul><li><p>Inner</p></li></ul></li><li><p>Two</p></li></ul>",
    '<ol start="3"><li><p>Three</p></li><li><p>Four</p></li></ol>',
    '<p>Call <a href="tel:+18882810805">888-281-0805</a> or <a href="sms:988">988</a>.</p>',
    '<blockquote class="callout"><p>Call <strong>911</strong>.</p><p>Stay.</p></blockquote>',
    '<blockquote class="urgent"><p>Call 911.</p></blockquote>',
    "<blockquote><p>She said so.</p></blockquote>",
    "<p>10<sup>3</sup> and H<sub>2</sub>O</p>",
    (
        "<table><tbody><tr><th><p>Drug</p></th><th><p>Hours</p></th></tr>"
        "<tr><td><p>Heroin | other</p></td><td><p>8</p></td></tr></tbody></table>"
    ),
    "<p>1. no list</p><p># no heading</p><p>- no item</p><p>a*b_c[d](e) &lt;f&gt; &amp;amp;</p>",
    "<p>[es] Ayuda gratis.</p>",
    "<p>One<br>two</p>",
    "<p>Call:<br>- now<br>1. one<br># two<br>--- three</p><p>One<br>===</p>",
    "<p>---</p><p>## no heading</p>",
    (
        "<table><tbody><tr><th><p>A</p></th><th><p>B</p></th></tr>"
        "<tr><td><p>One<br>two</p></td><td><p>- b</p></td></tr></tbody></table>"
    ),
]


def parts(html):
    """What a reader notices: each text with the element around it, and each link."""
    return (
        markup.blocks(html),
        [(link.href, link.words) for link in links_in(html, [])],
        [html.count(f"<{tag}") for tag in ("h2", "h3", "li", "blockquote", "table", "sub", "sup")],
        [html.count(word) for word in ('class="callout"', 'class="urgent"', "<strong>", "<em>")],
    )


@pytest.mark.parametrize("body", BODIES)
def test_text_comes_back(body):
    text = f"# Title\n\n{exporting.body(markup.sanitise(body))}\n"
    assert parts(read_document("page.md", text.encode()).body) == parts(body)


def test_heading_of_two_lines_stays_one_heading():
    assert exporting.body("<h2>A<br>b</h2>") == "## A<br>b"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab1 .)*_#->|[]()`~\\<&!\"'+=", min_size=1, max_size=30))
def test_signs_of_markdown_in_a_text_stay_signs(words):
    html = markup.sanitise(f"<p>x{exporting.escape(words)}x</p>")
    text = f"# Title\n\n{exporting.body(html)}\n"
    assert parts(read_document("page.md", text.encode()).body) == parts(html)


@pytest.mark.django_db
def test_editor_takes_a_version_along_in_both_forms(client):
    sources = [{"title": "A & B", "url": "https://example.org/a", "publisher": "P", "year": "2025"}]
    page = make_article(title="On <help>", body="<h2>Now</h2><p>Call.</p>", sources=sources)
    client.force_login(make_staff("Medical reviewers"))
    start = f"/admin/articles/article/{page.pk}/versions/1/export."
    text = client.get(f"{start}md")
    assert text["Content-Disposition"].startswith("attachment")
    assert text.text.startswith("# On \\<help\\>\n\n")
    assert "1. P. [A \\& B](<https://example.org/a>), 2025." in text.text
    html = client.get(f"{start}html")
    assert "<h1>On &lt;help&gt;</h1>" in html.text
    assert "<h2>Now</h2><p>Call.</p>" in html.text
    assert client.get(f"/admin/articles/article/{page.pk}/versions/9/export.md").status_code == 404
