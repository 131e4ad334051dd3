"""The models with the editorial life, each under the name that stored rows have for it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.urls import reverse


def kind_of(model: Any) -> str:
    """The name of a model, or of that of a row, in columns `kind`: `app.model`."""
    return str(model._meta.label_lower)


def kind_of_revision(revision: Any) -> str:
    """The kind of what it is a version of."""
    return kind_of(revision._meta.get_field("publication").related_model)


def form_url(model: Any, key: int) -> str:
    """The address of the form in which staff edit a row of this model."""
    return reverse(f"admin:{kind_of(model).replace('.', '_')}_change", args=[key])


def publication_models() -> dict[str, Any]:
    """By kind, all that inherit the fields of `Publication`, whichever app they are in."""
    found = [model for model in apps.get_models() if hasattr(model, "PUBLISHING_FIELDS")]
    return {kind_of(model): model for model in found}
