from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# A larger site is indexed by `run_jobs`, so that nobody waits for it.
INDEXED_AT_ONCE = 2000


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles and pages")

    def ready(self) -> None:
        post_migrate.connect(fill_search_index, sender=self)

    def triggers(self, vendor: str) -> Iterator[tuple[str, str, str, str]]:
        from .search.triggers import search_triggers

        return search_triggers(vendor)


def fill_search_index(using: str, plan: list[Any], **kwargs: Any) -> None:
    """Bring what was published before the index, or by a migration, into it."""
    from .models import SearchDocument
    from .search import index

    tables = connections[using].introspection.table_names()
    if plan and using == "default" and SearchDocument._meta.db_table in tables:
        index.mend(most=INDEXED_AT_ONCE)
