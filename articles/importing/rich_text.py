"""HTML of word processors, web pages and chats as the draft of an article."""

from __future__ import annotations

import re
from collections import Counter

from .blocks import TITLE_LEVEL, BlockReader, Heading, ImportedBlock, Paragraph, Quote, Rule, Table
from .document import ImportedDocument, LeftOut, PartKind, QuestionDraft
from .html_tree import parse_html
from .lists import Item, to_nested_lists
from .questions import split_off_questions
from .typed_lists import with_typed_lists

CALLOUTS = ("callout", "urgent")
FIRST_LEVEL, LAST_LEVEL = 2, 4
LONGEST_BOLD_HEADING, LONGEST_SUMMARY = 100, 600
# Of a bold paragraph that stands for a heading: below all real ones.
BOLD_LEVEL = 7
USUAL_SIZE, LARGER = 16.0, 1.2
_script = re.compile(r"<script\b", re.IGNORECASE)


def document_from_html(html: str) -> ImportedDocument:
    """Raise ValidationError if elements stand too deep in each other."""
    reader = BlockReader()
    blocks = with_typed_lists(_with_large_headings(list(reader.read(parse_html(html)))))
    blocks = _with_bold_headings(blocks)
    title, blocks = _without_title(blocks)
    article, answers = split_off_questions(blocks)
    while article and isinstance(article[-1], Rule):
        article.pop()
    levels = sorted({block.level for block in article if isinstance(block, Heading)})
    ranks = {level: min(FIRST_LEVEL + at, LAST_LEVEL) for at, level in enumerate(levels)}
    drafts = tuple(_question(question, answer) for question, answer in answers)
    left_out = (*_scripts(html), *reader.words.left_out)
    return ImportedDocument(title, to_body(article, ranks), drafts, left_out)


def _scripts(html: str) -> list[LeftOut]:
    return [LeftOut(PartKind.SCRIPT, "")] if _script.search(html) else []


def pasted(html: str) -> ImportedDocument:
    """The same for a part that is pasted into a text: headings are no title, questions stay."""
    reader = BlockReader()
    blocks = with_typed_lists(list(reader.read(parse_html(html))))
    levels = sorted({block.level for block in blocks if isinstance(block, Heading)})
    ranks = {level: min(FIRST_LEVEL + at, LAST_LEVEL) for at, level in enumerate(levels)}
    return ImportedDocument("", to_body(blocks, ranks), (), tuple(reader.words.left_out))


def _with_large_headings(blocks: list[ImportedBlock]) -> list[ImportedBlock]:
    """Short paragraphs in larger letters are headings, in a document that has no others."""
    words = [block for block in blocks if isinstance(block, Paragraph)]
    if any(isinstance(block, Heading) for block in blocks) or not any(each.size for each in words):
        return blocks
    letters: Counter[float] = Counter()
    for each in words:
        letters[each.size or USUAL_SIZE] += len(each.text)
    usual = letters.most_common(1)[0][0]
    large = {
        id(each): each.size
        for each in words
        if each.size >= usual * LARGER
        and len(each.text) <= LONGEST_BOLD_HEADING
        and not each.text.endswith((".", ":", ",", ";"))
    }
    sizes = sorted(set(large.values()), reverse=True)
    return [
        Heading(min(sizes.index(large[id(block)]) + 1, BOLD_LEVEL - 1), *_plain(block))
        if isinstance(block, Paragraph) and id(block) in large
        else block
        for block in blocks
    ]


def _plain(block: Paragraph) -> tuple[str, str]:
    return re.sub(r"</?strong>", "", block.html).replace("<br>", " "), block.text


def _with_bold_headings(blocks: list[ImportedBlock]) -> list[ImportedBlock]:
    """Short bold paragraphs with words below them are headings to their readers."""
    found: list[ImportedBlock] = []
    for at, block in enumerate(blocks):
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        match block:
            case Paragraph(is_bold=True) if (
                len(block.text) <= LONGEST_BOLD_HEADING
                and not block.text.endswith((".", ":", ",", ";"))
                and below is not None
                and not isinstance(below, Heading)
            ):
                found.append(Heading(BOLD_LEVEL, *_plain(block)))
            case _:
                found.append(block)
    return found


def _without_title(blocks: list[ImportedBlock]) -> tuple[str, list[ImportedBlock]]:
    headings = [block for block in blocks if isinstance(block, Heading)]
    named = [block for block in headings if block.level == TITLE_LEVEL]
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


def to_body(blocks: list[ImportedBlock], ranks: dict[int, int]) -> str:
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


def _html(block: ImportedBlock, ranks: dict[int, int]) -> str:
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


def _question(question: str, answer: list[ImportedBlock]) -> QuestionDraft:
    first = answer[0] if answer else None
    match first:
        case Paragraph() if "<" not in first.html and len(first.text) <= LONGEST_SUMMARY:
            return QuestionDraft(question, first.text, to_body(answer[1:], {}))
    return QuestionDraft(question, "", to_body(answer, {}))
