"""What a person typed into pages and did not save, for their first page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext

from articles.publishing.autosave import Autosave

MAX_NAMED = 20


def unsaved_words(user: Any) -> Iterator[tuple[str, str]]:
    """A sentence and an address for each window, where its page may still be changed."""
    rows = Autosave.objects.of_account(user)
    for row in rows[:MAX_NAMED]:
        app, name = row.kind.split(".")
        doing, route, args = ("change", "change", [row.page]) if row.page else ("add", "add", [])
        if not user.has_perm(f"{app}.{doing}_{name}"):
            continue
        kind = apps.get_model(row.kind)._meta.verbose_name
        words = {"kind": kind, "page": Truncator(row.beginning).words(12) or "–"}
        url = reverse(f"admin:{app}_{name}_{route}", args=args)
        text = gettext("“%(page)s” (%(kind)s): words of yours that were not saved") % words
        yield text, f"{url}?{urlencode({'kept': row.form_key})}"
