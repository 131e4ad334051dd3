"""What word processors, mail programs and chats put on the clipboard or into a file."""

import pytest

from articles.importing.document import PartKind
from articles.importing.rich_text import document_from_html, pasted
from articles.text import markup


def body(html):
    document = document_from_html(f"<p>First.</p>{html}")
    assert markup.sanitise(document.body) == document.body
    return document.body.removeprefix("<p>First.</p>").strip()


def left_out(html):
    return [(part.kind, part.text) for part in document_from_html(html).left_out]


WORD_ITEM = (
    "<p class=MsoListParagraph style='mso-list:{list} level{level} lfo1'><![if !supportLists]>"
    "<span style='mso-list:Ignore'>{mark}<span style='font:7.0pt'>&nbsp;&nbsp; </span></span>"
    "<![endif]>{text}<o:p></o:p></p>"
)


def word_list(*items):
    return "".join(
        WORD_ITEM.format(list=name, level=level, mark=mark, text=text)
        for name, level, mark, text in items
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            word_list(("l0", 1, "·", "Water"), ("l0", 2, "o", "or broth"), ("l0", 1, "·", "Sleep")),
            "<ul><li>Water<ul><li>or broth</li></ul></li><li>Sleep</li></ul>",
        ),
        (
            word_list(("l0", 1, "·", "Water"), ("l1", 1, "1.", "Call"), ("l1", 1, "2.", "Go")),
            "<ul><li>Water</li></ul><ol><li>Call</li><li>Go</li></ol>",
        ),
        (
            word_list(("l1", 1, "3.", "Third"), ("l1", 2, "a)", "inner")),
            '<ol start="3"><li>Third<ol><li>inner</li></ol></li></ol>',
        ),
        (
            "<ul><li><p>Water</p></li><ul><li><p>or broth</p></li></ul><li>Sleep</li></ul>",
            "<ul><li>Water<ul><li>or broth</li></ul></li><li>Sleep</li></ul>",
        ),
        ("<ul><li>☑ Done</li><li>☐ To do</li></ul>", "<ul><li>Done</li><li>To do</li></ul>"),
        (
            '<ul class="lst-kix_a-0"><li>A</li></ul><ul class="lst-kix_a-1"><li>B</li></ul>',
            "<ul><li>A<ul><li>B</li></ul></li></ul>",
        ),
        ("<p>• Water</p><p>• Sleep</p>", "<ul><li>Water</li><li>Sleep</li></ul>"),
        (
            "<p>·&nbsp; Water</p><p>o&nbsp; or broth</p><p>·&nbsp; Sleep</p>",
            "<ul><li>Water<ul><li>or broth</li></ul></li><li>Sleep</li></ul>",
        ),
        ("Do:<br>- Rest<br>- Walk", "<p>Do:</p>\n<ul><li>Rest</li><li>Walk</li></ul>"),
        ("<p>1. Rest</p><p>2. Walk</p>", "<ol><li>Rest</li><li>Walk</li></ol>"),
        ("<p>- one dash</p><p>5. May</p>", "<p>- one dash</p>\n<p>5. May</p>"),
        ("<dir><li>Rest<li>Walk</dir>", "<ul><li>Rest</li><li>Walk</li></ul>"),
        ("<ul><li><p>One</p><p>Two</p></li></ul>", "<ul><li><p>One</p><p>Two</p></li></ul>"),
    ],
)
def test_lists_stay_lists(html, expected):
    assert body(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<b style="font-weight:normal" id="docs-internal-1"><p>Plain</p></b>', "<p>Plain</p>"),
        ('<p>A <span style="font-weight:700">bold</span> word.</p>',
         "<p>A <strong>bold</strong> word.</p>"),
        ('<p>A <span style="font-style:italic"> slanted </span>word.</p>',
         "<p>A <em>slanted</em> word.</p>"),
        ("<p>10<sup>3</sup> and H<sub>2</sub>O</p>", "<p>10<sup>3</sup> and H<sub>2</sub>O</p>"),
        ('<p>x<span style="vertical-align:super">2</span></p>', "<p>x<sup>2</sup></p>"),
        ("<p>That&nbsp;is   <b>one</b>\n word</p>", "<p>That is <strong>one</strong> word</p>"),
        ("<p>One<br><br>Two<br>lines</p>", "<p>One</p>\n<p>Two<br>lines</p>"),
        ("<p>2 &lt; 3 &amp; 4</p>", "<p>2 &lt; 3 &amp; 4</p>"),
        ("<p>&nbsp;</p><div>Loose <i>words</i></div>", "<p>Loose <em>words</em></p>"),
        ("<p><ins>Added</ins> words</p>", "<p>Added words</p>"),
    ],
)  # fmt: skip
def test_words_keep_their_look(html, expected):
    assert body(html) == expected


@pytest.mark.parametrize(
    ("html", "kind", "text"),
    [
        ("<p>Take <s>40 mg</s> 4 mg.</p>", PartKind.STRUCK, "40 mg"),
        ("<p>Take <del>Stop at once.</del> it.</p>", PartKind.STRUCK, "Stop at once."),
        ('<p>A <span style="text-decoration:line-through">b</span></p>', PartKind.STRUCK, "b"),
        ('<p>A<a class=msocomanchor href="#_msocom_1">[JD1]</a></p>', PartKind.COMMENT, "[JD1]"),
        ('<p>A<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup></p>', PartKind.COMMENT, "[a]"),
        ('<p>A<a href="#_ftn1" name="_ftnref1">[1]</a></p>', PartKind.FOOTNOTE, "[1]"),
        ('<p>A.</p><p><a href="#ftnt_ref1" id="ftnt1">[1]</a> NIDA.</p>', PartKind.FOOTNOTE,
         "[1] NIDA."),
        ('<p>A</p><img alt="A quiet room" src="file:///C:/x.png">', PartKind.PICTURE,
         "A quiet room"),
        ('<p>A <span style="display:none">secret</span></p>', PartKind.HIDDEN, "secret"),
        ('<p>A <a href="#part">see below</a></p>', PartKind.LINK, "see below (#part)"),
        ('<p>A <a href="file:///C:/x.doc">b</a></p>', PartKind.LINK, "b"),
        ("<p>A</p><iframe src=https://x.example></iframe>", PartKind.EMBEDDED, ""),
        ("<p>A</p><button>Accept</button>", PartKind.EMBEDDED, "Accept"),
        ("<p>A</p><nav><a href=/x>Menu</a></nav>", PartKind.FRAME, "Menu"),
        ("<header><a href=/>Home</a></header><p>A</p>", PartKind.FRAME, "Home"),
        ("<p>A</p><footer>Since 1999</footer>", PartKind.FRAME, "Since 1999"),
        ("<style>.x{text-decoration:line-through}</style><p>A <span class=x>b</span></p>",
         PartKind.STRUCK, "b"),
        ("<style>.x{display:none}</style><p>A <i class=x>b</i></p>", PartKind.HIDDEN, "b"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_told_and_never_becomes_text(html, kind, text):
    found = document_from_html(html)
    part = found.left_out[-1]
    assert part.kind == kind
    assert part.text.startswith(text)
    if kind != PartKind.LINK:
        assert not text or text not in found.body


def test_the_words_before_say_where_something_was_left_out():
    (part,) = document_from_html("<p>Take <s>40 mg</s> 4 mg.</p>").left_out
    assert part.after == "Take"


def test_what_runs_is_told_and_its_words_stay():
    found = document_from_html(
        "<script>x()</script><p>See <a href=\"javascript:alert('no')\">this</a>.</p>"
    )
    assert found.body == "<p>See this.</p>"
    assert [(part.kind, part.text) for part in found.left_out] == [
        (PartKind.SCRIPT, ""),
        (PartKind.SCRIPT, "this"),
    ]


def test_a_style_sheet_and_sizes_say_what_is_a_heading():
    found = document_from_html(
        "<style>p.a {font: 30.0px Arial} p.b, .c {font: bold 18px Arial} p.d {font: 11px Arial}"
        " span.e {font-weight: 700}</style><p class=a>A title</p><p class=d>Long <span class=e>"
        "words</span> most of the text.</p><p class=b>A part</p><p class=d>More.</p>"
    )
    assert (found.title, found.body) == (
        "A title",
        "<p>Long <strong>words</strong> most of the text.</p>\n<h2>A part</h2>\n<p>More.</p>",
    )


def test_pages_of_the_nineties_are_read():
    found = document_from_html(
        "<TABLE WIDTH=120><TR><TD>&nbsp;</TD><TD><FONT SIZE=6><B>A title</B></FONT><BR><BR>Words."
        "<BR><BR><FONT SIZE=4><B>Tools</B></FONT><BR><BR>&bull; fork<BR>&bull; gloves<BR><P>See "
        '<A HREF="index.html">this</A>.<P><FONT SIZE=4><B>FAQ</B></FONT><DL><DT>Is it long?<DD>No.'
        "</DL></TD></TR></TABLE>"
    )
    assert (found.title, found.body) == (
        "A title",
        "<p>Words.</p>\n<h2>Tools</h2>\n<ul><li>fork</li><li>gloves</li></ul>\n<p>See this.</p>",
    )
    assert [(each.question, each.summary) for each in found.questions] == [("Is it long?", "No.")]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://www.google.com/url?q=https://nida.nih.gov/&sa=D", "https://nida.nih.gov/"),
        ("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcdc.gov%2Fx&data=1",
         "https://cdc.gov/x"),
        ("nida.nih.gov", "https://nida.nih.gov"),
        ("988", "tel:988"),
        ("(602) 555-0123", "tel:+16025550123"),
        ("sms:988", "sms:988"),
        ("/faq/", "/faq/"),
    ],
)  # fmt: skip
def test_links_lead_where_their_writer_meant(written, address):
    assert body(f'<p>See <a href="{written}">there</a>.</p>') == (
        f'<p>See <a href="{address}">there</a>.</p>'
    )


def test_the_title_leaves_the_text_and_headings_follow_each_other():
    document = document_from_html(
        "<p class=MsoTitle>A title</p><h1>One</h1><p>a</p><h4>Two</h4><p>b</p><h1>Three</h1>"
    )
    assert document.title == "A title"
    assert "<h2>One</h2>" in document.body
    assert "<h3>Two</h3>" in document.body


def test_a_short_bold_line_above_words_is_a_heading():
    assert body("<p><b>What helps</b></p><p>Water.</p>") == "<h2>What helps</h2>\n<p>Water.</p>"
    assert body("<p><b>Call 911 now.</b></p><p>Stay.</p>").startswith("<p><strong>")


def test_a_first_row_of_bold_words_heads_its_table():
    row = "<tr><td><p>{}</p></td><td><p>{}</p></td></tr>"
    html = f"<table>{row.format('<b>Day</b>', '<b>What</b>')}{row.format('1', 'Rest')}</table>"
    assert "<tr><th><p>Day</p></th><th><p>What</p></th></tr>" in body(html)
    assert "<th>" not in body(f"<table>{row.format('1', 'Rest') * 2}</table>")


def test_a_box_around_words_is_no_table():
    assert body("<table><tr><td><p>Call us.</p></td></tr></table>") == "<p>Call us.</p>"


def test_pasted_parts_have_no_title_and_keep_their_questions():
    part = pasted("<h1>Can it be treated?</h1><p>Yes, it can.</p>")
    assert (part.title, part.body) == ("", "<h2>Can it be treated?</h2>\n<p>Yes, it can.</p>")


def test_odd_numbers_in_attributes_are_passed_over():
    html = "<p role=heading aria-level=²>A</p><table><tr><td colspan=²>b<td>c<tr><td>d<td>e</table>"
    assert "colspan" not in document_from_html(html).body


def test_thousands_of_unclosed_marks_are_refused_quickly():
    with pytest.raises(Exception, match="flatter"):
        document_from_html("<b>" * 5000)


@pytest.mark.parametrize(
    ("html", "body", "told"),
    [
        (
            '<ul><li aria-checked="true">Done</li><li aria-checked="false">To do</li></ul>',
            "<ul><li>Done</li><li>To do</li></ul>",
            [(PartKind.TICK, "Done")],
        ),
        (
            "<ul><li>☑ Done</li><li>[x] Too</li><li>☐ To do</li></ul>",
            "<ul><li>Done</li><li>Too</li><li>To do</li></ul>",
            [(PartKind.TICK, "Done"), (PartKind.TICK, "Too")],
        ),
        (
            '<p><input type="checkbox" checked> Done</p><p><input type="checkbox"> To do</p>',
            "<p>Done</p>\n<p>To do</p>",
            [(PartKind.TICK, "")],
        ),
        (
            '<p>Take <u>40 mg</u> <span style="text-decoration:underline">at noon</span></p>',
            "<p>Take 40 mg at noon</p>",
            [(PartKind.UNDERLINE, "40 mg"), (PartKind.UNDERLINE, "at noon")],
        ),
        (
            '<p><u><a href="/faq/">Ask</a></u> <u> </u></p>',
            '<p><a href="/faq/">Ask</a></p>',
            [],
        ),
    ],
)
def test_ticks_and_underlining_go_with_a_word(html, body, told):
    document = pasted(html)
    assert document.body == body
    assert [(part.kind, part.text) for part in document.left_out] == told
