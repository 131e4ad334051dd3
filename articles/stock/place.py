"""Back to the same place of the list of all pages, from whatever was opened there.

The admin keeps the filters of a list in the address of what is opened from it. What comes from the
list of all pages has that list's whole query there, under the name STOCK.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

KEPT, STOCK = "_changelist_filters", "stock"
# Name of the row on its page, the row after which to look for the next, and the first one's.
ROW, AFTER, BEGAN = "row", "after", "began"


def kept_by(query: QueryDict, row: str) -> str:
    """The query of an address that is opened from a row of the list."""
    inner = query.copy()
    inner[ROW] = row
    return urlencode({KEPT: urlencode({STOCK: inner.urlencode()})})


def stock_query(request: HttpRequest) -> QueryDict | None:
    """The query of the list from which the page was opened, if it was."""
    kept = QueryDict(request.GET.get(KEPT, ""))
    return QueryDict(kept[STOCK], mutable=True) if STOCK in kept else None


def list_address(query: QueryDict) -> str:
    """The list as it was, at the row from which something was opened."""
    query = query.copy()
    query.pop(BEGAN, None)
    row = query.pop(ROW, [""])[-1]
    at = f"#{row}" if row.replace("-", "").isalnum() else ""
    return f"{reverse('admin:stock')}?{query.urlencode()}{at}"


def next_address(query: QueryDict, after: int | str) -> str:
    """The next page of the list that waits for a review."""
    query = query.copy()
    query.pop(ROW, None)
    query[AFTER] = str(after)
    return f"{reverse('admin:stock_next')}?{query.urlencode()}"
