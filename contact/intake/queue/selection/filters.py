"""The filters of the queue, as an address holds them and as the page offers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.intake.colleagues import team_names
from contact.records.enums import Language, Priority
from contact.records.outcomes import RequestOutcome

from . import search_tokens
from .lists import QueueList
from .paging import Cursor

OPEN_LISTS, CLOSED_LIST, ALL_LISTS = "open", "closed", "all"
ME, NOBODY = "me", "none"
SEARCH_PARAMETER, PAGE_PARAMETER = "q", "page"
# Whose promise: one that passed, or one that was moved by changed hours or rules.
LATE_ONLY, MOVED_PROMISES = "1", "earlier"
ASKED_RANGES: dict[str, tuple[Any, Callable[[datetime], Q]]] = {
    "last_day": (
        _("in the last 24 hours"),
        lambda now: Q(created_at__gte=now - timedelta(days=1)),
    ),
    "last_week": (
        _("in the last 7 days"),
        lambda now: Q(created_at__gte=now - timedelta(days=7)),
    ),
    "over_day": (
        _("more than 1 day ago"),
        lambda now: Q(created_at__lt=now - timedelta(days=1)),
    ),
    "over_three_days": (
        _("more than 3 days ago"),
        lambda now: Q(created_at__lt=now - timedelta(days=3)),
    ),
    "over_week": (
        _("more than 7 days ago"),
        lambda now: Q(created_at__lt=now - timedelta(days=7)),
    ),
}
# Every filter with its values and their words. "staff" takes an account's id as well.
CHOICES: dict[str, Mapping[str, Any]] = {
    "list": {
        **dict(QueueList.choices),
        OPEN_LISTS: _("All open"),
        CLOSED_LIST: _("Closed"),
        ALL_LISTS: _("Open and closed"),
    },
    "language": dict(Language.choices),
    "priority": {str(value): label for value, label in Priority.choices},
    "age": {value: label for value, (label, _condition) in ASKED_RANGES.items()},
    "outcome": dict(RequestOutcome.choices),
    "staff": {ME: _("Me"), NOBODY: _("Nobody")},
    "late": {LATE_ONLY: _("Late only"), MOVED_PROMISES: _("Promised earlier")},
}
FILTER_LABELS = {
    "list": _("List"),
    "language": _("Language"),
    "priority": _("Priority"),
    "age": _("Asked"),
    "outcome": _("Outcome"),
    "staff": _("Assigned to or held by"),
    "late": _("Promise"),
}
ACCOUNT_ID = re.compile(r"[1-9][0-9]{0,8}")


class Filters(NamedTuple):
    """Chosen values by name, all of them valid; `ignored` names those that were not."""

    chosen: dict[str, str]
    search: str = ""
    cursor: Cursor | None = None
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_query(cls, query: QueryDict) -> Filters:
        """The filters in an address. An unknown value is ignored, never an error."""
        chosen, ignored = {}, []
        for name in CHOICES:
            value = query.get(name, "")
            if value and _is_choice(name, value):
                chosen[name] = value
            elif value:
                ignored.append(name)
        list_name = chosen.get("list", "")
        if "outcome" in chosen and not list_name:
            chosen = {"list": CLOSED_LIST, **chosen}
        elif "outcome" in chosen and list_name not in (CLOSED_LIST, ALL_LISTS):
            ignored.append("outcome")
            del chosen["outcome"]
        if "late" in chosen and chosen.get("list") in (CLOSED_LIST, ALL_LISTS):
            ignored.append("late")
            del chosen["late"]
        search = query.get(SEARCH_PARAMETER, "")
        if not search_tokens.is_encoded(search):
            search = ""
        return cls(chosen, search, Cursor.parse(query.get(PAGE_PARAMETER, "")), tuple(ignored))

    @property
    def list_name(self) -> str:
        """The one list to show; empty for all five, one after another."""
        return self.chosen.get("list", "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the list is chosen."""
        return any(name != "list" for name in self.chosen)

    def query(self, **over: str) -> str:
        """The filters for an address; a search stands alone. An empty value in `over` removes."""
        values = {SEARCH_PARAMETER: self.search} if self.search else dict(self.chosen)
        if self.cursor:
            values[PAGE_PARAMETER] = str(self.cursor)
        values |= over
        return urlencode({name: value for name, value in values.items() if value})

    def saved_query(self) -> str:
        """The filters as a saved list keeps them: without search and page."""
        return urlencode(self.chosen)


class FilterField(NamedTuple):
    """A filter as the page offers it: its options with value, label, and whether it is chosen."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]

    @property
    def label_and_choice(self) -> tuple[str, str]:
        chosen = [label for _value, label, is_chosen in self.options if is_chosen]
        # An account that can no longer take calls is not among the options.
        return self.label, chosen[0] if chosen else gettext("a former colleague")

    @property
    def is_narrowing(self) -> bool:
        is_unset = self.options[0][2]
        return self.name != "list" and not is_unset


def filter_fields(filters: Filters) -> list[FilterField]:
    """The filters with their options and what is chosen; one query for the staff."""
    fields = []
    for name, choices in CHOICES.items():
        options = [(value, str(label)) for value, label in choices.items()]
        if name == "staff":
            options += [(str(pk), name) for pk, name in team_names()]
        chosen = filters.chosen.get(name, "")
        first = gettext("The five lists") if name == "list" else gettext("Any")
        marked = [(value, label, value == chosen) for value, label in [("", first), *options]]
        fields.append(FilterField(name, str(FILTER_LABELS[name]), marked))
    return fields


def _is_choice(name: str, value: str) -> bool:
    if name == "staff" and ACCOUNT_ID.fullmatch(value):
        return True
    return value in CHOICES[name]
