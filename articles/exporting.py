"""A page's words as Markdown and as a plain HTML file, for use outside the site.

The Markdown is CommonMark with tables; what it has no sign for (boxes, sub- and superscript, tables
without a header row) stands in it as HTML. `articles/importing` reads it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.html import escape, format_html, format_html_join
from django.utils.translation import gettext

from .importing.html_tree import HtmlElement, parse_html
from .pictures.addresses import PUBLIC_PREFIX, with_prefix
from .pictures.uses import with_pictures_inside
from .text import markup

_special = re.compile(r"([\\`*_\[\]<>|~&])")
# What would make a heading, a list, a rule of a line: a backslash goes before it.
_line_start = re.compile(r"^( ?(?:\d+(?=[.)](?:\s|$))|(?=[#+=-]+(?:\s|$))))", re.MULTILINE)
_line_break = "\\\n"
_spaces = re.compile(r"[ \t\n]+")
_marks = {"strong": "**", "em": "*"}


def markdown_of(revision: Any) -> str:
    """Title, summary, text and sources."""
    parts = [f"# {_text(revision.title)}", _text(revision.summary), body(revision.body)]
    parts += [f"*{_text(revision.byline)}*"] if revision.byline else []
    if revision.sources:
        rows = (f"{n}. {_source(each)}" for n, each in enumerate(revision.sources, 1))
        parts += [f"## {_text(gettext('Sources'))}", "\n".join(rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def html_of(revision: Any) -> str:
    """The same as a page without styles."""
    rows = format_html_join(
        "\n", "<li>{}</li>", ((_source_html(each),) for each in revision.sources)
    )
    sources = format_html("<h2>{}</h2>\n<ol>{}</ol>\n", gettext("Sources"), rows)
    return format_html(
        '<!doctype html>\n<html lang="{}">\n<head><meta charset="utf-8"><title>{}</title></head>\n'
        "<body>\n<h1>{}</h1>\n<p>{}</p>\n{}\n{}{}</body>\n</html>\n",
        revision.language,
        revision.title,
        revision.title,
        revision.summary,
        markup.trusted(with_pictures_inside(revision.body)),
        format_html("<p><em>{}</em></p>\n", revision.byline) if revision.byline else "",
        sources if revision.sources else "",
    )


def body(html: str) -> str:
    """Sanitised HTML as Markdown."""
    return "\n\n".join(_blocks(parse_html(html)))


def _blocks(node: HtmlElement) -> Iterator[str]:
    loose: list[HtmlElement | str] = []
    for child in node.children:
        if isinstance(child, str) or child.name in ("strong", "em", "a", "sub", "sup", "br"):
            loose.append(child)
            continue
        yield from _paragraph(loose)
        loose = []
        yield from _block(child)
    yield from _paragraph(loose)


def _block(node: HtmlElement) -> Iterator[str]:
    match node.name:
        case "h2" | "h3" | "h4":
            words = _inline(node.children).replace(_line_break, "<br>")
            yield f"{'#' * int(node.name[1])} {words}"
        case "ul" | "ol":
            yield "\n".join(_items(node))
        case "blockquote" if node.get("class"):
            inside = "\n\n".join(_blocks(node))
            yield f'<blockquote class="{escape(node.get("class"))}">\n\n{inside}\n\n</blockquote>'
        case "blockquote":
            yield _indented("\n\n".join(_blocks(node)), "> ", "> ")
        case "table":
            yield _table(node)
        case "figure":
            yield _figure(node)
        case "hr":
            yield "---"
        case _:
            yield from _blocks(node)


def _paragraph(children: list[HtmlElement | str]) -> Iterator[str]:
    if words := _inline(children):
        yield _line_start.sub(r"\1\\", words)


def _items(node: HtmlElement) -> Iterator[str]:
    number = int(node.get("start") or 1) if node.name == "ol" else 0
    for child in node.children:
        if isinstance(child, HtmlElement):
            sign = f"{number}. " if node.name == "ol" else "- "
            yield _indented("\n\n".join(_blocks(child)), sign, " " * len(sign))
            number += 1


def _indented(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    rest = (f"{others}{line}".rstrip() for line in lines[1:])
    return "\n".join([f"{first}{lines[0]}", *rest])


def _table(node: HtmlElement) -> str:
    rows = [
        [cell for cell in row.children if isinstance(cell, HtmlElement)]
        for row in node.elements()
        if row.name == "tr"
    ]
    cells = [cell for row in rows for cell in row]
    is_plain = rows and all(cell.name == "th" for cell in rows[0])
    is_plain = is_plain and not any(cell.name == "th" for row in rows[1:] for cell in row)
    is_plain = is_plain and len({len(row) for row in rows}) == 1
    if not is_plain or any(cell.attributes or _has_several(cell) for cell in cells):
        return _html(node)
    lines = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    lines.insert(1, f"|{' --- |' * len(rows[0])}")
    return "\n".join(lines)


def _has_several(cell: HtmlElement) -> bool:
    return len(list(_blocks(cell))) > 1 or any(
        each.name in ("ul", "ol") for each in cell.elements()
    )


def _cell(cell: HtmlElement) -> str:
    return next(_blocks(cell), "").replace(_line_break, "<br>").replace("\n", " ")


def _figure(node: HtmlElement) -> str:
    """With whole addresses, since the file goes to places that are not this site."""
    return with_prefix(_html(node), settings.SITE_URL + PUBLIC_PREFIX)


def _html(node: HtmlElement | str) -> str:
    if isinstance(node, str):
        return escape(node)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    if node.name in ("br", "hr"):
        return f"<{node.name}>"
    if node.name == "img":
        return f"<img{attributes}>"
    inside = "".join(_html(child) for child in node.children)
    return f"<{node.name}{attributes}>{inside}</{node.name}>"


def _inline(children: list[HtmlElement | str]) -> str:
    words = _spaces.sub(" ", "".join(_run(child) for child in children))
    return words.strip().replace("\0", _line_break)


def _run(node: HtmlElement | str) -> str:
    if isinstance(node, str):
        return _text(node)
    if node.name == "br":
        return "\0"
    inside = "".join(_run(child) for child in node.children)
    if not inside.strip(" "):
        return inside
    if mark := _marks.get(node.name):
        # Between a mark and the words no space may stand.
        words = inside.strip(" ")
        before, after = inside[: inside.index(words[0])], inside[len(inside.rstrip(" ")) :]
        return f"{before}{mark}{words}{mark}{after}"
    if node.name == "a":
        title = f' "{node.get("title").replace(chr(34), "")}"' if node.get("title") else ""
        return f"[{inside}](<{node.get('href').replace('>', '%3E')}>{title})"
    if node.name in ("sub", "sup"):
        return f"<{node.name}>{inside}</{node.name}>"
    return inside


def _text(words: str) -> str:
    return _special.sub(r"\\\1", words)


def _source(source: dict[str, Any]) -> str:
    title = _text(source.get("title", ""))
    named = f"[{title}](<{source['url']}>)" if source.get("url") else title
    before = f"{_text(source['publisher'])}. " if source.get("publisher") else ""
    return f"{before}{named}{', ' + str(source['year']) if source.get('year') else ''}."


def _source_html(source: dict[str, Any]) -> str:
    named = format_html("{}", source.get("title", ""))
    if source.get("url"):
        named = format_html('<a href="{}">{}</a>', source["url"], named)
    publisher, year = source.get("publisher", ""), source.get("year", "")
    return format_html(
        "{}{}{}.", f"{publisher}. " if publisher else "", named, f", {year}" if year else ""
    )
