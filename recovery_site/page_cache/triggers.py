"""Triggers that raise the content version when anything changes that visitors can see.

All tables of the site's own apps are watched except those named here: no cached page shows them,
and they change with every call.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings

from ..models import VERSION_STEP

UNWATCHED = {
    "recovery_site_contentversion",
    *("recovery_site_failedsearch", "recovery_site_helpfulcount"),
    *("recovery_site_staffaccount", "recovery_site_staffsession"),
    # Staff among themselves.
    *("articles_articlereviewrequest", "faq_questionreviewrequest", "articles_autosave"),
    *("articles_dismissedadvice", "articles_openpage", "articles_termtoavoid"),
    *("articles_wordlist", "articles_wordingstate"),
    # They follow publications, which are watched.
    *("articles_searchdocument", "articles_searchword", "articles_link"),
    *("articles_stockrow", "articles_stockrow_words", "articles_stockword"),
    *(
        f"contact_{name}"
        for name in (
            "auditentry", "audithead", "brake", "callattempt", "callbackrequest", "colleague",
            "correction", "desk", "handover", "linestop", "note", "notice", "proposederasure",
            "reportchange", "reportday", "savedlist", "searchkey", "step", "wordsseen",
        )
    ),
}  # fmt: skip
RAISE = (
    "INSERT INTO recovery_site_contentversion (id, number, day)"
    " VALUES (1, {step} + {chance}, '1970-01-01')"
    " ON CONFLICT (id) DO UPDATE SET"
    " number = (recovery_site_contentversion.number / {step} + 1) * {step} + {chance};"
)
SQLITE = RAISE.format(step=VERSION_STEP, chance=f"(random() & {VERSION_STEP - 1})")
# Runs once a transaction, since a bulk change is one change. What `set_config` sets ends with the
# transaction and is rolled back with a savepoint, like the row.
POSTGRESQL = (
    "IF current_setting('site.content_changed', true) = txid_current()::text"
    " THEN RETURN NULL; END IF; "
    + RAISE.format(step=VERSION_STEP, chance=f"floor(random() * {VERSION_STEP})::bigint")
    + " PERFORM set_config('site.content_changed', txid_current()::text, true); RETURN NULL;"
)


def watched_tables() -> list[str]:
    configs = [apps.get_app_config(name) for name in settings.SITE_APPS]
    models = [model for config in configs for model in config.get_models(include_auto_created=True)]
    return sorted({model._meta.db_table for model in models} - UNWATCHED)


def triggers(vendor: str) -> Iterator[tuple[str | bool, ...]]:
    """Triggers of all watched tables, as fields of `recovery_site.database.triggers.Trigger`.

    On PostgreSQL they run at the end of the transaction, so that writers wait for each other only
    while they commit.
    """
    for table in watched_tables():
        name = f"content_changed_{table}"
        if vendor == "sqlite":
            for event in ("INSERT", "UPDATE", "DELETE"):
                yield f"{name}_{event.lower()}", table, f"AFTER {event}", SQLITE
        else:
            yield name, table, "AFTER INSERT OR UPDATE OR DELETE", POSTGRESQL, True
            yield f"{name}_truncate", table, "AFTER TRUNCATE", POSTGRESQL, False, True
