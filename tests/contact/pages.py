"""The staff's pages as a browser meets them."""

from datetime import UTC, datetime
from html import unescape

from django.utils import timezone

QUEUE = "/admin/contact/callbackrequest/"


def at(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def text(response):
    return unescape(response.content.decode())


def rows(response):
    return [str(row) for row in response.context["cl"].result_list]


def said(response):
    """The messages on the page that followed."""
    return [str(message) for message in response.context["messages"]]


def card(request, **over):
    """What the card posts when it was opened on `request` as it is, and nothing was touched."""
    planned = request.next_call_at
    shown = {
        "status": request.status,
        "outcome": request.outcome,
        "next_call_at": timezone.localtime(planned).strftime("%Y-%m-%dT%H:%M") if planned else "",
    }
    data = shown | {f"initial-{name}": value for name, value in shown.items()}
    for prefix in ("attempts", "notes"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
        data |= {f"{prefix}-0-request": str(request.pk)}
    data |= {"attempts-0-outcome": "", "attempts-0-note": "", "notes-0-text": ""}
    return data | over
