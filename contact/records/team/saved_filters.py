"""Saved filters of the request list, private or shared with the team."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedListQuerySet(models.QuerySet["SavedList"]):
    def for_account(self, account: Any) -> Self:
        """Return the account's own lists and all shared ones."""
        return self.filter(Q(owner=account) | Q(is_shared=True)).select_related("owner")


class SavedList(models.Model):
    """Named filters. Searches are not saved, because they hold references and numbers."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="+"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=500)
    is_shared = models.BooleanField(_("shared with the team"), default=False)

    objects: ClassVar[SavedListQuerySet] = SavedListQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("saved list")
        ordering = ["name", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_list_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
