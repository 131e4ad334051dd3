"""Choosing articles in a form: from a list of all, or by a search where there are many."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.widgets import AutocompleteMixin

from articles.publishing.kinds import kind_of
from articles.stock.lookup import find_rows

from ..models import Article, StockRow

# Each stands in the page with its title: 100,000 of them take a minute and megabytes.
MOST_LISTED = 300
MOST_FOUND = 200


def article_choice(
    db_field: Any, site: AdminSite, search: type[AutocompleteMixin]
) -> dict[str, Any]:
    """Arguments of the form field for `db_field`, with `search` as its widget if they are many."""
    articles: Any = Article.objects.with_newest()
    choice: dict[str, Any] = {"queryset": articles.order_by("newest_title")}
    if Article.objects.order_by("pk")[MOST_LISTED:].exists():
        choice["widget"] = search(db_field, site)
    return choice


def articles_named(articles: Any, typed: str) -> Any:
    """Articles with these words in title, address or summary, the first by their titles.

    Texts would all have to be read, and so would all articles to count those with a common word:
    whoever misses one types more of its title.
    """
    rows = find_rows(StockRow.objects.filter(kind=kind_of(Article)), typed).rows
    keys = rows.order_by("title", "pk").values_list("publication", flat=True)
    return articles.filter(pk__in=list(keys[:MOST_FOUND]))
