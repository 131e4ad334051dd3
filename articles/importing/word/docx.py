"""Files of Word as HTML, by mammoth; nothing outside the file is opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from html import unescape
from typing import Any

import mammoth  # type: ignore[import-untyped]
from django.utils.translation import gettext

from ..document import LeftOut, PartKind, UnreadableDocument
from . import styles, tables

MAX_UNPACKED, MAX_PARTS, MAX_RATIO = 60_000_000, 3000, 200
WORDS = "word/document.xml"
STYLES = """
p[style-name='Title'] => p.MsoTitle:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
strike => s
u => u
highlight[color='hidden-words'] => span.HiddenWords
comment-reference => a.MsoCommentReference
"""
_deleted = re.compile(r"<w:delText[^>]*>([^<]*)</w:delText>")
_formula = re.compile(r"<m:oMath\b.*?</m:oMath>", re.DOTALL)
_formula_text = re.compile(r"<m:t\b[^>]*>([^<]*)</m:t>")
_contents = re.compile(
    r"<w:sdt>(?:(?!<w:sdt>|</w:sdt>).)*?w:val=\"Table of Contents\"(?:(?!<w:sdt>).)*?</w:sdt>",
    re.DOTALL,
)
_struck_twice = re.compile(r"<w:dstrike\b")
_hidden = re.compile(r"<w:vanish(?:\s+w:val=\"(?:1|true|on)\")?\s*/>")
_entities = (b"<!DOCTYPE", b"<!ENTITY")
_embedded = re.compile(
    r"word/(?:embeddings|activeX|charts|diagrams)/[^/]+\.(?:bin|xlsx?|xml|docx?|pptx?)"
)


def docx_to_html(data: bytes) -> tuple[str, list[LeftOut]]:
    """HTML, and what is no part of it. Raise UnreadableDocument."""
    prepared, own_styles, left_out = _prepared(data)
    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(prepared),
            style_map=f"{STYLES}\n{own_styles}",
            convert_image=mammoth.images.img_element(_no_picture),
            external_file_access=False,
        )
    except Exception as error:
        # Whatever the library stumbles on, the editor can save the file anew.
        raise UnreadableDocument(
            gettext(
                "This Word file is damaged or uses something we cannot read. "
                "Save it again as .docx."
            )
        ) from error
    return tables.with_tables(converted.value), left_out


def _no_picture(_image: Any) -> dict[str, str]:
    return {"src": ""}


def _prepared(data: bytes) -> tuple[bytes, str, list[LeftOut]]:
    """The file as mammoth reads it best, its styles, and what is left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            _check(data, parts)
            contents = {name: parts.read(name) for name in parts.namelist()}
    except UnreadableDocument:
        raise
    except Exception as error:
        # Damaged archives fail in many ways; each kind of compression has errors of its own.
        raise UnreadableDocument(
            gettext("This is no .docx file, or it is locked by a password. Save it again as .docx.")
        ) from error
    for name, content in contents.items():
        is_text = name.endswith((".xml", ".rels"))
        if is_text and any(mark in content for mark in _entities):
            raise UnreadableDocument(gettext("This Word file holds something that no text needs."))
    try:
        words = contents[WORDS].decode("utf-8")
    except UnicodeDecodeError:
        # Text in another encoding is left to the library.
        return data, "", []
    left_out = [*_left_out(words), *_parts_left_out(contents)]
    words = _formula.sub("", _contents.sub("", words))
    words = _hidden.sub('<w:highlight w:val="hidden-words"/>', words)
    contents[WORDS] = _struck_twice.sub("<w:strike", words).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name, content in contents.items():
            out.writestr(name, content)
    own_styles = styles.style_map(contents.get("word/styles.xml", b""))
    return file.getvalue(), own_styles, left_out


def _check(data: bytes, parts: zipfile.ZipFile) -> None:
    listed = parts.infolist()
    unpacked = sum(part.file_size for part in listed)
    if unpacked > min(MAX_UNPACKED, max(len(data), 10_000) * MAX_RATIO):
        raise UnreadableDocument(gettext("This file unpacks to far more than a text needs."))
    if len(listed) > MAX_PARTS or WORDS not in parts.namelist():
        raise UnreadableDocument(gettext("This is no Word file with a text in it."))
    has_macros = any("vbaproject" in part.filename.lower() for part in listed)
    if has_macros or b"macroEnabled" in parts.read("[Content_Types].xml"):
        raise UnreadableDocument(gettext("This file holds macros. Save it without them."))


def _left_out(words: str) -> list[LeftOut]:
    deleted = [LeftOut(PartKind.STRUCK, unescape(text)) for text in _deleted.findall(words)]
    formulas = [
        LeftOut(PartKind.EMBEDDED, unescape(" ".join(_formula_text.findall(formula))))
        for formula in _formula.findall(words)
    ]
    parts = [*deleted, *formulas]
    return [part._replace(text=part.text.strip()[:300]) for part in parts if part.text.strip()]


def _parts_left_out(names: Iterable[str]) -> list[LeftOut]:
    found = (name for name in names if _embedded.fullmatch(name))
    return [LeftOut(PartKind.EMBEDDED, name.rpartition("/")[2]) for name in found]
