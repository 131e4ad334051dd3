"""Files that editors bring: plain text, Markdown, HTML and Word."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from . import rich_text
from .document import ImportedDocument, UnreadableDocument
from .text import plain_text

MAX_FILE_BYTES = 10_000_000
# As many as the form of an article takes.
MAX_BODY = 200_000
READABLE_FILES = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".docx")
_charset = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_html_title = re.compile(r"<title[^>]*>([^<]*)</title>", re.IGNORECASE)


def read_document(name: str, data: bytes) -> ImportedDocument:
    """Read a file by the ending of its name. Raise UnreadableDocument, which says why."""
    ending = PurePath(name.lower()).suffix
    if ending not in READABLE_FILES:
        raise UnreadableDocument(
            gettext("Files that end in %(endings)s can be read. Save yours as one of these.")
            % {"endings": ", ".join(READABLE_FILES)}
        )
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableDocument(gettext("The file is larger than 10 MB. A text needs far less."))
    try:
        document = _read(ending, data)
    except ValidationError as error:
        raise UnreadableDocument(" ".join(error.messages)) from error
    if len(document.body) > MAX_BODY:
        raise UnreadableDocument(
            gettext("The text is longer than 200,000 characters. Divide it into several articles.")
        )
    if not document.body and not document.questions and not document.title:
        raise UnreadableDocument(gettext("There are no words in this file."))
    if not document.title:
        document = document._replace(title=_from_name(name))
    return document


def _read(ending: str, data: bytes) -> ImportedDocument:
    # Imported where they are needed: nothing else that a worker serves takes as many modules.
    if ending == ".docx":
        from .word import docx

        html, deleted = docx.docx_to_html(data)
        document = rich_text.document_from_html(html)
        return document._replace(left_out=(*deleted, *document.left_out))
    text = decoded(data, _declared(data) if ending in (".html", ".htm") else "cp1252")
    match ending:
        case ".md" | ".markdown":
            from . import markdown

            return markdown.document_from_markdown(text)
        case ".html" | ".htm":
            document = rich_text.document_from_html(text)
            named = _html_title.search(text)
            # A page whose words come by script has nothing but this name.
            if document.body and not document.title and named:
                document = document._replace(title=" ".join(named[1].split()))
            return document
        case _:
            return rich_text.document_from_html(plain_text.text_to_html(text))


def _declared(data: bytes) -> str:
    """The encoding that a web page names, if it is a known one."""
    found = _charset.search(data[:2000])
    try:
        name = codecs.lookup(found[1].decode("ascii")).name if found else "cp1252"
        "".encode(name)
    except (LookupError, ValueError):
        return "cp1252"
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def decoded(data: bytes, otherwise: str = "cp1252") -> str:
    """The text of bytes in UTF-8, UTF-16 or another encoding. Raise UnreadableDocument."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").removeprefix("\ufeff")
    sample = data[:2000]
    for encoding, odd in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if sample and odd.count(0) > len(odd) // 2:
            return data.decode(encoding, "replace")
    if b"\x00" in data:
        raise UnreadableDocument(gettext("This file holds no text, but something else."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(otherwise, "replace")


def _from_name(name: str) -> str:
    return re.sub(r"[-_\s]+", " ", PurePath(name).stem).strip().capitalize()[:200]
