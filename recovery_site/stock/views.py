"""The list of all pages: what is wrong with them, and what to do with many at once."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import StockRow
from articles.stock.place import AFTER, BEGAN, kept_by, list_address

from .bulk import STOCK_ACTIONS, Bulk, BulkForm
from .listing import LAST_PAGE, MOST_ROWS_COUNTED, ROWS_ON_PAGE, StockListing
from .table import table_rows

MOST_LEFT_NAMED = 10
# So many pages are changed in one step.
MOST_CHANGED = 1000
KEY_DIGITS = 19
# So many of their own words a reviewer passes over in one step.
MOST_PASSED_OVER = 200


def _listing(request: HttpRequest) -> StockListing:
    listing = StockListing(request)
    if not listing.visible:
        raise PermissionDenied
    return listing


@require_http_methods(["GET", "HEAD", "POST"])
def stock(request: HttpRequest) -> HttpResponse:
    listing = _listing(request)
    if request.method == "POST":
        return _change_many(request, listing)
    rows = listing.rows
    is_more, count = len(rows) > ROWS_ON_PAGE, listing.count
    context = {
        **admin.site.each_context(request),
        "title": gettext("All pages"),
        "listing": listing,
        "rows": table_rows(request, listing, rows[:ROWS_ON_PAGE]),
        "count": min(count, MOST_ROWS_COUNTED),
        "is_more": count > MOST_ROWS_COUNTED,
        "most_changed": MOST_CHANGED,
        "has_next": is_more and listing.page < LAST_PAGE,
        "is_cut": is_more and listing.page == LAST_PAGE,
        "actions": _action_parts(request, listing),
        "may_change": any(each.has_change_permission(request) for each in listing.visible.values()),
        # Its columns need the room.
        "is_nav_sidebar_enabled": False,
    }
    return TemplateResponse(request, "admin/publication/stock.html", context)


def _action_parts(request: HttpRequest, listing: StockListing) -> list[dict[str, Any]]:
    form = BulkForm(auto_id="bulk_%s")
    admins = listing.visible.values()
    reviewed = [each for each in admins if each.has_clinical_review]
    form.offer(
        listing.topics,
        _named(listing, [each.writers() for each in admins]),
        _named(listing, [each.reviewers(request) for each in reviewed]),
    )
    return [
        {"name": name, "action": action, "fields": [form[field] for field in action.fields]}
        for name, action in STOCK_ACTIONS.items()
    ]


def _named(listing: StockListing, accounts: list[Any]) -> list[tuple[int, str]]:
    """Those of the staff who may do it for a kind of page at least."""
    able = set(reduce(or_, accounts).order_by().values_list("pk", flat=True)) if accounts else set()
    return [(key, name) for key, name in listing.people.items() if key in able]


def _change_many(request: HttpRequest, listing: StockListing) -> HttpResponse:
    address = f"{request.path}?{listing.query.urlencode()}"
    action = request.POST.get("do", "")
    rows = _ticked(request, listing)
    if action not in STOCK_ACTIONS or not rows:
        messages.error(request, gettext("Tick the pages first; nothing was changed."))
        return HttpResponseRedirect(address)
    form = BulkForm(request.POST, action=action)
    if not form.is_valid():
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
        return HttpResponseRedirect(address)
    bulk = Bulk(request, action, form.cleaned_data)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row.publication)
    for kind, keys in by_kind.items():
        model_admin = listing.visible[kind]
        bulk.carry_out(model_admin, model_admin.model.objects.filter(pk__in=keys).order_by("pk"))
    _tell(request, bulk)
    return HttpResponseRedirect(f"{address}#{rows[0].anchor}")


def _ticked(request: HttpRequest, listing: StockListing) -> list[StockRow]:
    """The ticked rows; or all that the filters find, up to MOST_CHANGED."""
    if request.POST.get("all"):
        return list(listing.found.rows.order_by("pk")[:MOST_CHANGED])
    ticked = request.POST.getlist("row")
    keys = [key for key in ticked if key.isascii() and key.isdigit() and len(key) <= KEY_DIGITS]
    seen: Any = StockRow.objects.filter(kind__in=list(listing.visible))
    return list(seen.filter(pk__in=keys[:ROWS_ON_PAGE]).order_by("pk"))


def _tell(request: HttpRequest, bulk: Bulk) -> None:
    if bulk.done:
        told = ngettext("Changed %d page.", "Changed %d pages.", bulk.done) % bulk.done
        messages.success(request, told)
    if bulk.left:
        number = len(bulk.left)
        head = ngettext("%d page stays as it is:", "%d pages stay as they are:", number) % number
        some = bulk.left[:MOST_LEFT_NAMED]
        lines = format_html_join("", "<li>{}: {}</li>", some)
        rest = f" … +{number - len(some)}" if number > len(some) else ""
        messages.warning(request, format_html("{}<ul>{}</ul>{}", head, lines, rest))


@require_safe
def stock_next(request: HttpRequest) -> HttpResponse:
    """Lead a reviewer to the next page of the list that waits for them, once round the list."""
    listing = _listing(request)
    last = _row_key(request, AFTER) or 0
    began = _row_key(request, BEGAN)
    query = listing.query
    for row in _waiting(listing, last, began):
        kind = listing.visible[row.kind]
        if not kind.has_review_permission(request):
            continue
        publication = kind.model.objects.filter(pk=row.publication).select_related("live").first()
        if publication is None or publication.live is None:
            continue
        if not publication.live.was_written_by(request.user):
            address = kind.url_of("review", publication.pk, publication.live.number)
            query[BEGAN] = str(last if began is None else began)
            return redirect(f"{address}?{kept_by(query, row.anchor)}")
    messages.info(request, gettext("No other page of this list waits for your review."))
    return redirect(list_address(query))


def _row_key(request: HttpRequest, name: str) -> int | None:
    key = request.GET.get(name, "")
    return int(key) if key.isascii() and key.isdigit() and len(key) < 18 else None


def _waiting(listing: StockListing, last: int, began: int | None) -> list[StockRow]:
    """Rows after `last` that wait for a review, on to the end and from the top up to `began`.

    Without `began`, the walk begins behind `last`.
    """
    waiting = listing.found.rows.filter(awaits_review=True).order_by("pk")
    if began is not None and last <= began:
        return list(waiting.filter(pk__gt=last, pk__lte=began)[:MOST_PASSED_OVER])
    rest = list(waiting.filter(pk__gt=last)[:MOST_PASSED_OVER])
    top = waiting.filter(pk__lte=last if began is None else began)
    return rest + list(top[:MOST_PASSED_OVER])
