"""CSV files that spreadsheets open as text: nothing in them is run as a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# 42 CFR 2.32(a)(2), the short form. The law's words, so never translated.
PART_2 = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
BYTE_ORDER_MARK = "\ufeff"
# Blanks and what nobody sees; tab and line breaks are not among them.
UNSEEN = r"[^\S\t\r\n]|[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
# With their small and full-width forms, and the mathematical minus.
SIGNS = r"=+\-@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
# Where semicolons or tabs separate cells, a new cell begins after one.
FORMULA = re.compile(rf"(?:^|[;\t\r\n])(?:{UNSEEN})*(?=[{SIGNS}])")


class Echo:
    """What csv.writer takes for a file; it hands each line back."""

    def write(self, line: str) -> str:
        return line


def harmless(value: object) -> str:
    """The text with an apostrophe wherever a spreadsheet would see a formula begin."""
    text = FORMULA.sub(_marked, str(value))
    # A tab or a line break in front would push what follows into another cell.
    return f"'{text}" if text.startswith(("\t", "\r", "\n")) else text


def _marked(found: re.Match[str]) -> str:
    return f"{found[0]}'" if found[0].startswith((";", "\t", "\r", "\n")) else f"'{found[0]}"


def lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A CSV file, line by line. UTF-8 with a mark, or Excel would read it as something else."""
    writer = csv.writer(Echo(), quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK
    yield writer.writerow([PART_2])
    for row in rows:
        yield writer.writerow([harmless(value) for value in row])


def csv_file(name: str, rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A download called `name`, made while it is sent."""
    return StreamingHttpResponse(
        lines(rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
