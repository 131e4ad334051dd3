"""Helpers that read staff pages as a browser shows them."""

from datetime import UTC, datetime
from html import unescape


def at(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def text(response):
    return unescape(response.content.decode())


def rows(response):
    return [str(row) for row in response.context["cl"].result_list]


def said(response):
    """Return the messages on the page after a redirect."""
    return [str(message) for message in response.context["messages"]]
