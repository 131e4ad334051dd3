"""The models with the editorial life, each under the name that stored rows have for it."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def kind_of(model: Any) -> str:
    """Its name in columns `kind`, as `app.model`."""
    return str(model._meta.label_lower)


def publication_models() -> dict[str, Any]:
    """By kind, all that inherit the fields of `Publication`, whichever app they are in."""
    found = [model for model in apps.get_models() if hasattr(model, "PUBLISHING_FIELDS")]
    return {kind_of(model): model for model in found}
