import time
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from articles.text import markup
from articles.text.markup import blocks, plain_text, render, sanitise, split_urgent

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa&#x09;ScRiPt:alert(1)'>x</a>",
    "<a href=' &#14; javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p onclick=alert(1)>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='https://evil.example'><input name=password></form>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<base href='https://evil.example'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<table><td><style><!--</style><img src=x onerror=alert(1)>--></style></table>",
    '<blockquote class="callout evil" onmouseover="alert(1)">x</blockquote>',
    "<h2 id='x' onclick='alert(1)'>x</h2>",
    '"><script>alert(1)</script>',
    "<<script>script>alert(1)<</script>/script>",
]
DANGEROUS = (
    "<script", "<img", "<svg", "<math", "<iframe", "<object", "<embed", "<form", "<input",
    "<style", "<link", "<base", "<meta", "<noscript",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_survives(attack):
    html = render(sanitise(f"<p>before</p>{attack}")).html.lower()
    assert not any(tag in html for tag in DANGEROUS), html
    for tag in html.split("<")[1:]:
        opened = tag.split(">")[0]
        assert " on" not in opened, html
        assert "style=" not in opened, html
        assert not any(f"{scheme}:" in opened for scheme in ("javascript", "data", "vbscript"))
    assert "before" in html


def test_what_the_editor_offers_survives_untouched():
    body = (
        '<h2>Heading</h2><p>One <strong>bold</strong> and <em>slanted</em> <a href="/faq/">link</a>'
        '<br>line</p><h3>Lower</h3><h4>Low</h4><ul><li><p>item</p></li></ul><ol start="3"><li>'
        "<p>third</p></li></ol><blockquote><p>said</p></blockquote>"
        '<blockquote class="callout"><p>box</p>'
        "</blockquote><hr><table><tbody><tr><th>head</th><td>cell</td></tr></tbody></table>"
        '<p><a href="tel:911">911</a> <a href="mailto:a@example.org">mail</a></p>'
    )
    assert sanitise(body) == body
    assert sanitise(sanitise(body)) == sanitise(body)


def test_empty_attributes_are_dropped():
    assert sanitise('<a href="/faq/" title="">x</a>') == '<a href="/faq/">x</a>'


def test_foreign_characters_become_harmless():
    assert "\0" not in sanitise("<p>a&#0;b</p>")
    assert not any("\ud800" <= char <= "\udfff" for char in sanitise("<p>&#xD800;</p>"))


def test_headings_get_anchors_from_their_words():
    page = render("<h2>What is it?</h2><h3>What is it?</h3><h2>¿Qué es?</h2><h4>什么</h4>")
    assert [(entry["level"], entry["anchor"]) for entry in page.contents] == [
        (2, "what-is-it"),
        (3, "what-is-it-2"),
        (2, "que-es"),
        (4, "什么"),
    ]
    assert '<h3 id="what-is-it-2">' in page.html


def test_anchor_stays_when_other_parts_change():
    before = render("<h2>First</h2><h2>Second</h2>").contents[1]["anchor"]
    after = render("<h2>New one</h2><p>x</p><h2>Second</h2>").contents[1]["anchor"]
    assert before == after


def test_empty_heading_is_left_out():
    assert render("<h2> </h2><p>x</p>") == markup.Rendered("<p>x</p>", [])


def test_callout_becomes_a_note_and_a_quotation_inside_stays_one():
    html = render(
        '<blockquote class="callout"><p>a</p><blockquote>b</blockquote></blockquote>'
        "<blockquote>c</blockquote>"
    ).html
    assert html == (
        '<div class="callout" role="note"><p>a</p><blockquote>b</blockquote></div>'
        "<blockquote>c</blockquote>"
    )


def test_urgent_box_that_opens_a_text_stands_by_itself_with_its_buttons():
    box = '<blockquote class="urgent"><p>Now:</p><p><a href="tel:911">Call 911</a></p>'
    inner = '<blockquote class="callout"><p>b</p></blockquote></blockquote>'
    html = render(sanitise(f"{box}{inner}<p>Later.</p>")).html
    urgent, rest = split_urgent(html)
    assert rest == "<p>Later.</p>"
    assert urgent.startswith('<div class="callout callout--urgent" role="note"><p>Now:</p>')
    assert '<a class="button button--primary" href="tel:911">' in urgent
    assert urgent.count("<div") == urgent.count("</div>") == 2
    assert split_urgent(f"<p>First.</p>{urgent}") == ("", f"<p>First.</p>{urgent}")


def test_table_is_named_by_the_heading_above_it():
    table = "<table><tbody><tr><th>a</th></tr></tbody></table>"
    html = render(f"{table}<h2>How <em>long</em> &amp; bad?</h2>{table}<p>x</p>{table}").html
    caption = '<table><caption class="visually-hidden">How long &amp; bad?</caption><tbody>'
    assert html.count(caption) == 2
    assert html.index("<table><tbody>") < html.index("<h2") < html.index(caption)


def test_wide_table_scrolls_by_itself():
    html = render("<table><tbody><tr><td>1</td></tr></tbody></table>").html
    assert html.startswith(
        '<div class="table-scroll" role="region" aria-label="Table" tabindex="0">'
    )
    assert html.endswith("</table></div>")


def test_plain_text_keeps_words_apart_and_joins_what_belongs_together():
    body = "<h2>Head</h2><p>A <strong>b</strong>, c &lt; d.</p><ul><li>one</li><li>two</li></ul>"
    assert plain_text(body) == "Head A b, c < d. one two"
    assert blocks(body) == ["Head", "A b, c < d.", "one", "two"]


@pytest.mark.parametrize("char", ["\0", "\x08", "\x1f", "\x7f", "\ufffe", "\uffff"])
def test_character_that_no_feed_can_hold_is_dropped(char):
    assert sanitise(f"<p>a{char}b</p>") == "<p>ab</p>"
    assert sanitise(f"<p>a&#{ord(char)};b</p>") in ("<p>ab</p>", "<p>a\ufffdb</p>")


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>" * 20_000,
        "<blockquote>" * 51,
        "<ul></x>" * 60,
        "<UL>" * 60,
        "<ul><!--</ul>-->" * 60,
        '<ul title="</ul>">' * 60,
        "<ul title='></ul>'>" * 60,
        "<ul><?</ul>" * 60,
        "<ul " * 60,
        "<b>" * 60,
        "<table><tr><td>" * 60,
    ],
    ids=lambda html: html[:20],
)
def test_text_nested_too_deeply_is_refused_at_once(html):
    started = time.thread_time()
    with pytest.raises(ValidationError):
        sanitise(html)
    assert time.thread_time() - started < 1


@pytest.mark.parametrize(
    "html",
    [
        "<ul><li>" * 50,
        "<ul><li>" * 40 + "</li></ul>" * 40,
        "<p>one" * 500,
        "<ul>" + "<li>one" * 500 + "</ul>",
        "<p>line<br>line<hr>" * 500,
        "<p><strong>b</strong> <em>i</em> <a href='/x/' title=\"it's\">a</a></p>" * 500,
        "<p>a</p><!-- <ul> -->" * 500,
        "<table><tbody>" + "<tr><th>a</th><td>b</td></tr>" * 500 + "</tbody></table>",
        "1 < 2 <3 & " * 500,
    ],
    ids=lambda html: html[:20],
)
def test_flat_text_is_fine_however_long(html):
    assert sanitise(html)


@pytest.mark.parametrize("html", ["<" * 200_000, '<a "' * 50_000, "<!--" * 50_000, '="' * 99_000])
def test_depth_of_nonsense_is_found_quickly(html):
    started = time.thread_time()
    with suppress(ValidationError):
        markup.check_depth("<a>" + html)
    with suppress(ValidationError):
        markup.check_depth("<a " + html)
    assert time.thread_time() - started < 2


def test_paragraph_of_numbers_alone_becomes_buttons():
    row = '<p><a href="tel:911">Call 911</a> <a href="sms:988">Text 988</a></p>'
    html = render(sanitise(f'{row}<p>Call <a href="tel:911">911</a>.</p>')).html
    assert html.count('class="button') == 2
    assert "<span>Call <bdi>911</bdi></span>" in html
    assert html.startswith('<p class="actions"><a class="button')
    assert html.endswith('<p>Call <a href="tel:911">911</a>.</p>')


def test_table_says_what_each_cell_belongs_to():
    head = "<tr><th>Medicine</th><th>How</th><th>You &amp; it</th></tr>"
    html = render(
        f"<table><thead>{head}</thead><tbody><tr><td><strong>One</strong></td><td>a</td><td>b</td>"
        "</tr></tbody></table>"
    ).html
    assert '<th scope="col">How</th>' in html
    assert '<tr><th scope="row"><strong>One</strong></th><td data-label="How">a</td>' in html
    assert '<td data-label="You &amp; it">b</td></tr>' in html
    assert '<div class="table-scroll stacks"' in html


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>a</td><td>b</td></tr>",
        '<tr><th colspan="2">a</th></tr><tr><td>b</td><td>c</td></tr>',
        "<tr><th>a</th><th>b</th></tr><tr><td>c</td></tr>",
        "",
    ],
)
def test_irregular_table_stays_as_it_is(rows):
    table = f"<table><tbody>{rows}</tbody></table>"
    assert table in render(table).html


def test_mark_of_a_language_becomes_an_attribute_and_is_no_word_of_the_text():
    body = (
        "<h2>[es] Ayuda</h2><p>[es] Gratis.</p><ul><li><p>[ar] مجانا</p></li></ul>"
        "<p>[zh-Hant] 免費</p><p>[sic] Kept.</p><p>Later [es] kept.</p>"
    )
    html, contents = markup.render(body)
    assert html == (
        '<h2 id="ayuda" lang="es">Ayuda</h2><p lang="es">Gratis.</p>'
        '<ul><li><p lang="ar" dir="rtl">مجانا</p></li></ul>'
        '<p lang="zh-Hant">免費</p><p>[sic] Kept.</p><p>Later [es] kept.</p>'
    )
    assert contents[0]["text"] == "Ayuda"
    assert markup.blocks(body)[:2] == ["Ayuda", "Gratis."]
