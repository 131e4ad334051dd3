"""The questions and answers with which many texts end."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from .blocks import Heading, ImportedBlock, Paragraph
from .lists import Item

LONGEST_QUESTION, LONGEST_ANSWER = 160, 150
_faq = re.compile(
    r"(?:\w+ ){0,3}?(?:faqs?|f\.a\.q\.s?|frequently asked(?: questions)?|q ?(?:&|and) ?as?"
    r"|questions? (?:and|&) answers?|(?:\w+ )?questions(?: \w+){0,2} (?:ask|asked|have|hear|get)"
    r"|(?:(?:common|usual|frequent|typical|popular|other|more|your|our|some|top|good) )?questions"
    r"|preguntas (?:y respuestas|frecuentes|comunes)|preguntas)"
    r"(?: (?:about|on|from|for|sobre|de|by) .{1,60})?\W*",
    re.IGNORECASE,
)
_yes_or_no = re.compile(r"(?:yes|no|sí|si)\b\s*[,.;:!–—]", re.IGNORECASE)
_asked = re.compile(r"(?:q|question|p|pregunta)\s*\d*\s*[:.)]\s+", re.IGNORECASE)
_said = re.compile(r"\s+(?:a|answer|r|respuesta)\s*\d*\s*[:.)]\s+", re.IGNORECASE)
_number = re.compile(r"\A\s*\(?\d{1,2}[.)]\s+")
# A question in bold words, or a paragraph of its own, before its answer in the same block.
_bold_first = re.compile(
    r"(?:<p>)?<strong>(?P<question>[^<]*\?)\s*</strong>(?P<rest>.*)|<p>(?P<first>[^<]*\?)</p>(?P<more>.*)",
    re.DOTALL,
)
_answered = re.compile(r"(?:a|answer|r|respuesta)\s*\d*\s*[:.)]\s+", re.IGNORECASE)

type Answered = tuple[str, list[ImportedBlock]]


def split_off_questions(blocks: list[ImportedBlock]) -> tuple[list[ImportedBlock], list[Answered]]:
    """The article, and the questions with their answers that follow it.

    An answer without a question has an empty one.
    """
    for at, block in enumerate(blocks):
        if isinstance(block, Heading) and is_name_of_questions(block.text):
            return blocks[:at], _answers(blocks[at + 1 :], is_named=True)
    begins = _where_questions_begin(blocks)
    if begins is None:
        return blocks, []
    answers = _answers(blocks[begins:], is_named=False)
    is_series = sum(bool(question) for question, _answer in answers) > 1
    says_yes = any(_says_yes_or_no(answer[0]) for _question, answer in answers if answer)
    is_short = all(_words(answer) <= LONGEST_ANSWER for _question, answer in answers)
    if is_short and (is_series or says_yes):
        return blocks[:begins], answers
    return blocks, []


def is_name_of_questions(text: str) -> bool:
    return _faq.fullmatch(text.lstrip(" 0123456789.)(❓❔#*")) is not None


def _where_questions_begin(blocks: list[ImportedBlock]) -> int | None:
    """After the last heading that asks nothing, if the article has words before."""
    begins = None
    for at, block in enumerate(blocks):
        if question_of(block, is_named=False)[0]:
            begins = at if begins is None else begins
        elif isinstance(block, Heading) or not isinstance(block, Paragraph | Item):
            begins = None
    return begins or None


def question_of(block: ImportedBlock, *, is_named: bool) -> tuple[str, list[ImportedBlock]]:
    """The question that a block asks, or "", and what it answers itself.

    Where the part has a name, paragraphs and items ask too.
    """
    match block:
        case Heading() | Paragraph():
            text = _number.sub("", block.text)
        case Item(level=0) if is_named:
            text = _text_of(block.html)
        case _:
            return "", []
    if is_marked := _asked.match(text):
        question, said, answer = _parted(text[is_marked.end() :], _said)
        return question, [Paragraph(escape(answer, quote=False), answer)] if said else []
    if text.endswith("?") and len(text) <= LONGEST_QUESTION:
        return (text, []) if isinstance(block, Heading) or is_named else ("", [])
    found = _bold_first.fullmatch(block.html) if is_named else None
    if not found:
        return "", []
    question = _text_of(found["question"] or found["first"])
    parts = re.split(r"</?p>|<br>", found["rest"] or found["more"] or "")
    rest = [part.strip() for part in parts if _text_of(part)]
    return _number.sub("", question), [Paragraph(part, _text_of(part)) for part in rest]


def _parted(text: str, by: re.Pattern[str]) -> tuple[str, bool, str]:
    found = by.search(text)
    return (text[: found.start()], True, text[found.end() :]) if found else (text, False, "")


def _text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def _answers(blocks: list[ImportedBlock], *, is_named: bool) -> list[Answered]:
    found: list[Answered] = []
    for block in blocks:
        question, answer = question_of(block, is_named=is_named)
        if question:
            found.append((question, [_without_mark(each) for each in answer]))
        elif isinstance(block, Heading) and found:
            found.append((block.text, []))
        elif found:
            found[-1][1].append(_without_mark(block))
        else:
            found.append(("", [_without_mark(block)]))
    return [each for question, answer in found for each in _apart(question, answer)]


def _apart(question: str, answer: list[ImportedBlock]) -> list[Answered]:
    """Who answers yes or no twice answers two questions, one of which is missing."""
    later = [block for block in answer[1:] if _says_yes_or_no(block)]
    is_all_paragraphs = all(isinstance(block, Paragraph) for block in answer)
    if not is_all_paragraphs or not (later or not question):
        return [(question, answer)]
    return [(question, answer[:1]), *(("", [block]) for block in answer[1:])]


def _says_yes_or_no(block: Any) -> bool:
    return isinstance(block, Paragraph) and _yes_or_no.match(block.text) is not None


def _without_mark(block: ImportedBlock) -> ImportedBlock:
    if isinstance(block, Paragraph) and (mark := _answered.match(block.text)):
        return block._replace(
            text=block.text[mark.end() :], html=block.html.replace(mark[0].strip(), "", 1).lstrip()
        )
    return block


def _words(answer: list[ImportedBlock]) -> int:
    return sum(len(re.sub(r"<[^>]*>", " ", getattr(block, "html", "")).split()) for block in answer)
