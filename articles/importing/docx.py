"""Files of Word as HTML, by mammoth; nothing outside the file is opened."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any

import mammoth  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from .document import LeftOut, PartKind, UnreadableDocument

MAX_UNPACKED, MAX_PARTS, MAX_RATIO = 60_000_000, 3000, 200
WORDS = "word/document.xml"
STYLES = """
p[style-name='Title'] => p.MsoTitle:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
strike => s
comment-reference => a.MsoCommentReference
"""
_deleted = re.compile(rb"<w:delText[^>]*>([^<]*)</w:delText>")


def to_html(data: bytes) -> tuple[str, list[LeftOut]]:
    """HTML, and what changes that were tracked deleted. Raise UnreadableDocument."""
    deleted = _check(data)
    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(_no_picture),
            external_file_access=False,
        )
    except Exception as error:
        # Whatever the library stumbles on, the editor can save the file anew.
        raise UnreadableDocument(
            _("This Word file is damaged or uses something we cannot read. Save it again as .docx.")
        ) from error
    return converted.value, deleted


def _no_picture(_image: Any) -> dict[str, str]:
    return {"src": ""}


def _check(data: bytes) -> list[LeftOut]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            listed = parts.infolist()
            unpacked = sum(part.file_size for part in listed)
            if unpacked > min(MAX_UNPACKED, max(len(data), 10_000) * MAX_RATIO):
                raise UnreadableDocument(_("This file unpacks to far more than a text needs."))
            if len(listed) > MAX_PARTS or WORDS not in parts.namelist():
                raise UnreadableDocument(_("This is no Word file with a text in it."))
            if any("vbaproject" in part.filename.lower() for part in listed):
                raise UnreadableDocument(_("This file holds macros. Save it without them."))
            words = parts.read(WORDS)
    except UnreadableDocument:
        raise
    except Exception as error:
        # Damaged archives fail in many ways; each kind of compression has errors of its own.
        raise UnreadableDocument(
            _("This is no .docx file, or it is locked by a password. Save it again as .docx.")
        ) from error
    if b"<!DOCTYPE" in words or b"<!ENTITY" in words:
        raise UnreadableDocument(_("This Word file holds something that no text needs."))
    texts = [unescape(text.decode("utf-8", "replace")) for text in _deleted.findall(words)]
    return [LeftOut(PartKind.STRUCK, text.strip()[:300]) for text in texts if text.strip()]
