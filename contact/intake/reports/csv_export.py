"""CSV files from which a spreadsheet runs no formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# 42 CFR 2.32(a)(2), the short form. Not translated: the law prescribes the words.
PART_2 = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
BYTE_ORDER_MARK = "\ufeff"
# White space and invisible characters, except tabs and line breaks.
UNSEEN = r"[^\S\t\r\n]|[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
# The signs that begin a formula, with small and full-width forms and the mathematical minus.
FORMULA_SIGNS = r"=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
# A spreadsheet that separates cells by semicolons or tabs begins a new cell after each.
FORMULA = re.compile(rf"(?:^|[;\t\r\n])(?:{UNSEEN})*(?=[{FORMULA_SIGNS}])")
ESCAPED_START = re.compile(rf"^'(?=[\t\r\n]|(?:{UNSEEN})*[{FORMULA_SIGNS}])")
ESCAPED_CELL = re.compile(rf"([;\t\r\n](?:{UNSEEN})*)'(?=[{FORMULA_SIGNS}])")


class EchoFile:
    """A file for csv.writer that returns each line."""

    def write(self, line: str) -> str:
        return line


def escape_formulas(value: object) -> str:
    """The text with an apostrophe wherever a spreadsheet would begin a formula."""
    text = FORMULA.sub(_with_apostrophe, str(value))
    # A leading tab or line break would push the rest into another cell.
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) else text


def unescape_formulas(cell: str) -> str:
    """The text without the apostrophes that `escape_formulas` adds; any other stays."""
    text = ESCAPED_CELL.sub(r"\1", ESCAPED_START.sub("", cell))
    return text if escape_formulas(text) == cell else cell


def _with_apostrophe(found: re.Match[str]) -> str:
    return f"{found[0]}'" if found[0].startswith((";", "\t", "\r", "\n")) else f"'{found[0]}"


def csv_lines(rows: Iterable[Sequence[object]], notice: str = PART_2) -> Iterator[str]:
    """A CSV file, line by line. The byte order mark makes Excel read it as UTF-8.

    Files without anything about patients need no notice.
    """
    writer = csv.writer(EchoFile(), quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK
    if notice:
        yield writer.writerow([notice])
    for row in rows:
        yield writer.writerow([escape_formulas(value) for value in row])


def csv_file(
    name: str, rows: Iterable[Sequence[object]], notice: str = PART_2
) -> StreamingHttpResponse:
    """A streamed download called `name`."""
    return StreamingHttpResponse(
        csv_lines(rows, notice),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
