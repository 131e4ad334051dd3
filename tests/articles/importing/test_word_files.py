"""Word files: styles of their authors, tables by tabs, and what their text leaves out."""

import pytest

from articles.importing.document import PartKind
from articles.importing.files import read_document

from .word_files import STYLES, docx, paragraph


def read(words, **parts):
    return read_document("home.docx", docx(words, **parts))


def test_a_word_file_is_read_and_its_deleted_words_are_told():
    words = (
        paragraph("Going home", "Heading1")
        + paragraph("Rest first.")
        + paragraph("40 mg", run="<w:strike/>")
        + '<w:p><w:r><w:t>Then walk</w:t></w:r><w:del w:id="1"><w:r><w:delText>and run'
        "</w:delText></w:r></w:del></w:p>"
    )
    document = read(words)
    assert document.title == "Going home"
    assert document.body == "<p>Rest first.</p>\n<p>Then walk</p>"
    assert [(part.kind, part.text) for part in document.left_out] == [
        (PartKind.STRUCK, "and run"),
        (PartKind.STRUCK, "40 mg"),
    ]


STYLE = (
    '<w:style w:type="paragraph" w:styleId="{}"><w:name w:val="{}"/><w:basedOn w:val="{}"/>'
    "<w:rPr>{}</w:rPr></w:style>"
)


def with_styles(*styles):
    return {"word__styles.xml": STYLES.format("".join(STYLE.format(*each) for each in styles))}


def test_own_styles_mean_what_they_are_based_on():
    styles = with_styles(
        ("Heading1", "heading 1", "", ""),
        ("Mine", "Our big words", "Heading1", ""),
        ("Part", "Our part", "", "<w:b/>"),
        ("Old", "Our old words", "", "<w:strike/>"),
        ("TOC1", "toc 1", "", ""),
    )
    words = (
        paragraph("Going home", "Mine")
        + paragraph("Rest 2", "TOC1")
        + paragraph("Rest", "Part")
        + paragraph("Sleep first.")
        + paragraph("Run at once.", "Old")
    )
    document = read(words, **styles)
    assert (document.title, document.body) == ("Going home", "<h2>Rest</h2>\n<p>Sleep first.</p>")
    assert [(part.kind, part.text) for part in document.left_out] == [
        (PartKind.STRUCK, "Run at once.")
    ]


def test_words_parted_by_tabs_are_a_table():
    tab = "</w:t><w:tab/><w:t>"
    words = "".join(
        paragraph(text)
        for text in (f"Day{tab}Minutes", f"Monday{tab}5", f"Friday{tab}10", f"One{tab}line")
    )
    rows = read(paragraph("First words.") + words).body
    assert rows.count("<tr>") == 4
    assert "<tr><td><p>Monday</p></td><td><p>5</p></td></tr>" in rows
    assert "<table" not in read(paragraph("First words.") + paragraph(f"One{tab}line")).body


@pytest.mark.parametrize(
    ("words", "kind", "text"),
    [
        (paragraph("unseen", run="<w:vanish/>"), PartKind.HIDDEN, "unseen"),
        (paragraph("40 mg", run="<w:dstrike/>"), PartKind.STRUCK, "40 mg"),
        (
            '<w:p><m:oMath xmlns:m="urn:m"><m:r><m:t>a+b</m:t></m:r></m:oMath></w:p>',
            PartKind.EMBEDDED,
            "a+b",
        ),
    ],
)
def test_hidden_and_struck_words_and_formulas_are_told(words, kind, text):
    document = read(paragraph("First words.") + words)
    assert document.body == "<p>First words.</p>"
    assert [(part.kind, part.text) for part in document.left_out] == [(kind, text)]


def test_underlining_in_a_word_file_is_told():
    under = paragraph("40 mg", run='<w:u w:val="single"/>')
    document = read(paragraph("First words.") + under)
    assert document.body == "<p>First words.</p>\n<p>40 mg</p>"
    told = [(part.kind, part.text, part.after) for part in document.left_out]
    assert told == [(PartKind.UNDERLINE, "40 mg", "First words.")]


def test_sheets_and_charts_inside_of_a_file_are_told():
    parts = {"word__charts__chart1.xml": "<c/>", "word__embeddings__Sheet1.xlsx": "x"}
    found = read(paragraph("First words."), **parts).left_out
    assert [part.text for part in found] == ["chart1.xml", "Sheet1.xlsx"]
