"""Files of each kind, whole and damaged."""

import pytest

from articles.importing.document import PartKind, UnreadableDocument
from articles.importing.files import read_document
from articles.importing.text.plain_text import text_to_html

from .word_files import docx, paragraph, with_bits_turned

PLAIN = """How sleep comes back

Sleep is often poor at first.

What helps

  • Dark: Keep the room dark.
    • Curtains: Close them.
  • Quiet: Turn the phone off.

1. Get up at one hour
2. Walk
   in the light

Call us today!

It takes weeks.


Will I sleep again?

Yes, nearly everybody does.

No, a pill is not the first thing to try.

Talk with somebody you trust.
"""


LISTS = (
    "<ul><li><strong>Dark:</strong> Keep the room dark."
    "<ul><li><strong>Curtains:</strong> Close them.</li></ul></li>"
    "<li><strong>Quiet:</strong> Turn the phone off.</li></ul>"
    "<ol><li>Get up at one hour</li><li>Walk in the light</li></ol>"
)


def read(text, name="notes.txt"):
    return read_document(name, text if isinstance(text, bytes) else text.encode())


def test_plain_text_becomes_an_article_and_questions():
    document = read(PLAIN)
    assert document.title == "How sleep comes back"
    assert document.body.split("\n") == [
        "<p>Sleep is often poor at first.</p>",
        "<h2>What helps</h2>",
        LISTS,
        "<h2>Call us today!</h2>",
        "<p>It takes weeks.</p>",
    ]
    assert [(each.question, each.summary) for each in document.questions] == [
        ("Will I sleep again?", "Yes, nearly everybody does."),
        ("", "No, a pill is not the first thing to try."),
        ("", "Talk with somebody you trust."),
    ]


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("cp1252"),
        PLAIN.replace("\n\n\n", "\f").encode(),
    ],
    ids=["windows", "old mac", "utf-8 mark", "utf-16", "le", "be", "cp1252", "form feed"],
)
def test_line_ends_and_encodings_make_no_difference(data):
    assert read(data) == read(PLAIN)


def test_lines_broken_by_hand_are_joined_and_long_lines_are_paragraphs():
    assert (
        text_to_html("Title\n\nA line\nbroken by hand.")
        == "<h1>Title</h1><p>A line broken by hand.</p>"
    )
    long = "word " * 30
    assert text_to_html(f"{long}\n{long}").count("<p>") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a **b** and *c*", "<p>a <strong>b</strong> and <em>c</em></p>"),
        ("2 * 3 * 4 and snake_case", "<p>2 * 3 * 4 and snake_case</p>"),
        ("[x](https://x.example/)", '<p><a href="https://x.example/">x</a></p>'),
        ("<b>no tags</b> & so on.", "<p>&lt;b&gt;no tags&lt;/b&gt; &amp; so on.</p>"),
    ],
)
def test_marks_that_people_type(text, expected):
    assert text_to_html(text) == expected


def test_markdown_with_a_head():
    document = read(
        "---\ntitle: A title\n---\n\nWords.\n\n- a\n  - b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n",
        "notes.md",
    )
    assert document.title == "A title"
    assert "<ul><li>a<ul><li>b</li></ul></li></ul>" in document.body
    assert "<th><p>x</p></th>" in document.body


def test_html_without_a_heading_takes_the_name_of_its_page():
    document = read("<title>A page</title><script>x()</script><p>Words.</p>", "a.html")
    assert (document.title, document.body) == ("A page", "<p>Words.</p>")


def test_a_web_page_is_read_in_the_encoding_that_it_names():
    page = '<meta charset="windows-1251"><h1>Сон</h1><p>Слова.</p>'.encode("cp1251")
    assert (read(page, "a.html").title, read(page, "a.html").body) == ("Сон", "<p>Слова.</p>")


def test_markdown_keeps_the_words_of_links_that_lead_nowhere():
    document = read(
        "# A\n\nSee [this](javascript:alert('no')) and [that](data:text/html,x).", "a.md"
    )
    assert document.body == "<p>See this and that.</p>"
    assert [part.kind for part in document.left_out] == [PartKind.SCRIPT] * 2


def test_footnotes_of_markdown_are_told():
    notes = "[^1]: After a study.\n[^2]: And\n\n    of another page.\n"
    document = read(f"# A\n\nSleep[^1] well[^2].\n\n{notes}", "a.md")
    assert document.body == "<p>Sleep well.</p>"
    assert [part.kind for part in document.left_out] == [PartKind.FOOTNOTE] * 2
    assert "of another page" in document.left_out[1].text


def test_pictures_before_headings_and_words_for_screen_readers_are_left_out():
    document = read(
        '<h6 class="sr-only">It said:</h6><h1>🌙 Sleep</h1><p>Words.</p><h2>🛏️ 1. At night</h2>'
        '<p style="font-size:0">unseen</p><p>Dark.</p><h2>❓ Common questions</h2>'
        "<p><strong>1. Is a nap bad?</strong><br>No.</p>",
        "a.html",
    )
    assert document.title == "Sleep"
    assert document.body == "<p>Words.</p>\n<h2>At night</h2>\n<p>Dark.</p>"
    assert [each.question for each in document.questions] == ["Is a nap bad?"]
    assert [part.text for part in document.left_out] == ["It said:", "unseen"]


def test_a_file_without_a_title_takes_its_own_name():
    assert read("Only words that end here.", "going-home.txt").title == "Going home"


@pytest.mark.parametrize(
    ("heading", "lines", "questions"),
    [
        ("FAQ", "Is it long?\n\nIt depends.", ["Is it long?"]),
        ("Frequently asked questions", "Q: Is it long?\n\nA: It depends.", ["Is it long?"]),
        ("Preguntas frecuentes", "¿Es largo?\n\nDepende.", ["¿Es largo?"]),
    ],
)
def test_a_named_part_holds_questions(heading, lines, questions):
    document = read(f"Title\n\nWords of it.\n\n{heading}\n\n{lines}\n")
    assert [each.question for each in document.questions] == questions
    assert document.questions[0].summary in ("It depends.", "Depende.")


def test_an_article_whose_headings_ask_stays_an_article():
    document = read(
        "Title\n\nWhat is it?\n\nA thing.\n\nHow long is it?\n\nLong.\n\nWhat to do\n\nWalk often."
    )
    assert document.questions == ()
    document = read(f"Title\n\nWords.\n\nWhere to go?\n\n{'Many words. ' * 100}\n\nMore.")
    assert document.questions == ()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", b"%PDF-1.7", "can be read"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "can be read"),
        ("a.docx", b"\xd0\xcf\x11\xe0 locked", "no .docx"),
        ("a.docx", b"PK\x03\x04 cut off", "no .docx"),
        ("a.docx", docx("", **{"word__vbaProject.bin": b"x"}), "macros"),
        ("a.docx", docx("<w:p>"), "damaged"),
        ("a.docx", with_bits_turned(docx(paragraph("Going home"))), "no .docx"),
        ("a.docx", docx("<!DOCTYPE x>"), "no text needs"),
        ("a.docx", docx("", **{"word__styles.xml": "<!ENTITY x 'y'>"}), "no text needs"),
        ("a.docx", docx("", **{"big.bin": b"0" * 30_000_000}), "unpacks to far more"),
        ("a.txt", b"", "no words"),
        ("a.html", b"<title>Loading</title><script>x</script><noscript>y</noscript>", "no words"),
        ("a.txt", b"abc\x00\x01\x02" * 10, "no text"),
        ("a.txt", b"a" * 10_000_001, "10 MB"),
        ("a.txt", b"Title\n\n" + b"word " * 50_000, "200,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(name, data, says):
    with pytest.raises(UnreadableDocument, match=says):
        read_document(name, data)


def test_what_is_counted_is_what_an_editor_sees():
    text = "# Sleep\n\nWords.\n\n| When | What |\n|---|---|\n| Day 1 | [Rest](/faq/) |\n"
    counts = read_document("sleep.md", text.encode()).counts()
    seen = {"headings": 0, "paragraphs": 1, "lists": 0, "tables": 1, "links": 1}
    assert counts == seen
