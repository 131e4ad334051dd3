"""CSV files as spreadsheets save them: any separator, UTF-8 or what Excel writes."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

# With what the web server lets through, and some hundreds of places beyond any real list.
MAX_BYTES = 1024 * 1024
MOST_ROWS = 2000
CELL_ENDS = ",;\t"
EXCEL = "cp1252"
# Zipped (.xlsx, .ods) and older (.xls) workbooks.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Sheet(NamedTuple):
    """Cells of a file; rows have the numbers that a spreadsheet shows beside them."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    # Remarks for the reader of the preview.
    notes: list[str]


def read_sheet(data: bytes) -> Sheet:
    """Return the cells of a CSV file; raise a ValidationError that says why it can't be read."""
    text, notes = _decoded(data)
    rows = _numbered(text, _separator(text))
    _, header = next(rows, (0, []))
    if not header:
        raise ValidationError(gettext("The file is empty."))
    listed = []
    for row in rows:
        listed.append(row)
        if len(listed) > MOST_ROWS:
            raise ValidationError(
                gettext("The file has more than %(most)s rows. Split it.") % {"most": MOST_ROWS}
            )
    if not listed:
        raise ValidationError(gettext("The file has a row of headings, and nothing below it."))
    return Sheet(header, listed, notes)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    if len(data) > MAX_BYTES:
        raise ValidationError(
            gettext("The file is larger than %(most)s KB. Split it.") % {"most": MAX_BYTES // 1024}
        )
    if data.startswith(WORKBOOKS):
        raise ValidationError(
            gettext("This is a workbook. Save it in the spreadsheet as “CSV UTF-8”.")
        )
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, [_excel_note()] if encoding == EXCEL else []
    raise ValidationError(
        gettext("The letters of this file can’t be read. Save it as “CSV UTF-8”.")
    )


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", EXCEL)


def _excel_note() -> str:
    return gettext(
        "The file is not in UTF-8, so it was read as Excel for Windows writes it. Look at letters "
        "with accents."
    )


def _separator(text: str) -> str:
    """Return the separator that makes most cells of the headings."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    # The reader refuses longer cells, with an error that is told with the row below.
    line = line[: csv.field_size_limit()]
    return max(CELL_ENDS, key=lambda each: len(next(csv.reader([line], delimiter=each))))


def _numbered(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield rows in which something stands, with their numbers."""
    number = 0
    reader: Any = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as error:
        raise ValidationError(
            gettext(
                "Row %(row)s can’t be read: a quotation mark is not closed or stands inside a "
                "cell, or a cell is far too long."
            )
            % {"row": number + 1}
        ) from error
