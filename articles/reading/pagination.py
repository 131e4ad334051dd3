"""Keyset pagination: each page of a list begins after a given row, so no query counts or skips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from articles.publishing.publication_lists import ListRow, PublicationQuerySet


class KeysetPage[R](NamedTuple):
    """One page of a list, and the addresses of its neighbours, empty where there is none."""

    items: list[R]
    previous_url: str
    next_url: str


def paginate[R: ListRow](
    publications: PublicationQuerySet[Any],
    row: type[R],
    order: str,
    after: int | None,
    *,
    per_page: int,
    first_url: str,
    url_after: Callable[[int], str],
) -> KeysetPage[R]:
    """The first page, or the one that begins after the publication with the primary key `after`.

    `order` names the field that orders the list, primary keys order rows with the same value.
    Raise Http404 if `after` is not in the list or is its last row.
    """
    previous_url, rest = "", ordered(publications, order)
    if after is not None:
        field = order.removeprefix("-")
        anchor = get_object_or_404(publications.select_related(None).only(field), pk=after)
        rest = rows_from(publications, order, anchor)
        backwards = field if order.startswith("-") else f"-{field}"
        earlier = rows_from(publications, backwards, anchor, inclusive=True)
        keys = earlier.values_list("pk", flat=True)[: per_page + 1]
        previous_url = url_after(keys[per_page]) if len(keys) > per_page else first_url
    found = rest[: per_page + 1].rows(row)
    if after is not None and not found:
        raise Http404
    items = found[:per_page]
    next_url = url_after(items[-1].pk) if len(found) > per_page else ""
    return KeysetPage(items, previous_url, next_url)


def ordered(publications: PublicationQuerySet[Any], order: str) -> PublicationQuerySet[Any]:
    return publications.order_by(order, "-pk" if order.startswith("-") else "pk")


def rows_from(
    publications: PublicationQuerySet[Any], order: str, anchor: Any, *, inclusive: bool = False
) -> PublicationQuerySet[Any]:
    """The rows after `anchor`, with `inclusive` the anchor itself too, in `order`."""
    field, beyond = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    value, pk_lookup = getattr(anchor, field), f"pk__{beyond}e" if inclusive else f"pk__{beyond}"
    same_value = Q(**{field: value, pk_lookup: anchor.pk})
    other_value = Q(**{f"{field}__{beyond}": value})
    # Redundant; lets the database use a range scan.
    in_range = Q(**{f"{field}__{beyond}e": value})
    return ordered(publications.filter(same_value | other_value, in_range), order)
