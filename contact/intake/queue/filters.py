"""Which requests a list shows, as its address says it; kept over every step on a card."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact.intake.colleagues import colleagues, display_name
from contact.records.enums import Language, Priority, RequestOutcome

from . import search_tokens
from .lists import Name
from .paging import Cursor

OPEN, CLOSED, ALL = "open", "closed", "all"
ME, NOBODY = "me", "none"
BACK, SEARCH, PAGE = "back", "q", "page"
LONGEST_QUERY = 1500
AGES: dict[str, tuple[Any, Callable[[datetime], Q]]] = {
    "last_day": (
        gettext_lazy("in the last 24 hours"),
        lambda now: Q(created_at__gte=now - timedelta(days=1)),
    ),
    "last_week": (
        gettext_lazy("in the last 7 days"),
        lambda now: Q(created_at__gte=now - timedelta(days=7)),
    ),
    "over_day": (
        gettext_lazy("more than 1 day ago"),
        lambda now: Q(created_at__lt=now - timedelta(days=1)),
    ),
    "over_three_days": (
        gettext_lazy("more than 3 days ago"),
        lambda now: Q(created_at__lt=now - timedelta(days=3)),
    ),
    "over_week": (
        gettext_lazy("more than 7 days ago"),
        lambda now: Q(created_at__lt=now - timedelta(days=7)),
    ),
}
# What an address may hold, and the words for each value.
OFFERED: dict[str, Mapping[str, Any]] = {
    "list": {
        **dict(Name.choices),
        OPEN: gettext_lazy("All open"),
        CLOSED: gettext_lazy("Closed"),
        ALL: gettext_lazy("Open and closed"),
    },
    "language": dict(Language.choices),
    "priority": {str(value): label for value, label in Priority.choices},
    "age": {value: label for value, (label, _condition) in AGES.items()},
    "outcome": dict(RequestOutcome.choices),
    "staff": {ME: gettext_lazy("Me"), NOBODY: gettext_lazy("Nobody")},
    "late": {"1": gettext_lazy("Late only")},
}
LABELS = {
    "list": gettext_lazy("List"),
    "language": gettext_lazy("Language"),
    "priority": gettext_lazy("Priority"),
    "age": gettext_lazy("Asked"),
    "outcome": gettext_lazy("Outcome"),
    "staff": gettext_lazy("Assigned to or held by"),
    "late": gettext_lazy("Promise"),
}
ACCOUNT = re.compile(r"[1-9][0-9]{0,8}")


class Filters(NamedTuple):
    """Chosen values by name, each one of those offered; and the names of what was ignored."""

    chosen: dict[str, str]
    search: str = ""
    cursor: Cursor | None = None
    ignored: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: QueryDict) -> Filters:
        """What an address holds; a value that is not offered is ignored, never an error."""
        chosen, ignored = {}, []
        for name in OFFERED:
            value = query.get(name, "")
            if value and _is_offered(name, value):
                chosen[name] = value
            elif value:
                ignored.append(name)
        shown = chosen.get("list", "")
        if "outcome" in chosen and not shown:
            chosen = {"list": CLOSED, **chosen}
        elif "outcome" in chosen and shown not in (CLOSED, ALL):
            ignored.append("outcome")
            del chosen["outcome"]
        if "late" in chosen and chosen.get("list") in (CLOSED, ALL):
            ignored.append("late")
            del chosen["late"]
        search = query.get(SEARCH, "")
        if not search_tokens.is_sealed(search):
            search = ""
        return cls(chosen, search, Cursor.read(query.get(PAGE, "")), tuple(ignored))

    @property
    def shown(self) -> str:
        """The list to show alone; empty for all of them, one after another."""
        return self.chosen.get("list", "")

    @property
    def narrows(self) -> bool:
        """Whether anything but the list is chosen."""
        return any(name != "list" for name in self.chosen)

    def query(self, **over: str) -> str:
        """As an address holds them; a search stands alone. `over` replaces; empty takes out."""
        values = {SEARCH: self.search} if self.search else dict(self.chosen)
        if self.cursor:
            values[PAGE] = str(self.cursor)
        values |= over
        return urlencode({name: value for name, value in values.items() if value})

    def to_keep(self) -> str:
        """What a saved list keeps: neither a search nor a place in the list."""
        return urlencode(self.chosen)


def back(request: HttpRequest) -> str:
    """Where to return to: the list with the filters that `request` carries."""
    return address(_carried(request).query())


def carry(request: HttpRequest) -> str:
    """What to append to an address so that its page leads back to the same list; may be empty."""
    return carrying(_carried(request))


def carrying(filters: Filters) -> str:
    """What to append to an address so that its page leads back to these filters."""
    query = filters.query()
    return f"?{urlencode({BACK: query})}" if query else ""


def address(query: str) -> str:
    """The list with these filters."""
    page = reverse("intake:list")
    return f"{page}?{query}" if query else page


class Field(NamedTuple):
    """A filter as the page offers it."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]

    @property
    def words(self) -> tuple[str, str]:
        """Its label and what is chosen; an account that can call no more has lost its name."""
        chosen = [label for value, label, is_chosen in self.options if is_chosen]
        return self.label, chosen[0] if chosen else _("a former colleague")

    @property
    def is_narrowing(self) -> bool:
        return self.name != "list" and not self.options[0][2]


def fields(filters: Filters) -> list[Field]:
    """The filters with their options and what is chosen; one query for the staff."""
    found = []
    for name, offered in OFFERED.items():
        options = [(value, str(label)) for value, label in offered.items()]
        if name == "staff":
            options += [(str(each.pk), display_name(each)) for each in colleagues()]
        chosen = filters.chosen.get(name, "")
        first = _("The five lists") if name == "list" else _("Any")
        marked = [(value, label, value == chosen) for value, label in [("", first), *options]]
        found.append(Field(name, str(LABELS[name]), marked))
    return found


def _carried(request: HttpRequest) -> Filters:
    return read(request.POST.get(BACK) or request.GET.get(BACK, ""))


def read(query: str) -> Filters:
    """The filters of what stands behind an address's question mark."""
    return Filters.of(QueryDict(query[:LONGEST_QUERY]))


def _is_offered(name: str, value: str) -> bool:
    if name == "staff" and ACCOUNT.fullmatch(value):
        return True
    return value in OFFERED[name]
