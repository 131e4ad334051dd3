"""HTML of word processors, web pages and chats as the draft of an article."""

from __future__ import annotations

import re

from .blocks import TITLE, Block, BlockReader, Heading, Paragraph, Quote, Rule, Table
from .document import ImportedDocument, QuestionDraft
from .html_tree import parse
from .lists import Item, to_nested_lists
from .questions import split

CALLOUTS = ("callout", "urgent")
FIRST_LEVEL, LAST_LEVEL = 2, 3
LONGEST_HEADING, LONGEST_SUMMARY = 100, 600
# Of a bold paragraph that stands for a heading: below all real ones.
BOLD_LEVEL = 7


def understand(html: str) -> ImportedDocument:
    """Raise ValidationError if elements stand too deep in each other."""
    reader = BlockReader()
    blocks = _with_bold_headings(list(reader.read(parse(html))))
    title, blocks = _without_title(blocks)
    article, answers = split(blocks)
    levels = sorted({block.level for block in article if isinstance(block, Heading)})
    ranks = {level: min(FIRST_LEVEL + at, LAST_LEVEL) for at, level in enumerate(levels)}
    drafts = tuple(_question(question, answer) for question, answer in answers)
    return ImportedDocument(title, to_body(article, ranks), drafts, tuple(reader.words.left_out))


def pasted(html: str) -> ImportedDocument:
    """The same for a part that is pasted into a text: headings are no title, questions stay."""
    reader = BlockReader()
    blocks = list(reader.read(parse(html)))
    levels = sorted({block.level for block in blocks if isinstance(block, Heading)})
    ranks = {level: min(FIRST_LEVEL + at, LAST_LEVEL) for at, level in enumerate(levels)}
    return ImportedDocument("", to_body(blocks, ranks), (), tuple(reader.words.left_out))


def _with_bold_headings(blocks: list[Block]) -> list[Block]:
    """Short bold paragraphs with words below them are headings to their readers."""
    found: list[Block] = []
    for at, block in enumerate(blocks):
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        match block:
            case Paragraph(is_bold=True) if (
                len(block.text) <= LONGEST_HEADING
                and not block.text.endswith((".", ":", ",", ";"))
                and below is not None
                and not isinstance(below, Heading)
            ):
                plain = re.sub(r"</?strong>", "", block.html).replace("<br>", " ")
                found.append(Heading(BOLD_LEVEL, plain, block.text))
            case _:
                found.append(block)
    return found


def _without_title(blocks: list[Block]) -> tuple[str, list[Block]]:
    headings = [block for block in blocks if isinstance(block, Heading)]
    named = [block for block in headings if block.level == TITLE]
    largest = [block for block in headings if block.level == 1]
    if named:
        title = named[0]
    elif blocks and isinstance(blocks[0], Heading):
        title = blocks[0]
    elif len(largest) == 1:
        title = largest[0]
    else:
        return "", blocks
    return title.text, [block for block in blocks if block is not title]


def to_body(blocks: list[Block], ranks: dict[int, int]) -> str:
    parts: list[str] = []
    items: list[Item] = []
    for block in blocks:
        if isinstance(block, Item):
            items.append(block)
            continue
        if items:
            parts.append(to_nested_lists(items))
            items = []
        parts.append(_html(block, ranks))
    if items:
        parts.append(to_nested_lists(items))
    return "\n".join(parts)


def _html(block: Block, ranks: dict[int, int]) -> str:
    match block:
        case Heading():
            level = ranks.get(block.level, LAST_LEVEL)
            return f"<h{level}>{block.html}</h{level}>"
        case Paragraph():
            return f"<p>{block.html}</p>"
        case Table():
            return _table(block)
        case Quote():
            name = next((name for name in CALLOUTS if name in block.classes.split()), "")
            classes = f' class="{name}"' if name else ""
            return f"<blockquote{classes}>{to_body(block.blocks, ranks)}</blockquote>"
        case Rule():
            return "<hr>"
        case Item():
            return to_nested_lists([block])


def _table(table: Table) -> str:
    html = ""
    for at, row in enumerate(table.rows):
        name = "th" if table.has_header and at == 0 else "td"
        cells = (f"<{name}{spans}><p>{_cell(words, name)}</p></{name}>" for spans, words in row)
        html += f"<tr>{''.join(cells)}</tr>"
    return f"<table><tbody>{html}</tbody></table>"


def _cell(words: str, name: str) -> str:
    return re.sub(r"</?strong>", "", words) if name == "th" else words


def _question(question: str, answer: list[Block]) -> QuestionDraft:
    first = answer[0] if answer else None
    match first:
        case Paragraph() if "<" not in first.html and len(first.text) <= LONGEST_SUMMARY:
            return QuestionDraft(question, first.text, to_body(answer[1:], {}))
    return QuestionDraft(question, "", to_body(answer, {}))
