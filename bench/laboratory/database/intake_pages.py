"""Pages of the intake desk that a lead opens: every list, filter, search, count and report."""

from __future__ import annotations

from typing import Any

from bench.laboratory.database.measuring import Page
from contact.intake.queue.selection.paging import PAGE_SIZE, Cursor
from contact.models import CallbackRequest
from contact.privacy.encryption import DecryptionError
from contact.records import phones

LISTS = ("now", "today", "waiting", "outside", "lead", "open", "closed", "all")
QUERIES = (
    "language=es",
    "priority=0",
    "age=over_day",
    "late=1",
    "staff=none",
    "staff=me",
    "list=closed&language=es",
    "list=closed&outcome=stop",
    "list=closed&outcome=referred&language=es",
    "list=closed&staff=me&outcome=spam",
    "list=all&priority=0&language=other&age=over_week",
)
# The fastest page of the site; it shows how busy the machine is.
YARDSTICK = "/healthz, to compare"


def pages(client: Any, lead: Any) -> dict[str, Page]:
    """Pages that `lead` opens, by name."""
    some = CallbackRequest.objects.open().order_by("turn_at", "id")[7]
    old = next(
        filter(_opens, CallbackRequest.objects.order_by("created_at", "id")[1234:].iterator())
    )

    def get(address: str) -> Page:
        return Page(lambda: client.get(address, follow=True))

    def search(term: str) -> Page:
        return Page(lambda: client.post("/intake/search/", {"term": term}, follow=True))

    def let_go() -> None:
        held = CallbackRequest.objects.filter(claimed_by=lead)
        held.update(claimed_by=None, claimed_until=None)

    return {
        YARDSTICK: get("/healthz"),
        "all five lists": get("/intake/"),
        **{f"list: {name}": get(f"/intake/?list={name}") for name in LISTS},
        **{f"filter: {query}": get(f"/intake/?{query}") for query in QUERIES},
        "page 500 of the closed": get(f"/intake/?list=closed&page={_deep()}"),
        "search by reference": search(str(old)),
        "search by phone": search(phones.national(str(old.phone))),
        "search without a hit": search("(201) 555-0099"),
        "search by last digits": search(str(old.phone)[-4:]),
        "search by a word of the name": search(str(old.name).split()[0]),
        "search by name and digits": search(" ".join([str(old.name), str(old.phone)[-4:]])),
        "a new request": get("/intake/new/"),
        "the quiet refresh": get("/intake/pulse/"),
        "the list alone, refreshed": get("/intake/pulse/list/"),
        "a request's card": get(f"/intake/requests/{some.pk}/"),
        "handover": get("/intake/handover/"),
        "take the next call": Page(lambda: client.post("/intake/next/"), let_go, status=302),
        "reports of 30 days": get("/intake/reports/"),
    }


def _opens(request: CallbackRequest) -> bool:
    """Return whether it was made in full: what is sealed in a copy opens for nobody."""
    try:
        return bool(request.phone)
    except DecryptionError:
        return False


def _deep() -> str:
    """The cursor of page 500 of the closed requests."""
    closed = CallbackRequest.objects.filter(closed_at__isnull=False)
    rows = closed.order_by("-created_at", "-id").values_list("created_at", "id")
    wanted = min(499 * PAGE_SIZE, closed.count()) - 1
    return str(Cursor(True, *rows[wanted]))
