"""The way back to the list that someone came from: every page and form carries its filters."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from .filters import Filters

PARAMETER = "back"
MAX_QUERY_LENGTH = 1500


def return_url(request: HttpRequest) -> str:
    """The list with the filters that `request` carries."""
    return list_url(carried_filters(request).query())


def return_query(request: HttpRequest) -> str:
    """To append to an address, so that its page leads back to the same list; may be empty."""
    return return_query_for(carried_filters(request))


def return_query_for(filters: Filters) -> str:
    """To append to an address, so that its page leads back to these filters; may be empty."""
    query = filters.query()
    return f"?{urlencode({PARAMETER: query})}" if query else ""


def list_url(query: str) -> str:
    page = reverse("intake:list")
    return f"{page}?{query}" if query else page


def parse_query(query: str) -> Filters:
    """The filters in the part of an address after its question mark."""
    return Filters.from_query(QueryDict(query[:MAX_QUERY_LENGTH]))


def carried_filters(request: HttpRequest) -> Filters:
    return parse_query(request.POST.get(PARAMETER) or request.GET.get(PARAMETER, ""))
