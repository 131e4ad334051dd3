"""Text without marks: what its lines mean by their ends, their columns and their order."""

import pytest

from articles.importing.files import read_document

LONG = (
    "This line is so long that nobody broke it by hand, as in texts whose lines are paragraphs. "
    * 2
)


def read(text):
    return read_document("notes.txt", f"A title\n\n{text}".encode())


def body(text):
    return read(f"First words.\n\n{text}").body.removeprefix("<p>First words.</p>\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep near:\nA lamp\nA glass of water\n\nRest.",
         "<p>Keep near:</p>\n<ul><li>A lamp</li><li>A glass of water</li></ul>\n<p>Rest.</p>"),
        ("Pack:\n\nhat\n  warm\nmap\n\nRest.",
         "<p>Pack:</p>\n<ul><li>hat<ul><li>warm</li></ul></li><li>map</li></ul>\n<p>Rest.</p>"),
        ("One thing is sure:\n\nNobody sleeps well every night.",
         "<p>One thing is sure:</p>\n<p>Nobody sleeps well every night.</p>"),
        ("Take note: this is\none sentence of two lines.",
         "<p>Take note: this is one sentence of two lines.</p>"),
        ("i. beans\nii. oats\n\nEat.", "<ol><li>beans</li><li>oats</li></ol>\n<p>Eat.</p>"),
        ("a. beans\nb. oats\n\nEat.", "<ol><li>beans</li><li>oats</li></ol>\n<p>Eat.</p>"),
        ("A) is for apple.\n\nEat.", "<p>A) is for apple.</p>\n<p>Eat.</p>"),
        ("2020. That was a year.\n\nEat.", "<p>2020. That was a year.</p>\n<p>Eat.</p>"),
        ("✓ beans\n✓ oats\n\nEat.", "<ul><li>beans</li><li>oats</li></ul>\n<p>Eat.</p>"),
        ("–\tbeans\n–\toats\n\nEat.", "<ul><li>beans</li><li>oats</li></ul>\n<p>Eat.</p>"),
    ],
)  # fmt: skip
def test_lists_are_seen_without_their_usual_marks(text, expected):
    assert body(text) == expected


@pytest.mark.parametrize(
    ("text", "header", "rows"),
    [
        ("Day\tMinutes\nMonday\t5\nFriday\t10", True, 3),
        ("Noon\t2 glasses\nEvening\t1 glass", False, 2),
        ("Monday\tWash\nFriday\tRest", False, 2),
        ("Name | Age\n-----|----\nAnn | young", True, 2),
    ],
)
def test_lines_in_columns_are_a_table(text, header, rows):
    html = body(f"As follows:\n\n{text}\n\nEat.")
    assert ("<th>" in html) == header
    assert html.count("<tr>") == rows


def test_numbers_that_stand_alone_above_paragraphs_number_headings():
    html = read(f"{LONG}\n\n1. Rest\n\n{LONG}\n\n2. Walk\n\n{LONG}").body
    assert ("<h2>Rest</h2>" in html, "<h2>Walk</h2>" in html, "<li>" in html) == (True, True, False)
    assert "<ol>" in body("1. Rest\n2. Walk\n\nEat.")


def test_a_line_in_capitals_heads_the_lines_below_it():
    assert (
        body("REST FIRST\nSleep when\nyou can.")
        == "<h2>REST FIRST</h2>\n<p>Sleep when you can.</p>"
    )


@pytest.mark.parametrize(
    "questions",
    [
        "FAQs\n\nQ: Is it long?\nA: It is short.\n\nQ: Is it far?\nA: No.",
        "Common Questions\n\nQ1. Is it long?\n\nA1. It is short.\n\nQ2. Is it far?\n\nA2. No.",
        f"{LONG}\nQ&A\n1. Is it long?\nIt is short.\n2. Is it far?\nNo.",
        "Questions\n\nIs it long?\nIt is short.\nIs it far?\nNo.",
        "Questions people ask\n\n**Is it long?** It is short.\n\n**Is it far?** No.",
        "Frequently asked about walks\n\n**Is it long?**\nIt is short.\n\n**Is it far?**\nNo.",
    ],
)
def test_questions_and_answers_are_told_apart_however_they_are_written(questions):
    document = read(f"Words of it.\n\n{questions}\n")
    assert [(each.question, each.summary, each.body) for each in document.questions] == [
        ("Is it long?", "It is short.", ""),
        ("Is it far?", "No.", ""),
    ]
    assert "Is it" not in document.body
