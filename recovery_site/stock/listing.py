"""Which rows of the list of all pages somebody looks at: filters, search, order and page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import F, Q
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from articles.models import StockRow, Topic
from articles.publishing.kinds import publication_models
from articles.stock import lookup
from articles.stock.rows import StockState
from articles.text.clean_text import SingleLineField
from articles.text.readability import HARD_GRADE

ROWS_ON_PAGE = 50
# Whoever needs the pages beyond filters or sorts the list; counting and skipping more is slow.
LAST_PAGE, MOST_ROWS_COUNTED = 20, 200
MINE, NOBODY = "mine", "none"

STOCK_CHECKS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "due": (_("Next review is due"), lambda rows: rows.review_due()),
    "review": (_("Awaits a clinician’s review"), lambda rows: rows.filter(awaits_review=True)),
    "unowned": (_("Live, and nobody’s"), lambda rows: rows.unowned()),
    "terms": (_("Has words to avoid"), lambda rows: rows.filter(terms__gt=0)),
    "links": (_("Has broken links"), lambda rows: rows.filter(broken_links__gt=0)),
    "sources": (_("Has no sources"), lambda rows: rows.filter(lacks_sources=True)),
    "summary": (_("Has no summary"), lambda rows: rows.filter(lacks_summary=True)),
    "orphan": (_("No page links to it"), lambda rows: rows.filter(is_orphan=True)),
    "hard": (_("Hard to read"), lambda rows: rows.filter(grade__gt=HARD_GRADE)),
    "draft": (_("Draft older than 30 days"), lambda rows: rows.old_drafts()),
}
SORTS: dict[str, Any] = {
    "title": _("Page"),
    "next_review_on": _("Next review"),
    "draft_since": _("Draft since"),
    "grade": _("Grade"),
    "terms": _("Words to avoid"),
    "broken_links": _("Broken links"),
    "changed_at": _("Changed"),
}


def visible_kinds(request: HttpRequest) -> dict[str, Any]:
    """The admin of each kind of page that this account may see."""
    admins = {
        kind: admin.site.get_model_admin(model) for kind, model in publication_models().items()
    }
    return {
        kind: each for kind, each in admins.items() if each.has_view_or_change_permission(request)
    }


class StockFilterForm(forms.Form):
    q = SingleLineField(label=_("Words"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    check = forms.ChoiceField(
        label=_("What to look for"),
        required=False,
        choices=[("", _("All")), *((name, each[0]) for name, each in STOCK_CHECKS.items())],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All but the bin")), *StockState.choices],
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    owner = forms.ChoiceField(label=_("Owner or deputy"), required=False)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(
        self,
        query: QueryDict,
        visible: dict[str, Any],
        topics: dict[int, str],
        people: dict[int, str],
    ) -> None:
        super().__init__(query)
        named = [(kind, capfirst(each.opts.verbose_name_plural)) for kind, each in visible.items()]
        everybodys = [("", _("Everybody’s")), (MINE, _("Mine")), (NOBODY, _("Nobody’s"))]
        choices: dict[str, list[Any]] = {
            "kind": [("", _("All")), *named],
            "topic": [("", _("All")), *((str(key), name) for key, name in topics.items())],
            "owner": [*everybodys, *((str(key), name) for key, name in people.items())],
        }
        for name, each in choices.items():
            self.fields[name].choices = each  # type: ignore[attr-defined]


def _staff_names() -> dict[int, str]:
    """Names of accounts in use, by their keys."""
    accounts: Any = get_user_model().objects.filter(is_active=True, is_staff=True)
    some = accounts.only("first_name", "last_name", "username")
    in_order = some.order_by("first_name", "last_name", "username")
    return {each.pk: each.get_full_name() or each.get_username() for each in in_order}


class StockListing:
    def __init__(self, request: HttpRequest) -> None:
        self.visible = visible_kinds(request)
        self.user: Any = request.user
        self.topics = dict(Topic.objects.values_list("pk", "name"))
        self.people = _staff_names()
        self.form = StockFilterForm(request.GET, self.visible, self.topics, self.people)
        # Values that are no choice are left out.
        self.form.is_valid()
        self.chosen = self.form.cleaned_data
        sort = self.chosen.get("sort") or "title"
        self.is_reversed, self.sort = sort.startswith("-"), sort.removeprefix("-")
        if self.sort not in SORTS:
            self.is_reversed, self.sort = False, "title"
        page = request.GET.get("page", "")
        is_number = page.isascii() and page.isdigit() and len(page) < 6
        self.page = min(max(int(page), 1), LAST_PAGE) if is_number else 1
        self.found = lookup.find_rows(self._filtered(), self.chosen.get("q") or "")

    @property
    def query(self) -> QueryDict:
        """What was chosen, as the query of an address."""
        query = QueryDict(mutable=True)
        for name, value in self.chosen.items():
            if value:
                query[name] = value
        if self.page > 1:
            query["page"] = str(self.page)
        return query

    def _filtered(self) -> Any:
        rows: Any = StockRow.objects.all()
        if kind := self.chosen.get("kind"):
            rows = rows.filter(kind=kind)
        elif len(self.visible) < len(publication_models()):
            rows = rows.filter(kind__in=list(self.visible))
        if state := self.chosen.get("state"):
            rows = rows.filter(state=state)
        else:
            rows = rows.outside_bin()
        if topic := self.chosen.get("topic"):
            rows = rows.filter(topic=topic)
        match self.chosen.get("owner"):
            case None | "":
                pass
            case "none":
                rows = rows.filter(Q(owner=None))
            case "mine":
                rows = rows.filter(Q(owner=self.user) | Q(deputy=self.user))
            case someone:
                rows = rows.filter(Q(owner=someone) | Q(deputy=someone))
        if check := self.chosen.get("check"):
            rows = STOCK_CHECKS[check][1](rows)
        return rows

    @property
    def rows(self) -> list[StockRow]:
        """Those of this page, and one of the next if there is one."""
        column = F(self.sort)
        order = column.desc(nulls_first=True) if self.is_reversed else column.asc(nulls_last=True)
        by_key = "-pk" if self.is_reversed else "pk"
        if self.sort not in ("next_review_on", "draft_since"):
            order = column.desc() if self.is_reversed else column.asc()
        first = (self.page - 1) * ROWS_ON_PAGE
        ordered = self.found.rows.order_by(order, by_key).values_list("pk", flat=True)
        keys = list(ordered[first : first + ROWS_ON_PAGE + 1])
        if not keys and self.page > 1:
            # The list became shorter: its last page.
            ahead = self.found.rows.order_by()[:first].count()
            self.page = max(1, -(-ahead // ROWS_ON_PAGE))
            return self.rows
        # Apart, for with whole rows SQLite sorts all of them instead of following an index.
        found = StockRow.objects.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    @property
    def count(self) -> int:
        """How many there are; of more than MOST_ROWS_COUNTED, one more than that."""
        return self.found.count(MOST_ROWS_COUNTED + 1)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Each column by which rows can be put in order, and the order that its name leads to."""
        found = []
        for name, label in SORTS.items():
            is_current = name == self.sort
            # Where much is bad, the worst come first.
            is_falling = name in ("grade", "terms", "broken_links", "changed_at")
            if is_current:
                is_falling = not self.is_reversed
            way = "descending" if self.is_reversed else "ascending"
            found.append(
                {
                    "name": name,
                    "label": label,
                    "sort": f"-{name}" if is_falling else name,
                    "aria": way if is_current else "",
                }
            )
        return found
